"""Who writes a variable from the host: callbacks, lambdas of a LambdaCallback, training loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import CallFacts, Function, Store
from kerasvae_lint.semantics.phases import CONSTRUCTION_METHODS, TRACING
from kerasvae_lint.semantics.sites import kept_arguments

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel

_FUNCTIONS = (
    "keras.backend.set_value",
    "keras.backend.update",
    "keras.backend.update_add",
    "tf.assign",
    "tf.assign_add",
    "tf.assign_sub",
)
_METHODS = ("assign", "assign_add", "assign_sub", "load", "set_weights")
_TRAINERS = frozenset({"fit", "fit_generator", "train_on_batch", "train_step", "apply_gradients", "minimize", "run"})
WRITERS = frozenset({"set_value", "assign", "assign_add", "assign_sub", "set_weights"})
"""A file that writes a variable holds one of these words."""
HOOKS = frozenset({"Callback", "LambdaCallback", "callbacks"})
"""A file that has a callback holds one of these words."""


@dataclass(frozen=True, eq=False, slots=True)
class Write:
    """One write to a variable by host code.

    ``target`` is the expression that is written (for ``set_weights`` the layer); ``place`` says where it stands:
    callback, lambda, loop, plain (once, by the script) or traced.
    """

    model: SemanticModel
    call: CallFacts
    target: cst.BaseExpression
    kind: str
    place: str

    @property
    def is_schedule(self) -> bool:
        """True if the write happens again and again during training."""
        return self.place in {"callback", "lambda", "loop"}

    @property
    def value(self) -> cst.BaseExpression | None:
        """What is written, where one expression says it: not for increments and lists of weights."""
        args = self.call.node.args
        index = 1 if self.kind == "function" else 0
        func = self.call.node.func
        name = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
        if name not in {"set_value", "update", "assign", "load"} or len(args) <= index or args[index].star:
            return None
        return args[index].value


def writes_of(model: SemanticModel) -> tuple[Write, ...]:
    """Every write in one module."""
    found = []
    for call in model.calls_to(*_FUNCTIONS):
        if call.node.args:
            found.append(Write(model, call, call.node.args[0].value, "function", place_of(model, call)))
    for call in model.method_calls(*_METHODS):
        func = call.node.func
        if isinstance(func, cst.Attribute) and call.node.args and model.name(func) not in _FUNCTIONS:
            kind = func.attr.value if func.attr.value == "set_weights" else "method"
            found.append(Write(model, call, func.value, kind, place_of(model, call)))
    return tuple(found)


@dataclass(frozen=True, eq=False, slots=True)
class Handed:
    """A callback of another module, made by ``call``, writes what it is ``given`` here again and again."""

    call: cst.Call
    given: cst.BaseExpression
    write: Write


def handed_writes(model: SemanticModel) -> Iterator[Handed]:
    """Writes by the callbacks of other modules to what this module, which fits, gives their constructors."""
    if not any(True for _ in model.method_calls("fit", "fit_generator")):
        return
    for call in model.facts.calls:
        for cls in model.constructed(call.node) if call.node.args else ():
            if cls.model is model or "callback" not in cls.kinds:
                continue
            for attribute, given in kept_arguments(cls, call.node):
                for write in _schedules_of(cls, attribute):
                    yield Handed(call.node, given, write)


def _schedules_of(cls: ClassInfo, attribute: str) -> Iterator[Write]:
    for owner in cls.mro():
        for write in owner.model.writes:
            target = write.target
            if write.is_schedule and isinstance(target, cst.Attribute) and target.attr.value == attribute:
                if owner.model.class_at(target) is owner and owner.model.is_self(target.value, write.call.function):
                    yield write


def place_of(model: SemanticModel, call: CallFacts | Store, seen: frozenset[Function] = frozenset()) -> str:
    """Where a call or a store stands: callback, lambda, loop, traced or plain."""
    function = call.function
    cls = model.class_info(function.class_facts) if function.class_facts is not None else None
    if cls is not None and "callback" in cls.kinds:
        method = function.method
        hook = method is not None and method.name.startswith("on_") and "train_begin" not in method.name
        return "callback" if hook or _called_again(model, function, seen) else "plain"
    if _in_lambda_callback(model, function):
        return "lambda"
    if cls is not None and cls.is_layer:
        if TRACING in model.phases(cls, function):
            return "traced"
        if function.name in CONSTRUCTION_METHODS:
            return "plain"
    if _loop_trains(call):
        return "loop"
    return _called_again(model, function, seen) or "plain"


def _called_again(model: SemanticModel, function: Function, seen: frozenset[Function]) -> str:
    """The place of the calls that reach ``function`` (by name), if one of them repeats; else an empty string."""
    method = function.method or function
    if method in seen or len(seen) > 4 or method.name in CONSTRUCTION_METHODS or method is model.facts.root:
        return ""
    for call in model.calls_named(method.name):
        if call.function is not function:
            place = place_of(model, call, seen | {method})
            if place in {"callback", "lambda", "loop"}:
                return place
    return ""


def _in_lambda_callback(model: SemanticModel, function: Function) -> bool:
    """True if the function is given to ``LambdaCallback(on_…=…)``, directly or by name."""
    at: Function | None = function
    while at is not None and at.node is not model.module:
        node: cst.CSTNode | None = model.parent(at.node)
        if isinstance(node, cst.Arg) and _is_lambda_callback(model, model.parent(node)):
            return True
        for use in model.facts.names.get(at.name, ()):
            argument = model.parent(use)
            if isinstance(argument, cst.Arg) and _is_lambda_callback(model, model.parent(argument)):
                return True
        at = at.parent
    return False


def _is_lambda_callback(model: SemanticModel, node: cst.CSTNode | None) -> bool:
    if not isinstance(node, cst.Call):
        return False
    name = model.name(node.func) or ""
    return name.endswith("LambdaCallback") or name.endswith("LearningRateScheduler")


def _loop_trains(call: CallFacts | Store) -> bool:
    """True if the call stands in a loop in which the model is trained too."""
    block = call.block.innermost_loop()
    while block is not None:
        for other in call.function.calls:
            func = other.node.func
            if isinstance(func, cst.Attribute) and func.attr.value in _TRAINERS and block.encloses(other.block):
                return True
        block = block.parent.innermost_loop() if block.parent is not None else None
    return False
