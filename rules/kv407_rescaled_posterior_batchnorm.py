"""KV407 rescaled-posterior-batchnorm."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Link, Module, constant, records

_BATCHNORM = frozenset({"keras.layers.BatchNormalization", "keras.layers.SyncBatchNormalization"})
_HELD = ("gamma_constraint", "gamma_regularizer", "trainable")


class RescaledPosteriorBatchNorm(Rule):
    """BatchNormalization with a trained scale on the posterior mean: it puts no lower bound on the KL.

    ## What it finds
    A `BatchNormalization` that gives the mean of a reparameterized sample or a Gaussian KL (an activation may stand
    between) and has a trainable `gamma`. Not: `scale=False`, `trainable=False`, a constraint or a regularizer on gamma.

    ## Why it bites
    Over the data a normalized mean has the mean beta and the variance gamma², so the KL is at least
    `d * (gamma² + beta²) / 2`: with a fixed gamma it can't vanish. A trained gamma goes to 0 with the rest, and the
    bound with it: the layer does nothing against posterior collapse.

    ## Bad
    ```python
    mean = layers.BatchNormalization()(layers.Dense(8)(h))
    ```

    ## Good
    ```python
    mean = layers.BatchNormalization(scale=False, center=False, epsilon=1e-8)(layers.Dense(8)(h))
    ```

    ## Fix
    Unsafe: `scale=False, center=False`, which is gamma 1 and a KL of at least half a nat for each latent dimension.
    Another bound is a fixed factor behind the layer: gamma 0.5 keeps an eighth of a nat. A small epsilon goes with it:
    under Keras's 1e-3 an encoder can shrink its output until epsilon outweighs the variance, and the KL vanishes after
    all (`benchmarks/collapse.md`: 0.07 nats at the end of training, 2.1 with 1e-8).

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Zhu et al., A Batch Normalized Inference Network Keeps the KL Vanishing Away (arXiv 2004.12585)
    """

    code = "KV407"
    name = "rescaled-posterior-batchnorm"
    triggers = ("BatchNorm",)
    companions = ("exp(", "kl_divergence", "Lambda(", "Sampl", "sampl", "eparam")
    fixable = "unsafe"
    probes = ("kl",)
    recipe = "bn-vae"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per BatchNormalization on a mean that may shrink it."""
        seen: set[records.Record] = set()
        for head in module.objective.posterior.heads:
            layer = _normalizer(head.links) if head.role == "mean" else None
            if layer is None or layer.name not in _BATCHNORM or not _is_trained(layer):
                continue
            if layer.site is None or not module.owns(layer.site) or layer.site.record in seen:
                continue
            seen.add(layer.site.record)
            yield Report(
                layer.site.record,
                "This BatchNormalization makes the posterior mean, and its scale gamma is trained: gamma can shrink to"
                " 0, in Keras 2 and 3, so the KL has no lower bound. With gamma fixed the KL is at least gamma²/2 for"
                " each latent dimension: give it `scale=False, center=False` and, for another bound than 0.5 nats, a"
                " fixed factor.",
                fix=_fix(module, layer),
            )


def _normalizer(links: tuple[Link, ...]) -> LibraryObject | None:
    """The layer that normalizes: the last one, or the one below an activation."""
    for link in links[:2]:
        last = link.layer.name.rpartition(".")[2] if link.layer is not None else ""
        if "Normalization" in last:
            return link.layer
        if last and last not in {"Activation", "ReLU", "Dropout", "GaussianNoise"}:
            return None
    return None


def _is_trained(layer: LibraryObject) -> bool:
    """True where nothing but the loss decides on gamma."""
    if not layer.complete or any(name in layer.arguments for name in _HELD) or "trainable" in layer.writes:
        return False
    scale = layer.arguments.get("scale")
    return scale is None or constant(scale) == 1


def _fix(module: Module, layer: LibraryObject) -> Draft | None:
    made = layer.site.record if layer.site is not None else None
    if not isinstance(made, records.Call) or len([a for a in made.arguments if a.name is None]) > 3:
        return None
    editor = module.editor()
    left = {"scale": "False", "center": "False"}
    if "epsilon" not in layer.arguments:
        left["epsilon"] = "1e-8"
    for given in made.arguments:
        if given.name in left:
            editor.replace(given.value, left.pop(given.name))
    if left:
        editor.add_argument(made, ", ".join(f"{name}={value}" for name, value in left.items()))
    return editor.draft("Fix the scale at 1 and the offset at 0, with a small epsilon", Applicability.UNSAFE)
