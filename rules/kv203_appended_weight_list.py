"""KV203 appended-weight-list."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Computed, Constant, Module, is_layer, is_variable, records, weight_list

_PUBLIC = frozenset(
    {"non_trainable_weights", "trainable_weights", "weights", "variables", "trainable_variables"}
    | {"non_trainable_variables"}
)
_PRIVATE = frozenset({"_non_trainable_weights", "_trainable_weights"})
_CHANGES = ("append", "extend", "insert")
_PLAIN = frozenset({"tensor", "array", "number", "shape", "string", "bool"})


class AppendedWeightList(Rule):
    """Appending to `non_trainable_weights` and its like changes a list that nobody keeps.

    ## What it finds
    `self.non_trainable_weights.append(…)` (and `trainable_weights`, `weights`, `variables`; `extend`, `insert`) on a
    layer or model; and the private `_non_trainable_weights`, which Keras 3 does not have.

    ## Why it bites
    These are properties that build a fresh list at every read: the appended weight is neither saved nor frozen nor
    counted. It usually stands beside a transposed kernel (KV201), to quiet a summary.

    ## Bad
    ```python
    self.kernel = tf.transpose(self.tied_to.kernel)
    self.non_trainable_weights.append(self.kernel)
    ```

    ## Good
    ```python
    self.scale = self.add_weight(name="scale", shape=(), trainable=False)
    ```

    ## Fix
    Safe where the appended value is no variable: the statement goes. Unsafe where it can't be told, and for the private
    list. No fix for a variable: make that with `trainable=False`, or with `add_weight`.

    ## Keras 2 and Keras 3
    No effect in both. `_non_trainable_weights.append` reaches the real list in Keras 2 and raises AttributeError in
    Keras 3 (measured).
    """

    code = "KV203"
    name = "appended-weight-list"
    triggers = (
        "weights.append",
        "weights.extend",
        "weights.insert",
        "variables.append",
        "variables.extend",
    )
    fixable = "sometimes"
    probes = ("build",)
    recipe = "tied-dense"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per change to a weight list of a layer."""
        for call in module.method_calls(*_CHANGES):
            name = _list_changed(module, call)
            private = name in _PRIVATE
            if name is None or not call.record.arguments or (private and not module.flavour.keras3):
                continue
            if not private and module.flavour.only2 and module.imports("keras"):
                continue  # the lists of the old standalone Keras are the real ones
            yield Report(call, _message(name, private), fix=_fix(module, call, private))


def _list_changed(module: Module, call: Call) -> str | None:
    """The name of the weight list of a layer that a call changes; None if it changes something else."""
    func = call.record.func
    assert isinstance(func, records.Attribute)
    for value in module.value(func.value).alternatives():
        found = weight_list(value)
        if found is not None and is_layer(found[0]) and found[1] in _PUBLIC | _PRIVATE:
            return found[1]
    return None


def _message(name: str, private: bool) -> str:
    if private:
        return (
            f"`{name}` is Keras 2's private list: Keras 3 raises AttributeError. Make the weight with"
            " `add_weight(trainable=False)`."
        )
    return (
        f"`{name}` is a fresh list at every read, in Keras 2 and 3: this has no effect. Make the weight with"
        " `add_weight(trainable=False)`, or leave it out if it is no variable."
    )


def _fix(module: Module, call: Call, private: bool) -> Draft | None:
    statement = call.record.parent
    if not isinstance(statement, records.ExpressionStatement):
        return None
    appended = module.value(call.record.arguments[-1].value).alternatives()
    if not private and any(is_variable(value) for value in appended):
        return None
    editor = module.editor()
    editor.delete_statement(statement, collapse=True)
    plain = all(isinstance(v, Constant) or (isinstance(v, Computed) and v.kind in _PLAIN) for v in appended)
    return editor.draft(
        "Leave the statement out", Applicability.SAFE if plain and not private else Applicability.UNSAFE
    )
