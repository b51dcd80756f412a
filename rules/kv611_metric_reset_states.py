"""KV611 metric-reset-states."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Instance, LibraryObject, Module, Value, is_model, kinds, records

_OLD = "reset_states"


class MetricResetStates(Rule):
    """`metric.reset_states()` and `model.reset_states()` are gone in Keras 3.

    ## What it finds
    Calls of `reset_states` on a metric (the new name is `reset_state`), and on a model, whose stateful layers Keras 3
    resets one by one.
    Not: an RNN layer's `reset_states`, which stays; objects whose own class has such a method, or that are not known
    to be a metric or a model; code that asks `hasattr` first.

    ## Why it bites
    Keras 3 raises AttributeError, after the first epoch of a training loop.

    ## Bad
    ```python
    train_loss.reset_states()
    model.reset_states()
    ```

    ## Good
    ```python
    train_loss.reset_state()
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_states()
    ```

    ## Fix
    Safe for a metric: `reset_state`, which Keras 2 has too (from TensorFlow 2.5 on). For a model unsafe: the loop over
    its layers, which does not go into models inside the model.

    ## Keras 2 and Keras 3
    Both work in Keras 2 (silent where the code is for Keras 2 only); AttributeError in Keras 3, whatever the version.

    ## References
    - keras-team/keras issue 18467
    """

    code = "KV611"
    name = "metric-reset-states"
    triggers = (_OLD,)
    fixable = "sometimes"
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call on a metric or a model."""
        if module.flavour.only2:
            return
        for call in module.method_calls(_OLD):
            members = [member for receiver in call.receivers for member in receiver.alternatives()]
            known = [member for member in members if isinstance(member, (Instance, LibraryObject))]
            if not known or any(_has_own(member) for member in known) or _asks_first(call):
                continue
            if all("metric" in kinds(member) for member in known):
                yield Report(
                    call,
                    "`reset_states` of a metric raises AttributeError in Keras 3. `reset_state` does the same in both"
                    " Kerases.",
                    fix=_renamed(module, call),
                )
            elif all(is_model(member) for member in known):
                yield Report(
                    call,
                    "`reset_states` of a model raises AttributeError in Keras 3 (Keras 2 resets its stateful layers)."
                    " Reset these layers one by one.",
                    fix=_layer_by_layer(module, call),
                )


def _has_own(value: Value) -> bool:
    """True for an object whose class brings a method of that name, or may inherit one that nobody sees."""
    if isinstance(value, Instance):
        return value.cls.is_open or any(_OLD in cls.slots for cls in value.cls.classes())
    return False


def _asks_first(call: Call) -> bool:
    asked = (part for test in records.tests_of(call.record) for part in test.walk())
    return any(isinstance(part, records.Constant) and part.value in {_OLD, "reset_state"} for part in asked)


def _renamed(module: Module, call: Call) -> Draft | None:
    func = call.record.func
    if not isinstance(func, records.Attribute):
        return None
    if any("metric" not in kinds(member) for member in module.value(func.value).alternatives()):
        return None  # in some round of a loop it is something else
    editor = module.editor()
    editor.edit(func.end - len(_OLD), func.end, "reset_state")
    return editor.draft("Call it `reset_state`")


def _layer_by_layer(module: Module, call: Call) -> Draft | None:
    statement, func = call.record.parent, call.record.func
    if not isinstance(statement, records.ExpressionStatement) or not isinstance(func, records.Attribute):
        return None
    editor = module.editor()
    indent = editor.indent_at(statement.start)
    line = editor.text[editor.line_start(statement.start) : statement.start]
    rest = editor.text[statement.end : editor.line_end(statement.end)].strip()
    if line.strip() or (rest and not rest.startswith("#")):
        return None  # another statement shares the line
    lines = [
        f"for layer in {module.text(func.value)}.layers:",
        f'{indent}    if getattr(layer, "stateful", False):',
        f"{indent}        layer.{_OLD}()",
    ]
    editor.replace(statement, editor.newline.join(lines))
    return editor.draft("Reset the stateful layers one by one", Applicability.UNSAFE)
