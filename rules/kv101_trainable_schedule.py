"""KV101 trainable-schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.core import Place, Report, Rule
from kerasvae_lint.semantics import ClassInfo, SemanticModel
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.scalars import is_scalar_variable
from kerasvae_lint.semantics.sites import kept_arguments
from kerasvae_lint.semantics.values import Constant, LayerObject, Parameter, Value, Variable
from kerasvae_lint.semantics.writes import WRITERS, Write

from ._non_trainable import non_trainable
from ._trained import is_trained

_TRAINED_IN_KERAS3 = frozenset({"keras.Variable", "add_weight"})
_MAKERS = frozenset({"keras.backend.variable", "tf.Variable", "keras.Variable", "add_weight"})


@dataclass(frozen=True)
class _Held:
    """A variable, and the class and attribute that hold it."""

    variable: Variable
    cls: ClassInfo
    attribute: str


class TrainableSchedule(Rule):
    """A schedule's variable is trainable: the optimizer moves it too.

    ## What it finds
    A trainable scalar variable (`K.variable`, `tf.Variable`, `keras.Variable`, `add_weight`) held by a layer or model,
    as an attribute or through its constructor, that host code writes during training: a callback, a LambdaCallback, a
    training loop, in this file or another one of the project. Not: variables that only a closure or a custom gradient
    reads, that nobody writes, that are marked by `._trainable = False`, or that the model's own `train_step` leaves
    out.

    ## Why it bites
    The variable is among the model's trainable weights, so every optimizer step pulls it towards a smaller loss: a KL
    weight decays between the epochs that set it. Measured in 3 epochs: 1.0 becomes 0.977.

    ## Bad
    ```python
    beta = K.variable(0.0)
    z = KLDivergence(beta)([mean, log_var])
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: K.set_value(beta, epoch / 10))
    ```

    ## Good
    ```python
    beta = tf.Variable(0.0, trainable=False)
    ```

    ## Fix
    Safe: the variable is made with `trainable=False`, `K.variable` (which has no such argument) as a `tf.Variable`.

    ## Keras 2 and Keras 3
    Keras 2 trains all of them. Keras 3 trains `keras.Variable` and `add_weight`, and does not track a bare
    `tf.Variable` or `K.variable`: silent there where the code is for Keras 3 only.

    ## References
    - keras-team/keras issue 13826
    """

    code = "KV101"
    name = "trainable-schedule"
    triggers = ("ariable(", "add_weight")
    fixable = "sometimes"
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per trainable variable that a layer holds and host code schedules."""
        seen: set[cst.CSTNode] = set()
        for held in _held_variables(model):
            variable = held.variable
            if variable.node in seen or not model.owns(variable.node) or not _counts(model, variable):
                continue
            if not is_trained(model, variable, held.cls, held.attribute):
                continue
            write = _schedule_write(model, held)
            if write is None:
                continue
            seen.add(variable.node)
            yield Report(
                variable.node,
                _message(held, model),
                ((_where(model, write), "host code sets it here"),),
                non_trainable(model, variable),
            )


def _message(held: _Held, model: SemanticModel) -> str:
    tracked3 = held.variable.maker in _TRAINED_IN_KERAS3
    where = "in Keras 2 and 3" if tracked3 else "in Keras 2 (Keras 3 does not track it)"
    if model.flavour.only3:
        where = "in Keras 3"
    return (
        f"`{held.attribute}` of {held.cls.name} is set by host code, but it is a trainable variable of the layer: the"
        f" optimizer moves it too, {where}. Make it non-trainable."
    )


def _where(model: SemanticModel, write: Write) -> cst.CSTNode | Place:
    if write.model is model:
        return write.call.node
    start, _ = write.model.span(write.call.node)
    _, position = write.model.source.position(start)
    return Place(write.model.source.filename, position)


def _counts(model: SemanticModel, variable: Variable) -> bool:
    if variable.trainable is not True or variable.maker not in _MAKERS or not isinstance(variable.node, cst.Call):
        return False
    if model.flavour.only3 and variable.maker not in _TRAINED_IN_KERAS3:
        return False
    return is_scalar_variable(variable) or _one_element(variable.node) or _small_default(model, variable.node)


def _one_element(call: cst.Call) -> bool:
    """True for ``shape=(1,)``."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "shape":
            shape = argument.value
            if isinstance(shape, (cst.Tuple, cst.List)):
                return [literal(element.value) for element in shape.elements] == [1]
    return False


def _small_default(model: SemanticModel, call: cst.Call) -> bool:
    """True for ``K.variable(start)`` where ``start`` is a number wherever it comes from."""
    if not call.args or call.args[0].star:
        return False
    return all(_is_number(value) for value in model.values(call.args[0].value))


def _is_number(value: Value) -> bool:
    """True for a number, and for a parameter whose default is one."""
    if isinstance(value, Constant):
        return isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
    if not isinstance(value, Parameter) or value.function is None:
        return False
    defaults = [p.default for p in value.function.parameters if p.name == value.name and p.default is not None]
    return any(isinstance(literal(default), (int, float)) for default in defaults)


def _held_variables(model: SemanticModel) -> Iterator[_Held]:
    """Variables that a layer's attribute holds: stored by its methods, or given to its constructor."""
    for cls in model.classes:
        if not cls.is_layer or cls.kinds & {"callback", "loss", "metric"}:
            continue
        for store in cls.own_stores():
            if store.value is None or store.kind in {"aug", "other"}:
                continue
            for value in model.evaluator.part(store.node, model.values(store.value, cls), store.path):
                if isinstance(value, Variable) and not value.foreign:
                    yield _Held(value, cls, store.attribute)
    for call in model.facts.calls:
        if not call.node.args:
            continue
        for made in model.constructed(call.node):
            yield from _handed_over(model, call.node, made)
    yield from _stored_from_outside(model)


def _handed_over(model: SemanticModel, call: cst.Call, cls: ClassInfo) -> Iterator[_Held]:
    """Variables given to the constructor of a project layer that keeps them in an attribute."""
    for attribute, given in kept_arguments(cls, call) if cls.is_layer else ():
        for value in model.values(given):
            if isinstance(value, Variable):
                yield _Held(value, cls, attribute)


def _stored_from_outside(model: SemanticModel) -> Iterator[_Held]:
    """``layer.beta = K.variable(…)`` on a layer object."""
    for store in model.facts.stores:
        if store.value is None or store.kind != "assign" or model.is_self(store.obj, store.function):
            continue
        for obj in model.values(store.obj):
            if isinstance(obj, LayerObject) and obj.cls is not None:
                for value in model.evaluator.part(store.node, model.values(store.value), store.path):
                    if isinstance(value, Variable) and not value.foreign:
                        yield _Held(value, obj.cls, store.attribute)


def _schedule_write(model: SemanticModel, held: _Held) -> Write | None:
    """A write to the variable that happens again and again during training."""
    for write in model.writes:
        if write.is_schedule and _writes(write, held, model):
            return write
    for handed in model.schedules.handed:
        if any(value.node is held.variable.node for value in model.values(handed.given)):
            return handed.write
    if model.project is None or not held.attribute:
        return None
    for other in model.project.search(model, (held.attribute,), WRITERS):
        for write in other.writes:
            if write.is_schedule and _writes_by_name(write, held):
                return write
    return None


def _writes(write: Write, held: _Held, model: SemanticModel) -> bool:
    if write.kind == "set_weights":
        weights = {
            s.attribute for s in held.cls.own_stores() if s.value is not None and "Variable" in _kinds(model, s.value)
        }
        objects = model.values(write.target)
        return weights == {held.attribute} and any(
            isinstance(value, LayerObject) and value.cls is held.cls for value in objects
        )
    if any(value.node is held.variable.node for value in model.values(write.target)):
        return True
    return _writes_by_name(write, held)


def _kinds(model: SemanticModel, node: cst.BaseExpression) -> set[str]:
    return {type(value).__name__ for value in model.values(node)}


def _writes_by_name(write: Write, held: _Held) -> bool:
    """True for ``something.attribute`` where nothing better is known of ``something``."""
    target = write.target
    if not isinstance(target, cst.Attribute) or target.attr.value != held.attribute:
        return False
    if write.model.is_self(target.value, write.call.function):
        cls = write.model.class_at(target)
        return cls is not None and (held.cls in cls.mro() or cls in held.cls.mro())
    for value in write.model.values(target.value):
        owner = getattr(value, "cls", None)
        if owner is not None:
            return owner.facts is held.cls.facts or held.cls in owner.mro() or owner.name == held.cls.name
    return True
