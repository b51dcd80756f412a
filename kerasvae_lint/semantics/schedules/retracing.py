"""Code that has the training step compiled anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import CallFacts, Function

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_RETRACES = frozenset({"compile", "make_train_function"})
_DEEP = 3


def retraces(model: SemanticModel, call: CallFacts, deep: int = _DEEP) -> bool:
    """True for ``compile``, and for a function or method of this module that comes to it."""
    func = call.node.func
    if isinstance(func, cst.Attribute) and func.attr.value in _RETRACES:
        return True
    target = _called(model, call)
    if target is None or not deep:
        return False
    return drops_step(model, target) or any(retraces(model, inner, deep - 1) for inner in target.calls)


def drops_step(model: SemanticModel, function: Function) -> bool:
    """True if the function sets ``train_function``."""
    return any(s.function is function and s.attribute == "train_function" for s in model.facts.stores)


def _called(model: SemanticModel, call: CallFacts) -> Function | None:
    func = call.node.func
    if isinstance(func, cst.Attribute) and model.is_self(func.value, call.function):
        cls = model.class_at(call.node)
        method = cls.method(func.attr.value) if cls is not None else None
        return method[1] if method is not None and method[0].model is model else None
    found = model.resolver.definition(func)
    return found[1] if found is not None and found[0] is model and isinstance(found[1], Function) else None
