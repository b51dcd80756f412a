"""What writing items of an array in place makes of data: arrays that a loop fills, columns that are scaled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kerasvae_lint.binding.records import Function, If, Match, Record, Try
from kerasvae_lint.keras.data import Data, Step, merged
from kerasvae_lint.keras.plain import Shapely
from kerasvae_lint.keras.ranges import EVERYWHERE, Range, inner
from kerasvae_lint.keras.ranges import join as join_ranges
from kerasvae_lint.values.lattice import Computed, Constant, Tuple, Value, constant, is_none

_SCALING = frozenset({"scaled", "standardised", "computed", "clipped", "unknown", "shuffled", "cast"})


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """Something that happens to an array in place.

    Attributes:
        order: when.
        by: what is written; of a shuffling what it gives.
        array: the array.
        index: which items are written; None for all of them.
        writes: False for a shuffling.
    """

    order: int
    by: Value
    array: Value
    index: Value | None = None
    writes: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """A column of a table that is written.

    Attributes:
        table: the table.
        name: the column's name.
        is_whole: True if nothing of what it held before is left.
        change: what is written.
    """

    table: Value
    name: str
    is_whole: bool
    change: Change


def column_of(change: Change) -> Column | None:
    """The column that is written by ``df["y"] = …``, ``df["y"][where] = …``, ``df.loc[where, "y"] = …``."""
    array, index = change.array, change.index
    if not isinstance(array, Computed) or index is None:
        return None
    if array.operands and array.op in {"attribute", "getitem"}:
        inside = constant(array.options.get("name" if array.op == "attribute" else "index", index))
        last = index.items[-1] if isinstance(index, Tuple) and len(index.items) == 2 else None
        word = (
            constant(last)
            if inside in {"loc", "at"} and last is not None
            else inside
            if array.op == "getitem"
            else None
        )
        if isinstance(word, str):
            return Column(array.operands[0], word, False, change)
    word = constant(index)
    return Column(array, word, not _is_conditional(index), change) if isinstance(word, str) else None


def _is_conditional(index: Value) -> bool:
    at: Record | None = index.site.record if index.site is not None else None
    while at is not None and not isinstance(at, Function):
        if isinstance(at, (If, Try, Match)):
            return True
        at = at.parent
    return False


def is_filled(data: Data) -> bool:
    """True for an array that a function fills with one number, as those are made that a loop writes to."""
    same = data.range is None or data.range.lowest == data.range.highest
    return data.source.kind == "array" and bool(data.source.name) and same and not data.did("concatenated", "unknown")


def filled_with(base: Data, parts: list[tuple[Change, Data]], value: Value, shapes: Shapely) -> Data:
    """An array of one number after something was written to it."""
    numbers = [_number(change.by) for change, _ in parts]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers):
        return _of_numbers(base, parts, known, value)
    datas = [_each(data) for (_, data), number in zip(parts, numbers, strict=True) if number is None]
    whole = merged(value, datas, shapes)
    limits = whole.range
    for number in known:
        limits = join_ranges(limits, Range(number, number))
    limits = join_ranges(limits, base.range) if base.range is not None else limits
    limits = limits.loose() if limits is not None else None
    if limits is not None and limits.is_bounded and not known and all(data.source.kind == "random" for data in datas):
        limits = replace(limits, reached=inner(limits.lowest, limits.highest))
    return replace(whole, range=limits, classes=None, encoding="", order="", shapes=shapes)


def _each(data: Data) -> Data:
    """What is written item by item, whichever item of something else it is."""
    return replace(data, steps=tuple(step for step in data.steps if step.kind != "selected"))


def _of_numbers(base: Data, parts: list[tuple[Change, Data]], numbers: list[float], value: Value) -> Data:
    """Numbers that are written to runs of items, as labels are; to single ones, they stand in no order."""
    limits = base.range
    for number in numbers:
        limits = join_ranges(limits, Range(number, number, True)) if limits is not None else None
    runs = all(_is_run(change.index) for change, _ in parts)
    whole = all(number.is_integer() for number in numbers) and base.is_integer is not False
    kinds = {*numbers, base.range.lowest} if base.range is not None else set()
    labels = runs and whole and len(kinds) > 1
    return replace(
        base,
        value=value,
        range=limits if runs else limits.loose() if limits is not None else None,
        is_integer=whole or None,
        classes=len(kinds) if labels else None,
        encoding="integers" if labels else "",
        order="sorted" if labels else "",
    )


def overwritten(data: Data, change: Change, written: Data, value: Value) -> Data:
    """Data after some of them were written anew: scaled where they stand, or replaced by something else."""
    if not data.source.is_known and not data.steps:
        return data
    at = change.by.site
    if written.source == data.source and written.source.is_known and _covers(change.index):
        done = [step for step in written.steps[_common(data.steps, written.steps) :] if step.kind in _SCALING]
        known = {(step.kind, step.detail) for step in data.steps}
        new = [step for step in done if (step.kind, step.detail) not in known]
        limits = written.range.loose() if written.range is not None else None
        if change.index is not None and not _is_everything(change.index):
            limits = None
        return replace(data, value=value, steps=(*data.steps, *new), range=limits, is_integer=None, dtype="")
    number = _number(change.by)
    if number is not None and data.range is not None and data.range.lowest <= number <= data.range.highest:
        return replace(data, value=value)
    made = data.forgotten(Step("computed", at, "items are written"), value)
    if number is None:
        return made
    limits = join_ranges(data.range, Range(number, number)) or EVERYWHERE
    whole = True if data.is_integer and number.is_integer() else None
    return replace(made, range=replace(limits.loose(), reached=(number, number)), is_integer=whole)


def _common(one: Iterable[Step], other: Iterable[Step]) -> int:
    count = 0
    for step, twin in zip(one, other, strict=False):
        if step != twin:
            break
        count += 1
    return count


# indices ----------------------------------------------------------------------------------------
def _number(value: Value) -> float | None:
    found = constant(value)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _is_slice(index: Value | None) -> bool:
    return isinstance(index, Computed) and index.op == "slice"


def _is_run(index: Value | None) -> bool:
    """True for a slice, which takes items that follow each other."""
    first = index.items[0] if isinstance(index, Tuple) and index.items else index
    return _is_slice(first)


def _is_everything(index: Value) -> bool:
    parts = index.items if isinstance(index, Tuple) else (index,)
    return all(_is_whole(part) for part in parts)


def _is_whole(part: Value) -> bool:
    if isinstance(part, Constant):
        return part.value is Ellipsis
    return isinstance(part, Computed) and part.op == "slice" and all(is_none(end) for end in part.operands)


def _covers(index: Value | None) -> bool:
    """True if every sample is written: all at once, column by column, or one after the other in a loop."""
    if index is None:
        return True
    first = index.items[0] if isinstance(index, Tuple) and index.items else index
    if _is_whole(first):
        return True
    return not isinstance(first, Constant) and not _is_slice(first) and not _is_mask(first)


def _is_mask(index: Value) -> bool:
    words = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "bitand", "bitor", "invert"}
    return isinstance(index, Computed) and index.op in words


__all__ = ["Change", "Column", "column_of", "filled_with", "is_filled", "overwritten"]
