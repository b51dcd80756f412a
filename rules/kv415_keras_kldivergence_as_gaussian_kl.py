"""KV415 keras-kldivergence-as-gaussian-kl."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, records, tensors


class KerasKldivergenceAsGaussianKl(Rule):
    """`keras.losses.KLDivergence` is given means and log-variances.

    ## What it finds
    `KLDivergence()`, `kl_divergence`, `kld` or `kullback_leibler_divergence` of `keras.losses` called on the mean and
    the scale of a reparameterized sample, in either order. Not: on probabilities or rates of activity.

    ## Why it bites
    The function is `sum(p * log(p / q))` over two probability distributions, clipped to [1e-7, 1]. Given a mean and a
    log-variance it is a number without meaning: 9.2 was measured where the Gaussian KL is 1.8. Where they are negative
    the clip's gradient is 0.

    ## Bad
    ```python
    kl = keras.losses.KLDivergence()(z_mean, z_log_var)
    ```

    ## Good
    ```python
    kl = -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)
    ```

    ## Fix
    None: what the second tensor means is the author's to say.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV415"
    name = "keras-kldivergence-as-gaussian-kl"
    triggers = ("KLDivergence", "kl_divergence", "kld", "KLD", "kullback_leibler")
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call."""
        heads = {(tensors(sample.form.mean), tensors(sample.form.scale)) for sample in module.objective.samples}
        seen: set[records.Record] = set()
        for place, first, second in module.objective.relative_entropies:
            given = tensors(first), tensors(second)
            if place in seen or not all(given) or given[0] == given[1] or not {given, given[::-1]} & heads:
                continue
            seen.add(place)
            yield Report(
                place,
                "Keras's KLDivergence compares two probability distributions, but these are a mean and a scale"
                " parameter: the number is no Gaussian KL, in Keras 2 and 3. Write the Gaussian formula.",
            )
