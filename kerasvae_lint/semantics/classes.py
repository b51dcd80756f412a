"""Classes in Keras's terms: which are Layers, Models, Callbacks, Losses…, through any number of bases and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import ClassFacts, Function, Store

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_KIND_OF_PREFIX = {
    "keras.layers.": "layer",
    "tfp.layers.": "layer",
    "keras.callbacks.": "callback",
    "keras.losses.": "loss",
    "keras.metrics.": "metric",
    "keras.regularizers.": "regularizer",
    "keras.constraints.": "constraint",
    "keras.initializers.": "initializer",
    "keras.optimizers.": "optimizer",
    "tfp.distributions.": "distribution",
    "tfp.bijectors.": "distribution",
    "tfa.layers.": "layer",
    "tensorflow_addons.layers.": "layer",
    "keras_hub.": "layer",
    "keras_nlp.": "layer",
    "keras_cv.": "layer",
}
_KIND_OF_NAME = {
    "keras.Model": "model",
    "keras.Sequential": "model",
    "tf.Module": "module",
    "keras.models.Model": "model",
}


def kind_of_name(name: str) -> str | None:
    """The kind of a library class by its canonical name: layer, model, callback, … or None."""
    if name in _KIND_OF_NAME:
        return _KIND_OF_NAME[name]
    last = name.rpartition(".")[2]
    if not last[:1].isupper() or name in {"keras.layers.Input", "keras.layers.InputSpec"}:
        return None
    for prefix, kind in _KIND_OF_PREFIX.items():
        if name.startswith(prefix):
            return kind
    if name.startswith(("keras.", "tf.")) and last.endswith(("Layer", "Cell", "Wrapper")):
        return "layer"
    return None


class ClassInfo:
    """One class of the project, with everything that its bases give it."""

    def __init__(self, model: SemanticModel, facts: ClassFacts) -> None:
        self.model = model
        self.facts = facts
        self._bases: list[ClassInfo] | None = None
        self._library: list[str] | None = None
        self._kinds: frozenset[str] | None = None
        self._stores: dict[str, list[tuple[ClassInfo, Store]]] | None = None

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.facts.name

    def _read_bases(self) -> None:
        self._bases, self._library = [], []
        for base in self.facts.bases:
            found = self.model.resolver.definition(base)
            if found is not None and isinstance(found[1], ClassFacts) and found[1] is not self.facts:
                self._bases.append(found[0].class_info(found[1]))
                continue
            self._library.append(self.model.name(base) or "?")

    @property
    def bases(self) -> list[ClassInfo]:
        """Base classes that the project defines."""
        if self._bases is None:
            self._read_bases()
        return self._bases or []

    @property
    def library_bases(self) -> list[str]:
        """Canonical names of the other bases; ``?`` where none could be found."""
        if self._library is None:
            self._read_bases()
        return self._library or []

    def mro(self) -> list[ClassInfo]:
        """This class and its project bases, nearest first (depth first, each once)."""
        order: list[ClassInfo] = []
        todo = [self]
        while todo:
            at = todo.pop(0)
            if at not in order:
                order.append(at)
                todo = at.bases + todo
        return order

    def all_library_bases(self) -> list[str]:
        """Library classes anywhere above."""
        return [name for cls in self.mro() for name in cls.library_bases]

    @property
    def kinds(self) -> frozenset[str]:
        """What the class is: layer, model (a model is a layer too), callback, loss, …; empty for a plain class."""
        if self._kinds is None:
            kinds = {kind for name in self.all_library_bases() if (kind := kind_of_name(name))}
            if "model" in kinds:
                kinds.add("layer")
            if not kinds and self._looks_like_layer():
                kinds.add("layer")
            self._kinds = frozenset(kinds)
        return self._kinds

    def _looks_like_layer(self) -> bool:
        """An unknown base, a ``call`` of its own and ``self.add_weight(…)``: nothing but a layer does that."""
        if "?" not in self.all_library_bases() and all(n.startswith("keras.") for n in self.all_library_bases()):
            return False
        methods = {name for cls in self.mro() for name in cls.facts.methods}
        if "call" not in methods or not self.all_library_bases():
            return False
        return any(
            isinstance(call.node.func, cst.Attribute) and call.node.func.attr.value == "add_weight"
            for cls in self.mro()
            for method in cls.facts.methods.values()
            for call in method.calls
        )

    @property
    def is_layer(self) -> bool:
        """True for layers and models: their variables are weights."""
        return "layer" in self.kinds

    @property
    def is_model(self) -> bool:
        """True for models."""
        return "model" in self.kinds

    def method(self, name: str) -> tuple[ClassInfo, Function] | None:
        """The method that ``self.name`` means, and the class that defines it."""
        for cls in self.mro():
            if name in cls.facts.methods:
                return cls, cls.facts.methods[name]
        return None

    def method_above(self, name: str, below: ClassInfo) -> tuple[ClassInfo, Function] | None:
        """The method that ``super().name`` means in class ``below``."""
        order = self.mro()
        start = order.index(below) + 1 if below in order else 1
        for cls in order[start:]:
            if name in cls.facts.methods:
                return cls, cls.facts.methods[name]
        return None

    def functions(self) -> Iterator[tuple[ClassInfo, Function]]:
        """Every method, with the functions nested in it; overridden ones too (super reaches them)."""
        for cls in self.mro():
            for method in cls.facts.methods.values():
                todo = [method]
                while todo:
                    function = todo.pop()
                    yield cls, function
                    todo += function.children

    def own_stores(self) -> list[Store]:
        """``self.attribute = …`` anywhere in this class's own body."""
        return self.model.self_stores(self.facts)

    def stores(self, attribute: str) -> list[tuple[ClassInfo, Store]]:
        """Every store to ``self.attribute``, with the class that it stands in; bases included."""
        if self._stores is None:
            self._stores = {}
            for cls in self.mro():
                for store in cls.own_stores():
                    self._stores.setdefault(store.attribute, []).append((cls, store))
        return self._stores.get(attribute, [])

    def attributes(self) -> list[str]:
        """Names of all attributes that methods store on ``self``."""
        self.stores("")
        return list(self._stores or ())

    def class_attribute(self, name: str) -> cst.BaseExpression | None:
        """The value of ``name = …`` in the class body (or a base's)."""
        for cls in self.mro():
            for binding in reversed(cls.facts.scope.bindings.get(name, [])):
                if binding.value is not None and not binding.path:
                    return binding.value
        return None
