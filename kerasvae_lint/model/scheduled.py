"""The weights that a training sets and the optimizer moves: who holds each, and who writes it again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flavour import imports_keras
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.scalars import is_one_number, is_scalar
from kerasvae_lint.keras.trained import Held, trained
from kerasvae_lint.keras.writing import WRITE_WORDS, Writing, Writings
from kerasvae_lint.model.project import MAX_FILES, Surroundings
from kerasvae_lint.values.lattice import Instance, held
from kerasvae_lint.values.unit import Unit


@dataclass(frozen=True, eq=False, slots=True)
class Scheduled:
    """A number that a layer or model holds as a trained variable, and that a training sets again and again.

    Attributes:
        held: the variable and who holds it.
        writing: the first place that sets it.
    """

    held: Held
    writing: Writing


def scheduled(program: Program, unit: Unit, around: Surroundings | None) -> list[Scheduled]:
    """The scheduled variables made in a file, each once, in source order."""
    machine = program.machine
    waiting = [one for one in trained(machine, unit) if is_one_number(one.variable) is not False]
    found: dict[r.Record, Scheduled] = {}

    def look() -> None:
        writings = Writings(machine)
        for one in waiting:
            site = one.variable.site
            if site is not None and site.record not in found:
                fits = (w for w in writings.repeated if one.is_written_by(machine, w) and _sets_number(one, w))
                writing = next(fits, None)
                if writing is not None:
                    found[site.record] = Scheduled(one, writing)

    if waiting:
        look()
    for one in waiting if around is not None else ():
        if one.variable.site is not None and one.variable.site.record not in found:
            assert around is not None
            others = list(dict.fromkeys(_writers_of(program, unit, around, one)))[:MAX_FILES]
            for other in others:
                program.include(other)
            if others:
                look()
    return [found[place] for place in sorted(found, key=lambda record: record.start)]


def _sets_number(one: Held, writing: Writing) -> bool:
    if is_one_number(one.variable):
        return True
    return writing.value is not None and is_scalar(writing.value)


def _writers_of(program: Program, unit: Unit, around: Surroundings, one: Held) -> Iterator[Unit]:
    """The files that may write a variable: its callbacks', those that call what sets it, those that say its name."""
    machine = program.machine
    for obj in machine.objects:
        if "callback" in kinds_of(obj.cls) and _holds(obj, one):
            yield from (cls.unit for cls in obj.cls.classes() if cls.unit is not None and cls.unit is not unit)
    for writing in Writings(machine).every:
        if writing.function is not None and one.is_written_by(machine, writing):
            name = writing.function.name
            if name.isidentifier() and name != "__init__":
                yield from around.search((f".{name}(" if writing.function.owner is not None else name,))
    if one.attribute:
        yield from (other for other in around.search((one.attribute,), WRITE_WORDS) if imports_keras(other.module))


def _holds(obj: Instance, one: Held) -> bool:
    return any(part is one.variable for value in obj.slots.values() for part in held(value))
