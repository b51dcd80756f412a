"""What the hooks of callbacks set while a model is trained: variables, attributes, globals, and from which count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.training import HOOKS, TRAINS, happens_again
from kerasvae_lint.keras.variables import WRITERS
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import HOST, TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Native,
    Object,
    Parameter,
    Union,
    Unknown,
    Value,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

MAX_CALLS = 4
_SETTERS = frozenset({"set_value", "update"})


@dataclass(frozen=True, eq=False, slots=True)
class Hook:
    """A function that Keras calls at the begin or end of an epoch or a batch.

    Attributes:
        name: the hook's name, ``on_epoch_begin``.
        function: its code.
        counter: the parameter that is the epoch or the batch.
        is_method: True for a callback's method, False for what a ``LambdaCallback`` was given.
    """

    name: str
    function: r.Function
    counter: r.Parameter
    is_method: bool

    @property
    def is_repeated(self) -> bool:
        """True if it is called again and again during the training."""
        return happens_again(self.name)


@dataclass(frozen=True, eq=False, slots=True)
class Setting:
    """One place where a hook, or what it calls, sets something, in one run of it.

    Attributes:
        record: the place: the call that writes a variable, or the attribute or name that is assigned.
        target: what is set, as it is written.
        obj: the variable, or the object whose attribute is set.
        attribute: the attribute's or global's name; of a variable the last name of what is written.
        value: what it is set to.
        hook: the hook.
        unit: the file.
        access: the writing of an attribute or global; None for a variable's.
    """

    record: r.Expression
    target: r.Expression
    obj: Value
    attribute: str
    value: Value
    hook: Hook
    unit: Unit
    access: Access | None = None

    @property
    def is_augmented(self) -> bool:
        """True for ``+=`` and the like."""
        return self.access is not None and self.access.kind == "augmented"

    @property
    def is_guarded(self) -> bool:
        """True if the code between the hook and the place may go another way: an ``if``, a ``return`` before it."""
        at: r.Record | None = self.record
        while at is not None and at is not self.hook.function:
            if isinstance(at, (r.If, r.While, r.Try, r.Match, r.Conditional)):
                return True
            at = at.parent
        function = r.function_of(self.record)
        here = [s for f in dict.fromkeys((function, self.hook.function)) if f is not None for s in f.body]
        returns = (record for statement in here for record in statement.walk() if isinstance(record, r.Return))
        return any(found.start < self.record.start and not isinstance(found.parent, r.Function) for found in returns)


def settings(machine: Interpreter, unit: Unit) -> list[Setting]:
    """Everything that hooks set in a file, in source order, each run on its own."""
    hooks = _Hooks(machine)
    found = [*_variables(machine, unit, hooks), *_attributes(machine, unit, hooks)]
    return sorted(found, key=lambda setting: setting.record.start)


class _Hooks:
    """Which hook a function is, or is called by."""

    def __init__(self, machine: Interpreter) -> None:
        self._given = dict(_given_to_lambda_callbacks(machine))
        self._callers: dict[r.Function, set[r.Function]] = {}
        self._callbacks = {c.cls for c in machine.classes if c.cls is not None and "callback" in kinds_of(c)}
        for event in machine.events:
            if isinstance(event.callee, FunctionValue) and event.function is not None:
                self._callers.setdefault(event.callee.function, set()).add(event.function)

    def of(self, function: r.Function | None, deep: int = MAX_CALLS) -> Hook | None:
        """The hook that a function is or stands in, or the one hook that comes to call it."""
        at = function
        while at is not None:
            found = self._hook(at)
            if found is not None:
                return found
            at = r.function_of(at)
        if function is None or not deep:
            return None
        callers = [self.of(caller, deep - 1) for caller in self._callers.get(function, ()) if caller is not function]
        every = {hook.function: hook for hook in callers if hook is not None}
        return next(iter(every.values())) if len(every) == 1 and None not in callers else None

    def _hook(self, function: r.Function) -> Hook | None:
        plain = [p for p in function.parameters if p.kind in {"positional", "positional-only"}]
        if function.name in HOOKS and function.owner in self._callbacks:
            return Hook(function.name, function, plain[1], True) if len(plain) > 1 else None
        name = self._given.get(function)
        return Hook(name, function, plain[0], False) if name is not None and plain else None


def _given_to_lambda_callbacks(machine: Interpreter) -> Iterator[tuple[r.Function, str]]:
    for event in machine.events:
        for made in event.result.alternatives():
            if isinstance(made, LibraryObject) and made.name == "keras.callbacks.LambdaCallback":
                for name, given in made.arguments.items():
                    for member in given.alternatives():
                        if isinstance(member, FunctionValue) and name in HOOKS:
                            yield member.function, name


def _variables(machine: Interpreter, unit: Unit, hooks: _Hooks) -> Iterator[Setting]:
    for event in machine.events:
        if event.site.unit is not unit or event.phase != HOST or event.call is None:
            continue
        written = _written(event)
        hook = hooks.of(event.function) if written is not None else None
        if written is not None and hook is not None:
            obj, target, value = written
            yield Setting(event.call, target, obj, last_name(target), value, hook, unit)


def _written(event: CallEvent) -> tuple[Value, r.Expression, Value] | None:
    """The variable, how it is written, and its new value, of ``assign``, ``set_value`` and their like."""
    callee, call, arguments = event.callee, event.call, event.arguments
    assert call is not None
    if isinstance(callee, LibraryName):
        entry = lookup(callee.name)
        obj, value = arguments.get(0, "x", "ref"), arguments.get(1, "value", "new_x")
        if entry is None or entry.operation not in _SETTERS or obj is None or value is None or not call.arguments:
            return None
        return obj, call.arguments[0].value, value
    owner: Value | None = None
    if isinstance(callee, Native) and callee.name in WRITERS:
        owner = callee.owner
    elif isinstance(callee, Unknown) and callee.name in {"assign", "assign_add", "assign_sub"}:
        owner = callee.base
    value = arguments.get(0, "value", "delta")
    if owner is None or value is None or not isinstance(call.func, r.Attribute):
        return None
    word = call.func.attr
    if word in {"assign_add", "assign_sub"}:
        value = Computed(word, (owner, value), "number", event.site)
    return owner, call.func.value, value


def _attributes(machine: Interpreter, unit: Unit, hooks: _Hooks) -> Iterator[Setting]:
    owned: list[tuple[Value, str, Access]] = list(machine.loose_writes)
    holders: list[Object] = [*machine.objects, *machine.modules.values()]
    for holder in holders:
        owned += [(holder, name, access) for name, accesses in holder.writes.items() for access in accesses]
    for obj, name, access in owned:
        record = access.site.record
        if access.site.unit is not unit or access.phase != HOST or not isinstance(record, r.Expression):
            continue
        hook = hooks.of(access.function)
        if hook is not None and access.kind != "delete":
            yield Setting(record, record, obj, name, access.value, hook, unit, access)


def words_of(expression: r.Expression) -> list[str]:
    """The names along a chain of attributes, calls and subscripts, the last one first."""
    found: list[str] = []
    at = expression
    while True:
        if isinstance(at, r.Attribute):
            found.append(at.attr)
            at = at.value
        elif isinstance(at, r.Call):
            at = at.func
        elif isinstance(at, r.Subscript):
            at = at.value
        else:
            return [*found, at.id] if isinstance(at, r.Name) else found


def last_name(expression: r.Expression) -> str:
    """The last name of what is written: ``beta`` of ``self.model.beta``."""
    if isinstance(expression, r.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, r.Name) else ""


def readers(machine: Interpreter, setting: Setting) -> list[Access]:
    """Where traced code reads an attribute or a global that a hook sets; of an unknown object, by its name."""
    assert setting.access is not None
    if isinstance(setting.obj, Object):
        return _traced(setting.obj.reads, setting.attribute)
    holders: Iterable[Instance] = (obj for obj in machine.objects if obj.writes.get(setting.attribute))
    return [
        access
        for holder in holders
        if kinds_of(holder.cls) & {"layer", "model", "module", "loss"}
        for access in _traced(holder.reads, setting.attribute)
    ]


def _traced(reads: Mapping[str, list[Access]], name: str) -> list[Access]:
    return [access for access in reads.get(name, ()) if access.phase == TRACING]


def is_done_again(machine: Interpreter, call: r.Call, function: r.Function | None, write: Access) -> bool:
    """True if a hook, or the loop that trains, makes a call anew whenever it writes something.

    Args:
        machine: the interpreter.
        call: the call.
        function: the function whose code it is.
        write: the writing.
    """
    hooks = _Hooks(machine)
    if hooks.of(function) is not None or hooks.of(write.function) is not None:
        return hooks.of(function) is not None
    loop = training_loop(write.site.record)
    calls = [e.site.record for e in machine.events if _runs(e, function)] if function is not None else []
    return loop is not None and any(loop.start <= at.start and at.end <= loop.end for at in (call, *calls))


def _runs(event: CallEvent, function: r.Function) -> bool:
    return isinstance(event.callee, FunctionValue) and event.callee.function is function


# counts -----------------------------------------------------------------------------------------
_WRAPPERS = frozenset({"float", "int", "cast", "constant", "convert", "convert_to_tensor", "identity"})
_CURVES = _WRAPPERS | {
    *("subtract", "multiply", "divide", "minimum", "maximum", "clip", "power", "exp", "log", "sqrt", "square"),
    *("negative", "abs", "tanh", "sigmoid", "cos", "sin", "add", "call", "round"),
}


def is_count_of(value: Value, hook: Hook) -> bool:
    """True for the epoch or batch that a hook is given."""
    if isinstance(value, Parameter):
        return value.function is hook.function and value.name == hook.counter.name
    word = "epoch" if "epoch" in hook.name else "batch"
    return isinstance(value, Computed) and value.op == word and value.kind == "number" and not value.operands


def depends_on(value: Value, hook: Hook, depth: int = 12) -> bool:
    """True if the count of a hook goes into a value."""
    if is_count_of(value, hook):
        return True
    if depth and isinstance(value, Union):
        return any(depends_on(member, hook, depth - 1) for member in value.members)
    if depth and isinstance(value, Computed):
        parts = (*value.operands, *value.options.values())
        return any(depends_on(part, hook, depth - 1) for part in parts)
    return False


def is_curve_of(value: Value, hook: Hook) -> bool:
    """True if a value is computed from the count alone by a formula: no remainder of it, no sum with another count."""
    if is_count_of(value, hook):
        return True
    if isinstance(value, Union):
        inside = [member for member in value.members if depends_on(member, hook)]
        return bool(inside) and all(is_curve_of(member, hook) for member in inside)
    if not isinstance(value, Computed) or value.op not in _CURVES:
        return False
    inside = [operand for operand in value.operands if depends_on(operand, hook)]
    others = [operand for operand in value.operands if operand not in inside]
    if value.op == "add" and any(number_of(other) is None for other in others):
        return False
    return bool(inside) and all(is_curve_of(operand, hook) for operand in inside)


def number_of(value: Value | None) -> float | None:
    """The number that a value plainly is: not by a default that a caller may replace."""
    found = getattr(value, "value", None) if value is not None and not getattr(value, "assumed", False) else None
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def unwrapped(value: Value) -> Value:
    """Without ``float(…)``, ``tf.cast(…)`` and their like around it."""
    while isinstance(value, Computed) and value.op in _WRAPPERS and value.operands:
        value = value.operands[0]
    return value


@dataclass(frozen=True, eq=False, slots=True)
class Ramp:
    """A value that rises with a count for ever: ``scale * (count + shift) / length``, or ``count * rate``.

    Attributes:
        count: the count.
        whole: the whole value.
        scale: what it is multiplied by, if anything, with its place.
        length: what the count is divided by.
        rate: what the count is multiplied by, where it is divided by nothing.
    """

    count: Value
    whole: Computed
    scale: Value | None
    length: Value | None
    rate: float | None
    scale_written: r.Expression | None = None
    length_written: r.Expression | None = None


def ramp_of(value: Value, hook: Hook) -> Ramp | None:
    """The ramp that a value plainly is; None for a value that is held at an end or is none."""
    inner = unwrapped(value)
    if not isinstance(value, Computed) or not isinstance(inner, Computed) or len(inner.operands) != 2:
        return None
    left, right = inner.operands
    written = _sides(inner)
    if inner.op == "divide" and not depends_on(right, hook):
        count = _count(left, hook)
        if count is not None:
            return Ramp(count, value, None, right, None, None, written[1])
        product = unwrapped(left)
        if isinstance(product, Computed) and product.op == "multiply" and len(product.operands) == 2:
            for index in (0, 1):
                scale, count = product.operands[index], _count(product.operands[1 - index], hook)
                if count is not None and not depends_on(scale, hook):
                    return Ramp(count, value, scale, right, None, _sides(product)[index], written[1])
    if inner.op == "multiply":
        for index in (0, 1):
            scale, rest = inner.operands[index], unwrapped(inner.operands[1 - index])
            if depends_on(scale, hook):
                continue
            below = ramp_of(rest, hook)
            if below is not None and below.length is not None and below.scale is None:
                return Ramp(below.count, value, scale, below.length, None, written[index], below.length_written)
            count, rate = _count(rest, hook), number_of(scale)
            if count is not None and rate is not None:
                return Ramp(count, value, None, None, rate)
    return None


def _sides(value: Computed) -> tuple[r.Expression | None, r.Expression | None]:
    record = value.site.record if value.site is not None else None
    return (record.left, record.right) if isinstance(record, r.Binary) else (None, None)


def _count(value: Value, hook: Hook) -> Value | None:
    """The count, where a value is it, or it plus or minus a number."""
    value = unwrapped(value)
    if is_count_of(value, hook):
        return value
    if isinstance(value, Computed) and value.op in {"add", "subtract"} and len(value.operands) == 2:
        left, right = value.operands
        return _count(left, hook) if number_of(right) is not None else None
    return None


# items ------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False, slots=True)
class ItemSetting:
    """A place where an item of a list or dictionary is set again and again during a training.

    Attributes:
        record: the assignment, or the call of ``__setitem__``.
        holder: the list, as it is written there.
        index: the index.
        value: the new item.
    """

    record: r.Assign | r.Call
    holder: r.Expression
    index: r.Expression
    value: r.Expression


def items_set(machine: Interpreter, unit: Unit, container: Value) -> list[ItemSetting]:
    """Where hooks, or loops that train, set items of a list or dictionary, in source order."""
    hooks = _Hooks(machine)
    found = []
    for setting in item_settings(unit):
        held = machine.values.get(setting.holder)
        if held is not None and any(member is container for member in held.alternatives()):
            if hooks.of(r.function_of(setting.record)) is not None or training_loop(setting.record) is not None:
                found.append(setting)
    return found


def item_settings(unit: Unit) -> Iterator[ItemSetting]:
    """Every place of a file that sets an item, in source order."""
    for record in unit.module.walk():
        if isinstance(record, r.Assign) and len(record.targets) == 1:
            target = record.targets[0]
            if isinstance(target, r.Subscript):
                yield ItemSetting(record, target.value, target.index, record.value)
        elif isinstance(record, r.Call) and isinstance(record.func, r.Attribute) and record.func.attr == "__setitem__":
            if len(record.arguments) == 2:
                index, value = record.arguments
                yield ItemSetting(record, record.func.value, index.value, value.value)


def training_loop(record: r.Record) -> r.For | r.While | None:
    """The loop around a place that trains; None if there is none."""
    at = record.parent
    while at is not None and not isinstance(at, r.Function):
        if isinstance(at, (r.For, r.While)):
            calls = (inner.func for inner in at.walk() if isinstance(inner, r.Call))
            if any(isinstance(func, r.Attribute) and func.attr in TRAINS for func in calls):
                return at
        at = at.parent
    return None
