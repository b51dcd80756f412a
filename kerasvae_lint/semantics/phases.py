"""Phases: what runs once (construction), what is traced, what stays on the host.

Methods that construction or tracing reach through ``self.method()`` or ``super()`` have the same phase; a method can
have several. Functions nested in a method run when they are called, which may be while tracing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import CallFacts, Function

CONSTRUCTION = "construction"
TRACING = "tracing"
HOST = "host"

CONSTRUCTION_METHODS = frozenset({"__init__", "build", "__new__", "__post_init__", "_build", "build_from_config"})
TRACING_METHODS = frozenset({"call", "train_step", "test_step", "predict_step", "compute_loss", "_call", "forward"})
_TRACED_OF_KIND = {
    "loss": frozenset({"call", "__call__"}),
    "metric": frozenset({"update_state", "result", "__call__"}),
    "regularizer": frozenset({"__call__"}),
    "constraint": frozenset({"__call__"}),
    "distribution": frozenset({"_log_prob", "_prob", "_sample_n", "_mean", "_forward", "_inverse", "_entropy"}),
    "module": frozenset({"__call__", "call"}),
    "layer": frozenset({"__call__"}) | TRACING_METHODS,
}


def called_methods(
    cls: ClassInfo, owner: ClassInfo, function: Function
) -> list[tuple[CallFacts, tuple[ClassInfo, Function]]]:
    """Methods that ``function`` calls on its own object, as seen from an object of class ``cls``, with the calls."""
    receiver = function.receiver
    found: list[tuple[CallFacts, tuple[ClassInfo, Function]]] = []
    for call in function.calls:
        func = call.node.func
        if not isinstance(func, cst.Attribute):
            continue
        if isinstance(func.value, cst.Name) and func.value.value == receiver:
            target = cls.method(func.attr.value)
        elif is_super_call(func.value):
            target = cls.method_above(func.attr.value, owner)
        else:
            continue
        if target is not None:
            found.append((call, target))
    return found


def is_super_call(node: cst.BaseExpression) -> bool:
    """True for ``super()`` and ``super(Class, self)``."""
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "super"


def phases_of_class(cls: ClassInfo) -> dict[Function, frozenset[str]]:
    """The phases of every function of ``cls``, bases' and nested ones included."""
    traced = {name for kind in cls.kinds for name in _TRACED_OF_KIND.get(kind, ())}
    if not cls.kinds:
        traced = {"call"}
    phases: dict[Function, set[str]] = {}
    for phase, roots in ((CONSTRUCTION, CONSTRUCTION_METHODS), (TRACING, traced)):
        todo = [(c, f) for c in cls.mro() for name, f in c.facts.methods.items() if name in roots]
        seen: set[Function] = set()
        while todo:
            owner, function = todo.pop()
            if function in seen:
                continue
            seen.add(function)
            phases.setdefault(function, set()).add(phase)
            for child in function.children:
                phases.setdefault(child, set()).add(TRACING)
                if phase == TRACING:
                    todo += [target for _, target in called_methods(cls, owner, child)]
            todo += [target for _, target in called_methods(cls, owner, function)]
            todo += _read_properties(cls, function)
    for _, function in cls.functions():
        phases.setdefault(function, {HOST})
    return {function: frozenset(found) for function, found in phases.items()}


def _read_properties(cls: ClassInfo, function: Function) -> list[tuple[ClassInfo, Function]]:
    """Properties that ``function`` reads on its own object."""
    receiver = function.receiver
    found = []
    for owner in cls.mro():
        for name, method in owner.facts.methods.items():
            if not any(isinstance(d, cst.Name) and d.value == "property" for d in method.decorators):
                continue
            for load in owner.model.facts.loads.get(name, ()):
                value = load.node.value
                if load.function is function and isinstance(value, cst.Name) and value.value == receiver:
                    found.append((owner, method))
                    break
    return found
