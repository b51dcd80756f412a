"""KV520 clone-forgets-weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Clone


class CloneForgetsWeights(Rule):
    """`clone_model` copies the layers of a trained model and none of its weights, and the copy is used as it is.

    ## What it finds
    A copy by `clone_model` of a model that was fitted, that was loaded or has pretrained weights, which predicts, is
    evaluated, saved or made a part of another model. Not: a copy that is trained itself, that is handed to a function,
    or made with a `clone_function`; code with a `set_weights`, `load_weights` or `assign` behind it; originals that
    have learned nothing yet, as far as can be seen.

    ## Why it bites
    `clone_model` makes each layer anew from its config, with new random weights. Measured on a fitted model: the two
    predictions differ by 3.9 where they should be equal, without a word.

    ## Bad
    ```python
    model.fit(x, y, epochs=10)
    frozen = keras.models.clone_model(model)
    teacher = frozen.predict(x)
    ```

    ## Good
    ```python
    model.fit(x, y, epochs=10)
    frozen = keras.models.clone_model(model)
    frozen.set_weights(model.get_weights())
    teacher = frozen.predict(x)
    ```

    ## Fix
    Unsafe, where the copy has a name: `set_weights` behind it.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV520"
    name = "clone-forgets-weights"
    triggers = ("clone_model",)
    fixable = "sometimes"
    probes = ()
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per copy."""
        if module.flavour.graph:
            return
        for clone in module.clones:
            learned = clone.learned
            notes = [(module.place(learned), "the original has its weights from here")] if learned is not None else []
            done = f"asked to `{clone.word}`" if clone.word else "used"
            yield Report(
                clone.call,
                f"`clone_model` copies layers, not weights: this copy is {done} with new random ones, in Keras 2 and 3."
                " Give it those of the original by `set_weights`.",
                (*notes, (clone.use, "the copy is used here")),
                _fix(module, clone),
            )


def _fix(module: Module, clone: Clone) -> Draft | None:
    statement = records.statement_of(clone.call)
    first = next((a for a in clone.call.arguments if a.name in {None, "model"} and not a.star), None)
    if clone.name is None or statement is None or first is None:
        return None
    if not isinstance(first.value, (records.Name, records.Attribute)):
        return None
    editor = module.editor()
    line = f"{clone.name.id}.set_weights({module.text(first.value)}.get_weights())"
    editor.insert_after_statement(statement, [line])
    return editor.draft("Copy the weights, too", Applicability.UNSAFE)
