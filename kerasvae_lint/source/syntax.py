"""From text to Python's own ``ast``; what this Python can't read yet is read by LibCST."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import replace

from kerasvae_lint.core import Position
from kerasvae_lint.source.collector import paused_collector
from kerasvae_lint.source.text import Source, SourceError

MAX_NESTING = 150
MAX_CHAIN = 900
MAX_FIELDS = 10_000
_BRACKETS = re.compile(r"[()\[\]{}]")
_FORMATTED = re.compile(r"\b(?:[rR]?[fF]|[fF][rR])('''|\"\"\"|'|\")(.*?)\1", re.DOTALL)
_OPERATORS = re.compile(r"(?:[-+*/%@&|^~.]|\b(?:not|and|or|if|else|lambda)\b)[^-+*/%@&|^~.\n,;=\"'#]{0,80}")
_PREFIXES = re.compile(rf"(?:(?:\b(?:not|await)\b|[-+~])[ \t]*){{{MAX_CHAIN + 1}}}")
_PYTHON2_EXCEPT = re.compile(r"^[ \t\f]*except[ \t]+[\w.]+[ \t]*,[ \t]*[^\W\dA-Z]\w*[ \t]*:", re.MULTILINE)
_PYTHON2 = (
    (re.compile(r"^\s*print\s+[^\s(=.,:\[)]"), "print statement"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"), "except clause with a comma"),
    (re.compile(r"^\s*raise\s+\w+\s*,"), "raise with a comma"),
    (re.compile(r"^\s*exec\s+[\"'\w]"), "exec statement"),
    (re.compile(r"<>"), "<> operator"),
)


def parse_code(source: Source) -> tuple[ast.Module, Source]:
    """Parse a file; a notebook's broken cells are left out and noted in the source that comes back.

    Raises:
        SourceError: a syntax error, or code nested too deeply to be read safely.
    """
    try:
        return parse_text(source.text), source
    except SourceError:
        if source.cells is None:
            raise
    return _without_broken_cells(source)


def _without_broken_cells(source: Source) -> tuple[ast.Module, Source]:
    lines = source.text.split("\n")
    problems = list(source.problems)
    for cell in source.cells or ():
        rows = slice(cell.first_row - 1, cell.last_row)
        try:
            parse_text("\n".join(lines[rows]) + "\n")
        except SourceError as error:
            problems.append((cell.index, error.location, error.message))
            lines[rows] = ["#"] * (cell.last_row - cell.first_row + 1)
    mended = replace(source, text="\n".join(lines), problems=tuple(problems))
    return parse_text(mended.text), mended


def parse_text(text: str) -> ast.Module:
    """Parse the text of a program.

    Raises:
        SourceError: a syntax error, or code nested too deeply to be read safely.
    """
    _check_depth(text)
    with paused_collector(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text, "<text>")
        except TabError as error:
            place = Position(max(error.lineno or 1, 1), 1)
            raise SourceError("inconsistent use of tabs and spaces in the indentation", place) from None
        except SyntaxError as error:
            tree = _newer(text, _syntax_error(text, error))
        except (RecursionError, MemoryError):
            raise SourceError("code is nested too deeply") from None
        except ValueError as error:  # an integer of too many digits, or characters that no encoding can write
            first = (str(error).splitlines() or [type(error).__name__])[0]
            tree = _newer(text, SourceError(f"can't be parsed: {first}"))
    if sys.version_info >= (3, 14):
        _refuse_python2_except(text, tree)
    return tree


def _newer(text: str, refused: SourceError) -> ast.Module:
    """The tree of code whose syntax is newer than this Python; any other code is ``refused``."""
    if _PYTHON2_EXCEPT.search(text) is not None:
        raise refused
    from kerasvae_lint.source.newer import newer_code

    try:
        tree = newer_code(text)
    except RecursionError:
        raise SourceError("code is nested too deeply") from None
    if tree is None:
        raise refused
    return tree


def _refuse_python2_except(text: str, tree: ast.Module) -> None:
    """Refuse ``except A, e:``, which Python 3.14 takes for a tuple of two exceptions."""
    rows = {text.count("\n", 0, match.end()) + 1 for match in _PYTHON2_EXCEPT.finditer(text)}
    for node in ast.walk(tree) if rows else ():
        if isinstance(node, ast.ExceptHandler) and node.lineno in rows and isinstance(node.type, ast.Tuple):
            raise _python2("except clause with a comma", node.lineno)


def _syntax_error(text: str, error: SyntaxError) -> SourceError:
    row, column = (error.lineno or 1), (error.offset or 1) if error.lineno else 1
    lines = text.splitlines()
    for at in range(max(0, row - 3), min(len(lines), row + 2)):
        for pattern, what in _PYTHON2:
            if pattern.search(lines[at]):
                return _python2(what, at + 1)
    return SourceError("syntax error", Position(max(row, 1), max(column, 1)))


def _python2(what: str, row: int) -> SourceError:
    return SourceError(f"Python 2 syntax ({what}); kvlint reads Python 3", Position(row, 1))


def _check_depth(text: str) -> None:
    """Refuse what would overflow the parser's stack, before it is given to it."""
    if text.count("(") + text.count("[") + text.count("{") > MAX_NESTING:
        depth = 0
        for match in _BRACKETS.finditer(text):
            depth = depth + 1 if match[0] in "([{" else max(depth - 1, 0)
            if depth > MAX_NESTING:
                row = text.count("\n", 0, match.start()) + 1
                raise SourceError(f"more than {MAX_NESTING} nested brackets", Position(row, 1))
    if text.count("{") > MAX_FIELDS and any(match[2].count("{") > MAX_FIELDS for match in _FORMATTED.finditer(text)):
        raise SourceError(f"an f-string of more than {MAX_FIELDS} fields")  # Python before 3.12 takes minutes
    if _long_chain(text):
        raise SourceError(f"an expression of more than {MAX_CHAIN} operators or attributes")


def _long_chain(text: str) -> bool:
    """True if one line holds so many operators in a row that a tree of it could be too deep."""
    if len(text) < MAX_CHAIN * 2:
        return False
    for line in text.split("\n"):
        if len(line) > MAX_CHAIN * 2 and _PREFIXES.search(line) is not None:
            return True
        if len(line) > MAX_CHAIN * 2 and line.count(",") * 20 < len(line):
            if sum(1 for _ in _OPERATORS.finditer(line)) > MAX_CHAIN and not line.lstrip().startswith("#"):
                return True
    return False
