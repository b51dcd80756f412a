"""What the rules about the VAE objective have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.gaussian import log_variance_of, match_kl
from kerasvae_lint.semantics.algebra.losses import Part
from kerasvae_lint.semantics.algebra.objective import Loss
from kerasvae_lint.semantics.algebra.translator import Made
from kerasvae_lint.semantics.values import Parameter

FEATUREWISE = frozenset(
    {"squared error", "absolute error", "cross-entropy", "mse", "MSE", "mae", "MAE", "mean_squared_error"}
    | {"mean_absolute_error", "binary_crossentropy", "MeanSquaredError", "MeanAbsoluteError", "BinaryCrossentropy"}
    | {"sigmoid_cross_entropy_with_logits"}
)


_LABELS = frozenset({"ones_like", "zeros_like", "ones", "zeros", "fill", "full", "full_like"})


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A KL and the reconstruction terms beside it, in one way through a loss."""

    loss: Loss
    kl: Part
    errors: tuple[Part, ...]


def pairs(model: SemanticModel) -> Iterator[list[Pair]]:
    """The KL terms of each loss with what stands beside them; one list per KL, an entry for each variant.

    A KL that a layer adds by ``add_loss`` stands beside what the model is compiled with, and beside the loss of a tape
    that adds ``model.losses`` to it.
    """
    for loss in model.objective.losses:
        found: dict[object, list[Pair]] = {}
        for variant in loss.variants:
            errors = tuple(part for part in variant if is_reconstruction(part))
            for part in variant:
                if part.kl is not None:
                    beside = errors or _beside(model, loss)
                    found.setdefault(part.kl.key, []).append(Pair(loss, part, beside))
        yield from found.values()


def _beside(model: SemanticModel, loss: Loss) -> tuple[Part, ...]:
    if loss.kind != "add_loss":
        return ()
    others = [other for other in model.objective.losses if other is not loss and other.kind == "add_loss"]
    compiled = [other for other in model.objective.losses if other.kind == "compiled"]
    if _is_one_model(model):
        others += compiled
    taped = [other for other in model.objective.losses if other.kind == "tape" and _adds_losses(model, other)]
    others += taped if len(taped) == 1 else []
    return tuple(part for other in others for part in other.parts("error") if is_reconstruction(part))


def _adds_losses(model: SemanticModel, loss: Loss) -> bool:
    """True for a tape's loss in a function that adds ``model.losses``, with no factor that somebody chose."""
    found = [load.node for load in model.facts.loads.get("losses", ()) if load.function is loss.function]
    loads = [node for node in found if model.name(node) is None]  # not keras.losses
    return bool(loads) and not any(_is_weighted(model, node) for node in loads)


def _is_weighted(model: SemanticModel, node: cst.BaseExpression, deep: bool = True) -> bool:
    """True if a product or quotient stands around an expression, or around the name that it is given."""
    at = model.parent(node)
    while isinstance(at, (cst.BaseExpression, cst.Arg, cst.Element)):
        if isinstance(at, cst.BinaryOperation) and not isinstance(at.operator, (cst.Add, cst.Subtract)):
            return True
        at = model.parent(at)
    target = at.targets[0].target if isinstance(at, cst.Assign) and len(at.targets) == 1 else None
    if not isinstance(target, cst.Name) or not deep:
        return isinstance(at, cst.AugAssign) and not isinstance(at.operator, cst.AddAssign)
    function = model.function_at(node)
    uses = [use for use in model.facts.names.get(target.value, ()) if model.function_at(use) is function]
    return any(_is_weighted(model, use, deep=False) for use in uses)


def _is_one_model(model: SemanticModel) -> bool:
    """True if all that is compiled here can be the model with the KL: one object, and no mere parameter."""
    objects: set[object] = set()
    for call in model.method_calls("compile"):
        if not isinstance(call.node.func, cst.Attribute):
            return False
        values = model.values(call.node.func.value)
        if any(isinstance(value, Parameter) for value in values):
            return False
        known = frozenset(value.node for value in values if value.kind != "unknown")
        objects.add(known or model.text(call.node.func.value))
    return len(objects) == 1


def is_reconstruction(part: Part) -> bool:
    """True for an error that is no discriminator's: that compares with ones or zeros."""
    if part.error is None:
        return False
    target = part.error.of[0] if part.error.of else None
    if target is None:
        return True
    atoms = target.atoms()
    return bool(atoms) and not all(atom.label in _LABELS for atom in atoms)


def is_plain(part: Part) -> bool:
    """True for the textbook's KL: once, and with no factor that somebody chose."""
    return part.plain and abs(abs(part.coefficient) - 1) < 1e-6


def is_summed(part: Part) -> bool:
    """True for an error that is summed over the features, or made larger on purpose."""
    if part.features in {"sum", "mixed"}:
        return True
    return part.features == "mean" and (bool(part.settings) or abs(part.coefficient) > 1)


def kl_place(model: SemanticModel, pair: Pair) -> cst.BaseExpression | None:
    """Where this module computes the KL."""
    kl = pair.kl.kl
    return model.objective.kl_node(kl, model) if kl is not None else None


def is_only_kl(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for an expression that is a KL and nothing else."""
    kl = match_kl(model.objective.form(node))
    return kl is not None and not kl.rest.terms


def reduction(model: SemanticModel, part: Part) -> cst.Call | None:
    """The call in this module that reduces the latent axis of a KL."""
    step, kl = part.latent_step, part.kl
    if step is None or kl is None:
        return None
    made = model.objective.made.get(step)
    if made is not None:
        return made.node if made.model is model and isinstance(made.node, cst.Call) else None
    for factor, made in list(model.objective.made.items()):  # a sum of means was joined to the mean of a sum
        if isinstance(factor, f.Reduced) and (factor.kind, factor.axes) == (step.kind, step.axes):
            inner = match_kl(factor.of)
            if inner is not None and inner.key == kl.key and made.model is model and isinstance(made.node, cst.Call):
                return made.node
    return None


def twin(model: SemanticModel, call: cst.Call, word: str) -> str | None:
    """``K.sum`` for ``K.mean``, ``tf.reduce_sum`` for ``tf.reduce_mean``…, as this module spells it."""
    func = call.func
    last = func.attr.value if isinstance(func, cst.Attribute) else ""
    if not last:
        return None
    assert isinstance(func, cst.Attribute)
    prefix = "reduce_" if last.startswith("reduce_") else ""
    return f"{model.text(func.value)}.{prefix}{word}"


def tensors(form: f.Form) -> frozenset[f.Atom]:
    """The tensors that a form is a function of."""
    return frozenset(atom for atom in form.atoms() if atom.kind in {"tensor", "data"})


def same_head(model: SemanticModel) -> Iterator[Made]:
    """Where the one tensor is made that a KL or a sample takes for the mean and for the log-variance."""
    objective = model.objective
    pairs = [(kl.mean, kl.log_variance) for kl in objective.kls]
    pairs += [(sample.mean, log_variance_of(sample.scale)) for sample in objective.samples]
    seen: set[f.Factor] = set()
    for mean, log_variance in pairs:
        factor = mean.factor if mean is not None else None
        if factor is None or log_variance is None or tensors(log_variance) != {factor} or factor in seen:
            continue
        made = objective.made.get(factor)
        if made is not None and made.model is model:
            seen.add(factor)
            yield made


def twice(model: SemanticModel, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The next expression in the same function that is spelt like ``node``."""
    text, function = model.text(node), model.function_at(node)
    same = [
        other
        for other in model.facts.parents
        if type(other) is type(node) and model.function_at(other) is function and model.text(other) == text
    ]
    at = next((i for i, other in enumerate(same) if other is node), None)
    if at is None:
        return None
    other = same[1 - at] if len(same) == 2 else same[at + 1] if at + 1 < len(same) else None
    return other if isinstance(other, cst.BaseExpression) else None
