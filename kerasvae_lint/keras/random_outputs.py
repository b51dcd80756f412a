"""Tensors that are draws: what tfp's distribution layers hand on, and what is made of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flat import holds_learned
from kerasvae_lint.keras.flow import reached
from kerasvae_lint.keras.kinds import is_model
from kerasvae_lint.keras.layers import made_layers, products_of
from kerasvae_lint.keras.singular import has_weights
from kerasvae_lint.keras.steps import inner
from kerasvae_lint.keras.training import CompiledLoss, compiled_losses_of, runs
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    LibraryName,
    LibraryObject,
    Native,
    Site,
    Value,
    constant,
)

_FAMILIES = {
    "tfp.layers.CategoricalMixtureOfOneHotCategorical": "OneHotCategorical",
    "tfp.layers.DistributionLambda": "",
    "tfp.layers.IndependentBernoulli": "Bernoulli",
    "tfp.layers.IndependentLogistic": "Logistic",
    "tfp.layers.IndependentNormal": "Normal",
    "tfp.layers.IndependentPoisson": "Poisson",
    "tfp.layers.MixtureLogistic": "Logistic",
    "tfp.layers.MixtureNormal": "Normal",
    "tfp.layers.MixtureSameFamily": "",
    "tfp.layers.MultivariateNormalTriL": "MultivariateNormalTriL",
    "tfp.layers.OneHotCategorical": "OneHotCategorical",
}
"""The layers that give a distribution, with its family."""
DISCRETE = frozenset(
    {"Bernoulli", "Categorical", "OneHotCategorical", "Poisson", "Binomial", "Geometric", "Multinomial"}
)
"""Families whose samples have no gradient."""
_SCALES = ("scale", "scale_diag", "scale_tril", "concentration", "rate", "covariance_matrix")
_ASKS = frozenset({"log_prob", "prob"})
_CARRIERS = frozenset({"cast", "reshape", "flatten", "identity", "squeeze", "expand_dims", "convert_to_tensor"})


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """A tensor that a distribution layer gives: a draw, wherever it is used as a tensor.

    Attributes:
        layer: the layer.
        family: the distribution's name; empty where it can't be told.
        fixed: True where nothing that is trained decides how far it spreads.
    """

    layer: LibraryObject
    family: str
    fixed: bool

    @property
    def is_discrete(self) -> bool:
        """True where a draw has no gradient."""
        return self.family in DISCRETE


@dataclass(frozen=True, eq=False, slots=True)
class LossOnDraw:
    """A loss of ``compile`` that takes a draw for a prediction.

    Attributes:
        loss: the loss.
        drawn: what it gets.
    """

    loss: CompiledLoss
    drawn: Drawn


@dataclass(frozen=True, eq=False, slots=True)
class DrawnPrediction:
    """A ``predict`` that gives one draw.

    Attributes:
        site: where.
        call: the call.
        drawn: what it is a draw of.
    """

    site: Site
    call: r.Call
    drawn: Drawn


@dataclass(frozen=True, eq=False, slots=True)
class BlockedLatent:
    """A draw without a gradient between what made it and a loss.

    Attributes:
        site: where it is drawn.
        family: the distribution's name.
    """

    site: Site
    family: str


def is_distribution_layer(value: Value) -> bool:
    """True for a layer of tfp that gives a distribution."""
    return isinstance(value, LibraryObject) and value.name in _FAMILIES


def distribution_layer_of(machine: Interpreter, value: Value) -> LibraryObject | None:
    """The distribution layer that an output comes straight from; None for all else."""
    if isinstance(value, Computed) and value.op == "layer" and isinstance(value.maker, LibraryObject):
        if is_distribution_layer(value.maker):
            return value.maker
    for product in products_of(machine, value):
        if isinstance(product.layer, LibraryObject) and is_distribution_layer(product.layer):
            return product.layer
    return None


def drawn(machine: Interpreter, value: Value) -> Drawn | None:
    """What a tensor is a draw of; None where it isn't one, or where that can't be told."""
    layer = distribution_layer_of(machine, value)
    if layer is None or not draws(layer):
        return None
    family = _FAMILIES[layer.name]
    made = _inner(value) if isinstance(value, LibraryObject) else None
    if made is not None:
        family = made.name.rpartition(".")[2]
    return Drawn(layer, family, made is not None and _is_fixed(made))


def draws(layer: LibraryObject) -> bool:
    """True for a distribution layer that hands on a sample, as it does unless it is told otherwise."""
    given = layer.arguments.get("convert_to_tensor_fn")
    if given is None:
        return layer.complete
    return isinstance(given, LibraryName) and given.name.rpartition(".")[2] == "sample"


def _inner(value: LibraryObject) -> LibraryObject | None:
    """The distribution inside of ``Independent``."""
    at: Value | None = value
    for _ in range(4):
        if not isinstance(at, LibraryObject) or at.kind != "distribution":
            return None
        if at.name.rpartition(".")[2] != "Independent":
            return at
        at = at.arguments.get("distribution")
    return None


def _is_fixed(made: LibraryObject) -> bool:
    given = [made.arguments[name] for name in _SCALES if name in made.arguments]
    if not given:
        return made.complete and made.name.rpartition(".")[2] == "Normal" and "loc" not in made.arguments
    return all(isinstance(constant(one), (int, float)) for one in given)


def losses_on_draws(machine: Interpreter) -> Iterator[LossOnDraw]:
    """The losses that compare a draw of an output with its target, as if it were a prediction."""
    for loss in compiled_losses_of(machine):
        found = drawn(machine, loss.output) if loss.output is not None else None
        if found is not None and _takes_tensor(machine, loss):
            yield LossOnDraw(loss, found)


def layers_of_tfp(machine: Interpreter) -> Iterator[LibraryObject]:
    """The first layer of tfp in each model of Keras's own classes."""
    for model in made_layers(machine):
        if not is_model(model):
            continue
        found = [
            layer
            for layer in inner(machine, model).values()
            if isinstance(layer, LibraryObject) and layer.name.startswith("tfp.layers.")
        ]
        yield from sorted(found, key=lambda layer: layer.order)[:1]


def blocked_latents(machine: Interpreter, losses: Iterable[Value]) -> Iterator[BlockedLatent]:
    """The draws without a gradient that layers with weights go on with, on the way of a loss to what made them."""
    asked = {
        event.callee.owner.name
        for event in machine.events
        if isinstance(event.callee, Native)
        and event.callee.name in _ASKS
        and isinstance(event.callee.owner, LibraryObject)
    }
    seen: set[r.Record] = set()
    for value in reached(losses).values():
        if not isinstance(value, Computed) or value.op != "layer" or not has_weights(value.maker):
            continue
        for operand in value.operands:
            found = _blocked(machine, operand, asked)
            if found is not None and found.site.record not in seen:
                seen.add(found.site.record)
                yield found


def _blocked(machine: Interpreter, value: Value, asked: set[str]) -> BlockedLatent | None:
    at = value
    while isinstance(at, Computed) and at.op in _CARRIERS and at.operands:
        at = at.operands[0]
    if isinstance(at, Computed) and at.op == "draw" and isinstance(at.maker, LibraryObject) and at.site is not None:
        made = _inner(at.maker)
        family = made.name.rpartition(".")[2] if made is not None else ""
        if made is None or family not in DISCRETE or asked & {made.name, at.maker.name}:
            return None
        given = [*made.arguments.values(), *made.positional]
        return BlockedLatent(at.site, family) if any(map(holds_learned, given)) else None
    layer = distribution_layer_of(machine, at)
    found = drawn(machine, at) if layer is not None else None
    if layer is None or found is None or not found.is_discrete or layer.site is None:
        return None
    return BlockedLatent(layer.site, found.family)


def drawn_predictions(machine: Interpreter) -> Iterator[DrawnPrediction]:
    """The predictions of trained models that are one draw, where nobody collects several of them."""
    outputs: dict[Hashable, Drawn] = {}
    every = runs(machine)
    for loss in compiled_losses_of(machine):
        found = drawn(machine, loss.output) if loss.output is not None else None
        for run in every:
            if found is not None and run.method == "compile" and run.site.record is loss.use.record:
                outputs[run.model.key] = found
    asked = [run for run in every if run.method == "predict" and run.model.key in outputs]
    for run in asked:
        call = run.site.record
        alike = {other.site.record for other in asked if other.model.key == run.model.key}
        if isinstance(call, r.Call) and not _is_repeated(machine, call) and not _is_asked_again(call, alike):
            yield DrawnPrediction(run.site, call, outputs[run.model.key])


def _is_repeated(machine: Interpreter, call: r.Call, depth: int = 3) -> bool:
    """True for a call in a loop, or in a function that a loop calls."""
    at: r.Record | None = call
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, (r.For, r.While, r.Comprehension)):
            return True
        at = at.parent
    if not isinstance(at, r.Function) or depth == 0:
        return False
    return any(
        _is_repeated(machine, event.call, depth - 1)
        for event in machine.events
        if isinstance(event.callee, FunctionValue) and event.callee.function is at and event.call is not None
    )


def _is_asked_again(call: r.Call, others: set[r.Record]) -> bool:
    """True where the same model predicts for the same data elsewhere: somebody compares draws."""
    first = call.arguments[0].value if call.arguments else None
    for other in others:
        given = other.arguments[0].value if isinstance(other, r.Call) and other.arguments else None
        if other is not call and isinstance(first, r.Name) and isinstance(given, r.Name) and first.id == given.id:
            return True
    return False


def _takes_tensor(machine: Interpreter, loss: CompiledLoss) -> bool:
    """True for a loss of Keras's own, and for a function that computes with the output itself."""
    entry = lookup(loss.name) if loss.name else None
    if entry is not None:
        return entry.makes in {"loss", "lossfunction"}
    function = loss.given.function if isinstance(loss.given, FunctionValue) else None
    if function is None or len(function.parameters) != 2:
        return False
    name = function.parameters[1].name
    uses = [one for one in function.walk() if isinstance(one, r.Name) and one.id == name]
    return bool(uses) and all(_is_operand(machine, use) for use in uses)


def _is_operand(machine: Interpreter, use: r.Name) -> bool:
    """True for what arithmetic is done with, or a function on tensors."""
    parent = use.parent
    if isinstance(parent, (r.Binary, r.Unary)):
        return True
    if isinstance(parent, r.Argument) and isinstance(parent.parent, r.Call):
        for event in machine.calls.get(parent.parent, ()):
            entry = lookup(event.callee.name) if isinstance(event.callee, LibraryName) else None
            if entry is not None and entry.makes in {"tensor", "lossfunction"}:
                return True
    return False


__all__ = [
    "DISCRETE",
    "BlockedLatent",
    "Drawn",
    "DrawnPrediction",
    "LossOnDraw",
    "blocked_latents",
    "distribution_layer_of",
    "drawn",
    "drawn_predictions",
    "draws",
    "is_distribution_layer",
    "layers_of_tfp",
    "losses_on_draws",
]
