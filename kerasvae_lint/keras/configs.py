"""What ``get_config`` gives: the keys of a class's own code, and those that Keras's bases bring."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from kerasvae_lint.binding import records as r
from kerasvae_lint.library import lookup
from kerasvae_lint.values.lattice import (
    ClassValue,
    Computed,
    Constant,
    DictObject,
    Entries,
    FunctionValue,
    Instance,
    LibraryName,
    Site,
    Unknown,
    Value,
)
from kerasvae_lint.values.world import Arguments

OF_EVERY_LAYER = frozenset({"name", "trainable", "dtype"})
_NOTHING = frozenset(
    {
        "keras.regularizers.Regularizer",
        "keras.constraints.Constraint",
        "keras.initializers.Initializer",
        "keras.optimizers.schedules.LearningRateSchedule",
    }
)
"""Bases that have no arguments."""
_OPEN = frozenset({"keras.metrics.MeanMetricWrapper", "keras.optimizers.Optimizer"})
"""Bases whose config has keys that no signature names."""
_OF_BASE = "config of base"


class Config:
    """What the ``get_config`` of a class's objects gives.

    Attributes:
        function: the method, its own or that of a base in the project.
        keys: every key that it may give, with the value that the key is.
        entries: the same with what it gives for them.
        of_base: those of them that a library's base gives.
    """

    def __init__(self, function: FunctionValue, entries: dict[str, tuple[Value, Value]]) -> None:
        self.function = function
        self.keys = {key: named for key, (named, _) in entries.items()}
        self.entries = {key: value for key, (_, value) in entries.items()}
        self.of_base = frozenset(key for key, (_, value) in entries.items() if _is_of_base(value))


def _is_of_base(value: Value) -> bool:
    return any(isinstance(member, Computed) and member.op == _OF_BASE for member in value.alternatives())


def keys_of_base(name: str) -> frozenset[str] | None:
    """The arguments that a library's class writes into its config; None where nobody knows."""
    if name in _NOTHING:
        return frozenset()
    entry = lookup(name)
    if entry is None or name in _OPEN:
        return None
    parameters = [parameter for signature in entry.signatures() for parameter in signature.parameters]
    if not parameters:
        return None
    named = frozenset(parameter.name for parameter in parameters if parameter.kind not in {"*", "**"})
    return named | OF_EVERY_LAYER if entry.makes in {"layer", "model"} else named


def base_config(obj: Instance, base: str, site: Site) -> Value:
    """What the ``get_config`` of a library's class gives for an object of a project's subclass."""
    keys = keys_of_base(base)
    if keys is None:
        return Unknown("config", site, obj)
    entries: dict[Hashable, tuple[Value, Value]] = {}
    for key in sorted(keys):
        name = Constant(key, site)
        entries[key] = (name, Computed(_OF_BASE, (obj,), "any", site, {"name": name}))
    return DictObject(Entries(entries), site)


def call_through_class(callee: LibraryName, arguments: Arguments, site: Site) -> Value | None:
    """``Layer.get_config(self)``: a base's method, called through the class; None for all else."""
    base, _, method = callee.name.rpartition(".")
    obj = arguments.positional[0] if arguments.positional else None
    return base_config(obj, base, site) if method == "get_config" and isinstance(obj, Instance) else None


def config_of(values: Mapping[r.Record, Value], cls: ClassValue) -> Config | None:
    """What the ``get_config`` that the project defines for a class gives; None where that can't be told."""
    found = cls.find("get_config")
    function = found[0] if found is not None else None
    if not isinstance(function, FunctionValue) or cls.is_open or _is_mixed(cls):
        return None
    entries: dict[str, tuple[Value, Value]] = {}
    returned = list(_returned(function.function))
    for expression in returned:
        value = values.get(expression)
        for member in value.alternatives() if value is not None else (value,):
            if not isinstance(member, DictObject) or member.escaped or member.entries.rest is not None:
                return None
            for key, entry in member.entries.items.items():
                if not isinstance(key, str):
                    return None
                entries.setdefault(key, entry)
    return Config(function, entries) if returned else None


def _is_mixed(cls: ClassValue) -> bool:
    """True where a library's class stands before one of the project: its ``super()`` asks that one, too."""
    order = [isinstance(base, ClassValue) for base in cls.mro()]
    return True in order[order.index(False) :] if False in order else False


def reads_its_config(cls: ClassValue) -> bool:
    """True for a class whose own ``from_config`` does more than hand the config to the constructor."""
    found = cls.find("from_config")
    if found is None or not isinstance(found[1], ClassValue):
        return False
    function = found[0].function if isinstance(found[0], FunctionValue) else None
    if function is None or not function.parameters:
        return True
    receiver, *rest = [parameter.name for parameter in function.parameters]
    makers = [record for record in function.walk() if _makes(record, receiver)]
    return not makers or any(_changes(record, rest, makers) for record in function.walk())


def _makes(record: r.Record, receiver: str) -> bool:
    """True for ``cls(…)`` and ``super().from_config(…)``."""
    func = record.func if isinstance(record, r.Call) else None
    if isinstance(func, r.Attribute):
        return func.attr == "from_config"
    return isinstance(func, r.Name) and func.id == receiver


def _changes(record: r.Record, parameters: list[str], makers: list[r.Record]) -> bool:
    """True for what a ``from_config`` does that hands on something else than what it was given."""
    if isinstance(record, (r.Assign, r.Augmented, r.Delete)):
        return True
    if isinstance(record, r.Argument) and record.parent in makers:
        return not isinstance(record.value, r.Name) or record.value.id not in parameters or record.name is not None
    touched = record.value if isinstance(record, r.Attribute) else None
    return isinstance(touched, r.Name) and touched.id in parameters


def _returned(function: r.Function) -> Iterator[r.Expression]:
    for record in function.walk():
        if isinstance(record, r.Return) and record.value is not None and r.function_of(record) is function:
            yield record.value
