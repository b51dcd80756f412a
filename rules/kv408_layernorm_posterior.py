"""KV408 layernorm-posterior."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.heads import heads


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per LayerNormalization that makes a mean."""
        seen: set[cst.CSTNode] = set()
        for head in heads(model):
            link = head.links[0]
            made = link.constructor
            if head.role != "mean" or link.layer != "keras.layers.LayerNormalization" or made is None:
                continue
            if made in seen or not model.owns(made):
                continue
            seen.add(made)
            yield Report(
                made,
                "LayerNormalization works within one sample: every posterior mean gets the same length, and all samples"
                " may still share one mean, in Keras 2 and 3. A bound that keeps the code alive needs"
                " BatchNormalization with a fixed scale.",
            )
