"""The values of calls: makers of variables, distributions and layers, tensor functions, helpers of the project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerasvae_lint.semantics import operations as ops
from kerasvae_lint.semantics.classes import kind_of_name
from kerasvae_lint.semantics.facts import ClassFacts, Function
from kerasvae_lint.semantics.phases import is_super_call
from kerasvae_lint.semantics.values import (
    Constant,
    Container,
    Deferred,
    Distribution,
    Draw,
    FunctionObject,
    Instance,
    LayerObject,
    LayerOutput,
    Self,
    Snapshot,
    Static,
    Tensor,
    Unknown,
    Value,
    Variable,
    variables_in,
)

if TYPE_CHECKING:
    from kerasvae_lint.semantics.context import Context
    from kerasvae_lint.semantics.model import SemanticModel

Values = tuple[Value, ...]
MAX_INLINED = 8


class CallEvaluator:
    """The half of the evaluator that knows calls."""

    model: SemanticModel

    if TYPE_CHECKING:

        def values(self, node: cst.BaseExpression, context: Context | None = None) -> Values: ...
        def compute(self, node: cst.CSTNode, via: str, operands: Iterable[Values]) -> Values: ...
        def attribute(self, node: cst.CSTNode, obj: Value, name: str, context: Context) -> Values: ...

    def call(self, node: cst.Call, context: Context) -> Values:
        """The values of a call expression."""
        func = node.func
        if isinstance(func, cst.Attribute) and func.attr.value in ops.WEIGHT_METHODS:
            return (Variable(node, "add_weight", self._trainable(node, None)),)
        name = self.model.name(func)
        if name is not None:
            known = self._library(node, name, context)
            if known is not None:
                return known
        found = self.model.resolver.definition(func)
        if found is not None:
            return self._defined(node, *found, context)
        if isinstance(func, cst.Attribute):
            return self._method(node, func, context)
        if isinstance(func, cst.Name) and not self.model.resolver.bindings(func):
            return self._builtin(node, func.value, context)
        return self._called(node, self.values(func, context), context)

    def _trainable(self, node: cst.Call, position: int | None) -> bool | None:
        for index, argument in enumerate(node.args):
            if (argument.keyword is not None and argument.keyword.value == "trainable") or (
                position is not None and index == position and argument.keyword is None and not argument.star
            ):
                if isinstance(argument.value, cst.Name) and argument.value.value in {
                    "True",
                    "False",
                }:
                    return argument.value.value == "True"
                return None
            if argument.star == "**":
                return None
        return True

    def _arguments(self, node: cst.Call, context: Context) -> list[Values]:
        return [self.values(argument.value, context) for argument in node.args]

    # library ------------------------------------------------------------------------------------
    def _library(self, node: cst.Call, name: str, context: Context) -> Values | None:
        """The values of a call into Keras, TensorFlow, tfp or NumPy; None if ``name`` is none of theirs."""
        if name in ops.VARIABLE_MAKERS:
            return (Variable(node, name, self._trainable(node, 1 if name == "tf.Variable" else None)),)
        if name in {"tfp.util.DeferredTensor", "tfp.util.TransformedVariable"}:
            first = self._arguments(node, context)[:1]
            return (Deferred(node, variables_in(first[0]) if first else ()),)
        if ops.is_distribution_class(name):
            parts = [
                (a.keyword.value if a.keyword else str(i), self.values(a.value, context))
                for i, a in enumerate(node.args)
            ]
            return (Distribution(node, name, tuple(parts)),)
        if name in ops.STATIC_FUNCTIONS:
            return (Static(node),)
        if ops.is_draw(name):
            return (Draw(node, name),)
        if name in {"keras.layers.Input", "tf.placeholder", "keras.backend.placeholder"}:
            return (Tensor(node, "input"),)
        if kind_of_name(name) == "layer" or kind_of_name(name) == "model":
            return (LayerObject(node, name),)
        if ops.is_tensor_function(name):
            return self._tensor_function(node, name, context)
        return None

    def _tensor_function(self, node: cst.Call, name: str, context: Context) -> Values:
        arguments = self._arguments(node, context)
        if name.startswith("np."):
            return (Static(node),)
        if name.endswith((".split", ".unstack")) and arguments:
            outputs = tuple(value for value in arguments[0] if isinstance(value, LayerOutput))
            if outputs:
                return outputs
        if name in {"tf.stop_gradient", "keras.ops.stop_gradient", "keras.backend.stop_gradient"}:
            return (Tensor(node, name),)
        if name in ops.PASSTHROUGH:
            return self.compute(node, "identity", arguments)
        return self.compute(node, name, arguments)

    # project ------------------------------------------------------------------------------------
    def _defined(self, node: cst.Call, model: SemanticModel, found: ClassFacts | Function, context: Context) -> Values:
        if isinstance(found, Function):
            return self.inline(node, model, found, context, skip=0)
        info = model.class_info(found)
        if info.is_layer:
            return (LayerObject(node, info.name, info),)
        if "distribution" in info.kinds:
            return (Distribution(node, info.name),)
        return (Instance(node, info),)

    def inline(
        self,
        node: cst.Call,
        model: SemanticModel,
        function: Function,
        context: Context,
        skip: int,
        cls: Any = None,
    ) -> Values:
        """What ``function`` returns when called as ``node`` does; ``skip`` counts bound parameters (self)."""
        if sum(1 for key in context.arguments if key[0] is function) or len(context.arguments) > 40:
            return (Unknown(node, "recursion"),)
        bound = bind_arguments(function, node, skip)
        arguments = dict(context.arguments)
        for parameter in function.parameters[skip:]:
            given = bound.get(parameter.name)
            if given is not None:
                arguments[(function, parameter.name)] = self.values(given, context)
            elif parameter.default is not None:
                arguments[(function, parameter.name)] = model.evaluator.values(parameter.default, context)
            else:
                arguments[(function, parameter.name)] = (Unknown(node, "argument"),)
        inner = context.deeper(arguments=arguments, cls=cls if cls is not None else context.cls)
        return model.evaluator.returned(function, inner) or (Unknown(node, "recursion"),)

    def returned(self, function: Function, context: Context) -> Values:
        """The union of everything that ``function`` returns."""
        if not function.returns:
            return (Constant(function.node, None),)
        found: dict[Value, None] = {}
        for expression in function.returns[:MAX_INLINED]:
            found.update(dict.fromkeys(self.values(expression, context)))
        return tuple(found)

    # methods and other callees --------------------------------------------------------------------
    def _method(self, node: cst.Call, func: cst.Attribute, context: Context) -> Values:
        name = func.attr.value
        if is_super_call(func.value):
            function = self.model.function_at(node)
            if context.cls is not None and function.class_facts is not None:
                below = self.model.class_info(function.class_facts)
                above = context.cls.method_above(name, below)
                if above is not None:
                    return self.inline(node, above[0].model, above[1], context, skip=1)
            return (Unknown(node, "super"),)
        found: dict[Value, None] = {}
        for obj in self.values(func.value, context):
            found.update(dict.fromkeys(self._method_of(node, obj, name, context)))
        return tuple(found) or (Unknown(node, "cycle"),)

    def _method_of(self, node: cst.Call, obj: Value, name: str, context: Context) -> Values:
        if isinstance(obj, (Self, LayerObject, Instance)) and obj.cls is not None:
            method = obj.cls.method(name)
            if method is not None:
                static = method[1].receiver is None
                return self.inline(node, method[0].model, method[1], context, 0 if static else 1, obj.cls)
            if name not in ops.HOST_METHODS:
                return self._called(node, self.attribute(node, obj, name, context), context)
        if name in ops.HOST_METHODS:
            return (Static(node),)
        if isinstance(obj, Variable):
            if name.startswith("assign") or name in {"scatter_update", "scatter_add"}:
                return (obj,)
            return (Snapshot(node, (obj,), name),) if name in ops.READ_METHODS else (Unknown(node, f".{name}()"),)
        if isinstance(obj, Container):
            return (obj,) if name in {"copy", "values", "items"} else tuple(v for item in obj.items for v in item)
        if isinstance(obj, Distribution):
            found = variables_in((obj,))
            return (Snapshot(node, found, name),) if found else (Tensor(node, name),)
        if isinstance(obj, (Snapshot, Tensor)):
            return self.compute(node, name, ((obj,),))
        return (Unknown(node, f".{name}()"),)

    def _called(self, node: cst.Call, callees: Values, context: Context) -> Values:
        found: dict[Value, None] = {}
        for callee in callees:
            if isinstance(callee, LayerObject):
                found[LayerOutput(node, callee)] = None
            elif isinstance(callee, FunctionObject) and callee.function is not None:
                owner = self.model.owner_of(callee.function)
                found.update(dict.fromkeys(self.inline(node, owner, callee.function, context, 0)))
            else:
                found[Unknown(node, "call")] = None
        return tuple(found) or (Unknown(node, "call"),)

    def _builtin(self, node: cst.Call, name: str, context: Context) -> Values:
        if name in {"list", "tuple", "reversed", "sorted", "iter", "next", "enumerate", "zip"}:
            groups = self._arguments(node, context)
            if name in {"zip", "enumerate"}:
                parts: list[Values] = [(Static(node),)] if name == "enumerate" else []
                parts += [tuple(v for item in g for v in self._elements(item)) for g in groups]
                return (Container(node, ((Container(node, tuple(parts)),),)),)
            return groups[0] if groups else (Container(node, ()),)
        if name == "getattr" and len(node.args) >= 2:
            attribute = node.args[1].value
            if isinstance(attribute, cst.SimpleString) and isinstance(attribute.evaluated_value, str):
                found: dict[Value, None] = {}
                for obj in self.values(node.args[0].value, context):
                    found.update(dict.fromkeys(self.attribute(node, obj, attribute.evaluated_value, context)))
                return tuple(found)
        if name in {
            "float",
            "int",
            "len",
            "bool",
            "str",
            "range",
            "round",
            "repr",
            "type",
            "isinstance",
            "id",
        }:
            return (Static(node),)
        if name in {"abs", "sum", "pow"}:
            return self.compute(node, name, self._arguments(node, context))
        return (Unknown(node, f"{name}()"),)

    @staticmethod
    def _elements(value: Value) -> Values:
        if isinstance(value, Container):
            return tuple(v for item in value.items for v in item)
        return (value,)


def bind_arguments(function: Function, call: cst.Call, skip: int) -> dict[str, cst.BaseExpression]:
    """Which argument of ``call`` each parameter gets; ``skip`` leading parameters are bound already.

    Arguments behind ``*args`` or inside ``**kwargs`` are left out: nobody knows where they go.
    """
    names = [p.name for p in function.parameters if p.kind == "positional"][skip:]
    known = {p.name for p in function.parameters if p.kind in {"positional", "keyword"}}
    bound: dict[str, cst.BaseExpression] = {}
    position = 0
    for argument in call.args:
        if argument.star == "*":
            position = len(names)
        elif argument.keyword is not None:
            if argument.keyword.value in known:
                bound[argument.keyword.value] = argument.value
        elif not argument.star:
            if position < len(names):
                bound[names[position]] = argument.value
            position += 1
    return bound
