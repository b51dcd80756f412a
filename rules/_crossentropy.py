"""Cross-entropies where they are used: what they take their argument for, and the argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra.calling import constructor
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.classes import ClassInfo
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.outputs import Ending, Follower, Output, display
from kerasvae_lint.semantics.schedules.tracing import functions_in
from kerasvae_lint.semantics.values import LayerObject

_NAMES = frozenset({"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"})
_HOMES = frozenset({"keras.losses", "keras.metrics", "keras.backend", "keras.ops", "keras"})
CLASSES = {
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
}
_WITH_LOGITS = frozenset(
    {
        "tf.nn.sigmoid_cross_entropy_with_logits",
        "tf.nn.softmax_cross_entropy_with_logits",
        "tf.nn.sparse_softmax_cross_entropy_with_logits",
    }
)
_TRAINING = ("train_step", "compile", "compute_loss", "compiled_loss", "fit", "make_train_function")
Named = tuple[str, cst.BaseExpression, bool, cst.BaseExpression | None]


@dataclass(frozen=True, eq=False, slots=True)
class Entropy:
    """A cross-entropy and what it is given.

    ``at`` is where it is written (a call, a string or a function's name), ``flag`` the ``from_logits`` argument;
    ``always`` marks the functions of ``tf.nn``, which take nothing but logits; ``call`` is where an object is called;
    ``agreed`` is False where another output of the model uses it too and nobody knows how that ends.
    """

    name: str
    at: cst.BaseExpression
    logits: bool
    flag: cst.BaseExpression | None
    ending: Ending
    always: bool = False
    call: cst.Call | None = None
    agreed: bool = True


def entropies(model: SemanticModel) -> Iterator[Entropy]:
    """Every cross-entropy whose argument's last activation is known."""
    for call in model.method_calls("compile"):
        yield from _compiled(model, call.node)
    for call in model.facts.calls:
        yield from _direct(model, call.node, Follower(model))


def _compiled(model: SemanticModel, call: cst.Call) -> Iterator[Entropy]:
    loss = argument(call, 1, "loss")
    if loss is None or not isinstance(call.func, cst.Attribute):
        return
    owners = model.values(call.func.value)
    if len(owners) != 1 or not isinstance(owners[0], LayerObject) or not _trains_as_keras_does(owners[0].cls):
        return
    pairs = _pairs(model, loss, Follower(model).outputs(owners[0]))
    named = [(_named(model, given), output.ending) for given, output in pairs]
    unknown = {found[1] for found, ending in named if found is not None and ending is None}
    for found, ending in named:
        if found is not None and ending is not None:
            name, at, logits, flag = found
            yield Entropy(name, at, logits, flag, ending, agreed=at not in unknown)
    values = [(output, tuple(v for v in model.values(given) if v.kind != "container")) for given, output in pairs]
    own = [(function, output) for output, each in values for function in functions_in(each)]
    for function, output in own:
        names = [p.name for p in function.parameters if p.kind == "positional"]
        here = model.facts.function_of.get(function.node) is function
        if here and output.tensor is not None and len(names) == 2 and [f for f, _ in own].count(function) == 1:
            follower = Follower(model, {(function, names[1]): output.tensor})
            for inner in function.calls:
                yield from _direct(model, inner.node, follower)


def _trains_as_keras_does(cls: ClassInfo | None) -> bool:
    """False for models that may do something else with the loss that ``compile`` gets."""
    if cls is None:
        return True
    own = (cls.method(name) or cls.stores(name) or cls.class_attribute(name) for name in _TRAINING)
    return set(cls.all_library_bases()) == {"keras.Model"} and not any(own)


def _pairs(
    model: SemanticModel, loss: cst.BaseExpression, outputs: list[Output]
) -> list[tuple[cst.BaseExpression, Output]]:
    """Which loss each output gets: by name, in order, or one for all."""
    shown = display(model, loss)
    if shown is None:
        return [(loss, output) for output in outputs]
    if isinstance(shown, cst.Dict):
        by_name = {str(literal(e.key)): e.value for e in shown.elements if isinstance(e, cst.DictElement)}
        labelled = {output.label: output for output in outputs if isinstance(output.label, str)}
        labels = [output.label for output in outputs if output.label in labelled]
        if len(by_name) < len(shown.elements) or len(labelled) < len(labels):
            return []
        return [(each, labelled.get(name, Output(None))) for name, each in by_name.items()]
    given = [e.value for e in shown.elements if isinstance(e, cst.Element)]
    if not len(given) == len(outputs) == len(shown.elements) or any(output.keyed for output in outputs):
        return []
    return list(zip(given, outputs, strict=True))


def _named(model: SemanticModel, loss: cst.BaseExpression) -> Named | None:
    """A loss as ``compile`` gets it: a string, a function of Keras, an object."""
    word = literal(loss)
    if isinstance(word, str):
        return (word, loss, False, None) if word in _NAMES else None
    name = model.name(loss) or ""
    home, _, last = name.rpartition(".")
    if home in _HOMES and last in _NAMES:
        return last, loss, False, None
    return _object(model, loss)


def _object(model: SemanticModel, node: cst.BaseExpression) -> Named | None:
    if not any(name in model.source.text for name in CLASSES):
        return None
    made = constructor(model, node)
    if made is None or not model.owns(made):
        return None
    home, _, last = (model.name(made.func) or "").rpartition(".")
    if home != "keras.losses" or last not in CLASSES or any(a.star for a in made.args):
        return None
    flag = argument(made, 0, "from_logits")
    logits = _truth(flag)
    return (last, made, logits, flag) if logits is not None else None


def _truth(flag: cst.BaseExpression | None) -> bool | None:
    if flag is None:
        return False
    if isinstance(flag, cst.Name) and flag.value in {"True", "False"}:
        return flag.value == "True"
    return None


def _direct(model: SemanticModel, call: cst.Call, follower: Follower) -> Iterator[Entropy]:
    name = model.name(call.func) or ""
    home, _, last = name.rpartition(".")
    if any(a.star for a in call.args):
        return
    if name in _WITH_LOGITS:
        given = argument(call, 1, "logits")
        ending = follower.tensor(given) if given is not None else None
        if ending is not None:
            yield Entropy(last, call, True, None, ending, True)
    elif home in _HOMES and last in _NAMES:
        flag = argument(call, 2, "from_logits")
        logits = _truth(flag)
        given = argument(call, 1, "y_pred", "output")
        ending = follower.tensor(given) if given is not None and logits is not None else None
        if ending is not None and logits is not None:
            yield Entropy(last, call, logits, flag, ending)
    elif not name and len(call.args) >= 2 and isinstance(call.func, (cst.Name, cst.Attribute, cst.Call)):
        found = _object(model, call.func)
        given = argument(call, 1, "y_pred")
        ending = follower.tensor(given) if found is not None and given is not None else None
        if found is not None and ending is not None:
            yield Entropy(found[0], found[1], found[2], found[3], ending, call=call)


def calls_of(model: SemanticModel, at: cst.BaseExpression) -> set[cst.Call]:
    """Where the loss object that is made ``at`` a place is called."""
    nodes = (call.node for call in model.facts.calls if not model.name(call.node.func))
    return {node for node in nodes if constructor(model, node.func) is at}
