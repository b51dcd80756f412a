"""Where the value of an expression came from: followed through locals, attributes, tuples, helpers and arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics import operations as ops
from kerasvae_lint.semantics.calls import CallEvaluator
from kerasvae_lint.semantics.context import MAX_DEPTH, Context, Values, union
from kerasvae_lint.semantics.facts import Binding, Store
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import (
    Constant,
    Container,
    Distribution,
    FunctionObject,
    Instance,
    LayerObject,
    LayerOutput,
    Parameter,
    Self,
    Snapshot,
    Static,
    Tensor,
    Unknown,
    Value,
    Variable,
    is_symbolic,
    variables_in,
)

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel


MAX_STEPS = 4000  # expressions followed for one question


class Evaluator(CallEvaluator):
    """Values of the expressions of one module."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self._memo: dict[tuple[cst.CSTNode, ClassInfo | None], Values] = {}
        self._busy: set[tuple[cst.CSTNode, ClassInfo | None]] = set()
        self._cycles = 0
        self._steps = 0

    def values(self, node: cst.BaseExpression, context: Context | None = None) -> Values:
        """Every value that ``node`` can have, as far as it can be told; never empty except in a cycle."""
        context = context or Context(self.model.class_at(node))
        if context.depth > MAX_DEPTH:
            return (Unknown(node, "too deep"),)
        key = (node, context.cls)
        if not context.arguments and key in self._memo:
            return self._memo[key]
        if key in self._busy:
            self._cycles += 1
            return ()
        self._steps = self._steps + 1 if self._busy else 0
        if self._steps > MAX_STEPS:
            self._cycles += 1
            return (Unknown(node, "too much to follow"),)
        self._busy.add(key)
        cycles = self._cycles
        try:
            found = self._dispatch(node, context.deeper())
        finally:
            self._busy.discard(key)
        if not context.arguments and (cycles == self._cycles or not self._busy):
            self._memo[key] = found
        return found

    def _dispatch(self, node: cst.BaseExpression, context: Context) -> Values:
        match node:
            case cst.Name():
                return self._name(node, context)
            case cst.Attribute():
                return self._attribute(node, context)
            case cst.Call():
                return self.call(node, context)
            case cst.Subscript():
                return self._subscript(node, context)
            case cst.BinaryOperation():
                sides = (self.values(node.left, context), self.values(node.right, context))
                return self.compute(node, type(node.operator).__name__, sides)
            case cst.UnaryOperation():
                inner = self.values(node.expression, context)
                number = literal(node)
                return (Constant(node, number),) if number is not None else self.compute(node, "unary", (inner,))
            case cst.Comparison():
                return (Tensor(node, "comparison"),)
            case cst.BooleanOperation():
                return union((self.values(node.left, context), self.values(node.right, context)))
            case cst.IfExp():
                return union((self.values(node.body, context), self.values(node.orelse, context)))
            case cst.NamedExpr():
                return self.values(node.value, context)
            case cst.Lambda():
                return (FunctionObject(node, self.model.facts.function_of.get(node)),)
            case cst.Tuple() | cst.List() | cst.Set():
                items = tuple(self.values(element.value, context) for element in node.elements)
                return (Container(node, items),)
            case cst.Dict():
                pairs = [e for e in node.elements if isinstance(e, cst.DictElement)]
                found = tuple(self.values(e.value, context) for e in pairs)
                return (Container(node, found, tuple(literal(e.key) for e in pairs)),)
            case cst.ListComp() | cst.GeneratorExp() | cst.SetComp():
                return (Container(node, (self.values(node.elt, context),)),)
            case cst.DictComp():
                return (Container(node, (self.values(node.value, context),)),)
            case _:
                value = literal(node)
                if value is not None:
                    return (Constant(node, value),)
                return (Static(node),) if isinstance(node, cst.FormattedString) else (Unknown(node, "syntax"),)

    # names --------------------------------------------------------------------------------------
    def _name(self, node: cst.Name, context: Context) -> Values:
        if node.value in {"True", "False", "None"}:
            return (Constant(node, {"True": True, "False": False}.get(node.value)),)
        function = self.model.function_at(node)
        if function.receiver == node.value and (context.cls or function.class_facts):
            owner = context.cls
            if owner is None and function.class_facts is not None:
                owner = self.model.class_info(function.class_facts)
            return (Self(node, owner),)
        bindings = self.model.resolver.bindings(node)
        if not bindings:
            return (Unknown(node, "not bound in this file"),)
        return union(self.binding(binding, context) for binding in bindings) or (Unknown(node, "cycle"),)

    def binding(self, binding: Binding, context: Context) -> Values:
        """The values that one binding gives its name."""
        if binding.kind == "parameter":
            return self.parameter(binding, context)
        if binding.kind == "def":
            return (FunctionObject(binding.node, self.model.facts.function_of.get(binding.node)),)
        if binding.kind == "import":
            return self._imported(binding)
        if binding.value is None:
            return (Unknown(binding.node, binding.kind),)
        found = self.values(binding.value, context)
        return self.part(binding.node, found, binding.path)

    def _imported(self, binding: Binding) -> Values:
        project = self.model.project
        found = project.value(self.model.absolute(binding.target), self.model) if project else None
        return found if found is not None else (Unknown(binding.node, f"imported: {binding.target}"),)

    def parameter(self, binding: Binding, context: Context) -> Values:
        """What a parameter is: from the inlined call, from the calls in sight, or nobody knows."""
        function = self.model.facts.function_of.get(binding.node)
        if function is None:
            return (Unknown(binding.node, "parameter"),)
        given = context.arguments.get((function, binding.name))
        if given is not None:
            return given
        sites = self.model.argument_values(function, binding.name, context)
        if sites:
            return sites
        return (Parameter(binding.node, function, binding.name),)

    # attributes and items ------------------------------------------------------------------------
    def _attribute(self, node: cst.Attribute, context: Context) -> Values:
        name = node.attr.value
        if self.model.resolver.raw(node) is not None and self.model.resolver.definition(node) is None:
            return (Unknown(node, "library name"),)
        return union(self.attribute(node, obj, name, context) for obj in self.values(node.value, context)) or (
            Unknown(node, "cycle"),
        )

    def attribute(self, node: cst.CSTNode, obj: Value, name: str, context: Context) -> Values:
        """The values of ``obj.name``."""
        if isinstance(obj, Self) and obj.cls is not None:
            return self.attribute_of(node, obj.cls, name, context, own=True)
        if isinstance(obj, (LayerObject, Instance)) and obj.cls is not None:
            return self.attribute_of(node, obj.cls, name, context.deeper(arguments={}), own=False)
        if isinstance(obj, (Variable, Snapshot, Tensor, LayerOutput, Static)):
            if name in ops.STATIC_ATTRIBUTES:
                return (Static(node),)
            if name == "T":
                return self.compute(node, "T", ((obj,),))
            return (obj,) if name == "value" and isinstance(obj, Variable) else (Unknown(node, f".{name}"),)
        if isinstance(obj, LayerObject) and name in ops.WEIGHT_ATTRIBUTES:
            return (Variable(node, "attribute", None, True, name),)
        if isinstance(obj, (LayerObject, Parameter, Unknown, Self)):
            if name in {"kernel", "embeddings", "recurrent_kernel"}:
                return (Variable(node, "attribute", None, True, name),)
            if name in ops.WEIGHT_LISTS:
                own = isinstance(obj, Self)
                return (Container(node, ((Variable(node, "attribute", None, not own, name),),)),)
        return (Unknown(node, f".{name}"),)

    def attribute_of(self, node: cst.CSTNode, cls: ClassInfo, name: str, context: Context, own: bool) -> Values:
        """The values of attribute ``name`` of an object of class ``cls``."""
        stores = self._reaching_stores(node, cls.stores(name)) if own else cls.stores(name)
        inner = context.deeper(cls=cls)
        if not stores:
            return self._unstored(node, cls, name, inner, own)
        found: list[Values] = []
        elements: list[Values] = []
        for owner, store in stores:
            if store.value is None:
                found.append((Unknown(store.node, "target"),))
                continue
            there = owner.model.evaluator
            values = there.part(store.node, there.values(store.value, inner), store.path)
            (elements if store.kind == "element" else found).append(values)
        if elements:
            items = [item for group in found for value in group if isinstance(value, Container) for item in value.items]
            return (Container(node, (*items, *elements)),)
        values = union(found)
        return values if own else tuple(replace(v, foreign=True) if isinstance(v, Variable) else v for v in values)

    def _reaching_stores(
        self, node: cst.CSTNode, stores: list[tuple[ClassInfo, Store]]
    ) -> list[tuple[ClassInfo, Store]]:
        """The stores that a read can see: where its own function has just set the attribute, only those."""
        if len(stores) < 2 or not self.model.owns(node):
            return stores
        function = self.model.function_at(node)
        order, block = self.model.resolver.place_of(node)
        here = [s for _, s in stores if s.function is function and s.order < order and s.kind != "element"]
        if block is None or not any(s.block.encloses(block) for s in here):
            return stores
        last = max(s.order for s in here if s.block.encloses(block))
        kept = {s for s in here if s.order >= last and not s.block.excludes(block)}
        return [(owner, s) for owner, s in stores if s in kept]

    def _unstored(self, node: cst.CSTNode, cls: ClassInfo, name: str, context: Context, own: bool) -> Values:
        method = cls.method(name)
        if method is not None:
            owner, function = method
            if any(isinstance(d, cst.Name) and d.value == "property" for d in function.decorators):
                return owner.model.evaluator.returned(function, context)
            return (FunctionObject(function.node, function),)
        value = cls.class_attribute(name)
        if value is not None:
            return cls.model.evaluator.values(value, context)
        if cls.is_layer and (name in ops.WEIGHT_ATTRIBUTES):
            return (Variable(node, "attribute", None, not own, name),)
        if name in ops.WEIGHT_LISTS:
            return (Container(node, ((Variable(node, "attribute", None, not own, name),),)),)
        return (Unknown(node, f".{name} is set nowhere in sight"),)

    def _subscript(self, node: cst.Subscript, context: Context) -> Values:
        index: object = None
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            index = literal(node.slice[0].slice.value)
        step: tuple[int | str, ...] = ("[]", index) if isinstance(index, int) else ("key", str(index))
        if index is None:
            step = ("*",)
        return self.part(node, self.values(node.value, context), step)

    def part(self, node: cst.CSTNode, values: Values, path: tuple[int | str, ...]) -> Values:
        """The part of ``values`` that a target's path or a subscript takes."""
        if not path:
            return values
        step, rest = path[0], path[1:]
        index: object = None
        if step in {"[]", "key"}:
            index, rest = rest[0], rest[1:]
        return self.part(node, union(self._one_part(node, value, str(step), index) for value in values), rest)

    def _one_part(self, node: cst.CSTNode, value: Value, step: str, index: object) -> Values:
        if step in {"with", "aug"}:
            return (Unknown(node, step),) if step == "with" else self.compute(node, step, ((value,),))
        if isinstance(value, Container):
            if value.keys is not None and index in value.keys:
                return value.items[value.keys.index(index)]
            if value.keys is None and isinstance(index, int) and -len(value.items) <= index < len(value.items):
                return value.items[index]
            return union(value.items) or (Unknown(node, "element"),)
        if isinstance(value, (Static, LayerOutput)):
            return (value,)
        if isinstance(value, (Variable, Snapshot, Tensor)):
            return self.compute(node, "[]", ((value,),))
        return (Unknown(node, "element"),)

    # results ------------------------------------------------------------------------------------
    def compute(self, node: cst.CSTNode, via: str, operands: Iterable[Values]) -> Values:
        """The value of an operation: a snapshot if variables go in, else a tensor."""
        groups = list(operands)
        found: dict[Variable, None] = {}
        for group in groups:
            if not any(isinstance(value, Distribution) for value in group):
                found.update(dict.fromkeys(variables_in(group)))
        flat = [value for group in groups for value in group]
        symbolic = any(is_symbolic(value) for value in flat)
        if found:
            return (Snapshot(node, tuple(found), via, symbolic),)
        if flat and all(isinstance(value, (Constant, Static)) for value in flat):
            return (Static(node),)
        return (Tensor(node, via, symbolic),)
