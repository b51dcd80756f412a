"""Where callbacks keep what no layer holds: attributes of their own, globals, dictionaries, cells of closures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from kerasvae_lint.runtime.framework import Variable, is_own, is_tensor
from kerasvae_lint.runtime.subject import Subject, is_variable


class Slot:
    """A place where a callback, or its module, keeps something: an attribute, a global, an item, a closure's cell."""

    def __init__(self, holder: Any, name: str, kind: str) -> None:
        self.holder, self.name, self.kind = holder, name, kind

    @property
    def label(self) -> str:
        """As a message names it."""
        words = {"own": "its own ", "global": "the global ", "closure": "the enclosing function's "}
        return f"{words.get(self.kind, '')}`{self.name}`"

    def read(self) -> Any:
        """What is there now."""
        if self.kind == "closure":
            return self.holder.cell_contents
        return self.holder.get(self.name) if isinstance(self.holder, dict) else vars(self.holder).get(self.name)

    def put(self, value: Any) -> None:
        """Something else in its place."""
        if self.kind == "closure":
            self.holder.cell_contents = value
        elif isinstance(self.holder, dict):
            self.holder[self.name] = value
        else:
            setattr(self.holder, self.name, value)


@dataclass(slots=True)
class Changes:
    """What the rehearsal's callbacks left behind: numbers, and names that meant a variable before.

    Attributes:
        numbers: the place with the first and the last number.
        rebound: the place with the variable and its value before.
    """

    numbers: list[tuple[Slot, Any, Any]] = field(default_factory=list)
    rebound: list[tuple[Slot, Any, float]] = field(default_factory=list)


class Places:
    """All places that the callbacks can write without any layer in sight, with what was there before."""

    def __init__(self, subject: Subject, callbacks: list[Any]) -> None:
        self.before = [(slot, slot.read()) for slot in _slots(subject, callbacks)]
        self.values = {id(value): value_of(value) for _, value in self.before if is_variable(value)}

    def changes(self) -> Changes:
        """What is otherwise now; all is put back."""
        found = Changes()
        for slot, before in self.before:
            now = slot.read()
            if now is before:
                continue
            if is_number(before) and is_number(now) and now != before:
                found.numbers.append((slot, before, now))
            elif is_variable(before) and (is_tensor(now) or is_number(now)):
                found.rebound.append((slot, before, self.values[id(before)]))
            slot.put(before)
        return found


def value_of(raw: Any) -> float:
    """The number of a variable that holds one; NaN for others."""
    array = Variable(raw).read()
    return float(array.reshape(-1)[0]) if array.size == 1 else float("nan")


def is_number(value: Any) -> bool:
    """True for a Python number that is no truth value, and NumPy's."""
    return type(value) in {int, float} or type(value).__name__ in {"float32", "float64", "int64"}


def is_kept(value: Any) -> bool:
    """True for a number or a variable."""
    return is_number(value) or is_variable(value)


def _slots(subject: Subject, callbacks: list[Any]) -> Iterator[Slot]:
    known = {id(layer) for layer in subject.layers}
    seen: set[tuple[int, str]] = set()
    for callback in callbacks:
        for slot in _of_callback(callback):
            key = (id(slot.holder), slot.name)
            if key not in seen and id(slot.holder) not in known and not slot.name.startswith("_"):
                seen.add(key)
                yield slot


def _of_callback(callback: Any) -> Iterator[Slot]:
    for name, value in list(vars(callback).items()):
        if is_kept(value):
            yield Slot(callback, name, "own")
    functions = [value for cls in type(callback).__mro__ if is_own(cls) for value in vars(cls).values()]
    functions += [value for name, value in vars(callback).items() if name.startswith("on_")]
    done: set[int] = set()
    for function in functions:
        if isinstance(function, FunctionType):
            yield from _of_function(function, done)


def _of_function(function: FunctionType, done: set[int]) -> Iterator[Slot]:
    """Globals, items of global dictionaries, cells of closures; those of the helpers that it calls, too."""
    if id(function) in done or not _is_script(function):
        return
    done.add(id(function))
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            value = cell.cell_contents
        except ValueError:  # not bound yet
            continue
        yield from _ofvalue_of(cell, name, value, "closure", done)
    for name in _names(function.__code__):
        if name in function.__globals__:
            yield from _ofvalue_of(function.__globals__, name, function.__globals__[name], "global", done)


def _ofvalue_of(holder: Any, name: str, value: Any, kind: str, done: set[int]) -> Iterator[Slot]:
    if is_kept(value):
        yield Slot(holder, name, kind)
    elif isinstance(value, dict):
        for key, inner in list(value.items()):
            if isinstance(key, str) and is_kept(inner):
                yield Slot(value, key, "item")
    elif isinstance(value, FunctionType):
        yield from _of_function(value, done)
    elif not isinstance(value, ModuleType | type) and is_own(type(value)) and hasattr(value, "__dict__"):
        if not hasattr(value, "trainable_variables") and not hasattr(value, "on_epoch_begin"):
            for key, inner in list(vars(value).items()):
                if is_kept(inner):
                    yield Slot(value, key, "attribute")


def _is_script(function: FunctionType) -> bool:
    name = str(function.__globals__.get("__name__", ""))
    return "site-packages" not in function.__code__.co_filename and not name.startswith("kerasvae_lint")


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
