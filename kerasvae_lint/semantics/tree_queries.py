"""Where a node stands: its parents, statement and function."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from kerasvae_lint.semantics.facts import Function, ModuleFacts


class TreeQueries:
    """The half of the semantic model that knows places in the tree."""

    module: cst.Module
    facts: ModuleFacts
    _functions: dict[cst.CSTNode, Function]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around ``node``."""
        return self.facts.parents.get(node)

    def owns(self, node: cst.CSTNode) -> bool:
        """True if ``node`` belongs to this module's tree."""
        return node in self.facts.parents or node is self.module

    def statement_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """The statement (small or compound) that ``node`` stands in."""
        at: cst.CSTNode | None = node
        while at is not None and not isinstance(at, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            at = self.facts.parents.get(at)
        return at if at is not None else self.module

    def nodes_in(self, function: Function, kind: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        """The nodes of one type in the code of ``function`` (nested functions left out), in source order."""
        types = [one for one in self._nodes_by_type if issubclass(one, kind)]
        nodes = self._nodes_by_type[types[0]] if len(types) == 1 else self.facts.parents if types else ()
        for node in nodes:
            if isinstance(node, kind) and self.function_at(node) is function:
                yield node

    @cached_property
    def _nodes_by_type(self) -> dict[type[cst.CSTNode], list[cst.CSTNode]]:
        found: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        for node in self.facts.parents:
            found.setdefault(type(node), []).append(node)
        return found

    def function_at(self, node: cst.CSTNode) -> Function:
        """The innermost function (or the module) whose code ``node`` is."""
        facts, known = self.facts, self._functions
        path: list[cst.CSTNode] = []
        at = node
        while True:
            found = known.get(at)
            if found is not None:
                break
            path.append(at)
            above = facts.parents.get(at)
            if above is None:
                found = facts.root
                break
            function = facts.function_of.get(above)
            if function is not None and (isinstance(above, cst.Module) or at is getattr(above, "body", None)):
                found = function
                break
            at = above
        for passed in path:
            known[passed] = found
        return found
