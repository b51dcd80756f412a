"""KV403 kl-mean-over-latent."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, Pair, constant, is_plain, is_summed, records, twin


class KlMeanOverLatent(Rule):
    """The KL is averaged over the latent axis, beside a reconstruction that is summed.

    ## What it finds
    A Gaussian KL, known by its algebra, whose latent axis is reduced by a mean (of its own or of the total), in a loss
    whose reconstruction term is summed over the features or multiplied by their number. Not: a mean beside a mean, and
    not where somebody chose a factor for the KL.

    ## Why it bites
    The KL of a latent vector is the sum over its dimensions. The mean makes it as many times smaller as there are
    dimensions: with 16 of them the model trains with a beta of 1/16.

    ## Bad
    ```python
    kl = -0.5 * K.mean(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    loss = K.sum(K.square(x - decoded), axis=-1) + kl
    ```

    ## Good
    ```python
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    ```

    ## Fix
    Unsafe: the sum over the latent axis, which makes the KL heavier.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Kingma and Welling 2014, appendix B
    - keras-team/keras-io issue 270
    """

    code = "KV403"
    name = "kl-mean-over-latent"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per KL that is averaged beside a summed reconstruction."""
        seen: set[records.Record] = set()
        for variants in module.objective.pairs:
            if not all(_is_bad(pair) for pair in variants):
                continue
            kl = module.objective.place(variants[0].kl, variants[0].loss)
            mean = module.objective.reduction(variants[0].kl)
            place = mean or kl
            if place is None or place in seen:
                continue
            seen.add(place)
            yield Report(
                place,
                "The KL is averaged over the latent axis, but the reconstruction is summed: the KL weighs as many times"
                " too little as there are latent dimensions, in Keras 2 and 3. Sum over the latent axis.",
                ((kl, "the KL is computed here"),) if kl is not None and kl is not place else (),
                _fix(module, mean) if mean is not None else None,
            )


def _is_bad(pair: Pair) -> bool:
    if not pair.errors or pair.kl.latent != "mean" or not is_plain(pair.kl):
        return False
    return all(is_summed(error) for error in pair.errors)


def _fix(module: Module, mean: records.Call) -> Draft | None:
    total = twin(mean, module.source.text, "sum")
    given = mean.arguments
    axis = next((argument.value for argument in given if argument.name == "axis"), None)
    if axis is None and len(given) == 2 and given[1].name is None and not given[1].star:
        axis = given[1].value
    if total is None:
        return None
    editor = module.editor()
    if axis is not None and constant(module.value(axis)) in {-1, 1}:
        editor.replace(mean.func, total)
    elif axis is None and len(given) == 1 and module.objective.is_only_kl(given[0].value):
        editor.replace(given[0].value, f"{total}({module.text(given[0].value)}, axis=-1)")
    else:
        return None
    return editor.draft("Sum over the latent axis", Applicability.UNSAFE)
