"""KV404 reconstruction-mean."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.losses import Part, variants

from ._objective import FEATUREWISE, Pair, is_plain, kl_place, pairs


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per averaged reconstruction beside a summed KL."""
        seen: set[cst.CSTNode] = set()
        for found in pairs(model):
            if not found or not all(_is_bad(pair) for pair in found):
                continue
            for pair in found:
                for error in pair.errors:
                    node = _place(model, error)
                    if node is None or node in seen:
                        continue
                    seen.add(node)
                    kl = kl_place(model, pair)
                    yield Report(
                        node,
                        "The reconstruction is averaged over the features, but the KL is summed over the latent axis:"
                        " it weighs too little, and the posterior collapses, in Keras 2 and 3. Multiply it by the"
                        " number of features.",
                        ((kl, "the KL is computed here"),) if kl is not None else (),
                        _fix(model, node, error),
                    )


def _is_bad(pair: Pair) -> bool:
    if not pair.errors or pair.kl.latent != "sum" or not is_plain(pair.kl) or pair.kl.coefficient < 0:
        return False
    return all(_is_mean(error) for error in pair.errors)


def _is_mean(part: Part) -> bool:
    error = part.error
    if error is None or error.name not in FEATUREWISE or part.features != "mean":
        return False
    return part.plain and abs(part.coefficient) <= 1


def _place(model: SemanticModel, part: Part) -> cst.BaseExpression | None:
    made = model.objective.made.get(part.error) if part.error is not None else None
    if made is not None:
        return made.node if made.model is model else None
    for step in part.reductions:
        reduced = model.objective.made.get(step)
        if reduced is not None and reduced.model is model and step.kind == "mean":
            return reduced.node
        if step.kind == "mean":
            joined = _joined(model, part, step)
            if joined is not None:
                return joined
    for loss in model.objective.losses:
        if any(part in variant for variant in loss.variants) and model.owns(loss.node):
            return loss.node
    return None


def _joined(model: SemanticModel, part: Part, step: f.Reduced) -> cst.BaseExpression | None:
    """The call that averages an error whose mean was joined to that of the KL."""
    for factor, made in model.objective.made.items():
        if isinstance(factor, f.Reduced) and (factor.kind, factor.axes) == (step.kind, step.axes):
            inner = [other.error for variant in variants(factor.of) for other in variant]
            if part.error in inner and made.model is model and isinstance(made.node, cst.BaseExpression):
                return made.node
    return None


def _fix(model: SemanticModel, node: cst.BaseExpression, part: Part) -> Draft | None:
    """Times the size of the last axis, for a function of Keras that averages over it."""
    error = part.error
    if error is None or error.per != "feature" or not isinstance(node, cst.Call) or not node.args:
        return None
    first = node.args[0].value
    if not isinstance(first, (cst.Name, cst.Attribute)):
        return None
    parent = model.parent(node)
    editor = Editor(model)
    product = f"{model.text(first)}.shape[-1] * {model.text(node)}"
    needs = isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, (cst.Power, cst.Divide))
    editor.replace(node, f"({product})" if needs else product)
    return editor.draft("Multiply by the number of features", Applicability.UNSAFE)
