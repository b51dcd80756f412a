"""From calls to forms: the tables' functions, helpers, Lambdas, layers, models, distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics import operations as ops
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra import tables
from kerasvae_lint.semantics.algebra.following import Names
from kerasvae_lint.semantics.algebra.forms import Atom, Factor, Form
from kerasvae_lint.semantics.algebra.results import Frame, Result, Thunk, alternatives, atom
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.context import Context
from kerasvae_lint.semantics.facts import ClassFacts, Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.phases import is_super_call
from kerasvae_lint.semantics.sites import sites_with_objects
from kerasvae_lint.semantics.values import Distribution, FunctionObject, LayerObject, Value

if TYPE_CHECKING:
    from kerasvae_lint.semantics.algebra.translator import Shared
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel

MAX_RETURNS = 6
_SHAPES = frozenset({"shape", "int_shape", "size", "rank", "ndim", "epsilon", "floatx", "count_params", "prod"})
_SUMMED = ("MultivariateNormal", "Independent")


class Calls(Names):
    """The half of the translator that knows calls."""

    shared: Shared

    if TYPE_CHECKING:

        def single(self, node: cst.BaseExpression, frame: Frame) -> Form: ...
        def operate(self, word: str, node: cst.Call, frame: Frame) -> Result: ...
        def merge(self, word: str, found: Result, node: cst.CSTNode) -> Form: ...
        def draw(self, node: cst.Call, name: str, frame: Frame) -> Form: ...
        def error(self, node: cst.Call, name: str, per: str, frame: Frame) -> Form: ...
        def made(
            self,
            factor: Factor,
            node: cst.BaseExpression,
            layer: LayerObject | None = None,
            frame: Frame | None = None,
        ) -> Form: ...

    def call(self, node: cst.Call, frame: Frame) -> Result:
        """What a call gives."""
        func = node.func
        name = self.model.name(func)
        if name is not None:
            known = self._library(node, name, frame)
            if known is not None:
                return known
        elif isinstance(func, cst.Name) and not self.model.resolver.bindings(func):
            return self._builtin(node, func.value, frame)
        if isinstance(func, cst.Attribute) and is_super_call(func.value):
            return self._super(node, func.attr.value, frame)
        found = self.model.resolver.definition(func)
        if found is not None:
            if isinstance(found[1], ClassFacts):
                return atom(("object", node), "tensor", found[1].name)
            return self.inline(node, found[0], found[1], frame, 0, None)
        if isinstance(func, cst.Attribute):
            cls = self.class_of(func.value, frame)
            method = cls.method(func.attr.value) if cls is not None else None
            if cls is not None and method is not None:
                bound = 0 if method[1].receiver is None else 1
                return self.inline(node, method[0].model, method[1], frame, bound, cls)
        return self._object(node, func, frame)

    def _library(self, node: cst.Call, name: str, frame: Frame) -> Result | None:
        word = tables.operation(name)
        if word is not None:
            return self.operate(word, node, frame)
        error = tables.error_function(name)
        if error is not None:
            return self.error(node, *error, frame)
        if ops.is_draw(name):
            return self.draw(node, name, frame)
        if name in {"tfp.distributions.kl_divergence", "tf.distributions.kl_divergence"} and len(node.args) > 1:
            return self._divergence(node, node.args[0].value, frame)
        last = name.rpartition(".")[2]
        if last in _SHAPES:
            return atom(("shape", node), "scalar", last)
        if name in {"tf.where", "keras.ops.where", "keras.backend.switch"} and len(node.args) == 3:
            return alternatives([self.result(a.value, frame) for a in node.args[1:]])
        if ops.is_tensor_function(name) and node.args and "." in name:
            forms = tuple(self.single(a.value, frame) for a in node.args if a.keyword is None and not a.star)
            return self.made(f.Apply(last, forms), node) if forms else atom(("call", node), "tensor", last)
        return None

    def _builtin(self, node: cst.Call, name: str, frame: Frame) -> Result:
        if name in {"float", "int", "list", "tuple"} and node.args:
            return self.result(node.args[0].value, frame)
        if name == "sum" and node.args:
            return self.merge("add_all", self.result(node.args[0].value, frame), node)
        if name == "abs" and node.args:
            return f.of(f.Apply("abs", (self.single(node.args[0].value, frame),)))
        return atom(("call", node), "scalar", name)

    def _super(self, node: cst.Call, name: str, frame: Frame) -> Result:
        facts = self.model.function_at(node).class_facts
        if facts is not None and frame.cls is not None:
            above = frame.cls.method_above(name, self.model.class_info(facts))
            if above is not None:
                return self.inline(node, above[0].model, above[1], frame, 1, frame.cls)
        return atom(("super", node), "tensor", name)

    # objects ------------------------------------------------------------------------------------
    def _object(self, node: cst.Call, func: cst.BaseExpression, frame: Frame) -> Result:
        """A call of an object: a layer, a model, a loss, a distribution's method, a function given as an argument."""
        if isinstance(func, cst.Attribute) and func.attr.value in {"kl_divergence", "log_prob"} and node.args:
            if func.attr.value == "log_prob":
                return self.made(f.Error("log_prob", "event", (self.single(node.args[0].value, frame),)), node)
            return self._divergence(node, func.value, frame)
        model, callee, there = self._callee(func, frame)
        values = model.evaluator.values(callee, Context(there.cls))[:MAX_RETURNS]
        self.shared.muted += len(values) > 1
        results: list[Result] = [self._called(node, value, frame) for value in values]
        self.shared.muted -= len(values) > 1
        error = self._loss_object(callee, model)
        if error is not None:
            return self.error(node, *error, frame)
        return alternatives(results) if results else atom(("call", node), "tensor", "")

    def _callee(self, func: cst.BaseExpression, frame: Frame) -> tuple[SemanticModel, cst.BaseExpression, Frame]:
        """What a called parameter was given."""
        if isinstance(func, cst.Name):
            bindings = self.model.resolver.bindings(func)
            if len(bindings) == 1 and bindings[0].kind == "parameter":
                function = self.model.facts.function_of.get(bindings[0].node)
                given = frame.arguments.get((function, func.value)) if function is not None else None
                if isinstance(given, Thunk):
                    return given.model, given.node, given.frame
        return self.model, func, frame

    def _called(self, node: cst.Call, value: Value, frame: Frame) -> Result:
        if isinstance(value, FunctionObject) and value.function is not None:
            function = value.function
            bound = 1 if function.owner is not None and function.receiver is not None else 0
            return self.inline(node, self.model.owner_of(function), function, frame, bound, None)
        if isinstance(value, LayerObject):
            return self.layer(node, value, frame)
        return atom(("call", node), "tensor", "")

    def layer(self, node: cst.Call, layer: LayerObject, frame: Frame) -> Result:
        """What a layer gives: of the project's own what its ``call`` returns, of a functional model its outputs."""
        made = layer.node
        word = tables.merging_layer(layer.name)
        if word is not None and node.args:
            return self.merge(word, self.result(node.args[0].value, frame), node)
        if layer.cls is not None:
            method = layer.cls.method("call")
            if method is not None:
                return self.inline(node, method[0].model, method[1], frame, 1, layer.cls)
        elif isinstance(made, cst.Call) and self.model.owns(made):
            if layer.name == "keras.layers.Lambda":
                return self._lambda(node, made, frame)
            if layer.name == "keras.Model":
                outputs = argument(made, 1, "outputs", "output")
                if outputs is not None:
                    return self.result(outputs, Frame(self.model.class_at(made), {}, frame.depth + 1))
            if layer.name == "keras.layers.Activation" and made.args and literal(made.args[0].value) == "linear":
                return self.result(node.args[0].value, frame) if node.args else atom(("call", node), "tensor", "")
        given = tuple(self.identity(a.value, frame) for a in node.args if a.keyword is None)
        key = (made, given, self._makings(made, frame))
        return self.made(Atom(("layer", key), "tensor", layer.name.rpartition(".")[2]), node, layer, frame)

    def _makings(self, made: cst.CSTNode, frame: Frame) -> tuple[cst.CSTNode, ...]:
        """The calls in which a helper made this layer: another one each time."""
        if not frame.sites or not self.model.owns(made):
            return ()
        function = self.model.function_at(made)
        inner = [index for index, (called, _) in enumerate(frame.sites) if called is function]
        return tuple(call for _, call in frame.sites[: inner[-1] + 1]) if inner else ()

    def _lambda(self, node: cst.Call, made: cst.Call, frame: Frame) -> Result:
        function = argument(made, 0, "function")
        if function is None:
            return atom(("call", node), "tensor", "Lambda")
        found = self.model.resolver.definition(function)
        if found is not None and isinstance(found[1], Function):
            return self.inline(node, found[0], found[1], frame, 0, None)
        values = self.model.evaluator.values(function, Context(frame.cls))
        results = [self._called(node, value, frame) for value in values if isinstance(value, FunctionObject)]
        return alternatives(results) if results else atom(("call", node), "tensor", "Lambda")

    def _loss_object(self, callee: cst.BaseExpression, model: SemanticModel) -> tuple[str, str] | None:
        """The loss object that ``callee`` is: its name and what its ``reduction`` averages."""
        made = constructor(model, callee)
        if made is None:
            return None
        name = tables.error_class(model.name(made.func) or "")
        if name is None:
            return None
        first = (
            0 if name in {"MeanSquaredError", "MeanAbsoluteError", "MeanSquaredLogarithmicError", "LogCosh"} else None
        )
        reduction = argument(made, first, "reduction")
        if reduction is None:
            return name, "all"
        word = literal(reduction) or (reduction.attr.value if isinstance(reduction, cst.Attribute) else "")
        kinds = {"none": "class" if "ategorical" in name else "feature", "sum_over_batch_size": "all", "auto": "all"}
        return name, kinds.get(str(word).lower(), "mixed")

    # distributions ------------------------------------------------------------------------------
    def _divergence(self, node: cst.Call, first: cst.BaseExpression, frame: Frame) -> Form:
        """``tfd.kl_divergence(q, p)``: the forms of q's mean and log-variance, where q is made in sight."""
        model, made, there = self._callee(first, frame)
        mean: Form | None = None
        log_variance: Form | None = None
        summed: bool | None = None
        for value in model.evaluator.values(made, Context(there.cls)):
            if isinstance(value, Distribution):
                last = value.name.rpartition(".")[2]
                summed = last.startswith(_SUMMED)
                if isinstance(value.node, cst.Call) and last in {"Normal", "MultivariateNormalDiag"}:
                    loc = argument(value.node, 0, "loc")
                    deviation = argument(value.node, 1, "scale", "scale_diag")
                    if loc is not None and deviation is not None and model is self.model and model.owns(value.node):
                        mean = self.single(loc, there)
                        log_variance = f.scale(f.logarithm(self.single(deviation, there)), 2.0)
        return self.made(f.Divergence(mean, log_variance, summed, ("kl", node)), node)

    # functions of the project -------------------------------------------------------------------
    def inline(
        self,
        node: cst.Call,
        model: SemanticModel,
        function: Function,
        frame: Frame,
        bound: int,
        cls: ClassInfo | None,
    ) -> Result:
        """What ``function`` returns when called as ``node`` does; ``bound`` parameters (self) are given already."""
        if any(key[0] is function for key in frame.arguments) or len(frame.arguments) > 60:
            return atom(("recursion", node), "tensor", function.name)
        given = bind_arguments(function, node, bound)
        arguments: dict[tuple[Function, str], Thunk | Result] = dict(frame.arguments)
        arguments.update({(function, name): Thunk(self.model, value, frame) for name, value in given.items()})
        sites = (*frame.sites, (function, node))
        inner = Frame(cls if cls is not None else frame.cls, arguments, frame.depth + 1, sites)
        return self.returned(model, function, inner)

    def returned(self, model: SemanticModel, function: Function, frame: Frame) -> Result:
        """What ``function`` returns, as alternatives; what it adds as a loss on its way is looked at too."""
        translator = self.there(model)
        for call in model.method_calls("add_loss"):
            if call.function is function and call.node.args:
                translator.result(call.node.args[0].value, frame)
        results = [translator.result(expression, frame) for expression in function.returns[:MAX_RETURNS]]
        return alternatives(results) if results else atom(("nothing", function.node), "tensor", function.name)


def constructor(model: SemanticModel, node: cst.BaseExpression) -> cst.Call | None:
    """The call that made the object that a name or an attribute of ``self`` holds, where there is just one."""
    return _constructor(model, node, 4)


def _constructor(model: SemanticModel, node: cst.BaseExpression, steps: int) -> cst.Call | None:
    if isinstance(node, cst.Call) or not steps:
        return node if isinstance(node, cst.Call) else None
    if isinstance(node, cst.Name):
        bindings = model.resolver.bindings(node)
        if len(bindings) == 1 and bindings[0].kind == "parameter":
            function = model.facts.function_of.get(bindings[0].node)
            return _handed(model, function, node.value, steps) if function is not None else None
        value = bindings[0].value if len(bindings) == 1 and not bindings[0].path else None
        return value if isinstance(value, cst.Call) else None
    if isinstance(node, cst.Attribute) and model.is_self(node.value, model.function_at(node)):
        cls = model.class_at(node)
        stores = cls.stores(node.attr.value) if cls is not None else []
        value = stores[0][1].value if len(stores) == 1 and stores[0][0].model is model else None
        return _constructor(model, value, steps - 1) if value is not None and model.owns(value) else None
    return None


def _handed(model: SemanticModel, function: Function, name: str, steps: int) -> cst.Call | None:
    """What all calls of a function give one of its parameters, where that was made in one place."""
    given = [site.argument(name) for site in sites_with_objects(model, function)]
    made = {_constructor(model, each, steps - 1) if each is not None else None for each in given}
    return made.pop() if len(made) == 1 else None
