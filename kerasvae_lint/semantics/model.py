"""The semantic model of one module: what a rule may ask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.core import TargetKeras
from kerasvae_lint.project import Search
from kerasvae_lint.semantics import phases as phase_names
from kerasvae_lint.semantics.classes import ClassInfo
from kerasvae_lint.semantics.context import Context
from kerasvae_lint.semantics.evaluate import Evaluator
from kerasvae_lint.semantics.facts import CallFacts, ClassFacts, Function, Load, ModuleFacts, Store
from kerasvae_lint.semantics.flavour import Flavour, flavour_of, imported_names
from kerasvae_lint.semantics.names import canonical
from kerasvae_lint.semantics.phases import called_methods, phases_of_class
from kerasvae_lint.semantics.resolve import Resolver
from kerasvae_lint.semantics.sites import Site
from kerasvae_lint.semantics.tree_queries import TreeQueries
from kerasvae_lint.semantics.values import Value
from kerasvae_lint.semantics.walk import walk
from kerasvae_lint.semantics.writes import Write, writes_of
from kerasvae_lint.source import Positions, Source

if TYPE_CHECKING:
    from kerasvae_lint.semantics.project import Project
    from kerasvae_lint.semantics.schedules.changes import Schedules

MAX_SITES = 8


class SemanticModel(TreeQueries):
    """One module, walked once; everything else is worked out when somebody asks.

    Args:
        module: the parsed module.
        source: the text that it was parsed from.
        target: the ``target-keras`` setting, None to judge by the code.
        project: for look-ups in other files; None keeps everything inside this one.
    """

    def __init__(
        self,
        module: cst.Module,
        source: Source,
        *,
        target: TargetKeras | None = None,
        project: Project | None = None,
    ) -> None:
        self.module = module
        self.source = source
        self.target = target
        self.project = project
        self.facts: ModuleFacts = walk(module)
        self.resolver = Resolver(self, self.facts)
        self.evaluator = Evaluator(self)
        self.consulted: dict[str, str | None] = {}
        self.places: dict[str, str | None] = {}  # where the project's modules are that this one names
        self._functions = {}
        self.searched: dict[Search, None] = {}  # in order, each once
        self._classes: dict[ClassFacts, ClassInfo] = {}
        self._phases: dict[ClassInfo, dict[Function, frozenset[str]]] = {}

    # places -------------------------------------------------------------------------------------
    @cached_property
    def positions(self) -> Positions:
        """Character spans of nodes; costs as much as parsing, so only files with a finding ask."""
        return Positions(self.module, self.source)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end offset of ``node`` in ``source.text``."""
        return self.positions.span(node)

    def text(self, node: cst.CSTNode) -> str:
        """The source text of ``node``."""
        start, end = self.span(node)
        return self.source.text[start:end]

    # names and values ---------------------------------------------------------------------------
    def name(self, node: cst.BaseExpression) -> str | None:
        """The canonical dotted name that an expression means, whatever the import style."""
        return self.resolver.dotted(node)

    @cached_property
    def imported(self) -> list[str]:
        """The names that the module imports, as written (absolute or with leading dots)."""
        return imported_names(self.facts)

    def canonical_global(self, name: str) -> str | None:
        """What the module's global ``name`` means as a library name, if it is an import or an alias of one."""
        raw = self.exported(name)
        return canonical(raw) if raw else None

    @cached_property
    def keras_prefix(self) -> str | None:
        """How this module spells Keras itself: ``tf.keras``, ``keras`` or an alias; None if it imports only parts."""
        tensorflow = None
        for name in self.facts.root.scope.bindings:
            meant = self.canonical_global(name)
            if meant == "keras":
                return name
            if meant == "tf" and tensorflow is None:
                tensorflow = f"{name}.keras"
        return tensorflow

    def values(self, node: cst.BaseExpression, cls: ClassInfo | None = None) -> tuple[Value, ...]:
        """Where the value of ``node`` came from; ``cls`` says whose ``self`` it is, if not the class around it."""
        return self.evaluator.values(node, Context(cls or self.class_at(node)))

    @cached_property
    def flavour(self) -> Flavour:
        """Which Keras the module is for."""
        pinned = self.project.pins(self) if self.project is not None else None
        return flavour_of(self.facts, self.source.text, self.target, pinned)

    # calls --------------------------------------------------------------------------------------
    @cached_property
    def _calls_by_name(self) -> dict[str, list[CallFacts]]:
        found: dict[str, list[CallFacts]] = {}
        for call in self.facts.calls:
            name = self.name(call.node.func)
            if name is not None:
                found.setdefault(name, []).append(call)
        return found

    def calls_to(self, *names: str) -> Iterator[CallFacts]:
        """Calls of the functions with these canonical names, in source order."""
        calls = [call for name in names for call in self._calls_by_name.get(name, ())]
        yield from sorted(calls, key=lambda call: call.order)

    @cached_property
    def _called(self) -> dict[str, list[CallFacts]]:
        found: dict[str, list[CallFacts]] = {}
        for call in self.facts.calls:
            func = call.node.func
            if isinstance(func, (cst.Attribute, cst.Name)):
                found.setdefault((func.attr if isinstance(func, cst.Attribute) else func).value, []).append(call)
        return found

    def calls_named(self, name: str) -> list[CallFacts]:
        """Calls of the form ``name(…)`` and ``something.name(…)``."""
        return self._called.get(name, [])

    def method_calls(self, *names: str) -> Iterator[CallFacts]:
        """Calls of the form ``something.name(…)``."""
        for name in names:
            yield from (call for call in self.calls_named(name) if isinstance(call.node.func, cst.Attribute))

    @cached_property
    def _sites(self) -> dict[Function, list[Site]]:
        """Where each function of the module is called from."""
        found: dict[Function, dict[CallFacts, Site]] = {}
        for call in self.facts.calls:
            definition = self.resolver.definition(call.node.func)
            if definition is not None:
                target = definition[1]
                if isinstance(target, ClassFacts):
                    init = definition[0].class_info(target).method("__init__")
                    if init is not None:
                        found.setdefault(init[1], {})[call] = Site(call, init[1], 1)
                else:
                    found.setdefault(target, {})[call] = Site(call, target, 0)
        for info in self.classes:
            for owner, function in info.functions():
                for call, (_, target) in called_methods(info, owner, function) if owner is info else ():
                    bound = 0 if target.receiver is None else 1
                    found.setdefault(target, {})[call] = Site(call, target, bound)
        return {function: list(sites.values()) for function, sites in found.items()}

    def sites(self, function: Function) -> list[Site]:
        """Where ``function`` is called in this module (as far as its callers can be told)."""
        return self._sites.get(function, [])

    def argument_values(self, function: Function, name: str, context: Context) -> tuple[Value, ...]:
        """The values that the calls in this module give parameter ``name``."""
        found: dict[Value, None] = {}
        for site in self.sites(function)[:MAX_SITES]:
            given = site.argument(name)
            if given is None:
                given = next((p.default for p in function.parameters if p.name == name), None)
            if given is not None:
                inner = Context(self.class_at(given), depth=context.depth + 1)
                found.update(dict.fromkeys(self.evaluator.values(given, inner)))
        return tuple(found)

    def constructed(self, call: cst.Call) -> list[ClassInfo]:
        """The project class that ``call`` makes an object of, if it does."""
        found = self.resolver.definition(call.func)
        return [found[0].class_info(found[1])] if found and isinstance(found[1], ClassFacts) else []

    @cached_property
    def writes(self) -> tuple[Write, ...]:
        """Writes to variables by host code: ``K.set_value``, ``.assign``, ``set_weights``."""
        return writes_of(self)

    @cached_property
    def schedules(self) -> Schedules:
        """Who sets which value during training, who reads it, and which ``fit`` gets which callbacks."""
        from kerasvae_lint.semantics.schedules.changes import Schedules

        return Schedules(self)

    # classes ------------------------------------------------------------------------------------
    @cached_property
    def classes(self) -> list[ClassInfo]:
        """The classes of the module, in source order."""
        return [self.class_info(facts) for facts in self.facts.classes]

    def class_info(self, facts: ClassFacts) -> ClassInfo:
        """What is known of one class of this module."""
        if facts not in self._classes:
            self._classes[facts] = ClassInfo(self, facts)
        return self._classes[facts]

    def class_at(self, node: cst.CSTNode) -> ClassInfo | None:
        """The class whose methods ``node`` stands in."""
        facts = self.function_at(node).class_facts
        return self.class_info(facts) if facts is not None else None

    @cached_property
    def _stores_by_class(self) -> dict[ClassFacts, list[Store]]:
        found: dict[ClassFacts, list[Store]] = {}
        for store in self.facts.stores:
            owner = store.function.class_facts
            if owner is not None and self.is_self(store.obj, store.function):
                found.setdefault(owner, []).append(store)
        return found

    def self_stores(self, facts: ClassFacts) -> list[Store]:
        """``self.attribute = …`` in the methods of one class."""
        return self._stores_by_class.get(facts, [])

    def is_self(self, node: cst.BaseExpression, function: Function) -> bool:
        """True if ``node`` is the name of the object whose method ``function`` is (or stands in)."""
        return isinstance(node, cst.Name) and node.value == function.receiver

    def self_loads(self, cls: ClassInfo, attribute: str) -> list[tuple[ClassInfo, Load]]:
        """Where methods of ``cls`` (inherited ones too) read ``self.attribute``."""
        found = []
        for owner in cls.mro():
            for load in owner.model.facts.loads.get(attribute, ()):
                if load.function.class_facts is owner.facts and owner.model.is_self(load.node.value, load.function):
                    found.append((owner, load))
        return found

    def phases(self, cls: ClassInfo, function: Function) -> frozenset[str]:
        """In which phases ``function`` runs for an object of ``cls``."""
        if cls not in self._phases:
            self._phases[cls] = phases_of_class(cls)
        return self._phases[cls].get(function, frozenset({phase_names.HOST}))

    def owner_of(self, function: Function) -> SemanticModel:
        """The model of the module that ``function`` stands in."""
        if function.node is self.module or self.facts.function_of.get(function.node) is function:
            return self
        found = self.project.model_with(function) if self.project is not None else None
        return found or self

    # for other modules --------------------------------------------------------------------------
    def absolute(self, target: str) -> str:
        """An imported name made absolute; unchanged where the package can't be told."""
        if not target.startswith(".") or self.project is None:
            return target
        return self.project.absolute(target, self)

    def exported(self, name: str) -> str | None:
        """The absolute dotted name that this module's global ``name`` means, if it is an import or an alias."""
        for binding in reversed(self.facts.root.scope.bindings.get(name, [])):
            if binding.kind == "import":
                return self.absolute(binding.target)
            if isinstance(binding.value, (cst.Name, cst.Attribute)) and not binding.path:
                return self.resolver.raw(binding.value)
        return None

    def global_value(self, name: str) -> tuple[Value, ...]:
        """The values of the module's global ``name``."""
        bindings = self.facts.root.scope.bindings.get(name, [])
        context = Context()
        return tuple(v for b in bindings if b.kind != "import" for v in self.evaluator.binding(b, context))
