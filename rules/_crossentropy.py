"""Cross-entropies where they are used: what they take their argument for, and the argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra.calling import constructor
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.outputs import Ending, Follower
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


@dataclass(frozen=True, eq=False, slots=True)
class Entropy:
    """A cross-entropy and what it is given.

    ``at`` is where it is written (a call, a string or a function's name), ``flag`` the ``from_logits`` argument;
    ``always`` marks the functions of ``tf.nn``, which take nothing but logits; ``call`` is where an object is called.
    """

    name: str
    at: cst.BaseExpression
    logits: bool
    flag: cst.BaseExpression | None
    ending: Ending
    always: bool = False
    call: cst.Call | None = None


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
    if len(owners) != 1 or not isinstance(owners[0], LayerObject) or owners[0].cls is not None:
        return
    ending = Follower(model).called(owners[0], None)
    if ending is None:
        return
    found = _named(model, loss)
    if found is not None:
        name, at, logits, flag = found
        yield Entropy(name, at, logits, flag, ending)
        return
    made = owners[0].node
    outputs = argument(made, 1, "outputs", "output") if isinstance(made, cst.Call) else None
    own = [f for f in functions_in(model.values(loss)) if model.facts.function_of.get(f.node) is f]
    for function in own:
        names = [p.name for p in function.parameters if p.kind == "positional"]
        if outputs is not None and owners[0].name == "keras.Model" and len(names) == 2:
            given: dict[tuple[Function, str], cst.BaseExpression] = {(function, names[1]): outputs}
            for inner in function.calls:
                yield from _direct(model, inner.node, Follower(model, given))


def _named(
    model: SemanticModel, loss: cst.BaseExpression
) -> tuple[str, cst.BaseExpression, bool, cst.BaseExpression | None] | None:
    """A loss as ``compile`` gets it: a string, a function of Keras, an object."""
    word = literal(loss)
    if isinstance(word, str):
        return (word, loss, False, None) if word in _NAMES else None
    name = model.name(loss) or ""
    home, _, last = name.rpartition(".")
    if home in _HOMES and last in _NAMES:
        return last, loss, False, None
    return _object(model, loss)


def _object(
    model: SemanticModel, node: cst.BaseExpression
) -> tuple[str, cst.BaseExpression, bool, cst.BaseExpression | None] | None:
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
    elif not name and len(call.args) >= 2 and isinstance(call.func, (cst.Name, cst.Attribute)):
        found = _object(model, call.func)
        given = argument(call, 1, "y_pred")
        ending = follower.tensor(given) if found is not None and given is not None else None
        if found is not None and ending is not None:
            yield Entropy(found[0], found[1], found[2], found[3], ending, call=call)


def calls_of(model: SemanticModel, at: cst.BaseExpression) -> set[cst.Call]:
    """Where the loss object that is made ``at`` a place is called."""
    nodes = (call.node for call in model.facts.calls if not model.name(call.node.func))
    return {node for node in nodes if constructor(model, node.func) is at}
