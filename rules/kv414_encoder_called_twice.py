"""KV414 encoder-called-twice."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, Repeat, records


class EncoderCalledTwice(Rule):
    """A sub-model with `add_loss` is called twice on the same input in one pass: its loss counts twice.

    ## What it finds
    Two calls of one layer or model on the same tensor, in one `call` or what it uses, where the callee (or a layer in
    it) adds a loss, as an encoder with a KL does. Not: calls on different tensors, in different arms of an `if`, of a
    callee that adds no loss; draws in a loop; two calls in a train step, where Keras clears the losses before each.

    ## Why it bites
    Each call adds the loss again: the KL's weight is doubled. And each call draws noise of its own, so the code that is
    decoded is not the one that the other call's numbers describe.

    ## Bad
    ```python
    mean, log_var, _ = self.encoder(x)
    z = self.encoder(x)[2]
    ```

    ## Good
    ```python
    mean, log_var, z = self.encoder(x)
    ```

    ## Fix
    Unsafe: called once, the result kept in a local.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 15332 (the same doubling, by TimeDistributed)
    """

    code = "KV414"
    name = "encoder-called-twice"
    triggers = ("add_loss",)
    fixable = "sometimes"
    probes = ("loss",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per second call."""
        for repeat in module.repeats:
            if not module.adds_loss(repeat.layer):
                continue
            name = module.text(repeat.second.func)
            given = module.text(repeat.second.arguments[0].value) if repeat.second.arguments else "its input"
            yield Report(
                repeat.second,
                f"`{name}` is called on `{given}` a second time in this pass, and it adds a loss: the loss counts"
                " twice, in Keras 2 and 3, and the noise is drawn anew. Call it once and keep the result.",
                ((repeat.first, "the first call"),),
                _fix(module, repeat, name),
            )


def _fix(module: Module, repeat: Repeat, name: str) -> Draft | None:
    """``encoded = self.encoder(x)`` before the first call's statement."""
    first, second = repeat.first, repeat.second
    function, statement = records.function_of(first), records.statement_of(first)
    if function is None or function.is_lambda or function is not records.function_of(second) or statement is None:
        return None
    if module.text(first) != module.text(second) or not _are_in_one_suite(statement, records.statement_of(second)):
        return None
    local = {"encoder": "encoded", "decoder": "decoded"}.get(name.rpartition(".")[2], "result")
    editor = module.editor()
    at = editor.line_start(statement.start)
    if local in function.scope.bound or module.source.text[at : statement.start].strip():
        return None
    editor.edit(at, at, f"{editor.indent_at(statement.start)}{local} = {module.text(first)}{editor.newline}")
    editor.replace(first, local)
    editor.replace(second, local)
    return editor.draft("Call it once", Applicability.UNSAFE)


def _are_in_one_suite(one: records.Statement, other: records.Statement | None) -> bool:
    """True for plain statements that always run together."""
    plain = (records.Assign, records.Augmented, records.Return, records.ExpressionStatement)
    return isinstance(one, plain) and isinstance(other, plain) and one.parent is other.parent
