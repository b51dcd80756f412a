"""KV102 frozen-schedule."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Fetched, Module, live_attribute, live_global, words_of


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per frozen value, where host code sets it or traced code reads it."""
        if not module.schedules.is_eager:
            yield from _attributes(module)
            yield from _globals(module)
            yield from _numbers(module)


def _attributes(module: Module) -> Iterator[Report]:
    for change in module.changes.attributes:
        if change.precedes_every_step or change.asks_for_type or change.is_object or change.is_switch:
            continue
        if not all(owner.is_python and owner.reads for owner in change.owners):
            continue
        if any(module.schedules.runs_eagerly(owner.cls) for owner in change.owners):
            continue
        owner = change.owners[0]
        yield Report(
            change.record,
            f"`{owner.attribute}` of {owner.cls.name} is a Python value, baked into the compiled step when it is"
            " traced: setting it during training changes nothing, in Keras 2 and 3. Make it a non-trainable variable,"
            " and assign it.",
            ((module.place(owner.reads[0]), "traced code reads it here"),),
            live_attribute(module, owner.cls, owner.attribute) if len(change.owners) == 1 else None,
        )


def _globals(module: Module) -> Iterator[Report]:
    for change in module.changes.globals:
        if not change.precedes_every_step and not change.is_object:
            yield Report(
                change.record,
                f"The global `{change.word}` is a Python value, baked into the compiled step when it is traced: setting"
                " it during training changes nothing, in Keras 2 and 3. Make it a non-trainable variable, and assign"
                " it.",
                ((module.place(change.reads[0]), "traced code reads it here"),),
                live_global(module, change.word),
            )


def _numbers(module: Module) -> Iterator[Report]:
    """``K.get_value(v)`` and ``v.numpy()`` in traced code."""
    for fetched in module.fetched:
        name = words_of(fetched.variable)[0]
        what = (
            f"`{name}.numpy()` raises in traced code: only an eager step can ask for it, in Keras 2 and 3."
            if fetched.is_method
            else f"The value of `{name}` is baked into the compiled step when it is traced: setting the variable during"
            " training changes nothing, in Keras 2 and 3."
        )
        yield Report(
            fetched.call,
            f"{what} Use the variable itself.",
            ((module.place(fetched.writing.site), "host code sets it here"),),
            _unwrapped(module, fetched),
        )


def _unwrapped(module: Module, fetched: Fetched) -> Draft | None:
    if not fetched.is_known:
        return None
    editor = module.editor()
    editor.replace(fetched.call.record, module.text(fetched.variable))
    return editor.draft("Use the variable itself", Applicability.UNSAFE)
