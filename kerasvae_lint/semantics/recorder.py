"""The walk itself: a plain recursion over the node fields that carry code, and what it writes down.

Whitespace, commas, parentheses and operators are never visited, nothing is copied, no position is computed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import libcst as cst

from kerasvae_lint.semantics.facts import Binding, Block, ClassFacts, Function, Load, ModuleFacts, Scope, Store

_PLAIN = {
    "lpar",
    "rpar",
    "comma",
    "semicolon",
    "leading_lines",
    "header",
    "footer",
    "equal",
    "dot",
    "asynchronous",
}
_PLAIN |= {
    "lbracket",
    "rbracket",
    "lbrace",
    "rbrace",
    "operator",
    "colon",
    "first_colon",
    "second_colon",
    "start",
}
_PLAIN |= {
    "end",
    "indent",
    "encoding",
    "default_indent",
    "default_newline",
    "has_trailing_newline",
    "star",
    "keyword",
}
_PLAIN |= {
    "lines_after_decorators",
    "separator",
    "trailing_whitespace",
    "empty_lines",
    "annotation",
}
_fields: dict[type, tuple[str, ...]] = {}


def code_fields(kind: type) -> tuple[str, ...]:
    """The fields of a node class that can hold code."""
    names = _fields.get(kind)
    if names is None:
        kept = (f.name for f in dataclasses.fields(kind) if f.name not in _PLAIN)
        names = tuple(n for n in kept if not n.startswith(("whitespace", "lines_", "leading")))
        _fields[kind] = names
    return names


class Recorder:
    """Walks the fields that carry code and writes bindings and stores down; the handlers are the walker's."""

    handlers: dict[type, Callable[[Any], None]]

    def __init__(self, module: cst.Module) -> None:
        self.scope = Scope("module", module, None)
        self.block = Block(None, None, "")
        self.function = Function("<module>", module, self.scope, None, None)
        self.owner: ClassFacts | None = None
        self.order = 0
        self.facts = ModuleFacts(module, self.function)
        self.facts.functions.append(self.function)
        self.facts.function_of[module] = self.function
        self.facts.scope_of[module] = self.scope
        self.statement: cst.CSTNode = module

    def visit(self, node: cst.CSTNode, parent: cst.CSTNode) -> None:
        self.facts.parents[node] = parent
        handler = self.handlers.get(type(node))
        if handler is not None:
            handler(node)
        else:
            self.children(node)

    def children(self, node: cst.CSTNode) -> None:
        for name in code_fields(type(node)):
            child = getattr(node, name)
            if isinstance(child, cst.CSTNode):
                self.visit(child, node)
            elif isinstance(child, (tuple, list)):
                for item in child:
                    if isinstance(item, cst.CSTNode):
                        self.visit(item, node)

    def _begin(self, statement: cst.CSTNode) -> None:
        self.order += 1
        self.statement = statement
        self.facts.place_of[statement] = (self.order, self.block)

    def _bind(
        self,
        name: str,
        kind: str,
        node: cst.CSTNode,
        value: cst.BaseExpression | None = None,
        path: tuple[int | str, ...] = (),
        target: str = "",
    ) -> None:
        scope: Scope = self.scope
        while scope.kind == "comprehension" and kind == "walrus" and scope.parent is not None:
            scope = scope.parent
        if name in scope.outer:
            at: Scope | None = scope.parent
            while at is not None and at.parent is not None and name not in at.bindings:
                at = at.parent
            scope = at or scope
        scope.bindings.setdefault(name, []).append(
            Binding(name, kind, node, self.order, self.block, value, path, target)
        )

    def _target(
        self,
        target: cst.BaseExpression,
        parent: cst.CSTNode,
        value: cst.BaseExpression | None,
        path: tuple[int | str, ...],
        kind: str,
    ) -> None:
        self.facts.parents[target] = parent
        if isinstance(target, cst.Name):
            self._bind(target.value, kind, target, value, path)
        elif isinstance(target, cst.Attribute):
            self.visit(target.value, target)
            store_kind = kind if kind in {"assign", "annotated", "aug"} else "other"
            self._store(target.attr.value, target.value, target, value, path, store_kind)
        elif isinstance(target, cst.Subscript):
            self.visit(target.value, target)
            for part in target.slice:
                self.visit(part, target)
            if isinstance(target.value, cst.Attribute):
                self._store(target.value.attr.value, target.value.value, target, value, path, "element")
        elif isinstance(target, (cst.Tuple, cst.List)):
            for index, element in enumerate(target.elements):
                self.facts.parents[element] = target
                step: tuple[int | str, ...] = ("*",) if isinstance(element, cst.StarredElement) else ("[]", index)
                self._target(element.value, element, value, path + step, kind)
        elif isinstance(target, cst.StarredElement):
            self._target(target.value, target, value, path, kind)

    def _store(
        self,
        attribute: str,
        obj: cst.BaseExpression,
        node: cst.CSTNode,
        value: cst.BaseExpression | None,
        path: tuple[int | str, ...],
        kind: str,
    ) -> None:
        self.facts.stores.append(
            Store(
                attribute,
                obj,
                node,
                self.function,
                self.statement,
                self.order,
                self.block,
                value,
                path,
                kind,
            )
        )

    def _load(self, node: cst.Attribute) -> None:
        name = node.attr.value
        self.facts.loads.setdefault(name, []).append(Load(name, node, self.function))
