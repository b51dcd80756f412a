"""Values that construction computes once and keeps in an attribute, and that traced code then reads.

This is the one question behind the tied-kernel, distribution and stale-tensor rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics import operations as ops
from kerasvae_lint.semantics.classes import ClassInfo
from kerasvae_lint.semantics.facts import Load, Store
from kerasvae_lint.semantics.phases import CONSTRUCTION, TRACING
from kerasvae_lint.semantics.values import (
    Container,
    Distribution,
    LayerObject,
    Snapshot,
    Value,
    Variable,
)

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_KINDS = frozenset({"layer", "model", "module", "loss", "metric", "regularizer"})


@dataclass(eq=False, slots=True)
class Kept:
    """One store of the construction phase whose value traced code reads later.

    ``value`` is the snapshot or distribution; ``reads`` are the reads in traced code, ``other_reads`` those elsewhere
    (of the same attribute name, on whatever object); ``inherited`` is True where a library base's ``call`` reads it.
    """

    cls: ClassInfo
    store: Store
    value: Value
    reads: list[tuple[ClassInfo, Load]]
    other_reads: list[Load] = field(default_factory=list)
    inherited: bool = False

    @property
    def attribute(self) -> str:
        """The attribute's name."""
        return self.store.attribute


def kept_values(model: SemanticModel) -> list[Kept]:
    """Every value that a class of ``model`` keeps from its construction and reads when it is called."""
    found: list[Kept] = []
    for cls in model.classes:
        if not cls.kinds & _KINDS:
            continue
        family = [c for c in model.classes if cls in c.mro()]
        for store in cls.own_stores():
            if store.value is None or store.kind in {"aug", "other"}:
                continue
            phases = {phase for c in family for phase in model.phases(c, store.function)}
            if CONSTRUCTION not in phases or TRACING in phases:
                continue
            value = _stale_value(model, cls, store)
            if value is not None:
                kept = _kept(model, cls, family, store, value)
                if kept is not None:
                    found.append(kept)
    return found


def _stale_value(model: SemanticModel, cls: ClassInfo, store: Store) -> Value | None:
    assert store.value is not None
    values = model.evaluator.part(store.node, model.values(store.value, cls), store.path)
    return next((found for value in values if (found := stale_part(value)) is not None), None)


def stale_part(value: Value) -> Value | None:
    """The snapshot or distribution that ``value`` is or holds."""
    if isinstance(value, Snapshot):
        return None if value.symbolic else value
    if isinstance(value, Distribution):
        return value
    if isinstance(value, Container):
        return next(
            (f for items in value.items for item in items if (f := stale_part(item)) is not None),
            None,
        )
    return None


def _kept(model: SemanticModel, cls: ClassInfo, family: list[ClassInfo], store: Store, value: Value) -> Kept | None:
    attribute = store.attribute
    for member in family:
        for _, other in member.stores(attribute):
            phases = model.phases(member, other.function)
            if TRACING in phases and other.kind != "element":
                return None
    reads: dict[cst.CSTNode, tuple[ClassInfo, Load]] = {}
    for member in family:
        for owner, load in model.self_loads(member, attribute):
            if TRACING in model.phases(member, load.function) and not reads_only_shape(owner.model, load.node):
                reads[load.node] = (owner, load)
    inherited = _library_call_reads(cls, attribute)
    if not reads and not inherited:
        return None
    others = [
        load
        for load in model.facts.loads.get(attribute, ())
        if load.node not in reads and load.node is not store.node and _may_read(model, family, store, load)
    ]
    return Kept(cls, store, value, list(reads.values()), others, inherited)


def _may_read(model: SemanticModel, family: list[ClassInfo], store: Store, load: Load) -> bool:
    """Whether ``something.attribute`` can be the kept one: not on an object that is known to be something else."""
    if model.statement_of(load.node) is store.statement:
        return False
    owner = load.function.class_facts
    if owner is not None and model.is_self(load.node.value, load.function):
        cls = model.class_info(owner)
        return any(cls in member.mro() or member in cls.mro() for member in family)
    if any(member.facts is owner for member in family):
        return False
    for value in model.values(load.node.value):
        if isinstance(value, LayerObject):
            if value.cls is not None and any(value.cls in m.mro() or m in value.cls.mro() for m in family):
                return True
            continue
        if value.kind in {"unknown", "parameter"}:
            return True
    return False


def _library_call_reads(cls: ClassInfo, attribute: str) -> bool:
    """True if the ``call`` that the class inherits from a Keras layer reads the attribute."""
    if attribute not in {"kernel", "embeddings", "bias", "recurrent_kernel", "gamma", "beta"}:
        return False
    call = cls.method("call")
    concrete = [n for n in cls.all_library_bases() if n.startswith("keras.layers.") and n != "keras.layers.Layer"]
    if not concrete:
        return False
    return call is None or any(
        isinstance(c.node.func, cst.Attribute) and c.node.func.attr.value == "call" for c in call[1].calls
    )


def reads_only_shape(model: SemanticModel, node: cst.CSTNode) -> bool:
    """True where only the shape (or dtype, name) of the value is read."""
    parent = model.parent(node)
    if isinstance(parent, cst.Attribute):
        return parent.attr.value in ops.STATIC_ATTRIBUTES or parent.attr.value == "get_shape"
    if isinstance(parent, cst.Arg):
        call = model.parent(parent)
        if isinstance(call, cst.Call):
            return (model.name(call.func) or "") in ops.STATIC_FUNCTIONS
    if isinstance(parent, cst.ComparisonTarget):
        parent = model.parent(parent)
    return isinstance(parent, cst.Comparison) and any(
        isinstance(target.operator, (cst.Is, cst.IsNot)) for target in parent.comparisons
    )


def learned(model: SemanticModel, variables: tuple[Variable, ...]) -> bool:
    """True if one of the variables changes during training: it is trainable, or written again and again."""
    if any(variable.trainable is not False for variable in variables):
        return True
    written = {
        value
        for write in model.writes
        if write.is_schedule or write.place == "traced"
        for value in model.values(write.target)
        if isinstance(value, Variable)
    }
    nodes = {value.node for value in written}
    return any(variable.node in nodes for variable in variables)
