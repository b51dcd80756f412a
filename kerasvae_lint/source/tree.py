"""From text to LibCST's tree, and from nodes back to places in the text."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import replace
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from kerasvae_lint.core import Position
from kerasvae_lint.source.collector import paused_collector
from kerasvae_lint.source.text import Source, SourceError

MAX_NESTING = 150
MAX_CHAIN = 900
_BRACKETS = re.compile(r"[()\[\]{}]")
_PYTHON2 = (
    (re.compile(r"^\s*print\s+[^\s(=.,:\[)]"), "print statement"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"), "except clause with a comma"),
    (re.compile(r"^\s*raise\s+\w+\s*,"), "raise with a comma"),
    (re.compile(r"^\s*exec\s+[\"'\w]"), "exec statement"),
    (re.compile(r"<>"), "<> operator"),
)


def parse(source: Source) -> tuple[cst.Module, Source]:
    """Parse a file; a notebook's broken cells are left out and noted in the source that comes back.

    Raises:
        SourceError: a syntax error, or code nested too deeply to be read safely.
    """
    try:
        return _parse(source.text), source
    except SourceError:
        if source.cells is None:
            raise
    return _without_broken_cells(source)


def _without_broken_cells(source: Source) -> tuple[cst.Module, Source]:
    lines = source.text.split("\n")
    problems = list(source.problems)
    for cell in source.cells or ():
        rows = slice(cell.first_row - 1, cell.last_row)
        try:
            _parse("\n".join(lines[rows]) + "\n")
        except SourceError as error:
            problems.append((cell.index, error.location, error.message))
            lines[rows] = ["#"] * (cell.last_row - cell.first_row + 1)
    mended = replace(source, text="\n".join(lines), problems=tuple(problems))
    return _parse(mended.text), mended


def _parse(text: str) -> cst.Module:
    _check_depth(text)
    try:
        with paused_collector():
            return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise _syntax_error(text, error) from None
    except RecursionError:
        raise SourceError("code is nested too deeply") from None
    except Exception as error:  # LibCST's native parser can fail in other ways on odd input
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise SourceError(f"can't be parsed: {first}") from None


def _syntax_error(text: str, error: cst.ParserSyntaxError) -> SourceError:
    row, column = _place_of_error(text) or (error.raw_line, error.raw_column)
    lines = text.splitlines()
    for at in range(max(0, row - 3), min(len(lines), row + 2)):
        for pattern, what in _PYTHON2:
            if pattern.search(lines[at]):
                return SourceError(f"Python 2 syntax ({what}); kvlint reads Python 3", Position(at + 1, 1))
    return SourceError("syntax error", Position(max(row, 1), column + 1))


def _place_of_error(text: str) -> tuple[int, int] | None:
    """Where Python itself stops reading, row from 1 and column from 0: LibCST often names the start of a statement."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<text>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        except SyntaxError as error:
            return (error.lineno, (error.offset or 1) - 1) if error.lineno else None
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _check_depth(text: str) -> None:
    """Refuse what would overflow the parser's stack, before it is given to it."""
    if text.count("(") + text.count("[") + text.count("{") > MAX_NESTING:
        depth = 0
        for match in _BRACKETS.finditer(text):
            depth = depth + 1 if match[0] in "([{" else max(depth - 1, 0)
            if depth > MAX_NESTING:
                row = text.count("\n", 0, match.start()) + 1
                raise SourceError(f"more than {MAX_NESTING} nested brackets", Position(row, 1))
    if _long_chain(text):
        raise SourceError(f"an expression of more than {MAX_CHAIN} operators or attributes")


_OPERATORS = re.compile(r"(?:[-+*/%@&|^~.]|\b(?:not|and|or|if|else|lambda)\b)[^-+*/%@&|^~.\n,;=\"'#]{0,80}")


def _long_chain(text: str) -> bool:
    """True if one line holds so many operators in a row that a tree of it could be too deep."""
    if len(text) < MAX_CHAIN * 2:
        return False
    for line in text.split("\n"):
        if len(line) > MAX_CHAIN * 2 and line.count(",") * 20 < len(line):
            if sum(1 for _ in _OPERATORS.finditer(line)) > MAX_CHAIN and not line.lstrip().startswith("#"):
                return True
    return False


class _Record:
    """What LibCST asks for around the part of a node's code that is the node itself, without its parentheses."""

    __slots__ = ("_end", "_node", "_spans", "_start", "_state")

    def __init__(self, state: _Spans, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None) -> None:
        self._state, self._node, self._start, self._end = state, node, start, end

    def __enter__(self) -> None:
        self._state.stack.append(self._state.position)

    def __exit__(self, *_: object) -> None:
        state = self._state
        start, end = state.stack.pop(), state.position
        if self._start is not None:
            start = state.spans[id(self._start)][0]
        if self._end is not None:
            end = state.spans[id(self._end)][1]
        state.spans[id(self._node)] = start, end


class _Spans(CodegenState):
    """Writes a module out, and keeps nothing of it but where each node began and ended, in characters.

    LibCST's own providers of positions do the same, but take a walk of the tree first and more for each node: three
    times as long together. Nodes are told apart by ``id``, which is right as long as the module lives.
    """

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.stack: list[int] = []
        self.position = 0

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.position += len(token)

    def add_token(self, value: str) -> None:
        self.position += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:  # noqa: ARG002
        self.stack.append(self.position)

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.spans.setdefault(id(node), (self.stack.pop(), self.position))

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Any:  # a context manager; LibCST names one class of them
        return _Record(self, node, start_node, end_node)


class Positions:
    """Character spans of a module's nodes, without the whitespace around them."""

    def __init__(self, module: cst.Module, source: Source) -> None:  # noqa: ARG002
        self._module = module
        state = _Spans(module)
        module._codegen(state)
        self._spans = state.spans

    def bare_span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of ``node`` in characters, its own parentheses left out (a tuple's, too)."""
        return self._spans[id(node)]

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of ``node`` in characters, with the parentheses that belong to it."""
        start, end = self.bare_span(node)
        code = self._module.code_for_node
        start -= sum(len(code(parenthesis)) for parenthesis in getattr(node, "lpar", ()))
        end += sum(len(code(parenthesis)) for parenthesis in getattr(node, "rpar", ()))
        return start, end
