"""What ``verify`` prints: tables and lines for people."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kerasvae_lint.runtime.results import (
    PASS,
    ModelResult,
    ProbeResult,
    Report,
    RunResult,
    TargetResult,
    VariableResult,
)

Paint = Callable[[str, str], str]
MOST_ROWS = 24
WORDS = {"pass": "pass", "fail": "FAIL", "skip": "skip"}
ADVICE = {
    "build": "make the program run first: the exception above says where",
    "gradients": "compute in `call` what depends on the variable, and let the layer own it (`add_weight`)",
    "reaction": "compute in `call` what depends on the variable",
    "schedule": "hold the value in a non-trainable weight and assign it",
    "tie": "transpose the other layer's kernel in `call`",
    "noise": "draw with `keras.random` or `tf.random` in `call`, of the input's shape",
    "kl": "warm the KL up, or bound it (free bits, BatchNormalization on the mean)",
    "loss": "look at the terms of the loss one by one",
    "mode": "give `call` a `training` argument; call the model with `training=True` in a `train_step` of your own",
    "data": "look for what the output is really computed from",
    "learning": "look at the output layer, the learning rate, and the order and scale of the data",
    "layers": "look at the layer's activation and initializer, and at the scale of what goes in",
    "monitors": "name a value that the history holds, and set `mode` by what is better",
    "targets": "let the last layer and the loss suit the targets, and scale inputs alike everywhere",
    "metrics": "compile a metric of the kind that the labels are",
    "save": "return plain values from `get_config`, and make variables with `add_weight`",
}
INSTEAD = {"KV507": "set `trainable` before `compile`, or call `compile` again after it"}
"""Advice by the first rule that a failed probe points to, where the probe's own would lead astray."""


def full(report: Report, width: int, paint: Paint, *, every_variable: bool = False) -> Iterator[str]:
    """Each target with its tables."""
    for index, target in enumerate(report.targets):
        if index:
            yield ""
        yield paint("path", target.target)
        if target.status != "ok":
            yield from _wrapped(f"{target.status}: {target.reason}", width, "  ")
        for run in target.runs:
            if len(target.runs) > 1 or run.source != "original":
                yield f"  {_title(run, target)}"
            for model in run.models:
                yield from _model(model, width, paint, every_variable)
            for note in run.notes:
                if run is target.runs[0] or note not in target.runs[0].notes:
                    yield from _wrapped(note, width, f"    {paint('gutter', 'note')}  ", 10)
            if run.environment.get("keras", "?") != report.environment.get("keras", "?"):
                yield from _wrapped(f"it ran on Keras {run.environment.get('keras', '?')}", width, "    ")
        line = verdict(target)
        if line:
            yield from _wrapped(line, width, "  ")
    if report.environment:
        yield ""
        yield from _wrapped(environment(report.environment), width, "")


def _title(run: RunResult, target: TargetResult) -> str:
    if run.source == "original":
        return "As it is:"
    return f"With the fixes of {', '.join(target.fixes)}:"


def _model(model: ModelResult, width: int, paint: Paint, every: bool) -> Iterator[str]:
    yield f"  {paint('label', model.name)}"
    rows = [row for row in model.variables if row.gradient_norms or row.verdict not in {"state", "frozen"}]
    bad = [row for row in rows if row.verdict not in {"ok", "zero here", "one time step"}]
    shown = rows if every or len(rows) <= MOST_ROWS else bad[:MOST_ROWS] or rows[:MOST_ROWS]
    if shown:
        yield from _table(
            ["variable", "shape", "gradient norm", "verdict"],
            [[row.path, _shape(row), gradient(row), row.verdict] for row in shown],
            width,
        )
    if len(shown) < len(rows):
        yield f"    and {len(rows) - len(shown)} more (--verbose)"
    told: set[tuple[str, int]] = set()
    for probe in model.probes:
        word = WORDS[probe.verdict]
        colour = {"fail": "code", "pass": "added", "skip": "gutter"}[probe.verdict]
        yield from _wrapped(probe.message, width, f"    {paint(colour, word)}  {probe.probe:<10}", 20)
        if probe.failed:
            yield from _wrapped(_todo(probe, told), width, " " * 20, 20)


def _todo(probe: ProbeResult, told: set[tuple[str, int]]) -> str:
    """What to do: about the cause that the linter found, in full once; else the probe's own advice."""
    met = probe.figures.get("causes")
    if not met:
        return f"→ {INSTEAD.get(probe.codes[0] if probe.codes else '', ADVICE[probe.probe])}"
    first = (met[0]["code"], met[0]["row"])
    if first in told:
        return f"→ {first[0]} at line {first[1]}, as above"
    told.add(first)
    return f"→ {cause(met)}"


def cause(met: list[dict[str, Any]], *, whole: bool = False) -> str:
    """``KV701 at line 12: …; `--fix` mends it``: what the linter says of the root, in a sentence or as a whole."""
    first, others = met[0], met[1:]
    message = first["message"] if whole else _sentence(first["message"])
    mended = f"`{first['mended_by']}` mends it" if first["mended_by"] else f"`kvlint rule {first['code']}` says more"
    also = ", ".join(f"{one['code']} at line {one['row']}" for one in others)
    return f"{first['code']} at line {first['row']}: {message.rstrip('.')}. {mended}" + (
        f"; see {also} too" if also else ""
    )


def _sentence(message: str) -> str:
    """The first sentence; a point inside of `code` ends none."""
    for found in re.finditer(r"\. (?=[A-Z`«])", message):
        if message[: found.start()].count("`") % 2 == 0:
            return message[: found.start()]
    return message


def gradient(row: VariableResult) -> str:
    """The norm of a typical later step, in three digits."""
    if not row.gradient_norms:
        return "-"
    return "none" if row.typical_norm is None else f"{row.typical_norm:.3g}"


def _shape(row: VariableResult) -> str:
    return f"({', '.join(map(str, row.shape))}{',' if len(row.shape) == 1 else ''})"


def _table(head: list[str], rows: list[list[str]], width: int) -> Iterator[str]:
    sizes = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    sizes[0] = max(12, min(sizes[0], width - sum(sizes[1:]) - 3 * 2 - 4))
    for row in [head, *rows]:
        first = row[0] if len(row[0]) <= sizes[0] else "…" + row[0][1 - sizes[0] :]
        cells = [first.ljust(sizes[0]), row[1].ljust(sizes[1]), row[2].rjust(sizes[2]), row[3]]
        yield f"    {'  '.join(cells)}".rstrip()


def summary(report: Report, width: int, paint: Paint) -> Iterator[str]:
    """One line for each target: its verdict and the probes that failed, with the rules that explain them."""
    names = [target.target for target in report.targets]
    widest = max(20, min(max(map(len, names), default=0), width - 34))
    for target in report.targets:
        name = target.target if len(target.target) <= widest else "…" + target.target[1 - widest :]
        runs: list[RunResult | None] = [*target.runs] or [None]
        for run in runs:
            word, rest = _outcome(target, run)
            colour = {"pass": "added", "FAIL": "code"}.get(word, "gutter")
            source = f"{run.source:<9}" if run is not None and len(target.runs) > 1 else ""
            yield from _wrapped(rest, width, f"{name.ljust(widest)}  {source}{paint(colour, word):<5} ", widest + 8)
            name = ""
    failed = sum(bool(t.runs and t.runs[-1].failed) for t in report.targets)
    errors = sum(t.status == "error" for t in report.targets)
    passed = sum(bool(t.runs and not t.runs[-1].failed) for t in report.targets)
    yield ""
    yield f"{passed} passed, {failed} failed, {errors} could not run."
    yield from _wrapped(environment(report.environment), width, "")


def _outcome(target: TargetResult, run: RunResult | None) -> tuple[str, str]:
    if run is None:
        return target.status, target.reason
    if not run.failed:
        asked = sum(probe.verdict == PASS for model in run.models for probe in model.probes)
        return "pass", f"{asked} probes"
    parts = []
    for probe in run.failed:
        codes = f" ({', '.join(dict.fromkeys(f['code'] for f in probe.figures.get('findings', ())))})"
        parts.append(probe.probe + (codes if len(codes) > 3 else ""))
    return "FAIL", ", ".join(dict.fromkeys(parts))


def verdict(target: TargetResult) -> str:
    """One line: what the fix did. «2 of 2 variables had no gradient; after KV301's fix all get one.»"""
    before, after = target.run("original"), target.run("fixed")
    if before is None or after is None:
        return ""
    fixes = f"after {' and '.join(target.fixes)}'s fix"
    gone = [p for p in before.failed if p.probe not in {q.probe for q in after.failed}]
    left = list(dict.fromkeys(p.probe for p in after.failed))
    if not before.failed:
        return f"Nothing failed before; {fixes} {f'{left[0]} fails' if left else 'nothing fails either'}."
    if not gone:
        return f"{_first(before.failed)}; {fixes} {', '.join(left)} still fails."
    end = "all get one" if gone[0].probe == "gradients" and "without" in gone[0].figures else "it passes"
    rest = f", {', '.join(left)} still fails" if left else ""
    return f"{_first(gone)}; {fixes} {end}{rest}."


def _first(failed: list[ProbeResult]) -> str:
    probe = failed[0]
    if probe.probe == "gradients" and probe.figures.get("without"):
        count, total = probe.figures["without"], probe.figures["variables"]
        usable = "" if probe.figures.get("no_path") == count else " usable"
        return f"{count} of {total} variables had no{usable} gradient"
    return f"{probe.probe}: {probe.message}"


def environment(found: dict[str, Any]) -> str:
    """``Keras 3.15.1 on tensorflow 2.21.0, CPU:0, seed 0``."""
    if not found:
        return ""
    backend = found.get("backend", "tensorflow")
    version = found.get(backend, "")
    where, step = found.get("device"), found.get("step_device")
    place = f"variables on {where}; " if where else ""
    if step and step != where:
        place += f"steps on {step}; "
    return (
        f"Keras {found.get('keras', '?')} on {backend} {version}, Python {found.get('python', '?')}; "
        f"{place}seed {found.get('seed', 0)}."
    )


def _wrapped(text: str, width: int, lead: str, indent: int | None = None) -> Iterable[str]:
    plain = len(lead) - (9 if "\x1b" in lead else 0)
    rest = " " * (indent if indent is not None else plain)
    lines = textwrap.wrap(text, max(width - len(rest), 20), break_on_hyphens=False) or [""]
    return [(lead + lines[0]).rstrip(), *(rest + line for line in lines[1:])]
