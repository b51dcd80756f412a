"""``--output-file``: which reports go to which files."""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kerasvae_lint.cli.formats import COUNTED, FORMATS

_PREFIX = re.compile(r"([A-Za-z][\w-]*)=(.*)", re.DOTALL)
_SOURCES = (".py", ".ipynb")


class OutputError(Exception):
    """Reports that can't be written, or that make no sense together; one line."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write: ``main`` takes what else goes to standard output, the others have a format of their own."""

    main: Path | None = None
    others: tuple[tuple[str, Path], ...] = field(default=())

    def __bool__(self) -> bool:
        return self.main is not None or bool(self.others)

    def files(self, output_format: str) -> Iterator[tuple[str, Path, bool]]:
        """Each file with its format, and whether it is the main one."""
        if self.main is not None:
            yield output_format, self.main, True
        for name, path in self.others:
            yield name, path, False


def read_outputs(values: Iterable[str], *, output_format: str, diff: bool, statistics: bool) -> Outputs:
    """The values of ``--output-file``, checked before anything is linted.

    Raises:
        OutputError: an unknown format, a path that can't be written or is named twice, options that
            have no meaning together.
    """
    made = _parsed(values)
    if diff and made:
        raise OutputError("--output-file can't be combined with --diff, which prints no findings")
    for option, given in (("--diff", diff), ("--statistics", statistics)):
        if given and output_format not in COUNTED:
            raise OutputError(f"{option} can't be combined with --output-format {output_format}")
    seen: set[str] = set()
    for _, path, _ in made.files(output_format):
        try:
            why = _obstacle(path)
        except OSError as error:
            why = f"can't be written: {(error.strerror or str(error)).lower()}"
        if why:
            raise OutputError(f"--output-file: {path} {why}")
        real = os.path.normcase(os.path.realpath(path))
        if real in seen:
            raise OutputError(f"--output-file: {path} is named twice")
        seen.add(real)
    return made


def _parsed(values: Iterable[str]) -> Outputs:
    main: Path | None = None
    others: list[tuple[str, Path]] = []
    for value in values:
        match = _PREFIX.fullmatch(value)
        name, path = (match[1].lower(), match[2]) if match else ("", value)
        if name and name not in FORMATS:
            near = difflib.get_close_matches(name, FORMATS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FORMATS)}"
            raise OutputError(f"--output-file: unknown format {name!r}; {hint}")
        if path in {"", "-"}:
            raise OutputError(f"--output-file: {value!r} names no file; standard output is for --output-format")
        if name:
            others.append((name, Path(path)))
        elif main is None:
            main = Path(path)
        else:
            raise OutputError(f"--output-file: both {main} and {path} are given without a format (FORMAT=PATH)")
    return Outputs(main, tuple(others))


def _obstacle(path: Path) -> str:
    """Why this file can't be written, as far as can be seen; empty if it can."""
    parent = Path(os.path.realpath(path)).parent
    if path.is_dir():
        return "is a folder"
    if path.suffix.lower() in _SOURCES:
        return "has the name of a program, which a report would overwrite"
    if not parent.is_dir():
        return f"can't be written: there is no folder {path.parent}"
    if not path.exists():
        return "" if os.access(parent, os.W_OK | os.X_OK) else f"can't be written: {path.parent} is read-only"
    writable = path.stat().st_mode & 0o222 and os.access(path, os.W_OK)
    if not writable:
        return "can't be written: it is read-only"
    if _is_regular(path) and not os.access(parent, os.W_OK | os.X_OK):
        return f"can't be written: {path.parent} is read-only"
    return ""


def _is_regular(path: Path) -> bool:
    return stat.S_ISREG(path.stat().st_mode)


def write_report(path: Path, lines: Iterable[str]) -> None:
    """Write a report in one step, in UTF-8; a device or a pipe is just written to.

    Raises:
        OSError: it can't be done.
    """
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    if path.exists() and not _is_regular(path):
        with open(path, "wb") as file:
            file.write(data)
        return
    from kerasvae_lint.fix.writing import put_atomically

    put_atomically(path, data)
