"""KV403 kl-mean-over-latent."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.literals import literal

from ._objective import Pair, is_only_kl, is_plain, is_summed, kl_place, pairs, reduction, twin


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per KL that is averaged beside a summed reconstruction."""
        for found in pairs(model):
            if not found or not all(_is_bad(pair) for pair in found):
                continue
            pair = found[0]
            mean = reduction(model, pair.kl)
            node = mean or kl_place(model, pair)
            if node is None:
                continue
            kl = kl_place(model, pair)
            notes = ((kl, "the KL is computed here"),) if kl is not None and kl is not node else ()
            yield Report(
                node,
                "The KL is averaged over the latent axis, but the reconstruction is summed: the KL weighs as many times"
                " too little as there are latent dimensions, in Keras 2 and 3. Sum over the latent axis.",
                notes,
                _fix(model, mean) if mean is not None else None,
            )


def _is_bad(pair: Pair) -> bool:
    if not pair.errors or pair.kl.latent != "mean" or not is_plain(pair.kl):
        return False
    return all(is_summed(error) for error in pair.errors)


def _fix(model: SemanticModel, mean: cst.Call) -> Draft | None:
    total = twin(model, mean, "sum")
    axis = next((a.value for a in mean.args if a.keyword is not None and a.keyword.value == "axis"), None)
    axis = axis or (mean.args[1].value if len(mean.args) == 2 and mean.args[1].keyword is None else None)
    if total is None:
        return None
    editor = Editor(model)
    if axis is not None and literal(axis) in {-1, 1}:
        editor.replace(mean.func, total)
    elif axis is None and len(mean.args) == 1 and is_only_kl(model, mean.args[0].value):
        editor.replace(mean.args[0].value, f"{total}({model.text(mean.args[0].value)}, axis=-1)")
    else:
        return None
    return editor.draft("Sum over the latent axis", Applicability.UNSAFE)
