"""Jupyter notebooks: the code cells in order are one program, rows kept, magics stepped over."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from kerasvae_lint.core import Position
from kerasvae_lint.source.text import Cell, Source, SourceError

_KEPT_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "matplotlib"})
_OTHER_KERNELS = ("ir", "xr", "julia", "octave", "matlab", "scala", "spylon", "javascript", "deno", "bash", "rust")
_CELL_LANGUAGES = (
    ("language",),
    ("metadata", "kernel"),
    ("metadata", "vscode", "languageId"),
    ("metadata", "polyglot_notebook", "kernelName"),
    ("metadata", "dotnet_interactive", "language"),
)
_ASSIGNED = re.compile(r"^(\s*)([\w.,\s\[\]'\"()*]+=\s*)([!%].*)$")
_MAGIC = re.compile(r"^(\s*)([%!?].*|[\w.\[\]]+\s*\?{1,2}\s*)$")
_BARE = re.compile(
    r"^\s*(?:cat|cd|conda|cp|ls|ll|load_ext|mamba|man|matplotlib|mkdir|mv|pip|reload_ext|rm|rmdir|run)"
    r"\s+(?!(?:and|as|for|if|in|is|not|or)\b)(?:--?\w|\.{0,2}/[\w.~$*]|\.{1,2}/?\s*$|[\w~$*\"']).*$"
)
"""A magic without its sign, as IPython takes it where no variable has that name."""
_TIMED = re.compile(r"^(\s*)(%(?:time|timeit|prun)\s+(?:-\S+\s+(?:\d+\s+)?)*)(.+)$")


def decode_notebook(data: bytes, filename: str) -> Source:
    """Read a notebook (format 3 or 4) into one program.

    Raises:
        SourceError: broken JSON, or JSON that is no notebook.
    """
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError("a notebook must be UTF-8") from None
    except (ValueError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        place = Position(row, getattr(error, "colno", 1)) if row else None
        raise SourceError("not a notebook: broken JSON", place) from None
    cells = _cells(notebook)
    if not isinstance(notebook, dict) or not _is_python(notebook):
        return Source(filename, "", cells=())
    return joined(filename, cells)


def joined(filename: str, cells: Iterable[tuple[int, str]], blank: Collection[int] = ()) -> Source:
    """The program that code cells make, given by number and text; those in ``blank`` keep their rows, and no code.

    An empty row stands between two cells, so that the end of one is another place than the beginning of the next.
    """
    lines: list[str] = []
    placed: list[Cell] = []
    for index, text in cells:
        if placed:
            lines.append("")
        first = len(lines) + 1
        plain = neutralize(text)
        lines += ["#"] * len(plain) if index in blank else plain
        placed.append(Cell(index, first, len(lines), text))
    return Source(filename, "\n".join(lines) + ("\n" if lines else ""), cells=tuple(placed))


def is_notebook(data: bytes) -> bool:
    """True if bytes are JSON in UTF-8 with a list of cells; what the cells hold is not looked at."""
    try:
        return _raw_cells(json.loads(data.decode("utf-8-sig"))) is not None
    except (ValueError, RecursionError):
        return False


def _raw_cells(notebook: object) -> list[object] | None:
    """The cells as they stand in the JSON, in format 3 those of all worksheets; None if there is no list of them."""
    if not isinstance(notebook, dict):
        return None
    raw = notebook.get("cells")
    sheets = notebook.get("worksheets")
    if raw is None and isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in lists if isinstance(cells, list) for cell in cells]
    return raw if isinstance(raw, list) else None


def _cells(notebook: object) -> list[tuple[int, str]]:
    raw = _raw_cells(notebook)
    if raw is None:
        raise SourceError("not a notebook: no cells")
    found = []
    for index, cell in enumerate(raw, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code" and _is_python_cell(cell):
            source = cell.get("source", cell.get("input", ""))
            text = "".join(str(part) for part in source) if isinstance(source, list) else str(source)
            found.append((index, text))
    return found


def _is_python(notebook: dict[str, object]) -> bool:
    """Whether the kernel is Python's, by what the formats say of it; a notebook that says nothing is taken for one."""
    for keys in (("language_info", "name"), ("kernelspec", "language"), ("language",)):
        language = _told(notebook, "metadata", *keys)
        if language:
            return "python" in language.lower()
    kernel = _told(notebook, "metadata", "kernelspec", "name").lower()
    return not kernel.startswith(_OTHER_KERNELS)


def _is_python_cell(cell: dict[str, object]) -> bool:
    """False for a cell that is told to be of another language: by VS Code, Polyglot Notebooks, SoS or format 3."""
    for keys in _CELL_LANGUAGES:
        language = _told(cell, *keys).lower()
        if language and "python" not in language and language != "sos":
            return False
    return True


def _told(part: object, *keys: str) -> str:
    """The string at the end of a path through objects; empty if there is none."""
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    return part if isinstance(part, str) else ""


def neutralize(text: str) -> list[str]:
    """The lines of a cell as plain Python: as many lines, magics and shell commands replaced.

    As in IPython, the indentation of the first line of code is taken off all that have it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    first = lines[start].lstrip() if lines else ""
    indent = lines[start][: len(lines[start]) - len(first)] if first else ""
    if indent:
        lines = [line.removeprefix(indent) for line in lines]
    if first.startswith("%%"):
        word = re.match(r"%%\s*(\w+)", first)
        if word is None or word[1] not in _KEPT_CELL_MAGICS:
            return ["#" for _ in lines]
        lines[start] = "#"
    return list(_plain_lines(lines))


def _plain_lines(lines: list[str]) -> Iterator[str]:
    inside = _Inside()
    continued = False
    for line in lines:
        if continued:
            continued = line.rstrip().endswith("\\")
            yield "#"
            continue
        if inside.free:
            plain = _plain(line)
            if plain is not None:
                continued = line.rstrip().endswith("\\")
                yield plain
                continue
        inside.read(line)
        yield line


def _plain(line: str) -> str | None:
    """What a magic line becomes; None for ordinary code."""
    stripped = line.lstrip()
    if _BARE.match(line):
        return f"{line[: len(line) - len(stripped)]}pass"
    if not stripped or not ("%" in line or "!" in line or "?" in line) or stripped.startswith("#"):
        return None
    timed = _TIMED.match(line)
    if timed is not None:
        return f"{timed[1]}{timed[3]}"
    if _MAGIC.match(line) and not stripped.startswith("!="):
        return f"{line[: len(line) - len(stripped)]}pass"
    assigned = _ASSIGNED.match(line)
    if assigned is not None and not assigned[2].rstrip().endswith(("==", "!=", "<=", ">=")) and _is_code(assigned[2]):
        return f"{assigned[1]}{assigned[2]}None"
    return None


def _is_code(text: str) -> bool:
    """True if the end of ``text`` is in no string and in no brackets."""
    inside = _Inside()
    inside.scan(text)
    return inside.free


class _Inside:
    """Whether a line begins inside a string or brackets: a small reader of Python's tokens."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.backslash = False

    @property
    def free(self) -> bool:
        return not self.quote and self.depth == 0 and not self.backslash

    def read(self, line: str) -> None:
        """Take in a whole line."""
        self.scan(line)
        self.backslash = line.rstrip("\n").endswith("\\")
        if len(self.quote) == 1 and not self.backslash:
            self.quote = ""

    def scan(self, line: str) -> None:
        """Take in a line or the beginning of one."""
        at = 0
        while at < len(line):
            if self.quote:
                if line[at] == "\\":
                    at += 2
                    continue
                if line.startswith(self.quote, at):
                    at += len(self.quote)
                    self.quote = ""
                    continue
                at += 1
                continue
            char = line[at]
            if char == "#":
                break
            if char in "\"'":
                self.quote = char * 3 if line.startswith(char * 3, at) else char
                at += len(self.quote)
                continue
            self.depth += (char in "([{") - (char in ")]}")
            at += 1
        self.depth = max(self.depth, 0)
