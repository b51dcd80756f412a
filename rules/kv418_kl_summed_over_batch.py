"""KV418 kl-summed-over-batch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra.losses import Part

from ._objective import Pair, is_plain, kl_place, pairs, reduction, twin


class KlSummedOverBatch(Rule):
    """The KL is summed over the batch too, beside a reconstruction that is not.

    ## What it finds
    A Gaussian KL that a sum without an axis (or a second sum) reduces over the batch as well as over the latent axis,
    beside a reconstruction per sample or averaged over the batch; and the two axes swapped: a sum over axis 0, a mean
    over axis 1.

    ## Why it bites
    The KL then weighs as many times too much as the batch has samples: the posterior collapses, and another batch size
    trains another model.

    ## Bad
    ```python
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var))
    return K.sum(K.square(x - decoded), axis=-1) + kl
    ```

    ## Good
    ```python
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    ```

    ## Fix
    Unsafe: the sum over the latent axis, then the mean over the batch.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV418"
    name = "kl-summed-over-batch"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("loss", "kl")
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per KL that grows with the batch."""
        for found in pairs(model):
            if not found or not all(_is_bad(pair) for pair in found):
                continue
            pair = found[0]
            total = reduction(model, pair.kl)
            node = total or kl_place(model, pair)
            if node is None:
                continue
            yield Report(
                node,
                "The KL is summed over the batch too, but the reconstruction is not: its weight grows with the batch"
                " size, in Keras 2 and 3. Sum over the latent axis and take the mean over the batch.",
                fix=_fix(model, total) if total is not None else None,
            )


def _is_bad(pair: Pair) -> bool:
    if _is_swapped(pair.kl):
        return True
    if not pair.errors or not is_plain(pair.kl) or (pair.kl.latent, pair.kl.batch) != ("sum", "sum"):
        return False
    return all(e.features in {"sum", "mean", "mixed"} and e.batch in {"mean", None} for e in pair.errors)


def _is_swapped(kl: Part) -> bool:
    """True for a sum over the batch axis, by its number, and a mean over the latent axis: wrong beside anything."""
    sums = any(step.kind == "sum" and step.axes == (0,) for step in kl.reductions)
    return sums and (kl.latent, kl.batch) == ("mean", "sum")


def _fix(model: SemanticModel, total: cst.Call) -> Draft | None:
    mean = twin(model, total, "mean")
    if mean is None or len(total.args) != 1:
        return None
    editor = Editor(model)
    inner = f"{model.text(total.func)}({model.text(total.args[0].value)}, axis=-1)"
    editor.replace(total, f"{mean}({inner})")
    return editor.draft("Sum over the latent axis, average over the batch", Applicability.UNSAFE)
