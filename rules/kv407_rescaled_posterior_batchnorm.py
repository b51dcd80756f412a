"""KV407 rescaled-posterior-batchnorm."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.heads import Link, heads
from kerasvae_lint.semantics.literals import literal

_BATCHNORM = frozenset({"keras.layers.BatchNormalization", "keras.layers.SyncBatchNormalization"})


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per BatchNormalization on a mean that may shrink it."""
        seen: set[cst.CSTNode] = set()
        for head in heads(model):
            link = _normalizer(head.links)
            made = link.constructor if link is not None else None
            if head.role != "mean" or link is None or made is None or made in seen or not model.owns(made):
                continue
            if link.layer not in _BATCHNORM or not _is_trained(made):
                continue
            seen.add(made)
            yield Report(
                made,
                "This BatchNormalization makes the posterior mean, and its scale gamma is trained: gamma can shrink to"
                " 0, in Keras 2 and 3, so the KL has no lower bound. With gamma fixed the KL is at least gamma²/2 for"
                " each latent dimension: give it `scale=False, center=False` and, for another bound than 0.5 nats, a"
                " fixed factor.",
                fix=_fix(model, made),
            )


def _normalizer(links: tuple[Link, ...]) -> Link | None:
    """The link that normalizes: the last one, or the one below an activation."""
    for link in links[:2]:
        last = link.layer.rpartition(".")[2]
        if "Normalization" in last:
            return link
        if link.layer and last not in {"Activation", "ReLU", "Dropout", "GaussianNoise"}:
            return None
    return None


def _is_trained(made: cst.Call) -> bool:
    if any(given.star for given in made.args):
        return False
    for given in made.args:
        word = given.keyword.value if given.keyword is not None else ""
        if word in {"gamma_constraint", "gamma_regularizer"}:
            return False
        if word == "trainable":
            return False
    scale = argument(made, 4, "scale")
    return scale is None or (isinstance(scale, cst.Name) and scale.value == "True") or literal(scale) == 1


def _fix(model: SemanticModel, made: cst.Call) -> Draft | None:
    editor = Editor(model)
    left = {"scale": "False", "center": "False"}
    if argument(made, 2, "epsilon") is None:
        left["epsilon"] = "1e-8"
    for given in made.args:
        if given.keyword is not None and given.keyword.value in left:
            editor.replace(given.value, left.pop(given.keyword.value))
    if len([a for a in made.args if a.keyword is None]) > 3:
        return None
    if left:
        editor.add_argument(made, ", ".join(f"{name}={value}" for name, value in left.items()))
    return editor.draft("Fix the scale at 1 and the offset at 0, with a small epsilon", Applicability.UNSAFE)
