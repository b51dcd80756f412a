"""An expression of one method, written so that it means the same in another."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.facts import Binding, Function
from kerasvae_lint.semantics.kept import Kept

MAX_INLINING = 4


class NotMovableError(Exception):
    """The expression depends on something that only construction knows."""


@dataclass
class Mover:
    """Writes an expression of a construction method so that it means the same in another method."""

    model: SemanticModel
    kept: Kept

    def text(self, node: cst.BaseExpression, function: Function, depth: int = 0) -> str:
        """The text of ``node`` with the locals of ``function`` put in.

        Raises:
            NotMovableError: a name has no value outside ``function``.
        """
        if depth > MAX_INLINING:
            raise NotMovableError
        start, end = self.model.span(node)
        pieces: list[str] = []
        at = start
        for name in self._names(node):
            new = self._substitute(name, function, depth)
            if new is not None:
                first, last = self.model.span(name)
                pieces += [self.model.source.text[at:first], new]
                at = last
        pieces.append(self.model.source.text[at:end])
        return "".join(pieces)

    def _names(self, node: cst.BaseExpression) -> list[cst.Name]:
        return sorted(self.model.names_within(node), key=self.model.span)

    def _substitute(self, name: cst.Name, function: Function, depth: int) -> str | None:
        """What to write for a name: None to leave it as it is."""
        if name.value == function.receiver:
            return None if name.value == "self" else "self"
        scope = self.model.resolver.scope_at(name)
        found = scope.lookup(name.value)
        if found is None or found[0].kind in {"module", "comprehension", "lambda"}:
            return None
        if found[0] is not function.scope:
            if found[0].kind == "function" and function.parent is not None and found[0] is function.parent.scope:
                return None
            raise NotMovableError
        bindings = self.model.resolver.bindings(name)
        if len(bindings) != 1 or bindings[0].block.owner is not function.node:
            raise NotMovableError
        binding = bindings[0]
        if binding.kind == "parameter":
            return self._parameter(name.value, function, depth)
        value = self._value_of(binding)
        if value is None:
            raise NotMovableError
        return parenthesized(self.text(value, function, depth + 1), value)

    @staticmethod
    def _value_of(binding: Binding) -> cst.BaseExpression | None:
        if binding.kind not in {"assign", "annotated", "walrus"} or binding.value is None:
            return None
        value = binding.value
        path = list(binding.path)
        while path:
            if path[0] != "[]" or not isinstance(value, (cst.Tuple, cst.List)) or not isinstance(path[1], int):
                return None
            value = value.elements[path[1]].value
            path = path[2:]
        return value

    def _parameter(self, name: str, function: Function, depth: int) -> str:
        """``self.p`` where the constructor keeps ``p`` so; the argument where a helper has one call."""
        for store in self.kept.cls.own_stores():
            if store.function is function and store.kind == "assign" and not store.path:
                value = store.value
                if isinstance(value, cst.Name) and value.value == name and store.block.owner is function.node:
                    return f"self.{store.attribute}"
        sites = self.model.sites(function)
        if len(sites) == 1:
            given = sites[0].argument(name)
            if given is not None:
                return parenthesized(self.text(given, sites[0].call.function, depth + 1), given)
        raise NotMovableError


def parenthesized(text: str, node: cst.BaseExpression) -> str:
    """``text`` in parentheses unless ``node`` binds tightly on its own."""
    tight = (
        cst.Name,
        cst.Attribute,
        cst.Call,
        cst.Subscript,
        cst.Integer,
        cst.Float,
        cst.SimpleString,
        cst.List,
        cst.Dict,
    )
    return text if isinstance(node, tight) or node.lpar else f"({text})"
