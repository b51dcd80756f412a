"""Where a node stands: its parents, statement and function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.semantics.facts import Function, ModuleFacts


class TreeQueries:
    """The half of the semantic model that knows places in the tree."""

    module: cst.Module
    facts: ModuleFacts

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
        for node in self.facts.parents:
            if isinstance(node, kind) and self.function_at(node) is function:
                yield node

    def names_within(self, node: cst.CSTNode) -> list[cst.Name]:
        """The names used in ``node``."""
        found = []
        for uses in self.facts.names.values():
            for use in uses:
                at: cst.CSTNode | None = use
                while at is not None and at is not node:
                    at = self.facts.parents.get(at)
                if at is node:
                    found.append(use)
        return found

    def function_at(self, node: cst.CSTNode) -> Function:
        """The innermost function (or the module) whose code ``node`` is."""
        facts = self.facts
        below: cst.CSTNode | None = None
        at: cst.CSTNode | None = node
        while at is not None:
            found = facts.function_of.get(at)
            if found is not None and (
                isinstance(at, cst.Module) or below is None or below is getattr(at, "body", None)
            ):
                if below is not None or isinstance(at, cst.Module):
                    return found
            below, at = at, facts.parents.get(at)
        return facts.root
