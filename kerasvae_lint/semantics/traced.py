"""Which functions of a module Keras traces: what ``call`` reaches, Lambdas, compiled losses, ``tf.function``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.phases import TRACING
from kerasvae_lint.semantics.values import FunctionObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kerasvae_lint.semantics.model import SemanticModel

_KINDS = frozenset({"layer", "loss", "metric", "regularizer"})
_HOST_DOORS = frozenset({"tf.py_function", "tf.numpy_function", "tf.py_func", "tf.compat.v1.py_func"})


def traced_functions(model: SemanticModel) -> frozenset[Function]:
    """The functions of ``model`` that run while a graph is made, as far as this module shows it."""
    doors = _host_functions(model)
    todo = [function for function in _roots(model) if function not in doors]
    found: set[Function] = set()
    while todo:
        function = todo.pop()
        if function in found or function in doors:
            continue
        found.add(function)
        todo += function.children
        for call in function.calls:
            definition = model.resolver.definition(call.node.func)
            if definition is not None and definition[0] is model and isinstance(definition[1], Function):
                todo.append(definition[1])
    return frozenset(found)


def _roots(model: SemanticModel) -> Iterator[Function]:
    for cls in model.classes:
        if cls.kinds & _KINDS:
            for owner, function in cls.functions():
                method = function.method
                if owner is cls and method is not None and TRACING in model.phases(cls, method):
                    if TRACING in model.phases(cls, function):
                        yield function
    for call in model.calls_to("keras.layers.Lambda"):
        for argument in call.node.args:
            if argument.keyword is None or argument.keyword.value == "function":
                yield from functions_of(model, argument.value)
                break
    for call in model.method_calls("compile"):
        for argument in call.node.args:
            if argument.keyword is not None and argument.keyword.value in {"loss", "metrics"}:
                yield from functions_of(model, argument.value)
    for function in model.facts.functions:
        for decorator in function.decorators:
            inner = decorator.func if isinstance(decorator, cst.Call) else decorator
            if model.name(inner) == "tf.function":
                yield function
    for call in model.calls_to("tf.function"):
        if call.node.args:
            yield from functions_of(model, call.node.args[0].value)


def functions_of(model: SemanticModel, node: cst.BaseExpression) -> Iterator[Function]:
    """The functions of this module that an expression is (or a list of them holds)."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for element in node.elements:
            yield from functions_of(model, element.value)
        return
    if isinstance(node, cst.Dict):
        for pair in node.elements:
            yield from functions_of(model, pair.value)
        return
    for value in model.values(node):
        if isinstance(value, FunctionObject) and value.function is not None:
            if model.facts.function_of.get(value.function.node) is value.function:
                yield value.function


def _host_functions(model: SemanticModel) -> frozenset[Function]:
    """Functions handed to ``tf.py_function`` and its like: those run on the host, each time."""
    found: set[Function] = set()
    for call in model.calls_to(*_HOST_DOORS):
        for argument in call.node.args[:1]:
            found.update(functions_of(model, argument.value))
    return frozenset(found)
