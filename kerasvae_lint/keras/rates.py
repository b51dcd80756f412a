"""Learning rates by name: where code reads and sets ``optimizer.lr``, and hands a rate to ``keras.backend``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.guards import is_guarded
from kerasvae_lint.keras.kinds import is_model, kinds
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Instance, LibraryName, LibraryObject, Unknown, Value
from kerasvae_lint.values.unit import Unit

OLD, NEW = "lr", "learning_rate"
_NAMES = frozenset({OLD, NEW})
_ASSIGNED = frozenset({"assign", "assign_add", "assign_sub", "numpy", "read_value"})


@dataclass(frozen=True, eq=False, slots=True)
class RateUse:
    """One place that names the learning rate of an optimizer.

    Attributes:
        record: the attribute, or the call of ``setattr``.
        kind: ``set`` for what is assigned to it; ``handed`` where it is the variable that ``K.set_value`` is to set;
            ``read`` otherwise.
        name: ``lr`` or ``learning_rate``.
        call: the call of ``set_value``.
    """

    record: r.Attribute | r.Call
    kind: Literal["set", "handed", "read"]
    name: str
    call: r.Call | None = None


def rate_uses(machine: Interpreter, unit: Unit) -> Iterator[RateUse]:
    """The places of a file where ``lr`` of an optimizer is read or set, or ``set_value`` gets a rate, in order.

    Not those that ask first whether there is such an attribute, or which version runs.
    """
    calls = {event.call: event.callee for event in machine.events if event.site.unit is unit}
    for record in unit.module.walk():
        if isinstance(record, r.Call):
            owner = _set_by_name(record)
            if owner is not None and _is_optimizer(machine, owner) and not is_guarded(record, _NAMES):
                yield RateUse(record, "set", OLD)
            continue
        if not isinstance(record, r.Attribute) or record.attr not in {OLD, NEW}:
            continue
        call = _backend_call(calls, record)
        is_set_value = call is not None and _operation(calls[call]) == "set_value"
        if record.attr == NEW and not is_set_value:
            continue
        sure = call is not None or (isinstance(record.parent, r.Attribute) and record.parent.attr in _ASSIGNED)
        if not _is_optimizer(machine, record.value, by_use=sure) or is_guarded(record, _NAMES):
            continue
        if is_set_value:
            yield RateUse(record, "handed", record.attr, call)
        else:
            yield RateUse(record, "set" if _is_target(record) else "read", OLD)


def _set_by_name(call: r.Call) -> r.Expression | None:
    """Whose rate ``setattr(optimizer, "lr", value)`` sets."""
    if not isinstance(call.func, r.Name) or call.func.id != "setattr" or len(call.arguments) != 3:
        return None
    owner, name = (argument.value for argument in call.arguments[:2])
    return owner if isinstance(name, r.Constant) and name.value == OLD else None


def _backend_call(calls: dict[r.Call | None, Value], record: r.Attribute) -> r.Call | None:
    """The call of ``set_value``, ``get_value`` or ``eval`` of Keras that a rate is the first argument of."""
    argument = record.parent
    call = argument.parent if isinstance(argument, r.Argument) and argument.name in {None, "x"} else None
    if not isinstance(call, r.Call) or call not in calls or call.arguments[0] is not argument:
        return None
    return call if _operation(calls[call]) is not None else None


def _operation(callee: Value) -> str | None:
    """The last name of a function of ``keras.backend`` that takes a variable, of a ``K`` that nobody sees too."""
    if isinstance(callee, LibraryName) and callee.name.startswith("keras.backend."):
        name = callee.name.rpartition(".")[2]
    elif isinstance(callee, Unknown):
        name = callee.name if callee.name in {"set_value", "get_value"} else ""
    else:
        return None
    return name if name in {"set_value", "get_value", "eval"} else None


def _is_target(record: r.Expression) -> bool:
    statement = record.parent
    while isinstance(statement, (r.Display, r.Starred)):
        statement = statement.parent
    return isinstance(statement, r.Assign) and any(record in set(target.walk()) for target in statement.targets)


# whose ------------------------------------------------------------------------------------------
def _is_optimizer(machine: Interpreter, expression: r.Expression, *, by_use: bool = False) -> bool:
    """True if an expression is an optimizer of Keras's own: by its value, or as the ``optimizer`` of a model.

    Args:
        machine: the interpreter.
        expression: what the rate is asked of.
        by_use: True where what is done with the rate shows that it is a variable: nobody else's settings are.
    """
    value = machine.values.get(expression)
    members = value.alternatives() if value is not None else ()
    known = [member for member in members if isinstance(member, (LibraryObject, Instance))]
    if known:
        return all(_is_kerases(member) for member in known)
    if not isinstance(value, Unknown) and not any(isinstance(member, Unknown) for member in members):
        return by_use and value is None and _is_called_optimizer(expression)
    if any(_is_models(member) for member in members):
        return True
    if not _is_called_optimizer(expression):
        return False
    return by_use or (isinstance(expression, r.Attribute) and _is_called_model(expression.value))


def _is_kerases(value: Value) -> bool:
    """An optimizer of one's own, or of another library, may have such an attribute."""
    if not isinstance(value, LibraryObject) or value.kind != "optimizer":
        return False
    return value.name.startswith("keras.optimizers.") and ".legacy." not in value.name


def _is_models(value: Value) -> bool:
    """True for the ``optimizer`` of a model, or of the ``model`` of a callback, in a class that nobody uses here."""
    if not isinstance(value, Unknown) or value.name != "optimizer" or value.base is None:
        return False
    owner = value.base
    if is_model(owner):
        return True
    return (
        isinstance(owner, Unknown)
        and owner.name == "model"
        and owner.base is not None
        and any("callback" in kinds(member) for member in owner.base.alternatives())
    )


def _is_called_optimizer(expression: r.Expression) -> bool:
    word = _last_word(expression)
    return word in {"opt", "optim"} or "optimizer" in word


def _is_called_model(expression: r.Expression) -> bool:
    """True for ``model`` and ``self.model``, not for the ``model`` of some settings."""
    if isinstance(expression, r.Attribute) and not (
        isinstance(expression.value, r.Name) and expression.value.id == "self"
    ):
        return False
    return _last_word(expression).endswith("model")


def _last_word(expression: r.Expression) -> str:
    if isinstance(expression, r.Attribute):
        return expression.attr.lower()
    return expression.id.lower() if isinstance(expression, r.Name) else ""


__all__ = ["NEW", "OLD", "RateUse", "rate_uses"]
