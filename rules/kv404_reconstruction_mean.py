"""KV404 reconstruction-mean."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import FEATUREWISE, Module, Pair, Part, is_plain, records


class ReconstructionMean(Rule):
    """The reconstruction is averaged over the features, beside a KL that is summed.

    ## What it finds
    A reconstruction term (MSE, MAE, binary cross-entropy, by a library's function or spelt out) that is a mean over the
    features, beside a Gaussian KL that is summed over the latent axis, with no factor on either: in one loss, or the KL
    in `add_loss` and the reconstruction in `compile` or in a tape's loss that adds `model.losses`. Not: a
    discriminator's cross-entropy, which compares with ones or zeros.

    ## Why it bites
    The mean is as many times smaller than the log-likelihood as there are features, 784 for a small picture: the KL
    outweighs it by as much, and the posterior collapses to the prior.

    ## Bad
    ```python
    reconstruction = keras.losses.mse(x, decoded)
    loss = K.mean(reconstruction + kl)
    ```

    ## Good
    ```python
    reconstruction = original_dim * keras.losses.mse(x, decoded)
    ```

    ## Fix
    Unsafe: times the number of features, where the function's first argument tells it.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 3373, pull request 3383
    """

    code = "KV404"
    name = "reconstruction-mean"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per averaged reconstruction beside a summed KL."""
        seen: set[records.Record] = set()
        for variants in module.objective.pairs:
            if not all(_is_bad(pair) for pair in variants):
                continue
            for pair in variants:
                for error in pair.errors:
                    place = module.objective.averaging(error)
                    if place is None or place in seen:
                        continue
                    seen.add(place)
                    kl = module.objective.place(pair.kl, pair.loss)
                    yield Report(
                        place,
                        "The reconstruction is averaged over the features, but the KL is summed over the latent axis:"
                        " it weighs too little, and the posterior collapses, in Keras 2 and 3. Multiply it by the"
                        " number of features.",
                        ((kl, "the KL is computed here"),) if kl is not None else (),
                        _fix(module, place, error),
                    )


def _is_bad(pair: Pair) -> bool:
    if not pair.errors or pair.kl.latent != "sum" or not is_plain(pair.kl) or pair.kl.coefficient < 0:
        return False
    return all(_is_mean(error) for error in pair.errors)


def _is_mean(error: Part) -> bool:
    if error.error is None or error.error.name not in FEATUREWISE or error.features != "mean":
        return False
    return error.plain and abs(error.coefficient) <= 1


def _fix(module: Module, place: records.Expression, part: Part) -> Draft | None:
    """Times the size of the last axis, for a function of Keras that averages over it."""
    is_function = part.error is not None and part.error.per == "feature"
    if not is_function or not isinstance(place, records.Call) or not place.arguments:
        return None
    first = place.arguments[0].value
    if not isinstance(first, (records.Name, records.Attribute)):
        return None
    around = place.parent
    editor = module.editor()
    product = f"{module.text(first)}.shape[-1] * {module.text(place)}"
    needs = isinstance(around, records.Binary) and around.operator in {"**", "/", "//", "%"}
    editor.replace(place, f"({product})" if needs else product)
    return editor.draft("Multiply by the number of features", Applicability.UNSAFE)
