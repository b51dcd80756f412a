"""The KL of layers whose weights are distributions: with what it is weighed, where that can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.steps import inner
from kerasvae_lint.keras.training import Run, runs, trains_as_keras_does
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Instance, LibraryName, LibraryObject, Value, is_none
from kerasvae_lint.values.unit import Unit

_DIVERGENCE = "kernel_divergence_fn"
_WEIGHED_BY = {"tfp.layers.DenseVariational": "kl_weight"}
_KINDS = ("Dense", "Convolution1D", "Convolution2D", "Convolution3D")
for _kind in _KINDS:
    for _way in ("Flipout", "Reparameterization"):
        _WEIGHED_BY[f"tfp.layers.{_kind}{_way}"] = _DIVERGENCE
_WEIGHED_BY["tfp.layers.DenseLocalReparameterization"] = _DIVERGENCE
_SPEAKS_OF = frozenset({"losses", "kl_weight", "_kl_weight", _DIVERGENCE, "get_losses_for"})


@dataclass(frozen=True, eq=False, slots=True)
class Unscaled:
    """A model that is trained with the whole KL of its weights on every batch.

    Attributes:
        compiled: its ``compile``.
        layers: the layers whose KL nobody weighs, in the order in which they were made.
        place: where the file makes the first of them; its ``compile`` where another file does.
    """

    compiled: Run
    layers: tuple[LibraryObject, ...]
    place: r.Record

    @property
    def weight(self) -> str:
        """The parameter by which the first layer's KL would be weighed."""
        return weight_name(self.layers[0])


def weight_name(layer: LibraryObject) -> str:
    """The parameter by which such a layer's KL is weighed; empty for other layers."""
    return _WEIGHED_BY.get(layer.name, "")


def unscaled(machine: Interpreter, unit: Unit) -> Iterator[Unscaled]:
    """The models that a file compiles, trained as Keras does, whose layers add a KL that nothing weighs."""
    if _is_weighed_elsewhere(machine, unit):
        return
    seen: set[int] = set()
    for run in runs(machine):
        if run.method != "compile" or run.site.unit is not unit:
            continue
        for model in run.model.alternatives():
            if not isinstance(model, (Instance, LibraryObject)) or not trains_as_keras_does(model):
                continue
            found = [layer for layer in inner(machine, model).values() if _is_unscaled(layer) and id(layer) not in seen]
            layers = [layer for layer in found if isinstance(layer, LibraryObject)]
            seen |= {id(layer) for layer in layers}
            if layers:
                layers.sort(key=lambda layer: layer.order)
                own = [layer.site.record for layer in layers if layer.site is not None and layer.site.unit is unit]
                yield Unscaled(run, tuple(layers), own[0] if own else run.site.record)


def _is_unscaled(layer: Value) -> bool:
    word = weight_name(layer) if isinstance(layer, LibraryObject) else ""
    if not word or not isinstance(layer, LibraryObject) or not layer.complete:
        return False
    if word in layer.slots or any(name in layer.slots for name in (f"_{word}", "trainable")):
        return False
    given = layer.arguments.get(word)
    if given is not None:
        return word == "kl_weight" and is_none(given)
    prior = layer.arguments.get("kernel_prior_fn")
    return prior is None or not is_none(prior)


def _is_weighed_elsewhere(machine: Interpreter, unit: Unit) -> bool:
    """True where code of the file speaks of the losses of layers, or sets what weighs them."""
    for record in unit.module.walk():
        if not isinstance(record, r.Attribute) or record.attr not in _SPEAKS_OF:
            continue
        value = machine.values.get(record)
        if not isinstance(value, LibraryName) and not _is_of_keras(record.value):
            return True
    return False


def _is_of_keras(home: r.Expression) -> bool:
    """True for Keras's own module of losses, by name, where nothing imports it."""
    word = home.attr if isinstance(home, r.Attribute) else home.id if isinstance(home, r.Name) else ""
    return word in {"keras", "tfk", "tf_keras"}


__all__ = ["Unscaled", "unscaled", "weight_name"]
