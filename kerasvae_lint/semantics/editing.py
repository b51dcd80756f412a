"""Fixes as text edits: what a rule changes, in the words of the tree; everything else keeps its formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, TextEdit

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_TENSORFLOW = ("tensorflow", "tensorflow.compat.v2", "tensorflow.compat.v1")


class Editor:
    """Collects the edits of one fix."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self._edits: list[TextEdit] = []
        self._imports: dict[str, str] = {}

    def draft(self, message: str, applicability: Applicability = Applicability.SAFE) -> Draft:
        """The fix made of everything collected so far."""
        edits = set(self._edits)
        for statement in self._imports.values():
            at = self._place_for_import(min((edit.start for edit in edits), default=0))
            edits.add(TextEdit(at, at, f"{statement}{self.newline}"))
        return Draft(applicability, message, tuple(sorted(edits)))

    def edit(self, start: int, end: int, content: str) -> None:
        """Replace ``text[start:end]``."""
        self._edits.append(TextEdit(start, end, content))

    def replace(self, node: cst.CSTNode, content: str) -> None:
        """Replace a node by text."""
        self.edit(*self.model.span(node), content)

    def insert_after(self, node: cst.CSTNode, content: str) -> None:
        """Insert text right behind a node."""
        end = self.model.span(node)[1]
        self.edit(end, end, content)

    @property
    def text(self) -> str:
        """The whole source text."""
        return self.model.source.text

    @property
    def newline(self) -> str:
        """The file's newline."""
        return self.model.module.default_newline

    def line_start(self, offset: int) -> int:
        """Offset of the first character of the line that ``offset`` is on."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Offset just behind the newline that ends the line of ``offset``."""
        text = self.text
        while offset < len(text) and text[offset] not in "\r\n":
            offset += 1
        if text.startswith("\r\n", offset):
            return offset + 2
        return min(offset + 1, len(text))

    def indent_at(self, offset: int) -> str:
        """The whitespace that the line of ``offset`` begins with."""
        start = self.line_start(offset)
        end = start
        while end < len(self.text) and self.text[end] in " \t\f":
            end += 1
        return self.text[start:end]

    # statements ---------------------------------------------------------------------------------
    def delete_statement(self, statement: cst.CSTNode, gone: frozenset[cst.CSTNode] = frozenset()) -> None:
        """Delete a small statement: its line, its part of a ``a; b`` line, or ``pass`` where a suite would be empty.

        ``gone`` are other statements that the same fix deletes.
        """
        line = self.model.parent(statement)
        start, end = self.model.span(statement)
        if not isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            self.edit(start, end, "pass")
            return
        others = [s for s in line.body if s is not statement and s not in gone]
        if others:
            self._delete_part(line, statement, start, end)
        elif isinstance(line, cst.SimpleStatementSuite) or self._only_line(line, gone):
            self.edit(start, end, "pass")
        elif statement is line.body[0]:
            first = self.line_start(start)
            self.edit(first, self.line_end(self.model.span(line.body[-1])[1]), "")

    def _delete_part(
        self,
        line: cst.SimpleStatementLine | cst.SimpleStatementSuite,
        statement: cst.CSTNode,
        start: int,
        end: int,
    ) -> None:
        index = list(line.body).index(statement)  # type: ignore[arg-type]
        if index + 1 < len(line.body):
            self.edit(start, self.model.span(line.body[index + 1])[0], "")
        else:
            self.edit(self.model.span(line.body[index - 1])[1], end, "")

    def _only_line(self, line: cst.SimpleStatementLine, gone: frozenset[cst.CSTNode]) -> bool:
        """True if nothing but this line (and lines that go too) stands in its suite; the first one keeps ``pass``."""
        suite = self.model.parent(line)
        if not isinstance(suite, cst.IndentedBlock):
            return False
        left = [s for s in suite.body if not self._goes(s, line, gone)]
        return not left and suite.body[0] is line

    @staticmethod
    def _goes(statement: cst.CSTNode, line: cst.CSTNode, gone: frozenset[cst.CSTNode]) -> bool:
        if statement is line:
            return True
        return isinstance(statement, cst.SimpleStatementLine) and all(small in gone for small in statement.body)

    def insert_at_top(self, function: cst.FunctionDef, lines: list[str]) -> bool:
        """Insert statements before the body of ``function``, after its docstring; False if the body is one line."""
        body = function.body
        if not isinstance(body, cst.IndentedBlock):
            return False
        first = body.body[0]
        start, end = self.model.span(first)
        indent = self.indent_at(start)
        if is_docstring(first):
            at = self.line_end(end)
            lead = "" if at == 0 or self.text[at - 1] in "\r\n" else self.newline
            self.edit(at, at, lead + "".join(f"{indent}{line}{self.newline}" for line in lines))
        else:
            if isinstance(first, (cst.FunctionDef, cst.ClassDef)) and first.decorators:
                start = self.model.span(first.decorators[0])[0]
            at = self.line_start(start)
            self.edit(at, at, "".join(f"{indent}{line}{self.newline}" for line in lines))
        return True

    def insert_before_function(self, function: cst.FunctionDef, lines: list[str]) -> None:
        """Insert lines (indented from the def's own level) and a blank line before a method."""
        anchor: cst.CSTNode = function.decorators[0] if function.decorators else function
        start = self.model.span(anchor)[0]
        indent = self.indent_at(start)
        at = self.line_start(start)
        body = "".join(f"{indent}{line}{self.newline}" if line else self.newline for line in [*lines, ""])
        self.edit(at, at, body)

    # calls --------------------------------------------------------------------------------------
    def add_argument(self, call: cst.Call, content: str) -> None:
        """Append an argument to a call, behind the last one (and its trailing comma, if any)."""
        close = self.model.positions.bare_span(call)[1] - len(")")
        if not call.args:
            self.edit(close, close, content)
            return
        last = call.args[-1]
        end = self.model.span(last.value)[1]
        if isinstance(last.comma, cst.Comma):
            end = self.text.index(",", end) + 1
            self.edit(end, end, f" {content}")
        else:
            self.edit(end, end, f", {content}")

    def remove_argument(self, call: cst.Call, argument: cst.Arg) -> None:
        """Remove one argument of a call with the comma that it brought."""
        index = list(call.args).index(argument)
        start = self.model.span(argument)[0]
        if index > 0:
            before = self.model.span(call.args[index - 1].value)[1]
            end = self.model.span(argument.value)[1]
            self.edit(before, end, "")
        elif len(call.args) > 1:
            self.edit(start, self.model.span(call.args[1])[0], "")
        else:
            end = self.model.span(argument.value)[1]
            if isinstance(argument.comma, cst.Comma):
                end = self.text.index(",", end) + 1
            self.edit(start, end, "")

    # imports ------------------------------------------------------------------------------------
    def tensorflow(self) -> str:
        """The module's own name for TensorFlow; ``import tensorflow as tf`` is added where there is none."""
        return self.module_alias(_TENSORFLOW) or self._import("tf", "import tensorflow as tf")

    def module_alias(self, targets: tuple[str, ...]) -> str | None:
        """The global name that is bound to one of the modules ``targets``, if any."""
        for name, bindings in self.model.facts.root.scope.bindings.items():
            if len(bindings) == 1 and bindings[0].kind == "import" and bindings[0].target in targets:
                return name
        return None

    def _import(self, name: str, statement: str) -> str:
        self._imports[name] = statement
        return name

    def _place_for_import(self, use: int) -> int:
        """Behind the imports of the file; in a notebook behind those of the first cell that imports anything.

        A cell may be run before those below it, so in a notebook the place is above ``use`` at any rate.
        """
        cells = self.model.source.cells
        last: cst.CSTNode | None = None
        docstring: cst.CSTNode | None = None
        for item in self.model.module.body:
            if isinstance(item, cst.SimpleStatementLine):
                if any(isinstance(small, (cst.Import, cst.ImportFrom)) for small in item.body):
                    if cells is None or (self._is_above(item, use) and (last is None or self._same_cell(last, item))):
                        last = item
                elif last is None and docstring is None and is_docstring(item):
                    docstring = item
        anchor = last or (docstring if cells is None else None)
        if anchor is not None:
            return self.line_end(self.model.span(anchor)[1])
        cell = self.model.source.cell_at(self.model.source.row_and_column(use)[0])
        return self.model.source.row_start(cell.first_code_row) if cell is not None else 0

    def _is_above(self, node: cst.CSTNode, use: int) -> bool:
        return self.line_end(self.model.span(node)[1]) <= use

    def _same_cell(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        source = self.model.source
        first, second = (source.position(self.model.span(node)[0])[0] for node in (one, other))
        return first == second


def is_docstring(statement: cst.CSTNode) -> bool:
    """True for a statement line that is only a string."""
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )
