"""Values that construction computes once and keeps in an attribute, and that traced code then reads.

This is the one question behind the tied-kernel, distribution and stale-tensor rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.variables import WEIGHT_NAMES, is_variable, trainable
from kerasvae_lint.values.interpreter import CONSTRUCTION, TRACING
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    held,
    leaves,
)
from kerasvae_lint.values.world import CallEvent

_HOLDERS = frozenset({"layer", "model", "module", "loss", "metric", "regularizer"})
_DISTRIBUTIONS = frozenset({"distribution", "bijector"})
_STATIC_KINDS = frozenset({"shape", "string", "bool", "object"})
_STATIC = frozenset(
    {
        *("shape", "size", "rank", "ndim", "int_shape", "dtype", "count_params", "floatx", "epsilon", "name"),
        *("zeros_like", "ones_like", "get_static_value", "is_tensor", "is_keras_tensor", "weights", "static_value"),
    }
)
_FETCHED = frozenset({"get_value", "numpy", "get_weights", "convert_to_numpy", "eval"})
_SYMBOLIC = frozenset({"input", "layer", "batch", "data", "output", "element"})
_DEFERRED = "DeferredTensor"
_STATIC_ATTRIBUTES = frozenset({"shape", "dtype", "name", "ndim", "device", "graph", "op", "size", "get_shape"})
_MAX_PARTS = 400


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """A value that construction computes once and keeps, and that is used when the object is called.

    Attributes:
        owner: the object that keeps it.
        attribute: under which name.
        write: where it is stored.
        value: the tensor, or the distribution or bijector.
        reads: where traced code reads the attribute, each place once.
        inherited: True where the ``call`` of a Keras layer that the class is made from reads it.
    """

    owner: Instance
    attribute: str
    write: Access
    value: Computed | LibraryObject
    reads: tuple[Access, ...]
    inherited: bool

    @property
    def is_distribution(self) -> bool:
        """True for a distribution or bijector, False for a tensor."""
        return isinstance(self.value, LibraryObject)

    @property
    def in_layer(self) -> bool:
        """True where a layer or model keeps it."""
        return bool(kinds_of(self.owner.cls) & {"layer", "model"})

    @property
    def is_plain_copy(self) -> bool:
        """True for a tensor that is the variable's value as it is: ``tf.identity(kernel)``."""
        return isinstance(self.value, Computed) and self.value.op in {
            "identity",
            "convert",
            "convert_to_tensor",
            "read",
        }

    @property
    def variables(self) -> tuple[LibraryObject, ...]:
        """The variables that a tensor was computed from; none for a distribution."""
        return (variables_behind(self.value) or ()) if isinstance(self.value, Computed) else ()

    @property
    def is_of_another_layer(self) -> bool:
        """True for a tensor computed from a weight that another layer has."""
        return any(self.is_foreign(variable) for variable in self.variables)

    @property
    def goes_stale(self) -> bool:
        """True for a tensor computed from a variable that changes after construction, unless it is computed anew too.

        What ``adapt`` or a reset assigns, it may compute from again; what is trained changes at each step.
        """
        if any(trainable(variable) is not False for variable in self.variables):
            return True
        again = any(write.phase != CONSTRUCTION for write in self.owner.writes[self.attribute])
        return not again and any(learned(variable) for variable in self.variables)

    def is_foreign(self, variable: LibraryObject) -> bool:
        """True for a weight of another layer, unless this class's own code makes it there."""
        if variable.owner is None or variable.owner.key == self.owner.key:
            return False
        made = r.class_of(variable.site.record) if variable.site is not None and variable.name != "weight" else None
        return made is None or made is not r.class_of(self.write.site.record)

    @property
    def snapshots(self) -> tuple[Computed, ...]:
        """The parameters of a distribution that are tensors computed from variables that learn."""
        return _snapshots_of(self.value)

    @property
    def live(self) -> tuple[LibraryObject, ...]:
        """The variables that are parameters of a distribution as they are, or through a ``DeferredTensor``."""
        found: list[LibraryObject] = []
        for part in _parts(self.value):
            if isinstance(part, LibraryObject) and is_variable(part):
                found.append(part)
            elif isinstance(part, Computed) and part.op == _DEFERRED:
                found += variables_behind(part, deferred=True) or ()
        return tuple(variable for variable in dict.fromkeys(found) if learned(variable))


def kept_values(objects: list[Instance]) -> list[Kept]:
    """Every value that objects keep from their construction and read when they are called, each store once."""
    found: dict[tuple[r.Record, str], Kept] = {}
    for obj in objects:
        if not kinds_of(obj.cls) & _HOLDERS:
            continue
        for name, writes in obj.writes.items():
            if any(write.phase == TRACING for write in writes):
                continue
            for write in writes:
                kept = _kept(obj, name, write) if write.phase == CONSTRUCTION else None
                if kept is not None:
                    place = (write.site.record, name)
                    known = found.get(place)
                    found[place] = kept if known is None else _joined(known, kept)
    return list(found.values())


def _joined(one: Kept, other: Kept) -> Kept:
    reads = {id(access.site.record): access for access in (*one.reads, *other.reads)}
    return Kept(one.owner, one.attribute, one.write, one.value, tuple(reads.values()), one.inherited or other.inherited)


def _kept(obj: Instance, name: str, write: Access) -> Kept | None:
    value = next(_stale(write.value), None)
    if value is None:
        return None
    reads: dict[int, Access] = {}
    for read in obj.reads.get(name, ()):
        if read.phase == TRACING and any(part is value for part in _stale(read.value)):
            reads[id(read.site.record)] = read
    inherited = _is_read_by_library(obj, name)
    if not inherited and all(reads_only_shape(read.site.record) for read in reads.values()):
        return None
    return Kept(obj, name, write, value, tuple(reads.values()), inherited)


def _stale(value: Value) -> Iterator[Computed | LibraryObject]:
    """The tensors and distributions made in the construction phase that a value is or holds."""
    for part in held(value):
        if isinstance(part, LibraryObject):
            if part.kind in _DISTRIBUTIONS and part.phase == CONSTRUCTION:
                yield part
        elif isinstance(part, Computed) and part.phase == CONSTRUCTION and _is_snapshot(part):
            yield part


def _parts(value: Value) -> Iterator[Value]:
    """Everything that goes into a distribution, nested distributions and bijectors included."""
    if isinstance(value, LibraryObject) and value.kind in _DISTRIBUTIONS:
        for given in (*value.arguments.values(), *value.positional):
            for part in held(given):
                yield part
                yield from _parts(part)


def _snapshots_of(value: Value) -> tuple[Computed, ...]:
    return tuple(v for v in _parts(value) if isinstance(v, Computed) and _is_snapshot(v) and _learns(v))


def _is_snapshot(value: Computed) -> bool:
    return value.op != _DEFERRED and bool(variables_behind(value))


def variables_behind(
    value: Computed, deferred: bool = False, fetched: bool = False
) -> tuple[LibraryObject, ...] | None:
    """The variables whose values went into a tensor; None for a tensor of a model's graph.

    Args:
        value: the tensor.
        deferred: whether to look into a ``DeferredTensor``, which reads its variable anew each time.
        fetched: whether to look into plain numbers that were fetched from a variable: ``K.get_value(beta)``.
    """
    found: dict[LibraryObject, None] = {}
    todo: list[Value] = [value]
    seen: set[int] = set()
    while todo and len(seen) < _MAX_PARTS:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, LibraryObject):
            if is_variable(at):
                found[at] = None
        elif isinstance(at, Computed):
            if at.op in _SYMBOLIC and at.kind == "tensor":
                return None
            if _makes_object(at) if at.op != _DEFERRED else not deferred:
                continue
            if at.op not in _STATIC and at.kind not in _STATIC_KINDS and (fetched or at.op not in _FETCHED):
                todo.extend(reversed(at.operands))
                todo.extend(at.options.values())
        elif isinstance(at, (Union, Tuple, ListObject)):
            todo.extend(part for part in held(at) if part is not at)
    return tuple(found)


def _makes_object(value: Computed) -> bool:
    """True for a call of a class that nobody knows: what it gives is no tensor, and may read the variable later."""
    name = value.op
    if name == "call":
        maker = value.maker
        name = maker.name if isinstance(maker, (LibraryName, Unknown)) else ""
    return name.rpartition(".")[2][:1].isupper()


def learned(variable: LibraryObject) -> bool:
    """True for a variable that changes after construction: it is trainable, or somebody assigns to it."""
    if trainable(variable) is not False:
        return True
    return any(w.phase != CONSTRUCTION and w.kind != "set_weights" for w in variable.writes.get("value", ()))


def _learns(value: Computed) -> bool:
    return any(learned(variable) for variable in variables_behind(value) or ())


def _is_read_by_library(obj: Instance, attribute: str) -> bool:
    """True if the ``call`` that an object has from a Keras layer reads the attribute."""
    if attribute not in WEIGHT_NAMES:
        return False
    if not any(b.name.startswith("keras.layers.") and b.name != "keras.layers.Layer" for b in obj.cls.library_bases()):
        return False
    own = next((cls.cls.methods["call"] for cls in obj.cls.classes() if cls.cls and "call" in cls.cls.methods), None)
    if own is None:
        return True
    return any(isinstance(x, r.Call) and isinstance(x.func, r.Attribute) and x.func.attr == "call" for x in own.walk())


def reads_only_shape(read: r.Record) -> bool:
    """True where nothing but the shape, the type or the presence of a value is asked: ``self.w.shape``."""
    parent = read.parent
    if isinstance(parent, r.Attribute):
        return parent.attr in _STATIC_ATTRIBUTES
    if isinstance(parent, r.Argument) and isinstance(parent.parent, r.Call):
        func = parent.parent.func
        name = func.attr if isinstance(func, r.Attribute) else func.id if isinstance(func, r.Name) else ""
        return name in _STATIC or (name in _FETCHED and name != "numpy")
    return isinstance(parent, r.Comparison) and any(word in {"is", "is not"} for word in parent.operators)


def untrained_distributions(events: list[CallEvent]) -> Iterator[tuple[LibraryObject, Site]]:
    """Distributions built on snapshots outside the tape that shall train them, with the place that asks for that.

    That is where their ``trainable_variables`` are read, or where a tape is asked for the gradient of what they gave
    with regard to the variables themselves.
    """
    made = [e.result for e in events if isinstance(e.result, LibraryObject) and e.result.kind in _DISTRIBUTIONS]
    asked: dict[LibraryObject, Site] = {}
    for distribution in made:
        for read in distribution.reads.get("trainable_variables", ()):
            asked.setdefault(distribution, read.site)
    for event in events:
        if isinstance(event.callee, Native) and event.callee.name == "gradient" and len(event.arguments.positional) > 1:
            loss, sources = event.arguments.positional[:2]
            for distribution in _gives(loss):
                if _is_trained_by_name(distribution, loss, sources):
                    asked.setdefault(distribution, event.site)
    for distribution, site in asked.items():
        if _snapshots_of(distribution) and distribution.site is not None and not _is_in_with(distribution.site.record):
            if distribution.function in {None, r.function_of(site.record)}:
                yield distribution, site


def _gives(loss: Value) -> list[LibraryObject]:
    """The distributions whose methods a value was computed with."""
    makers = (part.maker for part in leaves(loss) if isinstance(part, Computed))
    return [maker for maker in makers if isinstance(maker, LibraryObject) and maker.kind in _DISTRIBUTIONS]


def _is_trained_by_name(distribution: LibraryObject, loss: Value, sources: Value) -> bool:
    """True where a source is a variable behind the distribution, and the loss has it on no other way."""
    named = {part for part in held(sources) if isinstance(part, LibraryObject) and is_variable(part)}
    behind = {v for snapshot in _snapshots_of(distribution) for v in variables_behind(snapshot) or ()}
    used = {part for part in leaves(loss) if isinstance(part, LibraryObject)}
    return bool((named & behind) - used)


def _is_in_with(record: r.Record) -> bool:
    at = record.parent
    while at is not None and not isinstance(at, r.Function):
        if isinstance(at, r.With):
            return True
        at = at.parent
    return False
