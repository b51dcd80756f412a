"""``kvlint show``: the networks of files, as a table, for programs, or drawn."""

from __future__ import annotations

import difflib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.cli.choices import NOTHING, Choices
from kerasvae_lint.cli.output import NARROWEST, look_for, problem_line, wants_colour, write, write_bytes
from kerasvae_lint.cli.outputs import read_outputs, write_report
from kerasvae_lint.cli.progress import bar, wanted
from kerasvae_lint.core import Problem, Settings, TargetKeras
from kerasvae_lint.report.counts import many
from kerasvae_lint.report.look import Look, printable

if TYPE_CHECKING:
    from kerasvae_lint.core.network import Network
    from kerasvae_lint.model import Project
    from kerasvae_lint.source import Source

FORMATS = ("text", "json", "svg", "mermaid", "dot")
WIDTH = 100
"""Of the tables where there is no terminal."""
_PLAIN = str.maketrans({"─": "-", "←": "<", "→": ">", "\u00d7": "x", "…": "~"})
"""What stands for signs that an old encoding does not have: as wide as they are."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file and its networks."""

    filename: str
    networks: tuple[Network, ...]
    where: Callable[[int], str]


@dataclass(slots=True)
class Found:
    """What was read: files with networks, how many files there were at all, and what went wrong."""

    shown: list[Shown] = field(default_factory=list)
    files: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def networks(self) -> list[Network]:
        return [network for shown in self.shown for network in shown.networks]


def show(
    paths: Sequence[str],
    output_format: str,
    output: Path | None,
    *,
    target: TargetKeras | None = None,
    names: Sequence[str] = (),
) -> int:
    """Print the networks of files and folders, or write them to a file; the exit status.

    Raises:
        OutputError: the file can't be written.
    """
    if output is not None:  # with a format before it, so that a name with "=" in it is a name
        read_outputs([f"text={output}"], output_format="text", diff=False, statistics=False)
    with bar(shown=wanted(quiet=False)) as progress:
        found = read_networks(paths, target, lambda files: progress("Reading", files, 0))
    chosen = _selected(found.shown, names)
    if output is not None:
        try:
            write_report(output, report_of(chosen, output_format, Look(WIDTH)))
        except OSError as error:
            found.problems.append(Problem(str(output), f"can't be written: {(error.strerror or str(error)).lower()}"))
    else:
        _print(report_of(chosen, output_format, _look()), for_people=output_format == "text")
    _tell(found, names)
    return 2 if found.problems else 0


def read_networks(
    paths: Sequence[str], target: TargetKeras | None = None, tell: Callable[[int], None] = lambda _: None
) -> Found:
    """The networks of files and folders; what can't be read is among the problems. ``tell`` hears of each file."""
    from kerasvae_lint.model import Project
    from kerasvae_lint.run.discovery import discover

    found = Found()
    choices = Choices(target_keras=target)
    settings_for = choices.settings_for()
    project = Project()
    named = set(paths)
    for item in discover(list(paths), lambda folder: settings_for(folder).all_excludes):
        if isinstance(item, Problem):
            found.problems.append(item)
            continue
        found.files += 1
        tell(found.files)
        settings = settings_for(item)
        if settings == NOTHING:
            continue
        networks, where = _of_file(item, settings, project, found.problems, item in named)
        if networks:
            found.shown.append(Shown(item, networks, where))
    found.problems += choices.problems.values()
    return found


def _of_file(
    filename: str, settings: Settings, project: Project, problems: list[Problem], is_named: bool
) -> tuple[tuple[Network, ...], Callable[[int], str]]:
    """The networks of one file, and how its lines are called."""
    from kerasvae_lint.report.network_table import in_line
    from kerasvae_lint.run.reading import is_too_large, read, too_large
    from kerasvae_lint.run.triage import looks_broken, mentions_field
    from kerasvae_lint.source import SourceError

    data = read(filename)
    if isinstance(data, Problem):
        problems.append(data)
    elif not mentions_field(data) and not looks_broken(data, filename, is_named):
        pass
    elif is_too_large(data, filename):
        problems.append(too_large(filename))
    else:
        try:
            return _of_data(data, filename, settings, project, problems)
        except SourceError as error:
            problems.append(Problem(filename, error.message, error.location, error.cell))
        except Exception as error:  # one file's mistake must not cost the others' networks
            what = (str(error).splitlines() or [""])[0][:200]
            problems.append(Problem(filename, f"internal error: {type(error).__name__}: {what}"))
    return (), in_line


def _of_data(
    data: bytes, filename: str, settings: Settings, project: Project, problems: list[Problem]
) -> tuple[tuple[Network, ...], Callable[[int], str]]:
    from kerasvae_lint.model.networks import networks_in
    from kerasvae_lint.run.engine import RECURSION_LIMIT
    from kerasvae_lint.source import decode
    from kerasvae_lint.source.collector import paused_collector
    from kerasvae_lint.source.syntax import parse_code

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        with paused_collector():
            _, source = parse_code(decode(data, filename))
            problems += [Problem(filename, message, place, cell) for cell, place, message in source.problems]
            return tuple(networks_in(source, target=settings.target_keras, project=project)), partial(_place, source)
    finally:
        sys.setrecursionlimit(limit)


def _place(source: Source, row: int) -> str:
    """What a line is called: in a notebook, by its cell."""
    cell = source.cell_at(row)
    return f"line {row}" if cell is None else f"cell {cell.index}:{row - cell.first_row + 1}"


def _selected(shown: Sequence[Shown], names: Sequence[str]) -> list[Shown]:
    if not names:
        return list(shown)
    kept = [
        Shown(one.filename, tuple(network for network in one.networks if network.name in names), one.where)
        for one in shown
    ]
    return [one for one in kept if one.networks]


def report_of(shown: Sequence[Shown], output_format: str, look: Look) -> Iterator[str]:
    """The lines of a report."""
    networks = [network for one in shown for network in one.networks]
    if output_format == "text":
        yield from _text(shown, look)
    elif output_format == "json":
        from kerasvae_lint.report.network_json import networks_json

        yield networks_json(networks)
    elif output_format == "svg":
        from kerasvae_lint.report.network_svg import networks_svg

        yield networks_svg(networks, look.path)
    else:
        from kerasvae_lint.report import network_text_graphs as graphs

        yield from (graphs.mermaid if output_format == "mermaid" else graphs.dot)(networks, look.path)


def _text(shown: Sequence[Shown], look: Look) -> Iterator[str]:
    """The tables under the names of their files."""
    from kerasvae_lint.report.network_table import network_tables

    for number, one in enumerate(shown):
        yield from [""] if number else []
        yield look.paint("path", look.path(one.filename))
        yield ""
        yield from network_tables(one.networks, look, one.where)


def _look() -> Look:
    columns = shutil.get_terminal_size((WIDTH, 24)).columns or WIDTH
    return Look(max(columns, NARROWEST), wants_colour(sys.stdout))


def _print(lines: Iterator[str], *, for_people: bool) -> None:
    if not for_people:
        write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
        return
    try:
        "".join(map(chr, _PLAIN)).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        lines = (line.translate(_PLAIN) for line in lines)
    write(sys.stdout, lines)
    sys.stdout.flush()


def _tell(found: Found, names: Sequence[str]) -> None:
    """On standard error: what went wrong, and that there is nothing to show."""
    look = look_for(sys.stderr)
    write(sys.stderr, (problem_line(problem, look) for problem in found.problems))
    if not found.shown:
        write(sys.stderr, [f"no model found in {many(found.files, 'file')}"])
        return
    known = {network.name for network in found.networks}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
            hint = f"; did you mean {printable(near[0])!r}?" if near else ""
            write(sys.stderr, [f"no model named {printable(name)!r} in {many(found.files, 'file')}{hint}"])
