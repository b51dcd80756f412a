"""``kvlint migrate``: from Keras 2 to Keras 3, what is done and what is left."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerasvae_lint.cli.choices import Choices, patterns
from kerasvae_lint.cli.diffs import diff
from kerasvae_lint.cli.output import look_for, problem_line, write
from kerasvae_lint.cli.progress import bar, wanted
from kerasvae_lint.core import Position, Problem
from kerasvae_lint.migrate import Kind, Line, Migration, To, migrate_data
from kerasvae_lint.report.counts import many
from kerasvae_lint.report.look import Look, place, printable, wrap
from kerasvae_lint.runtime.launch import NotInstalledError
from kerasvae_lint.runtime.twins.results import EQUAL, Proof

_SHOWN = {
    Kind.LEFT: "left for you",
    Kind.DIFFERS: "computes something else",
    Kind.NEEDLESS: "not needed",
    Kind.DONE: "done",
}
_COLOURS = {Kind.LEFT: "removed", Kind.DIFFERS: "mark", Kind.NEEDLESS: "gutter", Kind.DONE: "added"}


@dataclass(slots=True)
class Request:
    """One call of ``kvlint migrate``."""

    paths: tuple[str, ...]
    to: str = "tensorflow"
    diff: bool = False
    write: bool = False
    verify: bool = False
    synthetic: bool = False
    timeout: float = 300.0
    exclude: tuple[str, ...] = ()
    format: str = "text"
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class Answer:
    """The files that were looked at, and what can't be done."""

    migrations: list[Migration] = field(default_factory=list)
    files: int = 0
    problems: list[Problem] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)

    @property
    def disproved(self) -> bool:
        """True if a program does not run any more, or computes something else."""
        return any(proof.verdict != EQUAL and proof.which != "old" for proof in self.proofs)

    def count(self, kind: Kind) -> int:
        """How many lines there are of one kind."""
        return sum(len(migration.of(kind)) for migration in self.migrations)

    @property
    def changed(self) -> list[Migration]:
        """The files that change."""
        return [migration for migration in self.migrations if migration.changed]


def migrate(request: Request) -> int:
    """Do what is asked and say what is done and left; the exit status."""
    with bar(shown=wanted(request.quiet)) as progress:
        answer = _migrated(request, lambda done, total: progress("Migrating", done, total))
    if request.verify:
        try:
            answer.proofs = _verified(request, answer)
        except NotInstalledError as error:
            write(sys.stderr, [f"error: {error}"])
            return 2
    if request.write and not answer.disproved:
        _write(answer)
    if request.format == "json":
        write(sys.stdout, [json.dumps(_as_data(request, answer), indent=2, ensure_ascii=False)])
    elif request.diff:
        for migration in answer.changed:
            write(sys.stdout, diff(migration, look_for(sys.stdout)))
    else:
        write(sys.stdout, _report(request, answer, look_for(sys.stdout)))
    sys.stdout.flush()
    look = look_for(sys.stderr)
    write(sys.stderr, (problem_line(problem, look) for problem in answer.problems))
    if answer.problems:
        return 2
    todo = bool(answer.changed) and not (request.write and not answer.disproved)
    return 1 if todo or answer.disproved or answer.count(Kind.LEFT) else 0


def _verified(request: Request, answer: Answer) -> list[Proof]:
    """Run the programs before and after; what Keras 2 and Keras 3 make of them."""
    from kerasvae_lint.cli.proving import prove
    from kerasvae_lint.runtime.options import Options

    return prove(answer.migrations, Options(timeout=request.timeout, synthetic=request.synthetic))


def _migrated(request: Request, tell: Callable[[int, int], None]) -> Answer:
    from kerasvae_lint.migrate.pins import migrate_pins, pin_files
    from kerasvae_lint.model import Project
    from kerasvae_lint.run.discovery import discover
    from kerasvae_lint.run.reading import is_too_large, read, too_large

    answer = Answer()
    choices = Choices(exclude=patterns(request.exclude))
    settings_for = choices.settings_for()
    found = list(discover(list(request.paths), lambda folder: settings_for(folder).all_excludes))
    files = [item for item in found if isinstance(item, str)]
    answer.problems += [item for item in found if isinstance(item, Problem)]
    project = Project()
    for number, filename in enumerate(files):
        tell(number, len(files))
        answer.files += 1
        data = read(filename)
        if isinstance(data, Problem):
            answer.problems.append(data)
        elif is_too_large(data, filename):
            answer.problems.append(too_large(filename))
        else:
            _add(answer, migrate_data(data, filename, To(request.to), project))
    folders = [path for path in request.paths if os.path.isdir(path)]
    inside = [os.path.dirname(name) for name in files if folders]
    for filename in pin_files([*folders, *inside]):
        data = read(filename)
        if not isinstance(data, Problem):
            _add(answer, migrate_pins(data, filename))
    answer.problems += choices.problems.values()
    return answer


def _add(answer: Answer, migration: Migration) -> None:
    answer.problems += migration.problems
    if migration.changed or migration.lines:
        answer.migrations.append(migration)


def _write(answer: Answer) -> None:
    from kerasvae_lint.fix import write_atomically

    for migration in answer.changed:
        try:
            write_atomically(Path(migration.filename), migration.after, expected=migration.before)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            answer.problems.append(Problem(migration.filename, f"can't be written: {why}"))


# for people -------------------------------------------------------------------------------------
def _report(request: Request, answer: Answer, look: Look) -> Iterator[str]:
    kinds = [Kind.LEFT] if request.quiet else [Kind.LEFT, Kind.DIFFERS]
    if request.verbose:
        kinds += [Kind.NEEDLESS, Kind.DONE]
    for migration in answer.migrations:
        shown = [line for line in migration.lines if line.kind in kinds]
        for line in shown:
            yield from _line(line, look, written=request.write)
    if answer.proofs:
        from kerasvae_lint.cli.proving import shown as proven

        yield from proven(answer.proofs, look.width)
    if not request.quiet:
        yield from _summary(request, answer)


def _line(line: Line, look: Look, *, written: bool) -> Iterator[str]:
    row = line.new_row if written and line.new_row is not None else line.row
    where = place(look.path(line.filename), Position(row, line.column), line.cell)
    head = f"{look.paint('path', f'{where}:')} {look.paint(_COLOURS[line.kind], _SHOWN[line.kind])}"
    yield f"{head} {look.paint('gutter', f'[{line.step}]')}"
    yield from (f"  {text}" for text in wrap(printable(line.message), look.width - 2, 0, ""))


def _summary(request: Request, answer: Answer) -> Iterator[str]:
    if not answer.files:
        yield "No Python files or notebooks found."
        return
    steps: Counter[str] = Counter()
    for migration in answer.migrations:
        steps.update(line.step for line in migration.lines if line.kind in {Kind.DONE, Kind.NEEDLESS})
    if steps:
        yield "Changes: " + ", ".join(f"{name} {count}" for name, count in sorted(steps.items())) + "."
    verb = "Changed" if request.write and not answer.disproved else "Would change"
    done, left = answer.count(Kind.DONE) + answer.count(Kind.NEEDLESS), answer.count(Kind.LEFT)
    differing = answer.count(Kind.DIFFERS)
    if not (answer.changed or left):
        yield f"Looked at {many(answer.files, 'file')}: nothing to do for Keras 3."
        return
    yield (
        f"{verb} {len(answer.changed)} of {many(answer.files, 'file')} in {many(done, 'place')};"
        f" {left} left for you, {differing} where Keras 3 computes something else."
    )


# for programs -----------------------------------------------------------------------------------
def _as_data(request: Request, answer: Answer) -> dict[str, Any]:
    return {
        "to": request.to,
        "written": request.write and not answer.disproved,
        "files": [
            {
                "path": migration.filename,
                "changed": migration.changed,
                "lines": [_line_as_data(line) for line in migration.lines],
            }
            for migration in answer.migrations
        ],
        "proofs": [proof.to_dict() for proof in answer.proofs],
        "problems": [_problem_as_data(problem) for problem in answer.problems],
        "summary": {
            "files": answer.files,
            "changed": len(answer.changed),
            **{kind.value.replace(" ", "_"): answer.count(kind) for kind in Kind},
        },
    }


def _line_as_data(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "step": line.step,
        "message": line.message,
        "row": line.row,
        "column": line.column,
        "cell": line.cell,
        "new_row": line.new_row,
    }


def _problem_as_data(problem: Problem) -> dict[str, Any]:
    where = problem.location
    return {
        "path": problem.filename,
        "message": problem.message,
        "row": where.row if where is not None else None,
        "column": where.column if where is not None else None,
        "cell": problem.cell,
    }
