"""Which code is traced, what it reads, and whether anything is compiled at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.facts import Function, Load
from kerasvae_lint.semantics.phases import TRACING
from kerasvae_lint.semantics.values import Container, FunctionObject, Instance, LayerObject, Self, Value

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel

FITS = frozenset({"fit", "fit_generator"})
COMPILED = FITS | {"train_on_batch"}
_EAGER_FUNCTIONS = ("tf.config.run_functions_eagerly", "tf.config.experimental_run_functions_eagerly")
_OBJECTIVES = frozenset({"loss", "metrics", "weighted_metrics"})
_HOST_DOORS = ("tf.py_function", "tf.numpy_function", "tf.py_func", "tf.compat.v1.py_func")


def is_true(node: cst.BaseExpression | None) -> bool:
    """True for the name ``True``."""
    return isinstance(node, cst.Name) and node.value == "True"


def runs_eagerly(model: SemanticModel) -> bool:
    """True if the module asks Keras or TensorFlow not to compile."""
    for call in model.calls_to(*_EAGER_FUNCTIONS):
        if not call.node.args or is_true(call.node.args[0].value):
            return True
    for call in model.method_calls("compile"):
        if any(a.keyword is not None and a.keyword.value == "run_eagerly" and is_true(a.value) for a in call.node.args):
            return True
    return any(store.attribute == "run_eagerly" and is_true(store.value) for store in model.facts.stores)


def runs_eagerly_elsewhere(model: SemanticModel, name: str) -> bool:
    """True if another file that knows a class, and has none of that name itself, asks for eager execution."""
    if model.project is None:
        return False
    return any(
        runs_eagerly(other) and all(cls.name != name for cls in other.classes)
        for word in ("run_eagerly", "run_functions_eagerly", "experimental_run_functions_eagerly")
        for other in model.project.search(model, (name, word))
    )


def is_graph_function(model: SemanticModel, function: Function) -> bool:
    """True for a function under ``@tf.function``."""
    for decorator in function.decorators:
        node = decorator.func if isinstance(decorator, cst.Call) else decorator
        if model.name(node) in {"tf.function", "tf.autograph.experimental.do_not_convert"}:
            return True
    return False


def is_keras_step(function: Function) -> bool:
    """True for ``call``, and for a ``train_step`` with the one parameter that ``fit`` gives."""
    if not function.name.endswith("_step"):
        return True
    needed = [p for p in function.parameters[1:] if p.kind == "positional" and p.default is None]
    return len(needed) == 1


class Tracing:
    """The traced functions of one module."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.objectives = [f for node in self._given_to_keras() for f in functions_in(model.values(node))]
        self.functions = self._functions()

    def _functions(self) -> set[Function]:
        model = self.model
        todo = [f for f in model.facts.functions if is_graph_function(model, f)]
        todo += self.objectives
        for cls in model.classes:
            for owner, function in cls.functions():
                method = function.method or function
                traced = all(TRACING in model.phases(cls, f) for f in (method, function)) and method.name != "__init__"
                if owner.model is model and traced and not self._is_host_helper(cls, function):
                    todo.append(function)
        found: set[Function] = set()
        host = self._host_functions()
        while todo:
            function = todo.pop()
            if function in found or function in host or model.facts.function_of.get(function.node) is not function:
                continue
            found.add(function)
            todo += function.children
            for call in function.calls:
                definition = model.resolver.definition(call.node.func)
                if definition is not None and isinstance(definition[1], Function):
                    todo.append(definition[1])
        return found

    def _host_functions(self) -> set[Function]:
        """Functions handed to ``tf.py_function`` and its like: those run on the host, each time."""
        given = [call.node.args[0].value for call in self.model.calls_to(*_HOST_DOORS) if call.node.args]
        return {function for node in given for function in functions_in(self.model.values(node))}

    @staticmethod
    def _is_host_helper(cls: ClassInfo, function: Function) -> bool:
        """True where a method of a step that only an own loop calls is no traced code."""
        method = function.method
        return method is not None and cls.is_layer and not is_keras_step(method)

    def _given_to_keras(self) -> Iterator[cst.BaseExpression]:
        """Expressions whose functions Keras traces: losses, metrics, the functions of Lambda layers."""
        model = self.model
        for call in model.method_calls("compile"):
            for index, argument in enumerate(call.node.args):
                name = argument.keyword.value if argument.keyword is not None else ""
                if name in _OBJECTIVES or (not name and index in {1, 2} and not argument.star):
                    yield argument.value
        for call in model.calls_to("keras.layers.Lambda", "tf.function"):
            if call.node.args and not call.node.args[0].star:
                yield call.node.args[0].value

    def reads(self, cls: ClassInfo, attribute: str) -> list[Load]:
        """Where traced code of this module reads ``attribute`` of an object of ``cls``."""
        found = []
        for load in self.model.facts.loads.get(attribute, ()):
            if load.function not in self.functions:
                continue
            owners = classes_in(self.model.values(load.node.value))
            if any(related(cls, owner) for owner in owners):
                found.append(load)
        return found

    def global_reads(self, name: str) -> list[cst.Name]:
        """Where traced code of this module reads the module's global ``name``."""
        model = self.model
        found = []
        for use in model.facts.names.get(name, ()):
            if model.function_at(use) not in self.functions:
                continue
            bound = model.resolver.scope_at(use).lookup(name)
            if bound is not None and bound[0] is model.facts.root.scope:
                found.append(use)
        return found


def related(one: ClassInfo, other: ClassInfo) -> bool:
    """True if the two are one class, or one is made from the other."""
    return one.facts is other.facts or one in other.mro() or other in one.mro()


def classes_in(values: tuple[Value, ...]) -> list[ClassInfo]:
    """The project classes of the objects among ``values``."""
    found = []
    for value in values:
        if isinstance(value, (Self, LayerObject, Instance)) and value.cls is not None and value.cls not in found:
            found.append(value.cls)
    return found


def functions_in(values: tuple[Value, ...]) -> list[Function]:
    """The functions among ``values``, those of loss objects of the project included."""
    found: list[Function] = []
    for value in values:
        if isinstance(value, FunctionObject) and value.function is not None:
            found.append(value.function)
        elif isinstance(value, Container):
            found += [function for item in value.items for function in functions_in(item)]
        elif isinstance(value, Instance) and value.cls is not None:
            method = value.cls.method("__call__") or value.cls.method("call")
            found += [method[1]] if method is not None else []
    return found


def given(function: Function, call: cst.Call, name: str) -> cst.BaseExpression | None:
    """What ``call`` gives parameter ``name`` of a constructor."""
    return bind_arguments(function, call, 1).get(name)
