"""What host code sets during training: attributes and variables, with the place, the new value and the owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import Binding, Block, CallFacts, Function, Store
from kerasvae_lint.semantics.schedules.fits import Elements, Fit, fits_of, origins
from kerasvae_lint.semantics.schedules.owners import owners_of, setter
from kerasvae_lint.semantics.schedules.retracing import drops_step, retraces
from kerasvae_lint.semantics.schedules.tracing import COMPILED, Tracing, classes_in, is_graph_function, runs_eagerly
from kerasvae_lint.semantics.writes import HOOKS, Handed, handed_writes, place_of

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import Load
    from kerasvae_lint.semantics.model import SemanticModel

_KERAS_OWN = frozenset({"trainable", "_trainable", "stop_training", "optimizer", "learning_rate", "lr", "history"})
_ONCE = ("train_begin", "train_end", "on_test", "on_predict")


@dataclass(frozen=True, eq=False)
class Change:
    """Host code sets a value while the model is being trained.

    ``target`` is what is set: an attribute (``store``), a module's global, or a variable (a write).
    """

    model: SemanticModel
    node: cst.CSTNode
    function: Function
    block: Block
    target: cst.BaseExpression
    value: cst.BaseExpression | None
    place: str
    store: Store | None = None

    @property
    def attribute(self) -> str:
        """The last name of what is set."""
        target = self.target
        return target.attr.value if isinstance(target, cst.Attribute) else getattr(target, "value", "")


class Schedules:
    """The schedules of one module; answers are worked out when somebody asks."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model

    @cached_property
    def tracing(self) -> Tracing:
        """The module's traced functions."""
        return Tracing(self.model)

    @cached_property
    def eager(self) -> bool:
        """True if the module runs without compiling."""
        return runs_eagerly(self.model)

    @cached_property
    def fits(self) -> list[Fit]:
        """The module's ``fit`` calls."""
        return fits_of(self.model)

    def reads(self, cls: ClassInfo, attribute: str) -> list[tuple[SemanticModel, Load]]:
        """Where traced code reads ``attribute`` of objects of ``cls``: in this module and in those of the class."""
        models = list(dict.fromkeys([self.model, *(owner.model for owner in cls.mro())]))
        return [(model, load) for model in models for load in model.schedules.tracing.reads(cls, attribute)]

    # writes to variables ------------------------------------------------------------------------
    @cached_property
    def writes(self) -> list[Change]:
        """Writes to variables (``assign``, ``K.set_value``) that happen again and again during training."""
        return [
            Change(self.model, w.call.node, w.call.function, w.call.block, w.target, w.value, w.place)
            for w in self.model.writes
            if w.is_schedule and w.kind != "set_weights" and not _is_once(w.call.function)
        ]

    @cached_property
    def handed(self) -> list[Handed]:
        """What callbacks of other modules write that this module gives them."""
        return list(handed_writes(self.model))

    # stores to attributes -----------------------------------------------------------------------
    @cached_property
    def stores(self) -> list[Change]:
        """Attributes that host code of this module sets during training, whatever object they are of."""
        return list(self._stores())

    def _stores(self) -> Iterator[Change]:
        model = self.model
        for store in model.facts.stores:
            if store.kind not in {"assign", "annotated", "aug", "setattr"} or store.attribute in _KERAS_OWN:
                continue
            if store.attribute.startswith("__") or _is_construction(store.function):
                continue
            cls = model.class_at(store.node)
            if cls is not None and cls.is_layer and store.function in self.tracing.functions:
                continue
            place = self._place(store, cls)
            if place and (place in {"loop", "between"} or not self._retraces(store)):
                target = store.node if isinstance(store.node, cst.Attribute) else store.obj
                yield Change(model, store.node, store.function, store.block, target, store.value, place, store)

    def _place(self, store: Store, cls: ClassInfo | None) -> str:
        place = place_of(self.model, store)
        if place in {"callback", "lambda"}:
            return "" if _is_once(store.function) else place
        if place == "loop":
            return place if self._compiled_loop(store) else ""
        if place == "plain" and cls is None:
            return "between" if self._between_fits(store) else ""
        if place == "plain" and cls is not None and cls.is_layer:
            return self._called_elsewhere(store)
        return ""

    def _compiled_loop(self, store: Store) -> bool:
        """True if the loop around the store trains by a function that was compiled before it, not in it."""
        loop = store.block.innermost_loop()
        if loop is None:
            return True
        if any(s.attribute == "train_function" and loop.encloses(s.block) for s in self.model.facts.stores):
            return False
        trains = False
        for call in store.function.calls:
            func = call.node.func
            name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
            if not loop.encloses(call.block):
                continue
            if retraces(self.model, call):
                return False
            trains = trains or name in COMPILED or self._is_graph_call(call)
        return trains

    def _is_graph_call(self, call: CallFacts) -> bool:
        found = self.model.resolver.definition(call.node.func)
        if found is not None and isinstance(found[1], Function):
            return is_graph_function(found[0], found[1])
        name = call.node.func.attr.value if isinstance(call.node.func, cst.Attribute) else ""
        return any(
            f.name == name and f.owner is not None and is_graph_function(self.model, f)
            for f in self.model.facts.functions
        )

    def _between_fits(self, store: Store) -> bool:
        """True if the same object is fitted before and after the store, and not compiled in between."""
        if not isinstance(store.obj, cst.Name):
            return False
        before = after = ""
        for call in sorted(store.function.calls, key=lambda call: call.order):
            func = call.node.func
            if not isinstance(func, cst.Attribute) or func.attr.value not in COMPILED | {"compile"}:
                continue
            if isinstance(func.value, cst.Name) and func.value.value == store.obj.value:
                if call.order < store.order:
                    before = func.attr.value
                else:
                    after = after or func.attr.value
        return before in COMPILED and after in COMPILED

    def _called_elsewhere(self, store: Store) -> str:
        """The place of calls in other files that reach the method around a store (``model.set_beta(…)``)."""
        method = store.function.method
        if method is None or self.model.project is None or method.name.startswith("__"):
            return ""
        if is_setter(method) or not self._is_read(store):
            return ""
        for other in self.model.project.search(self.model, (f".{method.name}(",), HOOKS):
            for call in other.method_calls(method.name):
                place = place_of(other, call)
                if place in {"callback", "lambda"} and not _is_once(call.function):
                    return place
        return ""

    def _is_read(self, store: Store) -> bool:
        """True if traced code of this module reads an attribute of that name."""
        loads = self.model.facts.loads.get(store.attribute, ())
        return any(load.function in self.tracing.functions for load in loads)

    def _retraces(self, store: Store) -> bool:
        """True if the code around a store has the training step compiled anew."""
        method = store.function.method or store.function
        return drops_step(self.model, store.function) or any(retraces(self.model, call) for call in method.calls)

    def owners(self, change: Change) -> list[tuple[ClassInfo, str]]:
        """The classes, and the attribute of each, that a change of an attribute can reach; setters looked through."""
        assert change.store is not None
        found: list[tuple[ClassInfo, str]] = []
        for cls in owners_of(self.model, change.store.obj, change.store.attribute):
            function = setter(cls, change.store.attribute)
            if function is None:
                found.append((cls, change.store.attribute))
                continue
            stores = [store for owner in cls.mro() for store in owner.own_stores()]
            found += [(cls, store.attribute) for store in stores if store.function is function]
        return found

    @cached_property
    def globals(self) -> list[Change]:
        """Globals of the module that a callback's hook sets (``global beta; beta = …``)."""
        found = []
        for name, bindings in self.model.facts.root.scope.bindings.items():
            for binding in bindings:
                if binding.kind not in {"assign", "annotated", "aug"} or not isinstance(binding.node, cst.Name):
                    continue
                function = self.model.function_at(binding.node)
                if function is self.model.facts.root:
                    continue
                store = _as_store(name, binding, function)
                place = place_of(self.model, store)
                if place in {"callback", "lambda"} and not _is_once(function):
                    found.append(
                        Change(self.model, binding.node, function, binding.block, binding.node, binding.value, place)
                    )
        return found

    # callbacks ----------------------------------------------------------------------------------
    @cached_property
    def changes(self) -> list[Change]:
        """Everything that host code of this module sets during training."""
        return [*self.writes, *self.stores, *self.globals]

    def changes_by(self, cls: ClassInfo) -> list[Change]:
        """What the hooks of a callback class, or of its bases, set that is no attribute of its own."""
        facts = {owner.facts for owner in cls.mro()}
        found = []
        for model in dict.fromkeys(owner.model for owner in cls.mro()):
            for change in model.schedules.changes:
                own = change.store is not None and model.is_self(change.store.obj, change.function)
                if change.function.class_facts in facts and not own:
                    found.append(change)
        return found

    def made_callbacks(self, elements: Elements) -> Iterator[tuple[SemanticModel, cst.Call, ClassInfo | None, str]]:
        """The calls behind a list of callbacks, with the project class or the library name of each."""
        for model, node in elements.nodes:
            for owner, call in origins(model, node):
                classes = classes_in(owner.values(call)) or [None]  # type: ignore[list-item]
                for cls in classes:
                    yield owner, call, cls, owner.name(call.func) or ""

    def models_of(self, callback: ClassInfo | None) -> list[ClassInfo]:
        """The project classes of the models whose ``fit`` gets an object of a callback class."""
        if callback is None:
            return []
        models = [self.model]
        if self.model.project is not None:
            models += self.model.project.search(self.model, (callback.name,))
        found: list[ClassInfo] = []
        for model in models:
            for fit in model.schedules.fits:
                if any(cls is not None and callback in cls.mro() for _, _, cls, _ in self.made_callbacks(fit.elements)):
                    found += classes_in(model.values(fit.target))
        return list(dict.fromkeys(found))


def _as_store(name: str, binding: Binding, function: Function) -> Store:
    assert isinstance(binding.node, cst.Name)
    value, path, kind = binding.value, binding.path, binding.kind
    return Store(
        name, binding.node, binding.node, function, binding.node, binding.order, binding.block, value, path, kind
    )


def _is_once(function: Function) -> bool:
    """True in hooks that run before or after the training, or outside it."""
    method = function.method or function
    return any(word in method.name for word in _ONCE)


def is_setter(function: Function) -> bool:
    """True under ``@name.setter``."""
    return any(isinstance(d, cst.Attribute) and d.attr.value == "setter" for d in function.decorators)


def _is_construction(function: Function) -> bool:
    return function.method is not None and function.method.name in {"__init__", "build", "__new__", "compile"}
