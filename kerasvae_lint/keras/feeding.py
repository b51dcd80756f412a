"""What a training feeds a model with: batches of the shape that its data have."""

from __future__ import annotations

from kerasvae_lint.keras.pipelines import element
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    Entries,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Union,
    Value,
    is_none,
)
from kerasvae_lint.values.world import Machine

_SEVERAL = 12


def fed(machine: Machine, x: Value | None, y: Value | None, site: Site, model: Value) -> tuple[Value, Value | None]:
    """A batch of the inputs and one of the targets; None for targets that are not there.

    Of data whose shape is not known it is a tensor of which nothing is known.
    """
    unknown = Computed("batch", (), "tensor", site, None, model)
    if x is None or is_none(x):
        return unknown, None
    if isinstance(x, LibraryObject) and x.kind == "dataset":
        given = element(x)
        return _from_pipeline(machine, given, site, model, unknown)
    if isinstance(x, ListObject) and x.kind == "iterator":
        return _from_pipeline(machine, x.items.rest, site, model, unknown)
    inputs = _batch(machine, x, site, model, True)
    if y is None or is_none(y):
        return inputs if inputs is not None else unknown, None
    targets = _batch(machine, y, site, model, True)
    nothing = Computed("batch", (), "tensor", site, None, model)
    return inputs if inputs is not None else unknown, targets if targets is not None else nothing


def _from_pipeline(
    machine: Machine, given: Value | None, site: Site, model: Value, unknown: Value
) -> tuple[Value, Value | None]:
    pair = given.items if isinstance(given, Tuple) and given.rest is None else ()
    if len(pair) in (2, 3):
        inputs, targets = (_batch(machine, part, site, model, False) for part in pair[:2])
        nothing = Computed("batch", (), "tensor", site, None, model)
        return inputs if inputs is not None else unknown, targets if targets is not None else nothing
    found = _batch(machine, given, site, model, False) if given is not None and not pair else None
    return found if found is not None else unknown, None


def _batch(machine: Machine, data: Value, site: Site, model: Value, whole: bool) -> Value | None:
    """A batch of data, of several as they are given; None where a shape is not known."""
    shapes = shapes_of(machine)
    if isinstance(data, DictObject) and data.entries.rest is None and data.entries.items:
        parts = {
            key: (name, _batch(machine, part, site, model, whole)) for key, (name, part) in data.entries.items.items()
        }
        known = {key: (name, part) for key, (name, part) in parts.items() if part is not None}
        return DictObject(Entries(known), site) if len(known) == len(parts) else None
    state = data.items if isinstance(data, ListObject) else data
    if isinstance(state, Tuple):
        tensors = state.rest is None and 0 < len(state.items) <= _SEVERAL
        if tensors and all(isinstance(part, (Computed, Union)) for part in state.items):
            every = [_batch(machine, part, site, model, whole) for part in state.items]
            found = [part for part in every if part is not None]
            made = Tuple(found, site)
            if len(found) < len(every):
                return None
            return made if isinstance(data, Tuple) else ListObject(made, site)
        return None
    shape = shapes.shape(data)
    return shapes.tensor((None, *shape[1:]), site, "batch", model) if shape else None


__all__ = ["fed"]
