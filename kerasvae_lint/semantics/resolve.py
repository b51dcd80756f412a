"""From an expression to the name it means: canonical dotted names, classes and functions of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import Binding, Block, ClassFacts, Function, ModuleFacts, Scope
from kerasvae_lint.semantics.names import canonical

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_BUILTIN_MODULES = ("builtins",)


class Resolver:
    """Names of one module."""

    def __init__(self, model: SemanticModel, facts: ModuleFacts) -> None:
        self.model = model
        self.facts = facts
        self._dotted: dict[cst.CSTNode, str | None] = {}
        self._busy: set[cst.CSTNode] = set()
        self._scopes: dict[cst.CSTNode, Scope] = {}
        self._places: dict[cst.CSTNode, tuple[int, Block | None]] = {}

    def scope_at(self, node: cst.CSTNode) -> Scope:
        """The scope that names in ``node`` are looked up from."""
        facts, known = self.facts, self._scopes
        path: list[cst.CSTNode] = []
        at = node
        while True:
            found = known.get(at)
            if found is not None:
                break
            path.append(at)
            above = facts.parents.get(at)
            if above is None:
                found = facts.root.scope
                break
            scope = facts.scope_of.get(above)
            if scope is not None and not self._outside(above, at):
                found = scope
                break
            at = above
        for passed in path:
            known[passed] = found
        return found

    @staticmethod
    def _outside(owner: cst.CSTNode, child: cst.CSTNode) -> bool:
        """True for the parts of a def or class that are evaluated in the scope around it."""
        if isinstance(owner, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            return child is not owner.body
        return False

    def place_of(self, node: cst.CSTNode) -> tuple[int, Block | None]:
        """Order number and block of the statement that ``node`` stands in."""
        facts, known = self.facts, self._places
        path: list[cst.CSTNode] = []
        at: cst.CSTNode | None = node
        place: tuple[int, Block | None] | None = None
        while at is not None and place is None:
            place = facts.place_of.get(at) or known.get(at)
            path.append(at)
            at = facts.parents.get(at)
        place = place or (0, None)
        for passed in path:
            known[passed] = place
        return place

    def bindings(self, name: cst.Name) -> list[Binding]:
        """The bindings that can reach this use of a name; empty if it is bound nowhere here."""
        found = self.scope_at(name).lookup(name.value)
        if found is None:
            return []
        scope, bindings = found
        if len(bindings) == 1:
            return bindings
        order, block = self.place_of(name)
        home = self.scope_at(name)
        while home.kind == "comprehension" and home is not scope and home.parent is not None:
            home = home.parent
        if scope is not home or block is None:
            return bindings
        return reaching(bindings, order, block)

    def dotted(self, node: cst.BaseExpression) -> str | None:
        """The canonical dotted name that ``node`` means, or None: ``tf.keras.backend.exp`` → ``keras.backend.exp``."""
        if node in self._dotted:
            return self._dotted[node]
        raw = self.raw(node)
        name = canonical(raw) if raw else None
        self._dotted[node] = name
        return name

    def raw(self, node: cst.BaseExpression) -> str | None:
        """The absolute dotted name as imported, not yet in canonical spelling."""
        if isinstance(node, cst.Attribute):
            base = self.raw(node.value)
            return f"{base}.{node.attr.value}" if base else None
        if not isinstance(node, cst.Name) or node in self._busy:
            return None
        self._busy.add(node)
        try:
            return self._raw_name(node)
        finally:
            self._busy.discard(node)

    def _raw_name(self, node: cst.Name) -> str | None:
        bindings = self.bindings(node)
        if not bindings:
            if self.scope_at(node).lookup(node.value) is None:
                return self._starred(node.value)
            return None
        for binding in reversed(bindings):
            if binding.kind == "import":
                return self.model.absolute(binding.target)
            if binding.kind in {"assign", "annotated", "walrus"} and binding.value is not None and not binding.path:
                if isinstance(binding.value, (cst.Name, cst.Attribute)):
                    raw = self.raw(binding.value)
                    if raw:
                        return raw
        return None

    def _starred(self, name: str) -> str | None:
        for source in reversed(self.facts.stars):
            absolute = self.model.absolute(source)
            module = self.model.project.module(absolute, self.model) if self.model.project else None
            if module is not None:
                raw = module.exported(name)
                if raw:
                    return raw
                continue
            if _known_star(canonical(absolute), name):
                return f"{absolute}.{name}"
        return None

    def definition(self, node: cst.BaseExpression) -> tuple[SemanticModel, ClassFacts | Function] | None:
        """The class or function of the project that ``node`` names, with the model of its module."""
        if isinstance(node, cst.Name):
            for binding in reversed(self.bindings(node)):
                local = self._local_definition(binding)
                if local is not None:
                    return self.model, local
                if binding.kind in {"assign", "annotated"} and isinstance(binding.value, (cst.Name, cst.Attribute)):
                    if binding.value is not node and not binding.path and node not in self._busy:
                        self._busy.add(node)
                        try:
                            return self.definition(binding.value)
                        finally:
                            self._busy.discard(node)
        raw = self.raw(node)
        if raw and self.model.project is not None:
            return self.model.project.definition(raw, self.model)
        return None

    def _local_definition(self, binding: Binding) -> ClassFacts | Function | None:
        if binding.kind == "class":
            return self.facts.class_of.get(binding.node)
        if binding.kind == "def":
            return self.facts.function_of.get(binding.node)
        if isinstance(binding.value, cst.Lambda) and not binding.path:
            return self.facts.function_of.get(binding.value)
        return None


def _known_star(module: str, name: str) -> bool:
    """Whether ``from module import *`` can be what binds ``name``, judged by Keras's naming habits."""
    if module in {"keras.backend", "keras.ops", "keras.activations"}:
        return name.islower() or "_" in name
    if module.startswith("keras.") or module in {
        "tfp.distributions",
        "tfp.layers",
        "tfp.bijectors",
    }:
        return name[:1].isupper()
    return module in {"keras", "tf", "tfp"} and name in {
        "keras",
        "layers",
        "backend",
        "Model",
        "Sequential",
        "distributions",
    }


def reaching(bindings: list[Binding], order: int, block: Block) -> list[Binding]:
    """The bindings that can hold at a place, by statement order and nesting of blocks."""
    loop = block.innermost_loop()
    before: list[Binding] = []
    around: list[Binding] = []
    for binding in bindings:
        if binding.block.excludes(block):
            continue
        inside = binding.order < order or (
            binding.order == order and binding.kind in {"walrus", "for", "with", "parameter"}
        )
        if inside or binding.kind == "parameter":
            if binding.block.encloses(block) and binding.kind != "aug":
                before.clear()
            before.append(binding)
        elif loop is not None and loop.encloses(binding.block):
            around.append(binding)
    return before + around or bindings
