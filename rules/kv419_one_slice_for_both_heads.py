"""KV419 one-slice-for-both-heads."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.literals import literal

from ._objective import same_head, twice


class OneSliceForBothHeads(Rule):
    """Mean and log-variance are cut from one tensor with the same slice: they are equal.

    ## What it finds
    A Gaussian KL or a reparameterized sample whose mean and log-variance are the same slice, or the same item, of one
    tensor.

    ## Why it bites
    The two are the same numbers for every input, and the other half of the head is never trained.

    ## Bad
    ```python
    mean, log_var = both[:, :latent_dim], both[:, :latent_dim]
    ```

    ## Good
    ```python
    mean, log_var = both[:, :latent_dim], both[:, latent_dim:]
    ```

    ## Fix
    Unsafe: the other half, where the slice is a plain `:n`; the other item, where it is the first.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV419"
    name = "one-slice-for-both-heads"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per slice that is both heads."""
        for made in same_head(model):
            if not isinstance(made.node, cst.Subscript):
                continue
            again = twice(model, made.node)
            yield Report(
                again or made.node,
                "Mean and log-variance are the same slice of one tensor: they are equal for every input, in Keras 2"
                " and 3. Take the other half for one of them.",
                ((made.node, "the other one is cut here"),) if again is not None else (),
                _fix(model, again) if isinstance(again, cst.Subscript) else None,
            )


def _fix(model: SemanticModel, node: cst.Subscript) -> Draft | None:
    last = node.slice[-1].slice
    editor = Editor(model)
    if isinstance(last, cst.Slice) and last.lower is None and last.upper is not None and last.step is None:
        editor.replace(last, f"{model.text(last.upper)}:")
    elif len(node.slice) == 1 and isinstance(last, cst.Index) and literal(last.value) == 0:
        editor.replace(last.value, "1")
    else:
        return None
    return editor.draft("Take the other half", Applicability.UNSAFE)
