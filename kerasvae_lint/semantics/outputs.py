"""From a tensor or a model to the activation that it ends in: through layers, functional, Sequential, own models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics import activations
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import LayerObject

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import Function
    from kerasvae_lint.semantics.model import SemanticModel

MAX_STEPS = 24
_PASSING = frozenset(
    {"Reshape", "Flatten", "Permute", "Cropping1D", "Cropping2D", "Cropping3D", "Dropout", "SpatialDropout1D"}
)
_FUNCTIONS = frozenset({"sigmoid", "softmax", "hard_sigmoid"})
Given = dict[tuple["Function", str], cst.BaseExpression]
Display = cst.List | cst.Tuple | cst.Dict


@dataclass(frozen=True, eq=False, slots=True)
class Ending:
    """The last activation; ``direct`` is False where another layer stands behind it."""

    name: str
    node: cst.CSTNode
    literal: bool
    direct: bool = True

    def behind(self) -> Ending:
        """The same, with something behind it."""
        return Ending(self.name, self.node, self.literal, False)


@dataclass(frozen=True, eq=False, slots=True)
class Output:
    """One output of a model, as ``compile`` sees it.

    ``label`` is what a dict of losses calls it; ``keyed`` says that this is a key of a dict of outputs.
    """

    ending: Ending | None
    tensor: cst.BaseExpression | None = None
    label: object = None
    keyed: bool = False


class Follower:
    """Finds endings in one module; ``given`` says what the parameters of compiled losses are."""

    def __init__(self, model: SemanticModel, given: Given | None = None) -> None:
        self.model = model
        self.given = given or {}
        self.steps = 0
        self.own: ClassInfo | None = None

    def outputs(self, layer: LayerObject) -> list[Output]:
        """The outputs of a model, in order; none where it can't be told how many there are."""
        given = self._given(layer)
        if given is None:
            return [Output(self.called(layer, None))]
        shown = display(self.model, given)
        if isinstance(shown, cst.Dict):
            pairs = [(literal(e.key), e.value) for e in shown.elements if isinstance(e, cst.DictElement)]
            found = [Output(self._anew(value), value, key, True) for key, value in pairs]
        else:
            elements = [e.value for e in shown.elements if isinstance(e, cst.Element)] if shown else [given]
            found = [Output(self._anew(element), element, self._label(element)) for element in elements]
        return found if shown is None or len(found) == len(shown.elements) else []

    def _given(self, layer: LayerObject) -> cst.BaseExpression | None:
        """The ``outputs`` of a functional model."""
        made = layer.node
        if layer.cls is not None or layer.name != "keras.Model" or not isinstance(made, cst.Call):
            return None
        return argument(made, 1, "outputs", "output") if self.model.owns(made) else None

    def _anew(self, node: cst.BaseExpression) -> Ending | None:
        self.steps = 0
        return self.tensor(node)

    def _label(self, node: cst.BaseExpression) -> object:
        """The ``name`` of the layer that made a tensor."""
        if isinstance(node, cst.Name):
            bindings = self.model.resolver.bindings(node)
            if len(bindings) != 1 or bindings[0].path or bindings[0].value is None:
                return None
            node = bindings[0].value
        values = self.model.values(node.func) if isinstance(node, cst.Call) else ()
        if len(values) != 1 or not isinstance(values[0], LayerObject) or values[0].cls is not None:
            return None
        made = values[0].node
        name = argument(made, None, "name") if isinstance(made, cst.Call) else None
        return literal(name) if name is not None else None

    def tensor(self, node: cst.BaseExpression) -> Ending | None:
        """How a tensor was made; None where that can't be told with certainty."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            return None
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        return self._call(node) if isinstance(node, cst.Call) else None

    def _name(self, node: cst.Name) -> Ending | None:
        bindings = self.model.resolver.bindings(node)
        if len(bindings) != 1:
            return None
        if bindings[0].kind == "parameter":
            function = self.model.facts.function_of.get(bindings[0].node)
            return self._parameter(function, node.value) if function is not None else None
        if bindings[0].path or bindings[0].value is None or bindings[0].kind not in {"assign", "annotated"}:
            return None
        return self.tensor(bindings[0].value)

    def _parameter(self, function: Function, name: str) -> Ending | None:
        """What a compiled loss is given, or what all calls of a helper agree on."""
        given = self.given.get((function, name))
        if given is not None:
            return self.tensor(given)
        arguments = [site.argument(name) for site in self.model.sites(function)]
        return _agreed([self.tensor(each) if each is not None else None for each in arguments])

    def _attribute(self, node: cst.Attribute) -> Ending | None:
        cls = self._class_at(node)
        if cls is None or not self.model.is_self(node.value, self.model.function_at(node)):
            return None
        stores = cls.stores(node.attr.value)
        if len(stores) != 1 or stores[0][0].model is not self.model or stores[0][1].path:
            return None
        value = stores[0][1].value
        return self.tensor(value) if value is not None else None

    def _class_at(self, node: cst.CSTNode) -> ClassInfo | None:
        """The class whose object ``self`` is: the one that is followed, where it inherits the method around."""
        cls = self.model.class_at(node)
        return self.own if self.own is not None and cls in self.own.mro() else cls

    def _call(self, node: cst.Call) -> Ending | None:
        name = activations.function_name(self.model.name(node.func) or "")
        if name in _FUNCTIONS:
            return Ending(name, node, False)
        if self.model.name(node.func) is not None:
            return None
        values = self.model.values(node.func, self._class_at(node))
        if len(values) != 1 or not isinstance(values[0], LayerObject):
            return None
        return self.called(values[0], node)

    def called(self, layer: LayerObject, call: cst.Call | None) -> Ending | None:
        """What a layer's or a model's output ends in; ``call`` is where it is called, if that matters."""
        last = layer.name.rpartition(".")[2]
        made = layer.node
        if layer.cls is not None:
            return self._own(layer)
        if not isinstance(made, cst.Call) or not self.model.owns(made):
            return None
        if layer.name == "keras.Model":
            outputs = argument(made, 1, "outputs", "output")
            shown = display(self.model, outputs) if outputs is not None else None
            if isinstance(shown, (cst.List, cst.Tuple)) and len(shown.elements) == 1:
                outputs = shown.elements[0].value
            return self.tensor(outputs) if outputs is not None else None
        if layer.name == "keras.Sequential":
            return self._sequential(made)
        if last in _PASSING or (last == "Activation" and self._linear(made, layer.name)):
            found = self.tensor(call.args[0].value) if call is not None and call.args else None
            return found.behind() if found is not None and last in _PASSING else found
        if last == "TimeDistributed" and made.args and isinstance(made.args[0].value, cst.Call):
            made = made.args[0].value
            found_name = self.model.name(made.func) or ""
            return self._of(activations.of_layer(self.model, made, found_name))
        return self._of(activations.of_layer(self.model, made, layer.name))

    def _linear(self, made: cst.Call, name: str) -> bool:
        found = activations.of_layer(self.model, made, name)
        return found is not None and found.name == "linear"

    @staticmethod
    def _of(found: activations.Activation | None) -> Ending | None:
        return Ending(found.name, found.node, found.literal) if found is not None else None

    def _own(self, layer: LayerObject) -> Ending | None:
        assert layer.cls is not None
        method = layer.cls.method("call")
        if method is None or method[0].model is not self.model:
            return None
        outer, self.own = self.own, layer.cls
        found = _agreed([self.tensor(each) for each in method[1].returns])
        self.own = outer
        return found

    def _sequential(self, made: cst.Call) -> Ending | None:
        given = argument(made, 0, "layers")
        elements = [e.value for e in given.elements] if isinstance(given, (cst.List, cst.Tuple)) else []
        if given is not None and not isinstance(given, (cst.List, cst.Tuple)):
            return None
        added = [
            call
            for call in self.model.method_calls("add")
            if isinstance(call.node.func, cst.Attribute)
            and any(value.node is made for value in self.model.values(call.node.func.value))
        ]
        if any(call.block.innermost_loop() is not None for call in added):
            return None
        if len({call.block for call in added}) > 1 or any(not call.node.args for call in added):
            return None
        elements += [call.node.args[0].value for call in sorted(added, key=lambda c: c.order)]
        behind = False
        for element in reversed(elements):
            values = self.model.values(element)
            if len(values) != 1 or not isinstance(values[0], LayerObject):
                return None
            inner = values[0]
            last = inner.name.rpartition(".")[2]
            if inner.cls is None and last in _PASSING:
                behind = True
                continue
            if last == "Activation" and isinstance(inner.node, cst.Call) and self._linear(inner.node, inner.name):
                continue
            found = self.called(inner, None)
            return found.behind() if found is not None and behind else found
        return None


def _agreed(endings: list[Ending | None]) -> Ending | None:
    """What all endings agree on, the least certain of them."""
    known = [ending for ending in endings if ending is not None]
    if not known or len(known) < len(endings) or len({ending.name for ending in known}) > 1:
        return None
    return min(known, key=lambda ending: (ending.direct, ending.literal))


def display(model: SemanticModel, node: cst.BaseExpression) -> Display | None:
    """The list, tuple or dict that ``node`` is, or that its name holds where nothing can have changed it."""
    if isinstance(node, cst.Name):
        bindings = model.resolver.bindings(node)
        if len(bindings) != 1 or bindings[0].path or bindings[0].value is None or bindings[0].kind != "assign":
            return None
        above = [model.facts.parents.get(use) for use in model.facts.names.get(node.value, ())]
        if any(isinstance(parent, (cst.Attribute, cst.Subscript)) for parent in above):
            return None
        node = bindings[0].value
    return node if isinstance(node, (cst.List, cst.Tuple, cst.Dict)) else None
