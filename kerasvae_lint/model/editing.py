"""Fixes as text edits: what a rule changes, in the words of the records; everything else keeps its formatting."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Applicability, Draft, TextEdit
from kerasvae_lint.source import Source

_TENSORFLOW = ("tensorflow", "tensorflow.compat.v2", "tensorflow.compat.v1")
_SPACE = " \t\f\r\n\\"


class Editor:
    """Collects the edits of one fix.

    Args:
        code: the file's records.
        source: its text.
    """

    def __init__(self, code: r.Module, source: Source) -> None:
        self.code = code
        self.source = source
        self._edits: list[TextEdit] = []
        self._imports: dict[str, str] = {}

    def draft(self, message: str, applicability: Applicability = Applicability.SAFE) -> Draft:
        """The fix made of everything collected so far; what a larger edit takes along is not deleted twice."""
        edits = {edit for edit in self._edits if not any(_takes_along(other, edit) for other in self._edits)}
        for statement in self._imports.values():
            at = self._place_for_import(min((edit.start for edit in edits), default=0))
            edits.add(TextEdit(at, at, f"{statement}{self.newline}"))
        return Draft(applicability, message, tuple(sorted(edits, key=order_of)))

    def edit(self, start: int, end: int, content: str) -> None:
        """Replace ``text[start:end]``."""
        self._edits.append(TextEdit(start, end, content))

    def replace(self, record: r.Record, content: str) -> None:
        """Replace a record by text, the parentheses around it included."""
        self.edit(*self.span(record), content)

    def replace_operator(self, operation: r.Binary, content: str) -> None:
        """Replace the operator of an operation."""
        start = self._behind(self.span(operation.left)[1])
        self.edit(start, start + len(operation.operator), content)

    def insert_after(self, record: r.Record, content: str) -> None:
        """Insert text right behind a record."""
        end = self.span(record)[1]
        self.edit(end, end, content)

    # places -------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        """The whole source text."""
        return self.source.text

    @property
    def newline(self) -> str:
        """The file's newline: the first that it has."""
        at = self.text.find("\n")
        if at < 0:
            return "\r" if "\r" in self.text else "\n"
        return "\r\n" if self.text[at - 1 : at] == "\r" else "\n"

    def span(self, record: r.Record) -> tuple[int, int]:
        """Where a record stands, with the parentheses that are its own."""
        start, end = record.start, record.end
        if not isinstance(record, r.Expression):
            return start, end
        first = self._opening(record)
        while True:
            before, behind = self._before(start), self._behind(end)
            if before <= first or self.text[before - 1 : before] != "(" or self.text[behind : behind + 1] != ")":
                return start, end
            start, end = before - 1, behind + 1

    def _opening(self, record: r.Expression) -> int:
        """Behind the parenthesis that belongs to what the expression stands in: a call's, a class's."""
        parent = record.parent
        if isinstance(parent, r.Argument):
            outer = parent.parent
            if isinstance(outer, r.Call):
                return self.text.index("(", self._behind_brackets(outer.func.end)) + 1
            if isinstance(outer, r.Class):
                return self.text.index("(", outer.name_start) + 1
        if isinstance(parent, (r.Comprehension, r.Generator)):
            at: r.Record | None = parent
            while at is not None and not isinstance(at, r.Comprehension):
                at = at.parent
            return at.start + 1 if at is not None else 0
        if isinstance(parent, r.Display) and parent.kind == "tuple":
            return parent.start + 1 if self.text[parent.start] == "(" else 0
        return 0

    def _behind_brackets(self, offset: int) -> int:
        """Behind the closing parentheses around a called expression: ``(f)(x)``."""
        at = self._behind(offset)
        while self.text[at : at + 1] == ")":
            offset = at + 1
            at = self._behind(offset)
        return offset

    def _before(self, offset: int) -> int:
        """The offset behind the last character in front of ``offset`` that is no space."""
        while offset > 0 and self.text[offset - 1] in _SPACE:
            offset -= 1
        return offset

    def _behind(self, offset: int) -> int:
        """The offset of the first character from ``offset`` on that is no space and in no comment."""
        text = self.text
        while offset < len(text):
            if text[offset] in _SPACE:
                offset += 1
            elif text[offset] == "#":
                while offset < len(text) and text[offset] not in "\r\n":
                    offset += 1
            else:
                break
        return offset

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
    def delete_statement(
        self, statement: r.Statement, gone: frozenset[r.Statement] = frozenset(), collapse: bool = False
    ) -> None:
        """Delete a small statement: its line, its part of a ``a; b`` line, or ``pass`` where a suite would be empty.

        Args:
            statement: what goes.
            gone: other statements that the same fix deletes.
            collapse: where the suite of an ``if`` would be empty, and it has no other arm and its test calls nothing,
                the ``if`` goes as a whole.
        """
        suite = suite_of(statement)
        others = [s for s in suite if s is not statement and s not in gone]
        same_line = [s for s in suite if s is not statement and self._share_line(s, statement)]
        if not others and not isinstance(statement.parent, r.Module):
            holder = statement.parent
            if collapse and isinstance(holder, r.If) and not holder.orelse and _is_quiet(holder.test):
                self.delete_statement(holder, gone, collapse)
                return
            if suite and suite[0] is statement:
                self.edit(statement.start, statement.end, "pass")
                return
        if [s for s in same_line if s not in gone]:
            self._delete_part(suite, statement)
        elif not same_line or statement is min([statement, *same_line], key=lambda s: s.start):
            last = max([statement, *same_line], key=lambda s: s.end)
            if self._shares_header(statement):
                self.edit(statement.start, last.end, "pass")
            else:
                self.edit(self.line_start(statement.start), self.line_end(last.end), "")

    def _share_line(self, one: r.Statement, other: r.Statement) -> bool:
        first, second = sorted((one, other), key=lambda s: s.start)
        between = self.text[first.end : second.start]
        return "\n" not in between and "\r" not in between

    def _shares_header(self, statement: r.Statement) -> bool:
        """True for ``if x: statement`` on one line."""
        return bool(self.text[self.line_start(statement.start) : statement.start].strip(" \t\f"))

    def _delete_part(self, suite: tuple[r.Statement, ...], statement: r.Statement) -> None:
        index = suite.index(statement)
        if index + 1 < len(suite) and self._share_line(suite[index + 1], statement):
            self.edit(statement.start, suite[index + 1].start, "")
        else:
            self.edit(suite[index - 1].end, statement.end, "")

    def insert_at_top(self, function: r.Function, lines: list[str]) -> bool:
        """Insert statements before the body of ``function``, after its docstring; False if the body is one line."""
        if function.is_lambda or not function.body or self._shares_header(function.body[0]):
            return False
        first = function.body[0]
        indent = self.indent_at(first.start)
        if function.docstring is not None:
            at = self.line_end(first.end)
            lead = "" if at == 0 or self.text[at - 1] in "\r\n" else self.newline
            self.edit(at, at, lead + "".join(f"{indent}{line}{self.newline}" for line in lines))
        else:
            at = self.line_start(first.start)
            self.edit(at, at, "".join(f"{indent}{line}{self.newline}" for line in lines))
        return True

    def insert_after_statement(self, statement: r.Statement, lines: list[str]) -> None:
        """Insert statements behind a statement, indented as it is."""
        indent = self.indent_at(statement.start)
        at = self.line_end(statement.end)
        lead = "" if at == 0 or self.text[at - 1] in "\r\n" else self.newline
        self.edit(at, at, lead + "".join(f"{indent}{line}{self.newline}" for line in lines))

    def insert_before_statement(self, statement: r.Statement, lines: list[str]) -> bool:
        """Insert statements before a statement, indented as it is; False if it shares its line with what is before."""
        if self._shares_header(statement):
            return False
        at, indent = self.line_start(statement.start), self.indent_at(statement.start)
        self.edit(at, at, "".join(f"{indent}{line}{self.newline}" for line in lines))
        return True

    def insert_before_function(self, function: r.Function, lines: list[str]) -> None:
        """Insert lines (indented from the def's own level) and a blank line before a method."""
        start = statement_start(function)
        indent = self.indent_at(start)
        at = self.line_start(start)
        body = "".join(f"{indent}{line}{self.newline}" if line else self.newline for line in [*lines, ""])
        self.edit(at, at, body)

    # calls --------------------------------------------------------------------------------------
    def call_text(self, place: r.Record, function: str, arguments: list[str]) -> str:
        """A call to be written at a place, on lines of their own where one would be wider than the file's lines."""
        joined = ", ".join(arguments)
        start = self.line_start(place.start)
        widest = max(79, *(len(line) for line in self.text.splitlines()))
        if place.start - start + len(function) + len(joined) + 2 <= widest:
            return f"{function}({joined})"
        indent = self.indent_at(place.start)
        lines = "".join(f"{indent}    {argument},{self.newline}" for argument in arguments)
        return f"{function}({self.newline}{lines}{indent})"

    def add_argument(self, call: r.Call, content: str) -> None:
        """Append an argument to a call, behind the last one (and its trailing comma, if any)."""
        close = call.end - 1
        if not call.arguments:
            self.edit(close, close, content)
            return
        end = self._argument_end(call.arguments[-1], close)
        comma = self._behind(end)
        if self.text[comma : comma + 1] == ",":
            self.edit(comma + 1, comma + 1, f" {content}")
        else:
            self.edit(end, end, f", {content}")

    def _argument_end(self, argument: r.Argument, close: int) -> int:
        """Behind an argument, the parentheses around its value included."""
        end = max(argument.end, self.span(argument.value)[1])
        return min(end, close)

    def remove_argument(self, call: r.Call, argument: r.Argument) -> None:
        """Remove one argument of a call with the comma that it brought."""
        index = call.arguments.index(argument)
        close = call.end - 1
        end = self._argument_end(argument, close)
        start = min(argument.start, self.span(argument.value)[0])
        if index > 0:
            before = self._argument_end(call.arguments[index - 1], close)
            self.edit(before, end, "")
        elif len(call.arguments) > 1:
            following = call.arguments[1]
            self.edit(start, min(following.start, self.span(following.value)[0]), "")
        else:
            comma = self._behind(end)
            if self.text[comma : comma + 1] == ",":
                end = comma + 1
            self.edit(start, end, "")

    # imports ------------------------------------------------------------------------------------
    def tensorflow(self) -> str:
        """The file's own name for TensorFlow; ``import tensorflow as tf`` is added where there is none."""
        return self.module_alias(_TENSORFLOW) or self.add_import("tf", "import tensorflow as tf")

    def module_alias(self, targets: tuple[str, ...]) -> str | None:
        """The global name that is bound, once and for all, to one of the modules ``targets``."""
        bound: dict[str, list[r.Alias]] = {}
        for statement in self.code.imports:
            if r.function_of(statement) is None:
                for alias in statement.aliases:
                    bound.setdefault(alias.bound, []).append(alias)
        for name, aliases in bound.items():
            if len(aliases) == 1 and aliases[0].target in targets and (aliases[0].whole or aliases[0].target == name):
                return name
        return None

    def add_import(self, name: str, statement: str) -> str:
        """Have an import statement added that binds ``name``."""
        self._imports[name] = statement
        return name

    def _place_for_import(self, use: int) -> int:
        """Behind the imports above ``use``; in a notebook behind those of the first cell that imports anything.

        A cell may be run before those below it, so in a notebook the place is above ``use`` at any rate.
        """
        cells = self.source.cells
        last: r.Statement | None = None
        docstring: r.Statement | None = None
        for statement in self.code.body:
            if isinstance(statement, r.Import):
                above = self.line_end(statement.end) <= use
                if last is None or (above if cells is None else above and self._same_cell(last, statement)):
                    last = statement if above or cells is None else last
            elif last is None and docstring is None and statement is self.code.body[0]:
                docstring = statement if self.code.docstring is not None else None
        anchor = last or (docstring if cells is None else None)
        if anchor is not None:
            return self.line_end(anchor.end)
        cell = self.source.cell_at(self.source.row_and_column(use)[0])
        return self.source.row_start(cell.first_code_row) if cell is not None else 0

    def _same_cell(self, one: r.Record, other: r.Record) -> bool:
        return self.source.position(one.start)[0] == self.source.position(other.start)[0]


def order_of(edit: TextEdit) -> tuple[int, int, bool, str]:
    """Edits in the order of the text; an import stands before what else is put at its place."""
    return edit.start, edit.end, not edit.content.startswith(("import ", "from ")), edit.content


def _takes_along(one: TextEdit, other: TextEdit) -> bool:
    """True if an edit covers what another one only deletes, and more."""
    within = one.start <= other.start and other.end <= one.end
    return within and not other.content and (one.start, one.end) != (other.start, other.end)


def suite_of(statement: r.Statement) -> tuple[r.Statement, ...]:
    """The statements of the suite that a statement stands in, itself included."""
    parent = statement.parent
    for name in ("body", "orelse", "final"):
        suite = getattr(parent, name, None)
        if isinstance(suite, tuple) and statement in suite:
            return suite
    return (statement,)


def statement_start(record: r.Record) -> int:
    """Where the statement of a function or class begins, its decorators included."""
    statement = record.parent if isinstance(record.parent, r.Statement) else record
    return statement.start


def _is_quiet(test: r.Expression) -> bool:
    """True for a test that calls nothing."""
    return not any(isinstance(record, (r.Call, r.Walrus, r.Suspend)) for record in test.walk())
