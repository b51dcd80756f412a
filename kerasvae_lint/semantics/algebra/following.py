"""From names and attributes to forms: through bindings, parameters and what ``self`` stores."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.algebra.results import (
    Frame,
    Pack,
    Result,
    Thunk,
    alternatives,
    apply,
    arithmetic,
    atom,
    part,
)
from kerasvae_lint.semantics.facts import Binding, Function, Store
from kerasvae_lint.semantics.literals import literal

if TYPE_CHECKING:
    from kerasvae_lint.semantics.algebra.translator import Translator
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel

MAX_STORES = 4
_BINDING = frozenset({"assign", "annotated", "aug"})


class Names:
    """The half of the translator that follows names and attributes."""

    model: SemanticModel
    busy: set[tuple[cst.CSTNode, object]]
    cycles: int

    if TYPE_CHECKING:

        def result(self, node: cst.BaseExpression, frame: Frame) -> Result: ...
        def there(self, model: SemanticModel) -> Translator: ...
        def returned(self, model: SemanticModel, function: Function, frame: Frame) -> Result: ...

    def name(self, node: cst.Name, frame: Frame) -> Result:
        """What a name stands for: its reaching bindings, as alternatives."""
        bindings = self._latest(node)
        if not bindings:
            return atom(("free", node.value), "scalar", node.value)
        if len(bindings) == 1:
            return self.binding(bindings[0], frame)
        return alternatives(self.binding(binding, frame) for binding in bindings)

    def _latest(self, node: cst.Name) -> list[Binding]:
        """The reaching bindings; ``x *= 2`` in the same block hides what came before it."""
        bindings = self.model.resolver.bindings(node)
        if len(bindings) < 2 or all(binding.kind != "aug" for binding in bindings):
            return bindings
        order, block = self.model.resolver.place_of(node)
        hiding = [
            b.order for b in bindings if b.kind == "aug" and b.order < order and block and b.block.encloses(block)
        ]
        last = max(hiding, default=-1)
        return [b for b in bindings if b.order >= last and (b.order != last or b.kind == "aug")]

    def binding(self, binding: Binding, frame: Frame) -> Result:
        """What one binding gives its name."""
        key: Hashable = ("name", binding.node, binding.path)
        if binding.kind == "parameter":
            return self._parameter(binding, frame)
        if binding.value is None or binding.kind not in {"assign", "annotated", "walrus", "aug"}:
            return atom(key, "tensor", binding.name)
        mark = frame.mark(binding.node)
        if mark in self.busy:
            self.cycles += 1
            return atom(("cycle", binding.node), "tensor", binding.name)
        self.busy.add(mark)
        try:
            if binding.kind == "aug":
                return self._augmented(binding, frame)
            if literal(binding.value) is not None and not binding.path:
                return atom(key, "scalar", binding.name)
            found = self.result(binding.value, frame)
            return part(found, binding.path, key)
        finally:
            self.busy.discard(mark)

    def _augmented(self, binding: Binding, frame: Frame) -> Result:
        statement = self.model.statement_of(binding.node)
        if not isinstance(statement, cst.AugAssign) or not isinstance(binding.node, cst.Name):
            return atom(("name", binding.node), "tensor", binding.name)
        before = self.name(binding.node, frame)
        value = self.result(statement.value, frame)
        if isinstance(before, Pack) or isinstance(value, Pack):
            return atom(("name", binding.node), "tensor", binding.name)
        return arithmetic(type(statement.operator).__name__.removesuffix("Assign"), before, value)

    def _parameter(self, binding: Binding, frame: Frame) -> Result:
        function = self.model.facts.function_of.get(binding.node)
        key: Hashable = ("parameter", binding.node, binding.name)
        if function is None:
            return atom(key, "tensor", binding.name)
        given = frame.arguments.get((function, binding.name))
        if isinstance(given, Thunk):
            return self.there(given.model).result(given.node, given.frame)
        if given is not None:
            return given
        default = next((p.default for p in function.parameters if p.name == binding.name), None)
        return atom(key, "scalar" if default is not None else "data", binding.name)

    # attributes ---------------------------------------------------------------------------------
    def attribute(self, node: cst.Attribute, frame: Frame) -> Result:
        """``self.a`` by what is stored there; other attributes are atoms."""
        name = node.attr.value
        if self.model.name(node) is not None:
            return atom(("library", self.model.name(node)), "scalar", name)
        cls = self.class_of(node.value, frame)
        if cls is None:
            if name == "T":
                return apply("transpose", self.result(node.value, frame), node)
            return atom(("attribute", self.identity(node.value, frame), name), "scalar", name)
        key: Hashable = ("attribute", cls.facts, name)
        method = cls.method(name)
        if method is not None and any(isinstance(d, cst.Name) and d.value == "property" for d in method[1].decorators):
            return self.returned(method[0].model, method[1], Frame(cls, {}, frame.depth + 1))
        return self._just_stored(node, frame) or self._rebound(node, key, frame) or self._stored(cls, name, key, frame)

    def _just_stored(self, node: cst.Attribute, frame: Frame) -> Result | None:
        """What the running function has put into the attribute a moment ago, where that is (part of) an argument."""
        function = self.model.function_at(node)
        if all(key[0] is not function for key in frame.arguments):
            return None
        order, _ = self.model.resolver.place_of(node)
        found = [
            s
            for s in self.model.facts.stores
            if s.function is function and s.attribute == node.attr.value and s.order < order and s.kind == "assign"
        ]
        value = found[0].value if len(found) == 1 and self.model.is_self(found[0].obj, function) else None
        if not isinstance(value, cst.Name) or (function, value.value) not in frame.arguments:
            return None
        return part(self.result(value, frame), found[0].path, ("attribute", node))

    def _rebound(self, node: cst.Attribute, key: Hashable, frame: Frame) -> Result | None:
        """``self.a`` where the running function has bound it, and binds it more than once."""
        function = self.model.function_at(node)
        stores = self._own_stores(function, node.attr.value)
        order, block = self.model.resolver.place_of(node)
        statement = self.model.statement_of(node)
        before = [s for s in stores if s.order < order and s.statement is not statement]
        if len(stores) < 2 or not before or block is None or not before[-1].block.encloses(block):
            return None
        return self.bound(before, key, frame)

    def _own_stores(self, function: Function, name: str) -> list[Store]:
        stores = self.model.self_stores(function.class_facts) if function.class_facts is not None else []
        return sorted((s for s in stores if s.attribute == name and s.function is function), key=lambda s: s.order)

    def bound(self, stores: list[Store], key: Hashable, frame: Frame) -> Result:
        """What the last of some stores in a row leaves in its attribute."""
        unknown = atom(key, "tensor", stores[-1].attribute)
        last = stores[-1]
        mark = frame.mark(last.node)
        if mark in self.busy or last.value is None or last.kind not in {"assign", "annotated", "aug"}:
            return unknown
        self.busy.add(mark)
        try:
            value = self.result(last.value, frame)
            if last.kind != "aug":
                return part(value, last.path, key)
            statement = last.statement
            earlier = [s for s in stores[:-1] if s.block.encloses(last.block)]
            before = self.bound(earlier, key, frame) if earlier else unknown
            if not isinstance(statement, cst.AugAssign) or isinstance(before, Pack) or isinstance(value, Pack):
                return unknown
            return arithmetic(type(statement.operator).__name__.removesuffix("Assign"), before, value)
        finally:
            self.busy.discard(mark)

    def _stored(self, cls: ClassInfo, name: str, key: Hashable, frame: Frame) -> Result:
        stores = [(o, s) for o, s in cls.stores(name) if s.value is not None and s.kind in _BINDING]
        stores = [(o, s) for o, s in stores if not any(_hides(other, s) for _, other in stores)]
        if not stores or len(stores) > MAX_STORES:
            return atom(key, "scalar", name)
        found: list[Result] = []
        for owner, store in stores:
            value = store.value
            assert value is not None
            mark = frame.mark(store.node)
            if store.kind == "aug":
                there = self.there(owner.model)
                row = [s for s in there._own_stores(store.function, name) if s.order <= store.order]
                found.append(there.bound(row, key, Frame(cls, {}, frame.depth + 1)))
                continue
            if mark in self.busy or (isinstance(value, cst.Name) and is_parameter(owner, value)):
                return atom(key, "scalar", name)
            if literal(value) is not None or not isinstance(value, (cst.Call, cst.BinaryOperation, cst.Name)):
                found.append(atom(key, "scalar", name))
                continue
            self.busy.add(mark)
            try:
                inner = Frame(cls, {}, frame.depth + 1)
                found.append(part(self.there(owner.model).result(value, inner), store.path, key))
            finally:
                self.busy.discard(mark)
        return alternatives(found)

    def class_of(self, node: cst.BaseExpression, frame: Frame) -> ClassInfo | None:
        """The class of ``self``, where ``node`` is the name of the object whose method is running."""
        if not isinstance(node, cst.Name):
            return None
        function = self.model.function_at(node)
        if function.receiver != node.value:
            return None
        facts = function.class_facts
        if frame.cls is not None and facts is not None and any(c.facts is facts for c in frame.cls.mro()):
            return frame.cls
        return self.model.class_info(facts) if facts is not None else None

    def identity(self, node: cst.BaseExpression, frame: Frame) -> Hashable:
        """What two expressions share if they stand for the same object."""
        if isinstance(node, cst.Name):
            bindings = self.model.resolver.bindings(node)
            if len(bindings) == 1 and bindings[0].kind == "parameter":
                function = self.model.facts.function_of.get(bindings[0].node)
                given = frame.arguments.get((function, node.value)) if function is not None else None
                if isinstance(given, Thunk):
                    return self.there(given.model).identity(given.node, given.frame)
            return tuple((binding.node, binding.path) for binding in bindings) or node.value
        if isinstance(node, cst.Attribute):
            return self.identity(node.value, frame), node.attr.value
        if isinstance(node, (cst.List, cst.Tuple)):
            return tuple(self.identity(element.value, frame) for element in node.elements)
        return node


def _hides(later: Store, store: Store) -> bool:
    """True if what ``store`` binds is always bound anew by ``later``, in the same function."""
    return later.function is store.function and later.order > store.order and later.block.encloses(store.block)


def is_parameter(owner: ClassInfo, node: cst.Name) -> bool:
    """True if the name is a parameter of the function that it stands in."""
    return any(binding.kind == "parameter" for binding in owner.model.resolver.bindings(node))
