"""KV408 layernorm-posterior."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, records


class LayerNormPosterior(Rule):
    """LayerNormalization on the posterior mean: the KL is bounded, the latent code is not kept alive.

    ## What it finds
    A `LayerNormalization` that gives the mean of a reparameterized sample or of a Gaussian KL.

    ## Why it bites
    BatchNormalization makes the mean of each latent dimension differ between the samples; that is what keeps the code
    in use. LayerNormalization works within one sample: before its scale and offset every posterior mean has the same
    length, a KL that no step can lower and that tells no sample from another. The price of a bound is paid, and all
    samples may still share one mean.

    ## Bad
    ```python
    mean = layers.LayerNormalization()(layers.Dense(8)(h))
    ```

    ## Good
    ```python
    mean = layers.BatchNormalization(scale=False, center=False)(layers.Dense(8)(h))
    ```

    ## Fix
    None: whether the bound was meant, or a plain head does, is for you to say.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Zhu et al., A Batch Normalized Inference Network Keeps the KL Vanishing Away (arXiv 2004.12585)
    """

    code = "KV408"
    name = "layernorm-posterior"
    triggers = ("LayerNormalization",)
    probes = ("kl",)
    recipe = "bn-vae"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per LayerNormalization that makes a mean."""
        seen: set[records.Record] = set()
        for head in module.objective.posterior.heads:
            layer = head.links[0].layer
            if head.role != "mean" or layer is None or layer.name != "keras.layers.LayerNormalization":
                continue
            if layer.site is None or not module.owns(layer.site) or layer.site.record in seen:
                continue
            seen.add(layer.site.record)
            yield Report(
                layer.site.record,
                "LayerNormalization works within one sample: every posterior mean gets the same length, and all samples"
                " may still share one mean, in Keras 2 and 3. A bound that keeps the code alive needs"
                " BatchNormalization with a fixed scale.",
            )
