"""What each operation makes of data: of their source, their range, their labels and their order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.data import Data, Encoding, Source, Step, is_whole, merged, spelled
from kerasvae_lint.keras.ranges import EVERYWHERE, STANDARD, Range, summed
from kerasvae_lint.keras.ranges import join as join_ranges
from kerasvae_lint.keras.shaping import Shapes
from kerasvae_lint.values.lattice import (
    Builtin,
    Computed,
    Constant,
    LibraryName,
    LibraryObject,
    ListObject,
    Tuple,
    Value,
    constant,
    is_none,
)
from kerasvae_lint.values.operators import kind_of


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """An operation on data.

    Attributes:
        value: what it gives.
        read: reads the data that go in.
        shapes: the shapes of values.
    """

    value: Computed
    read: Callable[[Value], Data]
    shapes: Shapes

    def operand(self, index: int) -> Value | None:
        """What it is applied to."""
        operands = self.value.operands
        return operands[index] if index < len(operands) else None

    @property
    def first(self) -> Data | None:
        """The data that it is applied to."""
        operand = self.operand(0)
        return self.read(operand) if operand is not None else None

    def number(self, value: Value | None) -> float | None:
        """A number that is known."""
        plain = self.shapes.plain.of(value) if value is not None else None
        return float(plain) if isinstance(plain, (int, float)) and not isinstance(plain, bool) else None

    def option(self, *names: str) -> Value | None:
        """Another argument, by the first of these names that was given."""
        return next((self.value.options[name] for name in names if name in self.value.options), None)

    def step(self, kind: str, detail: str = "", by: Value | None = None) -> Step:
        """This operation as a step."""
        return Step(kind, self.value.site, detail, by)


def times(number: float | None) -> str:
    """Multiplying with a number, in words: ``/ 255`` for a fraction that is one divided by a plain number."""
    if number is None:
        return "* ?"
    if number and abs(number) < 1:
        twice = round(2 / number)
        if abs(2 / number - twice) < 2e-3 * abs(twice):
            return f"/ {spelled(twice / 2)}"
    return f"* {spelled(number)}"


# arithmetic -------------------------------------------------------------------------------------
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "floordiv": "//", "mod": "%", "power": "**"}
_STATISTICS = frozenset({"mean", "std", "min", "max", "var", "median", "percentile"})


def _arithmetic(given: Given) -> Data | None:
    if len(given.value.operands) != 2:
        return None
    left, right = given.value.operands
    op = given.value.op
    if _is_list(left) or _is_list(right):
        return None  # the sign repeats a list, or puts two together
    numbers = given.number(left), given.number(right)
    if numbers[1] is not None and numbers[0] is None:
        return _with_number(given, given.read(left), op, numbers[1])
    if numbers[0] is not None and numbers[1] is None:
        return _of_number(given, numbers[0], given.read(right), op)
    statistic = _statistic(right)
    if statistic is not None:
        return _by_statistic(given, given.read(left), op, *statistic)
    one, other = given.read(left), given.read(right)
    if one.source.is_known and other.source.is_known:
        return _of_both(given, one, other, op)
    data, rest = (one, right) if one.source.is_known else (other, left)
    if not data.source.is_known:
        data, rest = (one, right) if kind_of(right) in {"number", "any"} else (other, left)
    if kind_of(rest) == "number" and op in _SIGNS:
        return data.then(
            given.step("scaled", f"{_SIGNS[op]} ?", rest), given.value, range=None, is_integer=None, dtype=""
        )
    return data.forgotten(given.step("unknown", op), given.value) if data.source.is_known else None


def _is_list(value: Value) -> bool:
    """True for what ``tolist`` gives."""
    called = value.site.record if isinstance(value, Computed) and value.site is not None else None
    function = called.func if isinstance(called, r.Call) else None
    return isinstance(function, r.Attribute) and function.attr == "tolist"


def _with_number(given: Given, data: Data, op: str, number: float) -> Data:
    """``data op number``."""
    limits = data.range
    found: Range | None = None
    whole = data.is_integer if number.is_integer() else None
    if op in {"add", "subtract"}:
        found = limits.plus(number if op == "add" else -number) if limits is not None else None
    elif op == "multiply":
        found = limits.times(number) if limits is not None else None
    elif op == "divide":
        found, whole = limits.over(number) if limits is not None else None, None
        if data.is_integer and abs(number) > 1 and limits is not None and abs(limits.highest) < abs(number) * 1e6:
            whole = False if limits.highest > limits.lowest else None
    elif op == "power":
        return _power(given, data, number)
    elif op in {"floordiv", "mod"}:
        return _remainder(given, data, op, number)
    classes = data.classes if limits is not None else None
    encoding: Encoding = "integers" if data.encoding == "integers" and whole else ""
    detail = times(number) if op == "multiply" else f"{_SIGNS[op]} {spelled(number)}"
    neutral = number == (1 if op in {"multiply", "divide"} else 0)
    if neutral:
        return replace(data, value=given.value, dtype="")
    step = given.step("scaled", detail)
    return data.then(step, given.value, range=found, is_integer=whole, dtype="", classes=classes, encoding=encoding)


def _power(given: Given, data: Data, number: float) -> Data:
    found = _to_the(data.range, number) if data.range is not None else None
    step = given.step("computed", f"** {spelled(number)}")
    return data.then(step, given.value, range=found, is_integer=None, dtype="", classes=None, encoding="")


def _to_the(limits: Range, number: float) -> Range | None:
    """What a power makes of a range."""
    if number not in (2, 3, 4):
        return limits.through(lambda n: n**number) if number > 0 and limits.lowest >= 0 else None
    if number == 3 or limits.lowest >= 0 or limits.highest <= 0:
        return limits.through(lambda n: n**number)
    sure = [end**number for end in limits.sure] if limits.sure is not None else []
    highest = max(limits.lowest**number, limits.highest**number)
    return Range(0.0, highest, False, (min(sure), max(sure)) if sure else None)


def _remainder(given: Given, data: Data, op: str, number: float) -> Data:
    found: Range | None = None
    if op == "mod" and number > 0:
        found = Range(0, number - 1 if data.is_integer and number.is_integer() else number)
    step = given.step("computed", f"{_SIGNS[op]} {spelled(number)}")
    whole = True if op == "floordiv" or (data.is_integer and number.is_integer()) else None
    two = op == "mod" and data.is_integer and number == 2
    facts: dict[str, object] = {"classes": 2, "encoding": "integers"} if two else {"classes": None, "encoding": ""}
    return data.then(step, given.value, range=found, is_integer=whole, dtype="", **facts)


def _of_number(given: Given, number: float, data: Data, op: str) -> Data:
    """``number op data``."""
    if op in {"add", "multiply"}:
        return _with_number(given, data, op, number)
    if op == "subtract":
        found = data.range.minus_from(number) if data.range is not None else None
        step = given.step("scaled", f"{spelled(number)} -")
        whole = data.is_integer if number.is_integer() else None
        return data.then(step, given.value, range=found, is_integer=whole, dtype="")
    return data.forgotten(given.step("computed", f"{spelled(number)} {_SIGNS.get(op, op)}"), given.value)


def _statistic(value: Value) -> tuple[str, Value] | None:
    """The mean, maximum, … of data that a value is, with the data; a small number may be added to it."""
    if not isinstance(value, Computed):
        return None
    if value.op in {"maximum", "minimum"} and len(value.operands) == 1:  # Python's max and min of an array
        return value.op[:3], value.operands[0]
    if value.op in {"add", "maximum", "identity", "numpy", "cast", "read"} and value.operands:
        return _statistic(value.operands[0])
    if value.op in _STATISTICS and value.operands:
        return value.op, value.operands[0]
    if value.op == "subtract" and len(value.operands) == 2:
        ends = _statistic(value.operands[0]), _statistic(value.operands[1])
        if ends[0] is not None and ends[1] is not None and (ends[0][0], ends[1][0]) == ("max", "min"):
            return "max - min", ends[0][1]
    if value.op == "ptp" and value.operands:
        return "max - min", value.operands[0]
    return None


def _by_statistic(given: Given, data: Data, op: str, word: str, of: Value) -> Data:
    """``x - x.mean()``, ``x / x.max()``: data and what is worked out from data."""
    sign = _SIGNS.get(op, op)
    kind = "standardised" if word in {"mean", "std", "var", "median"} else "scaled"
    detail = f"{sign} ({word})" if " " in word else f"{sign} {word}"
    found: Range | None = None
    limits = data.range
    if op == "divide" and word == "max" and of is data.value and limits is not None and limits.lowest >= 0:
        found = Range(0, 1)
    if op == "divide" and word == "max - min":
        found = _between(data, of)
    if kind == "standardised":
        last = data.steps[-1] if data.steps else None
        by = last.by if last is not None and last.detail == "- mean" else None
        centred = by is not None and given.read(by).source == data.source
        found = (STANDARD if centred else EVERYWHERE) if op == "divide" else None
    step = given.step(kind, detail, of)
    return data.then(step, given.value, range=found, is_integer=None, dtype="", classes=None, encoding="")


def _between(data: Data, of: Value) -> Range | None:
    """What dividing by the span makes of data that the lowest was taken from, times a number or not."""
    factor = 1.0
    for step in reversed(data.steps):
        if step.detail == "- min" and step.by is of:
            return Range(0, 1, True).times(factor)
        word = step.detail.removeprefix("* ")
        if step.kind != "scaled" or word == step.detail or not word.replace(".", "", 1).isdigit():
            return None
        factor *= float(word)
    return None


def _of_both(given: Given, one: Data, other: Data, op: str) -> Data:
    """Two data together."""
    data = other if one.source.kind in {"random", "array"} and other.source.kind not in {"random", "array"} else one
    found: Range | None = None
    a, b = one.range, other.range
    if a is not None and b is not None:
        apart = _are_apart(one, other)
        if op in {"add", "subtract"}:
            second = b if op == "add" else b.minus_from(0)
            found = summed(a if apart else a.loose(), second)
        elif op == "multiply" and a.is_bounded and b.is_bounded:
            ends = [x * y for x in (a.lowest, a.highest) for y in (b.lowest, b.highest)]
            found = Range(min(ends), max(ends))
    if op == "divide" and a is not None and a.sure is not None and a.sure[0] < 0 < a.sure[1]:
        found = replace(EVERYWHERE, reached=(-1e-3, 1e-3))  # numbers of either sign stay so, whatever divides them
    whole = True if one.is_integer and other.is_integer and op in {"add", "subtract", "multiply"} else None
    step = Step("computed", given.value.site, f"{_SIGNS.get(op, op)} other data", None, (one, other))
    made = data.then(step, given.value, range=found, is_integer=whole, dtype="", classes=None, encoding="")
    return replace(made, is_sure=one.is_sure and other.is_sure)


def _are_apart(one: Data, other: Data) -> bool:
    """True for data that have nothing to do with each other: one of them is drawn for itself, or of another source."""
    a, b = one.source.value, other.source.value
    return a is not None and b is not None and a is not b and "random" in {one.source.kind, other.source.kind}


def _negative(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    found = data.range.times(-1) if data.range is not None else None
    return data.then(given.step("scaled", "* -1"), given.value, range=found)


# the same numbers -------------------------------------------------------------------------------
def _same(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    dtype = given.option("dtype")
    if dtype is not None and not is_none(dtype):
        return _converted(given, data, dtype)
    return replace(data, value=given.value)


def _reshaped(given: Given) -> Data | None:
    data = given.first
    return data.then(given.step("reshaped", given.value.op), given.value) if data is not None else None


def _cast(given: Given) -> Data | None:
    data = given.first
    dtype = given.option("dtype") or given.operand(1)
    if data is None:
        return None
    return _converted(given, data, dtype) if dtype is not None else replace(data, value=given.value)


def dtype_name(value: Value, shapes: Shapes) -> str:
    """The name of a dtype; empty if it can't be told."""
    if isinstance(value, Builtin):
        return {"float": "float64", "int": "int64", "bool": "bool"}.get(value.name, "")
    plain = shapes.plain.of(value)
    if not isinstance(plain, str):
        return ""
    short = {"f4": "float32", "f8": "float64", "f": "float32", "float": "float64", "int": "int64", "i4": "int32"}
    return short.get(plain, plain.rpartition(".")[2])


def _converted(given: Given, data: Data, dtype: Value) -> Data:
    name = dtype_name(dtype, given.shapes)
    step = given.step("cast", name)
    if name.startswith(("int", "uint")):
        limits = data.range.truncated() if data.range is not None else None
        return data.then(step, given.value, range=limits, is_integer=True, dtype=name)
    if name.startswith(("float", "bfloat", "double", "half")):
        return data.then(step, given.value, dtype=name)
    if name == "bool":
        return data.then(step, given.value, range=Range(0, 1), is_integer=True, dtype=name, classes=2)
    return data.then(step, given.value, range=None, is_integer=None, dtype=name)


def _attribute(given: Given) -> Data | None:
    data = given.first
    name = constant(given.value.options.get("name", Constant(None)))
    if data is None or not isinstance(name, str):
        return None
    if name in {"values", "iloc", "loc", "ix", "array"}:
        return replace(data, value=given.value)
    if name == "T":
        return data.then(given.step("reshaped", "transpose"), given.value)
    if data.source.is_known:
        return data.forgotten(given.step("selected", f".{name}"), given.value)
    return None


# parts ------------------------------------------------------------------------------------------
def _picked(given: Given) -> Data | None:
    data = given.first
    index = given.value.options.get("index", given.operand(1))
    if data is None or index is None:
        return None
    if isinstance(index, Tuple):
        return _by_several(given, data, index)
    if isinstance(index, Computed) and index.op == "slice":
        if all(is_none(part) for part in index.operands):
            return replace(data, value=given.value)
        return data.part_of(given.step("selected", f"[{_spelled_slice(index)}]"), given.value, data.order == "mixed")
    plain = constant(index)
    if isinstance(plain, str):
        return _column(given, data, repr(plain))
    if isinstance(plain, int):
        return data.part_of(given.step("selected", f"[{plain}]"), given.value)
    if isinstance(index, (ListObject, Computed)):
        return _by_array(given, data, index)
    return data.part_of(given.step("selected", "[?]"), given.value)


def _column(given: Given, data: Data, name: str) -> Data | None:
    if not data.source.is_known:
        return None
    return data.forgotten(given.step("selected", f"[{name}]"), given.value)


def _by_array(given: Given, data: Data, index: ListObject | Computed) -> Data | None:
    if isinstance(index, ListObject):
        names = [constant(item) for item in index.items.items]
        if names and all(isinstance(name, str) for name in names):
            return _column(given, data, ", ".join(map(repr, names)))
    if isinstance(index, Computed) and index.op in _COMPARISONS | {"bitand", "bitor", "invert", "logical_and", "not"}:
        return data.part_of(given.step("filtered", "", index), given.value)
    order = given.read(index)
    whole = isinstance(index, Computed) and constant(index.options.get("distribution", Constant(None))) == "permutation"
    if whole or (order.did("shuffled") and order.is_integer):
        made = data.then(given.step("shuffled", "", index), given.value, order="mixed")
        if whole or not order.did("selected", "taken"):
            return made
        return replace(made, range=made.range.loose(True) if made.range is not None else None)
    fair = data.order == "mixed" and order.source.kind == "random"
    return replace(data.part_of(given.step("selected", "", index), given.value, fair), order="")


def _loose(limits: Range | None) -> Range | None:
    return limits.loose() if limits is not None else None


def _by_several(given: Given, data: Data, index: Tuple) -> Data | None:
    """``x[:, 0:8]``, ``x[..., None]``."""
    taken = [part for part in index.items if not _is_whole(part)]
    if all(is_none(part) for part in taken):
        return data.then(given.step("reshaped", "new axis"), given.value) if taken else replace(data, value=given.value)
    rest = [part for part in taken if not is_none(part)]
    rows = index.items[0]
    detail = f"[{', '.join(map(_spelled_index, index.items))}]"
    step = given.step("selected", detail)
    if rest == [rows]:
        return data.part_of(step, given.value, data.order == "mixed")
    made = data.part_of(step, given.value)
    image = data.is_image
    return replace(made, classes=None, encoding="", is_integer=data.is_integer if image or data.is_integer else None)


def _is_whole(part: Value) -> bool:
    if isinstance(part, Constant):
        return part.value is Ellipsis
    return isinstance(part, Computed) and part.op == "slice" and all(is_none(end) for end in part.operands)


def _spelled_slice(index: Computed) -> str:
    ends = ["" if is_none(part) else "?" if constant(part) is None else str(constant(part)) for part in index.operands]
    return ":".join(ends[:2] + ([ends[2]] if len(ends) > 2 and ends[2] else []))


def _spelled_index(index: Value) -> str:
    if isinstance(index, Computed) and index.op == "slice":
        return _spelled_slice(index)
    if isinstance(index, Constant):
        return "..." if index.value is Ellipsis else str(index.value)
    return "?"


# labels -----------------------------------------------------------------------------------------
def _one_hot(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    told = given.option("num_classes")
    number = given.number(told if told is not None and not is_none(told) else given.operand(1))
    classes = int(number) if number is not None else None
    if classes is None and (told is None or is_none(told)) and given.operand(1) is None:
        limits = data.range
        whole = limits is not None and limits.met and data.is_integer and is_whole(limits.highest)
        classes = int(limits.highest) + 1 if limits is not None and whole else None
    detail = str(classes) if classes is not None else ""
    plain = not {"on_value", "off_value"} & given.value.options.keys()
    return data.then(
        given.step("one-hot", detail),
        given.value,
        range=Range(0, 1, True) if plain else None,
        is_integer=True if plain else None,
        dtype="",
        classes=classes,
        encoding="one-hot",
    )


def _dummies(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    made = data.then(given.step("one-hot", "get_dummies"), given.value, range=None, is_integer=None, dtype="")
    # of a table only the columns of words are changed
    one = data.did("selected") and not data.steps[-1].detail.startswith("drop") and ", " not in data.steps[-1].detail
    if one or (data.source.part == "y" and data.encoding == "integers"):
        return replace(made, range=Range(0, 1, True), is_integer=True, encoding="one-hot", classes=data.classes)
    return replace(made, encoding="", classes=None)


def _argmax(given: Given) -> Data | None:
    data = given.first
    if data is None or not data.source.is_known:
        return None
    step = given.step("encoded", "argmax")
    if data.encoding != "one-hot":
        return data.forgotten(step, given.value)
    limits = Range(0, data.classes - 1) if data.classes is not None else None
    return data.then(step, given.value, range=limits, is_integer=True, encoding="integers")


_COMPARISONS = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "contains", "isin"})


def _compared(given: Given) -> Data | None:
    data = next((d for d in map(given.read, given.value.operands) if d.source.is_known), None)
    if data is None:
        return None
    step = given.step("compared", given.value.op)
    limits = Range(0, 1)
    return data.then(step, given.value, range=limits, is_integer=True, dtype="bool", classes=2, encoding="integers")


def _where(given: Given) -> Data | None:
    condition = given.option("condition")
    arms = list(given.value.operands)
    if condition is None or len(arms) != 2:
        return None
    asked = given.read(condition)
    numbers = [given.number(arm) for arm in arms]
    if numbers[0] is not None and numbers[1] is not None:
        low, high = min(numbers[0], numbers[1]), max(numbers[0], numbers[1])
        step = given.step("encoded", f"{spelled(numbers[0])} or {spelled(numbers[1])}")
        whole = low.is_integer() and high.is_integer()
        return asked.then(
            step,
            given.value,
            range=Range(low, high, True),
            is_integer=whole,
            dtype="",
            classes=2 if low < high else None,
            encoding="integers" if whole and low < high else "",
        )
    return None


# several ----------------------------------------------------------------------------------------
def _concatenated(given: Given) -> Data | None:
    operands = given.value.operands
    first = operands[0] if operands else None
    state = first.items if isinstance(first, ListObject) else first
    if isinstance(state, Tuple) and len(operands) == 1:
        values = [*state.items, *([state.rest] if state.rest is not None else [])]
        open_ended = state.rest is not None
    elif len(operands) >= 2 and given.value.op == "concatenate":
        values, open_ended = list(operands), False
    else:
        return None
    if not values:
        return None
    parts = tuple(given.read(value) for value in values)
    columns = _are_columns(given, parts)
    detail = f"{len(parts)} parts" if not columns else f"{len(parts)} parts, side by side"
    step = Step("concatenated", given.value.site, detail, None, () if open_ended else parts)
    whole = merged(given.value, list(parts), given.shapes)
    source = _source_of(given.value, parts)
    sure = all(part.is_sure for part in parts) and not open_ended and len({part.steps for part in parts}) == 1
    made = replace(whole, source=source, is_sure=sure or all(part.is_known for part in parts))
    limits = parts[0].range
    for part in parts[1:]:
        limits = join_ranges(limits, part.range)
    order = whole.order if columns else _order_of(parts, open_ended)
    kinds = _kinds_of(parts) if not columns and not open_ended else None
    facts: dict[str, object] = {}
    if kinds is not None:
        facts = {"classes": kinds, "encoding": "integers"}
    return made.then(step, given.value, range=limits, order=order, shapes=given.shapes, **facts)


def _source_of(value: Value, parts: tuple[Data, ...]) -> Source:
    """Where pieces come from together: what their sources have in common."""
    first = parts[0].source
    if any(not part.source.is_known for part in parts):
        return Source("unknown", value=value)
    if any((part.source.kind, part.source.part) != (first.kind, first.part) for part in parts):
        return Source("several", value=value)
    name = first.name if all(part.source.name == first.name for part in parts) else ""
    split = first.split if all(part.source.split == first.split for part in parts) else ""
    return Source(first.kind, name, first.part, split, value)


def _order_of(parts: tuple[Data, ...], open_ended: bool) -> str:
    """Class after class, if each piece is all of one kind."""
    single = [part.range for part in parts if part.range is not None and part.range.lowest == part.range.highest]
    if len(single) == len(parts) and len({limits.lowest for limits in single}) > 1 and not open_ended:
        return "sorted"
    return ""


def _kinds_of(parts: tuple[Data, ...]) -> int | None:
    """How many different whole numbers pieces hold that are all of one number each."""
    found: set[float] = set()
    for part in parts:
        limits = part.range
        if limits is None or limits.lowest != limits.highest or not part.is_integer:
            return None
        found.add(limits.lowest)
    return len(found) if len(found) > 1 else None


def _are_columns(given: Given, parts: tuple[Data, ...]) -> bool:
    word = given.value.op
    if word in {"vstack", "row_stack"}:
        return False
    if word in {"column_stack", "dstack"}:
        return True
    shape = parts[0].shape
    if word == "hstack":
        return shape is None or len(shape) != 1
    axis = given.option("axis")
    number = constant(axis) if axis is not None else 0
    return number != 0


def _repeated(given: Given) -> Data | None:
    data = given.first
    return data.then(given.step("repeated", given.value.op), given.value, order="") if data is not None else None


# functions of each number -----------------------------------------------------------------------
_BOUNDS = {"sin": (-1.0, 1.0), "cos": (-1.0, 1.0), "tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


def _function(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    word = given.value.op
    whole = True if word in {"round", "floor", "ceil", "sign"} else None
    limits = Range(*_BOUNDS[word]) if word in _BOUNDS else None
    if word == "abs" and data.range is not None:
        low, high = data.range.lowest, data.range.highest
        limits = Range(0.0 if low < 0 < high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        whole = data.is_integer
    if word in {"round", "floor", "ceil"} and data.range is not None:
        limits = Range(data.range.lowest - 1, data.range.highest + 1) if word != "round" else None
    if data.range is not None and limits is None:
        limits = _risen(word, data.range)
    if word in {"sin", "cos"} and data.source.kind in {"random", "array"} and data.range is not None:
        limits = _swing(math.sin if word == "sin" else math.cos, data.range)
    step = given.step("computed", word)
    return data.then(step, given.value, range=limits, is_integer=whole, dtype="", classes=None, encoding="")


_RISING: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "log2": math.log2,
    "log10": math.log10,
    "sqrt": math.sqrt,
}


def _risen(word: str, limits: Range) -> Range | None:
    """What a function that only rises makes of a range; of a square what lies above 0."""
    if word == "square":
        return _to_the(limits, 2)
    function = _RISING.get(word)
    return limits.through(function) if function is not None else None


def _swing(function: Callable[[float], float], limits: Range) -> Range:
    """What a sine or cosine makes of numbers that lie all over a range."""
    sure = limits.sure
    if sure is None or not all(map(math.isfinite, sure)):
        return Range(-1.0, 1.0)
    first, last = sure if sure[1] - sure[0] < 7 else (sure[0], sure[0] + 7)
    met = [function(first + (last - first) * part / 64) for part in range(65)]
    return Range(-1.0, 1.0, False, (min(met), max(met)))


def _clipped(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    low = given.option("minimum") or given.operand(1)
    high = given.option("maximum") or given.operand(2)
    ends = [given.number(end) for end in (low, high)]
    known = all((n is not None) or end is None or is_none(end) for n, end in zip(ends, (low, high), strict=True))
    limits = data.range.clipped(ends[0], ends[1]) if data.range is not None and known else None
    if limits is None and known and ends[0] is not None and ends[1] is not None:
        limits = Range(ends[0], ends[1])
    words = ", ".join("?" if end is None else spelled(end) for end in ends)
    return data.then(given.step("clipped", words), given.value, range=limits)


def _padded(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    filler = given.option("value")
    number = 0.0 if filler is None else given.number(filler)
    limits = join_ranges(data.range, Range(number, number)) if number is not None else None
    length = given.number(given.option("maxlen"))
    step = given.step("padded", spelled(length) if length is not None else "")
    return data.then(step, given.value, range=limits, is_integer=data.is_integer, dtype="int32")


def _normalised(given: Given) -> Data | None:
    """``keras.utils.normalize``: each sample gets the length 1."""
    data = given.first
    name = given.value.maker.name if isinstance(given.value.maker, LibraryName) else ""
    if data is None or name != "keras.utils.normalize":
        return None
    low = 0.0 if data.range is not None and data.range.lowest >= 0 else -1.0
    return data.then(given.step("scaled", name), given.value, range=Range(low, 1), is_integer=None, dtype="")


def _scale(given: Given) -> Data | None:
    """``sklearn.preprocessing.scale`` and ``minmax_scale``."""
    data = given.first
    name = given.value.maker.name if isinstance(given.value.maker, LibraryName) else ""
    if data is None or not name.startswith("sklearn.preprocessing."):
        return None
    if given.value.op == "scale":
        limits = EVERYWHERE if {"with_mean", "with_std"} & given.value.options.keys() else STANDARD
        return data.then(given.step("standardised", name), given.value, range=limits, is_integer=False, dtype="")
    plain = "feature_range" not in given.value.options
    limits_ = Range(0, 1, True) if plain else None
    return data.then(given.step("scaled", name), given.value, range=limits_, is_integer=None, dtype="")


def _preprocessed(given: Given) -> Data | None:
    data = given.first
    maker = given.value.maker
    if data is None or not isinstance(maker, LibraryName):
        return None
    family = maker.name.split(".")[-2]
    same = any(family.startswith(word) for word in ("efficientnet", "mobilenet_v3", "convnext"))
    mode = given.option("mode")  # only that of no family takes one; by default it is ResNet50's
    plain = mode is None or constant(mode) == "caffe"
    step = given.step("scaled", maker.name if plain else f"{maker.name} in another mode", maker)
    if same:  # it hands on what it gets: these models scale inside
        return data.then(given.step("computed", maker.name, maker), given.value)
    return data.then(step, given.value, range=None, is_integer=None, dtype="")


# images -----------------------------------------------------------------------------------------
def _resized(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    return data.then(given.step("resized"), given.value, range=_loose(data.range), is_integer=None, dtype="float32")


def _augmented(given: Given) -> Data | None:
    data = given.first
    if data is None:
        image = given.option("image", "images", "x")
        data = given.read(image) if image is not None else None
    if data is None:
        return None
    name = given.value.maker.name.rpartition(".")[2] if isinstance(given.value.maker, LibraryName) else given.value.op
    moves = any(word in name for word in ("flip", "crop"))
    limits = _loose(data.range) if moves else None
    whole = data.is_integer if moves else None
    return data.then(given.step("augmented", name), given.value, range=limits, is_integer=whole)


def _drawn(given: Given) -> Data | None:
    name = given.value.maker.name if isinstance(given.value.maker, LibraryName) else ""
    return _augmented(given) if name.startswith("tf.image.") else None


def _image_dtype(given: Given) -> Data | None:
    """``convert_image_dtype`` scales whole numbers to 0..1."""
    data = given.first
    dtype = given.option("dtype") or given.operand(1)
    name = dtype_name(dtype, given.shapes) if dtype is not None else ""
    if data is None or not name.startswith("float"):
        return None
    if data.dtype == "uint8":
        limits = data.range.over(255) if data.range is not None else None
        return data.then(given.step("scaled", "/ 255"), given.value, range=limits, is_integer=False, dtype=name)
    if data.dtype.startswith("float"):
        return data.then(given.step("cast", name), given.value, dtype=name)
    return data.then(given.step("scaled", "convert_image_dtype"), given.value, range=None, is_integer=None, dtype=name)


def _standardised_image(given: Given) -> Data | None:
    data = given.first
    if data is None:
        return None
    limits = Range(float("-inf"), float("inf"))
    return data.then(given.step("standardised", "each image"), given.value, range=limits, is_integer=False)


# layers -----------------------------------------------------------------------------------------
def _layer(given: Given) -> Data | None:
    """A layer of Keras's that prepares data, called on them."""
    data, layer = given.first, given.value.maker
    if data is None or not isinstance(layer, LibraryObject) or not layer.name.startswith("keras."):
        return None
    word = layer.name.rpartition(".")[2] if layer.name.startswith("keras.layers.") else ""
    if word == "Rescaling":
        scale, offset = given.number(layer.arguments.get("scale")), layer.arguments.get("offset")
        limits = data.range.times(scale) if data.range is not None and scale is not None else None
        detail = times(scale)
        if offset is not None:
            number = given.number(offset)
            limits = limits.plus(number) if limits is not None and number is not None else None
            sign = "-" if number is not None and number < 0 else "+"
            detail += f" {sign} {spelled(abs(number))}" if number is not None else " + ?"
        return data.then(given.step("scaled", detail, layer), given.value, range=limits, is_integer=None, dtype="")
    if word == "Normalization":
        limits = Range(float("-inf"), float("inf"))
        return data.then(given.step("standardised", word, layer), given.value, range=limits, is_integer=None, dtype="")
    if word.startswith("Random"):
        return data.then(given.step("augmented", word, layer), given.value, range=None, is_integer=None)
    if word in {"Resizing", "CenterCrop"}:
        return data.then(given.step("resized", word, layer), given.value, range=_loose(data.range), is_integer=None)
    if word in {"Flatten", "Reshape", "Permute"}:
        return data.then(given.step("reshaped", word, layer), given.value)
    if word in _KEEPING_SCALE:
        return data.then(given.step("filtered", word, layer), given.value, range=_loose(data.range), is_integer=None)
    if word in {"BatchNormalization", "LayerNormalization"}:
        return data.then(given.step("standardised", word, layer), given.value, range=None, is_integer=None, dtype="")
    if word in {"StringLookup", "IntegerLookup", "TextVectorization", "CategoryEncoding", "Hashing"}:
        return data.forgotten(given.step("encoded", word, layer), given.value)
    return (
        data.forgotten(given.step("learned", word or layer.name, layer), given.value) if data.source.is_known else None
    )


_KEEPING_SCALE = frozenset(
    {
        *("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D"),
        *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
        *("MaxPool2D", "AvgPool2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "UpSampling1D", "UpSampling2D"),
        *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Masking", "RepeatVector"),
    }
)
"""Layers without weights behind which the numbers are still about as large."""


def _slice_table(given: Given) -> Data | None:
    """``pd.DataFrame(x)``, ``pd.Series(x)``: the same numbers in a table."""
    data = given.first
    return replace(data, value=given.value) if data is not None and data.source.is_known else None


StepReader = Callable[[Given], Data | None]

STEPS: dict[str, StepReader] = {
    **dict.fromkeys(_SIGNS, _arithmetic),
    **dict.fromkeys(("identity", "read", "numpy", "constant", "convert", "convert_to_tensor", "nan_to_num"), _same),
    **dict.fromkeys(("reshape", "expand_dims", "squeeze", "flatten", "transpose", "swapaxes", "moveaxis"), _reshaped),
    **dict.fromkeys(("reverse", "roll", "ensure_shape", "atleast_2d", "permute"), _reshaped),
    **dict.fromkeys(_COMPARISONS, _compared),
    **dict.fromkeys(("concatenate", "vstack", "hstack", "column_stack", "dstack", "row_stack", "stack"), _concatenated),
    **dict.fromkeys(("repeat", "tile"), _repeated),
    **dict.fromkeys(("log", "log1p", "log2", "log10", "exp", "expm1", "sqrt", "square", "abs", "sign"), _function),
    **dict.fromkeys(("sin", "cos", "tan", "tanh", "sigmoid", "round", "floor", "ceil", "cumsum", "diff"), _function),
    **dict.fromkeys(("resize", "resize_with_pad", "resize_with_crop_or_pad", "central_crop", "smart_resize"), _resized),
    **dict.fromkeys(("random_flip_left_right", "random_flip_up_down", "random_brightness"), _augmented),
    **dict.fromkeys(("random_contrast", "random_crop", "random_hue", "random_saturation"), _augmented),
    **dict.fromkeys(("scale", "minmax_scale"), _scale),
    **dict.fromkeys(("DataFrame", "Series"), _slice_table),
    "negative": _negative,
    "cast": _cast,
    "astype": _cast,
    "attribute": _attribute,
    "getitem": _picked,
    "one_hot": _one_hot,
    "get_dummies": _dummies,
    "argmax": _argmax,
    "where": _where,
    "clip": _clipped,
    "pad_sequences": _padded,
    "normalize": _normalised,
    "l2_normalize": _normalised,
    "preprocess_input": _preprocessed,
    "draw": _drawn,
    "convert_image_dtype": _image_dtype,
    "per_image_standardization": _standardised_image,
    "layer": _layer,
    "img_to_array": _same,
}
"""What each operation makes of data, by its word; None from it means that nobody can follow it."""

__all__ = ["STEPS", "Given", "times"]
