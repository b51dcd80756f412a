"""Whether the optimizer really moves a variable that a layer holds."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.semantics import ClassInfo, SemanticModel
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.phases import is_super_call
from kerasvae_lint.semantics.values import Variable

_LISTS = frozenset({"trainable_weights", "_trainable_weights", "trainable_variables"})


def is_trained(model: SemanticModel, variable: Variable, cls: ClassInfo, attribute: str) -> bool:
    """True if nothing in sight keeps the variable, which an attribute of ``cls`` holds, from its gradient."""
    return not _marked(model, variable, cls, attribute) and _is_used(cls, attribute)


def _marked(model: SemanticModel, variable: Variable, cls: ClassInfo, attribute: str) -> bool:
    """True for ``variable._trainable = False`` anywhere, and for a class that makes its own list of weights."""
    for store in model.facts.stores:
        if store.attribute in _LISTS and model.is_self(store.obj, store.function):
            if store.function.class_facts is cls.facts:
                return True
        if store.attribute not in {"_trainable", "trainable"}:
            continue
        if isinstance(store.obj, cst.Attribute) and store.obj.attr.value == attribute:
            return True
        if any(value.node is variable.node for value in model.values(store.obj)):
            return True
        if store.attribute == "trainable" and model.is_self(store.obj, store.function):
            if store.function.class_facts is cls.facts and isinstance(store.value, cst.Name):
                if store.value.value == "False":
                    return True
    return False


def _is_used(cls: ClassInfo, attribute: str) -> bool:
    """True if a method of the class reads the variable: one that nothing reads gets no gradient, and stays."""
    loads = cls.model.self_loads(cls, attribute)
    read = [
        load
        for owner, load in loads
        if load.function.name not in {"__init__", "get_config"} and not _in_own_gradient(owner.model, load.function)
    ]
    return bool(read) and not _left_to_others(cls)


def _in_own_gradient(model: SemanticModel, function: Function) -> bool:
    """True inside ``@tf.custom_gradient``, which hands on no gradient of what it closes over."""
    at: Function | None = function
    while at is not None:
        names = {model.name(d.func if isinstance(d, cst.Call) else d) for d in at.decorators}
        if "tf.custom_gradient" in names:
            return True
        at = at.parent
    return False


def _left_to_others(cls: ClassInfo) -> bool:
    """True if the model's own ``train_step`` trains the weights of its parts, and not its own."""
    step = cls.method("train_step")
    if step is None:
        return False
    if any(is_super_call(call.node.func.value) for call in step[1].calls if isinstance(call.node.func, cst.Attribute)):
        return False
    return not any(cls.model.self_loads(cls, name) for name in ("trainable_variables", "trainable_weights"))
