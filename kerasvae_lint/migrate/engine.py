"""One file from Keras 2 to Keras 3: steps and rules in rounds, until nothing changes, and what they did."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Position, Problem, Report, Rule, TargetKeras
from kerasvae_lint.migrate.step import Kind, Remark, Step, To
from kerasvae_lint.run import registry
from kerasvae_lint.run.engine import RECURSION_LIMIT, placed
from kerasvae_lint.run.fixing import mend
from kerasvae_lint.run.results import Change
from kerasvae_lint.source import Source, SourceError, decode
from kerasvae_lint.source.collector import paused_collector

if TYPE_CHECKING:
    from kerasvae_lint.model import Module, Project

_OTHER_MEANING = frozenset({"Keep its BatchNormalization frozen", "Freeze the layer"})
"""Fixes that train other weights than the code did under Keras 2."""
OWN_STEPS = frozenset({"KV605"})
"""Rules whose work a step does."""
ALSO = frozenset({"KV512"})
"""Rules of other families on what Keras 3 does otherwise; they fix nothing in code that is for Keras 3 already."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report.

    Attributes:
        kind: what it says.
        step: the step or rule that says it.
        message: what is done or to do, and why.
        filename: as it was given.
        row: where, in the file as it was, from 1.
        column: likewise.
        cell: of a notebook, counting all cells from 1.
        new_row: the row in the migrated file; None for code that is no more as it was.
    """

    kind: Kind
    step: str
    message: str
    filename: str
    row: int
    column: int = 1
    cell: int | None = None
    new_row: int | None = None


@dataclass(slots=True)
class Migration:
    """What migrating one file gave.

    Attributes:
        filename: as it was given.
        before: its bytes as they were.
        after: its bytes as they should be; the same where nothing changes.
        old: the text of a script as it was.
        new: and as it should be.
        cells: of a notebook, the cells that change: number, old text, new text.
        lines: the report, in order of place.
        problems: what could not be done at all.
    """

    filename: str
    before: bytes
    after: bytes
    old: str = ""
    new: str = ""
    cells: list[tuple[int, str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """True if there is something to write."""
        return self.after != self.before

    def of(self, kind: Kind) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line.kind is kind]


def migrate_data(data: bytes, filename: str, to: To = To.TENSORFLOW, project: Project | None = None) -> Migration:
    """Migrate the bytes of a script or (by the name's ending) of a notebook; nothing is written.

    Args:
        data: the file's content.
        filename: stands in the report; where it exists, imports from its project are followed.
        to: where the migrated code is to run.
        project: what is known of the files around; None keeps everything inside this one.
    """
    result = Migration(filename, data, data)
    try:
        source = decode(data, filename)
    except SourceError as error:
        result.problems.append(Problem(filename, error.message, error.location, error.cell))
        return result
    if not _mentions_keras(source.text):
        return result
    rounds = _Rounds(source, to, project)
    change = Change(filename, data, data, remaining=rounds.findings(source))
    result.problems += rounds.problems
    if rounds.problems:
        return result
    mend(change, rounds.findings, True)
    result.after, result.old, result.new, result.cells = change.after, change.old, change.new, change.cells
    result.problems += change.problems
    result.lines = sorted(set(rounds.lines(change)), key=_order)
    return result


def _order(line: Line) -> tuple[object, ...]:
    return (line.cell or 0, line.row, line.column, line.step, line.kind.value, line.message)


def migrate_text(text: str, filename: str = "<string>", to: To = To.TENSORFLOW) -> tuple[str, list[Line]]:
    """Migrate a program given as text (the JSON of a notebook, if ``filename`` says so): the new text, the report.

    Raises:
        SourceError: it can't be parsed.
    """
    result = migrate_data(text.encode("utf-8", "surrogatepass"), filename, to)
    if result.problems and not result.changed:
        raise SourceError(result.problems[0].message, result.problems[0].location)
    return result.after.decode("utf-8", "surrogatepass"), result.lines


def _mentions_keras(text: str) -> bool:
    return "keras" in text


class _Rounds:
    """What is found in each round of one file, with its place in the file as it was."""

    def __init__(self, source: Source, to: To, project: Project | None) -> None:
        self.first = source
        self.to = to
        self.project = project
        self.problems: list[Problem] = []
        self._differing: list[Finding] = []
        self._last: list[Finding] = []
        self._text = source.text
        self._round = 0
        self._changes = False

    def findings(self, source: Source) -> list[Finding]:
        """What steps and rules find in the text of one round; those without a fix are left for a person."""
        if self._round == 0:
            self.first, self._text = source, source.text
        self._round += 1
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        try:
            with paused_collector():
                found = list(self._found(source))
        finally:
            sys.setrecursionlimit(limit)
        if self._round == 1:
            self._differing = [finding for finding in found if finding.code == Kind.DIFFERS and finding.fix is None]
        self._last = [finding for finding in found if finding.code != Kind.DIFFERS or finding.fix is not None]
        return self._last

    def _found(self, source: Source) -> Iterator[Finding]:
        module = self._module(source)
        if module is None:
            return
        rows = _Rows(self.first, source)
        for name, kind, report in self._reports(module):
            finding, _ = placed(module, _as_rule(name), report)
            if report.fix is not None and finding.fix is None:  # it would cross the border of a notebook's cell
                kind = Kind.LEFT
            cell, place = rows.before(source, report.at.start)
            now = source.position(report.at.start)[1]  # where it is in this round stands in for the end
            yield replace(finding, code=kind.value, cell=cell, location=place, end_location=now)

    def _module(self, source: Source) -> Module | None:
        from kerasvae_lint.binding.build import build
        from kerasvae_lint.model import Module, Project
        from kerasvae_lint.source.syntax import parse_code

        try:
            tree, source = parse_code(source)
        except SourceError as error:
            self.problems.append(Problem(source.filename, error.message, error.location, error.cell))
            return None
        around = self.project if self.project is not None else Project()
        return Module(build(tree, source.text), source, target=TargetKeras.KERAS3, project=around)

    def _reports(self, module: Module) -> Iterator[tuple[str, Kind, Report]]:
        """The steps' remarks; once they have nothing to change, what the rules find."""
        waiting: list[tuple[str, Remark]] = []
        for step in steps(self.to):
            if step.triggers and not any(word in module.source.text for word in step.triggers):
                continue
            asked = self._asked(step, module)
            waiting += [(step.name, one) for one in asked if step.is_wanted(one, module, self._text)]
        if not self._changes and not any(remark.draft is not None and not remark.along for _, remark in waiting):
            waiting = [(name, replace(remark, draft=None) if remark.along else remark) for name, remark in waiting]
        self._changes |= any(remark.draft is not None for _, remark in waiting)
        for name, remark in waiting:
            yield name, remark.kind, remark.report
        if any(remark.draft is not None for _, remark in waiting):
            return
        for code, rule in rules().items():
            if not any(word in module.source.text for word in rule.triggers):
                continue
            for report in self._asked_rule(rule, module):
                if report.fix is None or (code in ALSO and not self._changes):
                    yield code, Kind.LEFT, replace(report, fix=None)
                elif report.fix.message in _OTHER_MEANING:
                    yield code, Kind.DIFFERS, replace(report, fix=None)
                else:
                    yield code, Kind.DONE, replace(report, message=f"{rule.name}: {report.fix.message}")

    def _asked(self, step: Step, module: Module) -> list[Remark]:
        try:
            return list(step.remarks(module))
        except Exception as error:  # one step's mistake must not cost the others' work
            self._own_mistake(step.name, error)
            return []

    def _asked_rule(self, rule: type[Rule], module: Module) -> list[Report]:
        try:
            return list(rule().check(module))
        except Exception as error:  # likewise
            self._own_mistake(rule.code, error)
            return []

    def _own_mistake(self, name: str, error: Exception) -> None:
        what = (str(error).splitlines() or [""])[0][:200]
        problem = Problem(self.first.filename, f"internal error in {name}: {type(error).__name__}: {what}")
        if problem not in self.problems:
            self.problems.append(problem)

    def lines(self, change: Change) -> Iterator[Line]:
        """The report, once the last round is over."""
        if not change.fixed and not change.remaining:
            return
        for finding in (*change.fixed, *self._differing):
            yield _line(finding)
        for finding in change.remaining:
            kind = Kind(finding.code)
            if finding.fix is not None and kind is not Kind.DIFFERS:  # the file would not parse with it
                kind = Kind.LEFT
            yield replace(_line(finding), kind=kind, new_row=finding.end_location.row)


def _line(finding: Finding) -> Line:
    place = finding.location
    kind, name = Kind(finding.code), finding.name
    return Line(kind, name, finding.message, finding.filename, place.row, place.column, finding.cell)


class _Rows:
    """Rows of a round's text as rows of the text that was there first."""

    def __init__(self, first: Source, now: Source) -> None:
        self.first = first
        self.same = first.text == now.text
        old, new = first.text.splitlines(), now.text.splitlines()
        self._starts: list[tuple[int, int, int, bool]] = []
        if not self.same:
            matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
            for tag, i1, i2, j1, _ in matcher.get_opcodes():
                self._starts.append((j1, i1, i2, tag == "equal"))

    def before(self, source: Source, offset: int) -> tuple[int | None, Position]:
        """The cell and place of an offset of the round's text, in the first text."""
        if self.same:
            return source.position(offset)
        row, column = source.row_and_column(offset)
        at = next((start for start in reversed(self._starts) if start[0] <= row - 1), (0, 0, 0, True))
        shifted = at[1] + (row - 1 - at[0])
        old_row = max(min(shifted, max(at[2] - 1, at[1])), 0) + 1
        begin = self.first.row_start(old_row)
        cell, place = self.first.position(begin)
        return cell, Position(place.row, column if at[3] else 1)


@cache
def _as_rule(name: str) -> type[Rule]:
    """The name of a step as a rule has it, for a finding's sake."""
    return type("Named", (Rule,), {"code": name, "name": name, "triggers": (), "check": lambda *_: iter(())})


@cache
def rules() -> dict[str, type[Rule]]:
    """The rules of what breaks between Keras 2 and Keras 3."""
    return {
        code: rule
        for code, rule in registry.all_rules().items()
        if (code.startswith("KV6") and code not in OWN_STEPS) or code in ALSO
    }


def steps(to: To) -> Sequence[Step]:
    """The steps for a target, in the order in which they are asked."""
    from kerasvae_lint.migrate.steps import STEPS

    return [step for step in STEPS if step.only_to in (None, to)]
