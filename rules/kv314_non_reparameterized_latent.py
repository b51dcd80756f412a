"""KV314 non-reparameterized-latent."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class NonReparameterizedLatent(Rule):
    """A discrete draw as the code of an autoencoder: the encoder gets no gradient from the reconstruction.

    ## What it finds
    A sample of a `Bernoulli`, `Categorical`, `OneHotCategorical`, `Poisson` or `Binomial` distribution of tfp, or the
    output of such a distribution layer, whose parameters a network computes, and that goes into another layer with
    weights on the way to a loss. Not: continuous and relaxed distributions, straight-through sums, code that asks the
    distribution for `log_prob` (a score-function gradient, a policy), samples that no layer goes on with.

    ## Why it bites
    These draws are steps: their gradient is None (measured for all of them; `Normal`, `Gamma`, `Beta` and the relaxed
    ones have one). The decoder learns, the encoder stays as it began or follows the KL alone, and nothing is said.

    ## Bad
    ```python
    z = tfd.OneHotCategorical(logits=encoder(x)).sample()
    x_hat = decoder(z)
    ```

    ## Good
    ```python
    z = tfd.RelaxedOneHotCategorical(temperature=0.5, logits=encoder(x)).sample()
    x_hat = decoder(z)
    ```

    ## Fix
    None: a relaxed distribution, a straight-through sum or a score-function gradient is the author's choice.

    ## Keras 2 and Keras 3
    The same in both; distribution layers run in Keras 2 only.

    ## References
    - keras-team/keras issue 5537
    """

    code = "KV314"
    name = "non-reparameterized-latent"
    triggers = ("Bernoulli", "Categorical", "Poisson", "Binomial", "Geometric", "Multinomial")
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per draw."""
        for found in module.blocked_latents:
            yield Report(
                found.site.record,
                f"A draw of a {found.family} distribution has no gradient: what computes its parameters learns nothing"
                " from the loss behind it, in Keras 2 and 3. Draw from a relaxed distribution, or go straight through.",
            )
