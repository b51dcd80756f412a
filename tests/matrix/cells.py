"""Every cell of the matrix: a fact, a way that makes sense for it, and who is asked whether the fact has arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kerasvae_lint import Settings, lint_paths
from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module, Project, constant
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code
from tests.matrix import containers, files, functions, names_and_flow, objects, own
from tests.matrix.facts import FACTS, UNITS
from tests.matrix.programs import Fact, Program, Way, program

WAYS: tuple[Way, ...] = (
    *names_and_flow.WAYS,
    *containers.WAYS,
    *objects.WAYS,
    *functions.WAYS,
    *files.WAYS,
    *own.WAYS,
)


def cells() -> Iterator[tuple[Fact, Way]]:
    """The facts with the ways that make sense for each."""
    for fact in (*FACTS, UNITS):
        for way in WAYS:
            if fact.refuses(way) is None:
                yield fact, way


def write(made: Program, folder: Path) -> Path:
    """Write a program's files; the path of the main one."""
    for name, text in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / made.main


def arrives(fact: Fact, made: Program, folder: Path) -> bool:
    """True if the fact is seen to arrive: by its rule, or by the facade where no rule asks for the fact alone."""
    path = write(made, folder)
    asked = _ASKED.get(fact.name)
    if asked is not None:
        tree, source = parse_code(decode(path.read_bytes(), str(path)))
        return asked(Module(build(tree, source.text), source, project=Project()))
    findings = [f for f in lint_paths([folder], Settings()).findings if f.code == fact.code]
    places = {(Path(f.filename).relative_to(folder).as_posix(), f.location.row) for f in findings}
    assert places <= made.places
    return bool(places)


# by the facade ----------------------------------------------------------------------------------
def _units(module: Module) -> bool:
    value = list(module.calls("keras.layers.Dense"))[-1].argument("units")
    return value is not None and constant(value) == 64


_ASKED: dict[str, Callable[[Module], bool]] = {"units": _units}


__all__ = ["WAYS", "arrives", "cells", "program"]
