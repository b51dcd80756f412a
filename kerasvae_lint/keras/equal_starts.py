"""Weights of one shape that one initializer object draws: in Keras each call of it gives the same numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.layers import argument_of, made_layers, nodes_of
from kerasvae_lint.keras.passes import excludes
from kerasvae_lint.keras.shaping import Shapes, shapes_of
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Instance, LibraryObject, Value, constant, is_none
from kerasvae_lint.values.unit import Unit

_RANDOM = frozenset(
    {
        *("randomnormal", "randomuniform", "truncatednormal", "variancescaling", "orthogonal"),
        *("glorotnormal", "glorotuniform", "henormal", "heuniform", "lecunnormal", "lecununiform"),
    }
)
_SIZES = ("units", "filters", "output_dim", "input_dim", "kernel_size", "depth_multiplier")
_ROLES = ("kernel_initializer", "embeddings_initializer", "depthwise_initializer")


@dataclass(frozen=True, eq=False, slots=True)
class EqualStart:
    """Several weights that start equal.

    Attributes:
        initializer: the object that draws all of them.
        places: the calls that make them, in source order.
        seeded: True if it was given a seed.
    """

    initializer: LibraryObject
    places: list[r.Call]
    seeded: bool


def equal_starts(machine: Interpreter, unit: Unit) -> list[EqualStart]:
    """The random initializers that draw two weights or more of one shape in a file, in source order."""
    groups: dict[tuple[Hashable, ...], list[r.Call]] = {}
    drawers: dict[int, LibraryObject] = {}
    for initializer, call, shape in _drawn(machine):
        if call.start < 0 or not _is_in(call, unit):
            continue
        drawers[id(initializer)] = initializer
        places = groups.setdefault((id(initializer), r.function_of(call), shape), [])
        if call not in places and not any(excludes(other, call) for other in places):
            places.append(call)
    found: dict[int, list[r.Call]] = {}
    for key, places in groups.items():
        if len(places) > 1:
            found.setdefault(key[0], []).extend(places)  # type: ignore[arg-type]
    starts = [
        EqualStart(drawers[i], sorted(places, key=lambda call: call.start), _is_seeded(drawers[i]))
        for i, places in found.items()
    ]
    return sorted(starts, key=lambda start: start.places[0].start)


def _is_in(call: r.Call, unit: Unit) -> bool:
    at: r.Record = call
    while at.parent is not None:
        at = at.parent
    return at is unit.module


def _drawn(machine: Interpreter) -> Iterator[tuple[LibraryObject, r.Call, Hashable]]:
    """The weights that random initializers draw: by whom, where, of which shape."""
    shapes = shapes_of(machine)
    for layer in made_layers(machine):
        if not isinstance(layer, LibraryObject) or layer.site is None or not isinstance(layer.site.record, r.Call):
            continue
        for role in _ROLES:
            initializer = _random(argument_of(layer, role))
            shape = _kernel(shapes, machine, layer) if initializer is not None else None
            if initializer is not None and shape is not None:
                yield initializer, layer.site.record, (role, *shape)
    seen: set[int] = set()
    for event in machine.events:
        made = event.result
        if not isinstance(made, LibraryObject) or not is_variable(made) or event.call is None or id(made) in seen:
            continue
        seen.add(id(made))
        initializer, given = _random(made.arguments.get("initializer")), made.arguments.get("shape")
        owner = made.owner.key if isinstance(made.owner, (Instance, LibraryObject)) else None
        if initializer is not None and given is not None and made.name == "add_weight":
            known = shapes.shape(made)
            yield initializer, event.call, (owner, known if _is_whole(known) else _items(given))


def _items(shape: Value) -> Hashable:
    """A shape as it is given, for comparison with another."""
    state = getattr(shape, "items", None)
    return state.key if isinstance(state, Value) else shape.key


def _is_whole(shape: object) -> bool:
    return isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)


def _random(value: Value | None) -> LibraryObject | None:
    """An initializer object that draws the same numbers each time; None for all else."""
    if not isinstance(value, LibraryObject) or not value.name.startswith("keras.initializers."):
        return None
    if value.name.rpartition(".")[2].replace("_", "").lower() not in _RANDOM:
        return None
    seed = value.arguments.get("seed")
    return value if value.complete and (seed is None or is_none(seed) or isinstance(constant(seed), int)) else None


def _is_seeded(initializer: LibraryObject) -> bool:
    seed = initializer.arguments.get("seed")
    return seed is not None and not is_none(seed)


def _kernel(shapes: Shapes, machine: Interpreter, layer: LibraryObject) -> tuple[Hashable, ...] | None:
    """What a layer's kernel has its shape from: its class, its sizes, what it is called on; None if it never is."""
    node = next((node for node in nodes_of(machine, layer) if node.inputs is not None), None)
    if node is None or node.inputs is None:
        return None
    shape = shapes.shape(node.inputs)
    inner = shape[-1] if shape and isinstance(shape[-1], int) else None
    sizes = [argument_of(layer, name) for name in _SIZES]
    given = tuple((name, _items(size)) for name, size in zip(_SIZES, sizes, strict=True) if size is not None)
    return layer.name, given, inner if inner is not None else node.inputs.key
