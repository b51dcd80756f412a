"""KV510 gradient-variable-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Misapplied, Site


class GradientVariableMismatch(Rule):
    """Gradients are applied to other weights than those that they were taken for.

    ## What it finds
    `apply_gradients(zip(gradients, A))` and `apply(gradients, A)` where the gradients were taken by
    `tape.gradient(loss, B)`, and `A` and `B` are two lists of weights that hold different layers or variables, or the
    same variables in another order. The gradients may have been clipped, scaled, summed or put into a new list between.
    Not: two names for one list, a model around the only layer that has weights, a list that goes on where the other
    one ends, frozen layers, two networks of the same make (one may be a copy of the other), lists that can't be seen.

    ## Why it bites
    `zip` pairs by position and stops at the shorter list. Measured: with the decoder's gradients and all weights, the
    encoder moves by the decoder's gradients and the decoder not at all, and nothing is printed, if the shapes agree; if
    they don't, the first step raises.

    ## Bad
    ```python
    gradients = tape.gradient(loss, self.decoder.trainable_variables)
    self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
    ```

    ## Good
    ```python
    weights = self.decoder.trainable_variables
    gradients = tape.gradient(loss, weights)
    self.optimizer.apply_gradients(zip(gradients, weights))
    ```

    ## Fix
    Unsafe, as the other list may be the one that was meant: the weights that the gradient was taken for, where both
    lists stand in one function.

    ## Keras 2 and Keras 3
    The same in both. An optimizer that was built for other variables raises: `KeyError` in Keras 2, `ValueError` in
    Keras 3.

    ## References
    - rstudio/ai-blog issue 224
    - yzhao062/pyod issue 459
    """

    code = "KV510"
    name = "gradient-variable-mismatch"
    triggers = (".apply_gradients(", ".apply(")
    companions = (".gradient(",)
    fixable = "sometimes"
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call of an optimizer."""
        for found in module.misapplied_gradients:
            call = found.event.call
            if call is None:
                continue
            taken, moved = _line(module, found.sources), _line(module, found.written)
            if found.is_order:
                text = (
                    "These gradients are in another order than the weights, in Keras 2 and 3: each weight moves by the"
                    " gradient of another one."
                )
            elif taken is not None and moved is not None and taken != moved:
                text = (
                    f"These gradients were taken for `{taken}` and are paired by position with `{moved}`: weights move"
                    " by the gradients of others, in Keras 2 and 3."
                )
            else:
                text = (
                    "These gradients were taken for other weights, and are paired with these by position: weights move"
                    " by the gradients of others, in Keras 2 and 3."
                )
            notes = ((found.taken.record, "the gradients are taken here"),) if module.owns(found.taken) else ()
            yield Report(call, f"{text} Use one name for both lists.", notes, _fix(module, found))


def _line(module: Module, written: Site) -> str | None:
    """A list of weights as it is written, if that is short."""
    text = module.text(written.record) if module.owns(written) else ""
    return text if text and "\n" not in text and len(text) <= 60 else None


def _fix(module: Module, found: Misapplied) -> Draft | None:
    """The list of the gradient in the place of the other one, where it means the same there."""
    if not (module.owns(found.taken) and module.owns(found.written) and module.owns(found.sources)):
        return None
    sources, written, taken = found.sources.record, found.written.record, found.taken.record
    function, text = records.function_of(taken), module.text(found.sources.record)
    if records.function_of(written) is not function or taken.start > written.start or "\n" in text or "#" in text:
        return None
    if any(isinstance(part, (records.Call, records.Comprehension)) for part in sources.walk()):
        return None
    names = {part.id for part in sources.walk() if isinstance(part, records.Name)}
    around = function if function is not None else module.code
    for part in around.walk():
        if isinstance(part, records.Name) and part.id in names and taken.end < part.start < written.start:
            statement = records.statement_of(part)
            if isinstance(statement, records.Assign) and any(part in target.walk() for target in statement.targets):
                return None  # another list by then
    editor = module.editor()
    editor.replace(written, text)
    return editor.draft("Apply them to the weights that they were taken for", Applicability.UNSAFE)
