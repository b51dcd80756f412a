"""Every cell of the matrix: a fact, a way that makes sense for it, and who is asked whether the fact has arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kerasvae_lint import Settings, lint_paths
from kerasvae_lint.binding.build import build
from kerasvae_lint.model import HOST, Computed, Module, Project, Value, constant, records
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
    """True if the fact is seen to arrive: by its rule, or by the facade where its rule still has the old reading."""
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


def _is(value: Value, op: str) -> bool:
    return any(isinstance(member, Computed) and member.op == op for member in value.alternatives())


def _kept(attribute: str, op: str) -> Callable[[Module], bool]:
    def ask(module: Module) -> bool:
        found = [cls.attributes[attribute].value for cls in module.classes if attribute in cls.attributes]
        return any(value is not None and _is(value, op) for value in found)

    return ask


def _log_variance(module: Module) -> bool:
    """The sampler's scale, the factor of the draw, is the exponential of the head itself."""
    for record in module.code.walk():
        value = module.value(record) if isinstance(record, records.Binary) else None
        for product in value.alternatives() if value is not None else ():
            if isinstance(product, Computed) and product.op == "multiply" and _is(product.operands[1], "draw"):
                scales = [s for s in product.operands[0].alternatives() if isinstance(s, Computed) and s.op == "exp"]
                return any(not _is(scale.operands[0], "multiply") for scale in scales)
    raise AssertionError("no sampler was seen")


def _kl(module: Module) -> bool:
    """What is averaged and added as a loss has a positive factor before the sum."""
    for call in module.method_calls("add_loss"):
        loss = call.argument("losses", "loss", at=0)
        for mean in loss.alternatives() if loss is not None else ():
            if isinstance(mean, Computed) and mean.op == "mean":
                factors = [constant(p.operands[0]) for p in mean.operands[0].alternatives() if isinstance(p, Computed)]
                return any(isinstance(factor, float) and factor > 0 for factor in factors)
    raise AssertionError("no loss was seen")


def _scheduled(module: Module) -> bool:
    """Host code sets the attribute of the layer whose traced code reads it."""
    penalty = next(cls for cls in module.classes if cls.name == "Penalty")
    return bool(penalty.attributes["beta"].written_in(HOST)) and penalty.attributes["beta"].is_traced


_ASKED: dict[str, Callable[[Module], bool]] = {
    "units": _units,
    "kernel": _kept("kernel", "transpose"),
    "snapshot": _kept("rate", "sigmoid"),
    "log_variance": _log_variance,
    "kl": _kl,
    "schedule_owner": _scheduled,
    "schedule_name": _scheduled,
}


__all__ = ["WAYS", "arrives", "cells", "program"]
