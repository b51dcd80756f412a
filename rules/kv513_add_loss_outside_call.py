"""KV513 add-loss-outside-call."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import (
    CONSTRUCTION,
    Call,
    Computed,
    Module,
    Value,
    is_variable,
    leaves,
    records,
)


class AddLossOutsideCall(Rule):
    """`add_loss(tensor)` in `__init__` or `build`: it adds nothing.

    ## What it finds
    `add_loss` with a tensor made of weights, on the layer itself or on a layer in it, where `__init__`, `build` or a
    helper of theirs runs it. Not: a callable (`add_loss(lambda: …)`, which Keras 2 asks again at each step), tensors of
    a functional model, what `call` runs too.

    ## Why it bites
    Keras clears the losses of a layer whenever it is called, and keeps those that the call adds. Measured: the tensor
    from `build` contributes 0.0 to the loss in Keras 2 and 3, the same line in `call` 7.5. In the graphs of TensorFlow
    1, where many such layers come from, it counted.

    ## Bad
    ```python
    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(input_shape[-1],))
        self.add_loss(0.1 * tf.reduce_sum(self.w**2))
    ```

    ## Good
    ```python
    def call(self, inputs):
        self.add_loss(0.1 * tf.reduce_sum(self.w**2))
        return self.w * inputs
    ```

    ## Fix
    Safe: the statement moves to the top of `call`, where it uses nothing that only `build` knows and stands under no
    condition.

    ## Keras 2 and Keras 3
    The same in both; a callable raises in Keras 3.

    ## References
    - yaringal/ConcreteDropout issue 13
    """

    code = "KV513"
    name = "add-loss-outside-call"
    triggers = (".add_loss(",)
    fixable = "sometimes"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per loss that is added where nobody keeps it."""
        for call in module.all_calls:
            cls = module.class_of(call.record)
            if call.method != "add_loss" or call.phases != {CONSTRUCTION} or cls is None or not cls.is_layer:
                continue
            losses = [value for event in call.events for value in event.arguments.all()[:1]]
            if not losses or not all(map(_is_of_weights, losses)) or cls.is_functional:
                continue
            yield Report(
                call.record,
                "A loss that is added here is cleared before the first step: it contributes nothing, in Keras 2 and 3."
                " Add it in `call`.",
                fix=_fix(module, call),
            )


def _is_of_weights(loss: Value) -> bool:
    """True for a tensor that is computed from weights and from no input."""
    parts = list(leaves(loss))
    if any(isinstance(part, Computed) and part.op in {"input", "batch", "data"} for part in parts):
        return False
    return any(is_variable(part) or (isinstance(part, Computed) and part.op == "weights") for part in parts)


def _fix(module: Module, call: Call) -> Draft | None:
    """Move the statement into ``call``."""
    cls, method, statement = module.class_of(call.record), call.function, call.record.parent
    target = cls.record.methods.get("call") if cls is not None else None
    if method is None or target is None or not isinstance(statement, records.ExpressionStatement):
        return None
    if statement.parent is not method or not method.parameters or not target.parameters:
        return None
    receiver, other = method.parameters[0].name, target.parameters[0].name
    named = {record.id for record in statement.walk() if isinstance(record, records.Name)}
    if receiver != other or (named - {receiver}) & (method.scope.bound.keys() | target.scope.bound.keys()):
        return None
    editor = module.editor()
    text = module.text(statement)
    if "\n" in text or not editor.insert_at_top(target, [text]):
        return None
    editor.delete_statement(statement)
    return editor.draft("Add the loss in `call`")
