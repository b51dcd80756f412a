"""KV102 frozen-schedule."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.owners import PYTHON, made_as, words
from kerasvae_lint.semantics.schedules.tracing import runs_eagerly, runs_eagerly_elsewhere
from kerasvae_lint.semantics.values import Container, Distribution, LayerObject, Variable
from kerasvae_lint.semantics.writes import WRITERS

from ._live_schedule import live_attribute, live_global
from ._schedules import always_the_same, asks_for_type, place, same_thing


class FrozenSchedule(Rule):
    """A callback changes a Python number that the traced step has baked in: nothing changes.

    ## What it finds
    A Python value that traced code reads (`call`, `train_step`, a loss) and host code sets during training: a
    callback's hook, a LambdaCallback, a loop around `fit`, between two `fit`s; as `self.model.beta = …`,
    `get_layer("kl").beta = …`, through a setter or a layer that the callback keeps, in this file or another one. And a
    scheduled variable that traced code reads as `K.get_value(v)` or `v.numpy()`. Not: `run_eagerly=True`, a step that
    is compiled anew, and steps that only an eager loop of one's own calls.

    ## Why it bites
    A graph is traced once, and a Python number in it is a constant: the callback writes 0, 0.1, 0.2 and prints them,
    and every step goes on with the first. A KL warm-up that begins at 0 trains a plain autoencoder.

    ## Bad
    ```python
    self.beta = 0.0  # in the layer
    self.model.get_layer("kl").beta = min(1.0, epoch / 10)  # in the callback
    ```

    ## Good
    ```python
    self.beta = tf.Variable(0.0, trainable=False)
    self.model.get_layer("kl").beta.assign(min(1.0, epoch / 10))
    ```

    ## Fix
    Unsafe, where class and writes stand in one file: a non-trainable variable, and `.assign` at every write;
    `K.get_value(v)` in traced code becomes `v`.

    ## Keras 2 and Keras 3
    The same in both. `v.numpy()` raises once traced, in both; `float(v)` raises in Keras 3 and is live in Keras 2.

    ## References
    - TensorFlow's guide to tf.function, on Python side effects
    """

    code = "KV102"
    name = "frozen-schedule"
    triggers = ("Callback", "get_value", ".numpy()", "fit(", "fit_generator(", "train_on_batch(", "def set", ".setter")
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per frozen value, where host code sets it or traced code reads it."""
        if not model.schedules.eager:
            yield from _attributes(model)
            yield from _globals(model)
            yield from _values_read(model)


def _attributes(model: SemanticModel) -> Iterator[Report]:
    for change in model.schedules.stores:
        assert change.store is not None
        if always_the_same(change) or asks_for_type(change) or _is_object(model, change):
            continue
        owners = model.schedules.owners(change)
        if not owners or any(made_as(cls, attribute)[0] != PYTHON for cls, attribute in owners):
            continue
        reads = [model.schedules.reads(cls, attribute) for cls, attribute in owners]
        if (
            not all(reads)
            or any(runs_eagerly(cls.model) for cls, _ in owners)
            or runs_eagerly_elsewhere(model, owners[0][0].name)
        ):
            continue
        cls, attribute = owners[0]
        reader, load = reads[0][0]
        fix = live_attribute(model, cls, attribute) if len(owners) == 1 else None
        yield Report(
            change.node,
            f"`{attribute}` of {cls.name} is a Python value, baked into the compiled step when it is traced: setting it"
            " during training changes nothing, in Keras 2 and 3. Make it a non-trainable variable, and assign it.",
            ((place(model, reader, load.node), "traced code reads it here"),),
            fix,
        )


def _is_object(model: SemanticModel, change: Change) -> bool:
    """True for what is no number that a schedule could set: a layer, a list, a text."""
    if change.value is None:
        return False
    if isinstance(change.value, (cst.SimpleString, cst.FormattedString)):
        return True
    return any(isinstance(v, (LayerObject, Container, Distribution)) for v in model.values(change.value))


def _globals(model: SemanticModel) -> Iterator[Report]:
    for change in model.schedules.globals:
        name = change.attribute
        values = model.global_value(name)
        if any(value.kind not in {"constant", "static", "unknown", "parameter"} for value in values):
            continue
        if not any(value.kind == "constant" for value in values) or always_the_same(change):
            continue
        reads = model.schedules.tracing.global_reads(name)
        if reads:
            yield Report(
                change.node,
                f"The global `{name}` is a Python value, baked into the compiled step when it is traced: setting it"
                " during"
                " training changes nothing, in Keras 2 and 3. Make it a non-trainable variable, and assign it.",
                ((reads[0], "traced code reads it here"),),
                live_global(model, name),
            )


def _values_read(model: SemanticModel) -> Iterator[Report]:
    """``K.get_value(v)`` and ``v.numpy()`` in traced code."""
    found = [(call, call.node.args[0].value) for call in model.calls_to("keras.backend.get_value") if call.node.args]
    for call in model.method_calls("numpy"):
        if isinstance(call.node.func, cst.Attribute) and not call.node.args:
            found.append((call, call.node.func.value))
    for call, node in found:
        if call.function not in model.schedules.tracing.functions:
            continue
        if not all(v.kind in {"variable", "parameter", "unknown"} for v in model.values(node)):
            continue
        write = _write(model, node)
        if write is None:
            continue
        name = words(node)[0]
        raises = isinstance(call.node.func, cst.Attribute) and call.node.func.attr.value == "numpy"
        what = (
            f"`{name}.numpy()` raises in traced code: only an eager step can ask for it, in Keras 2 and 3."
            if raises
            else f"The value of `{name}` is baked into the compiled step when it is traced: setting the variable during"
            " training changes nothing, in Keras 2 and 3."
        )
        yield Report(
            call.node,
            f"{what} Use the variable itself.",
            ((place(model, write.model, write.node), "host code sets it here"),),
            _unwrapped(model, call.node, node),
        )


def _write(model: SemanticModel, node: cst.BaseExpression) -> Change | None:
    names = words(node)
    if not names:
        return None
    others = model.project.search(model, (names[0],), WRITERS) if model.project is not None else []
    for other in [model, *others]:
        for write in other.schedules.writes:
            if same_thing(model, node, write):
                return write
    return None


def _unwrapped(model: SemanticModel, call: cst.Call, node: cst.BaseExpression) -> Draft | None:
    if not any(isinstance(value, Variable) or value.kind == "parameter" for value in model.values(node)):
        return None
    editor = Editor(model)
    editor.replace(call, model.text(node))
    return editor.draft("Use the variable itself", Applicability.UNSAFE)
