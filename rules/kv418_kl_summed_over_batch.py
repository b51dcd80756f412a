"""KV418 kl-summed-over-batch."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, Pair, Part, is_plain, records, twin


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per KL that grows with the batch."""
        seen: set[records.Record] = set()
        for variants in module.objective.pairs:
            if not all(_is_bad(pair) for pair in variants):
                continue
            total = module.objective.reduction(variants[0].kl)
            place = total or module.objective.place(variants[0].kl, variants[0].loss)
            if place is None or place in seen:
                continue
            seen.add(place)
            yield Report(
                place,
                "The KL is summed over the batch too, but the reconstruction is not: its weight grows with the batch"
                " size, in Keras 2 and 3. Sum over the latent axis and take the mean over the batch.",
                fix=_fix(module, total) if total is not None else None,
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


def _fix(module: Module, total: records.Call) -> Draft | None:
    mean = twin(total, module.source.text, "mean")
    if mean is None or len(total.arguments) != 1:
        return None
    inner = f"{module.text(total.func)}({module.text(total.arguments[0].value)}, axis=-1)"
    editor = module.editor()
    editor.replace(total, f"{mean}({inner})")
    return editor.draft("Sum over the latent axis, average over the batch", Applicability.UNSAFE)
