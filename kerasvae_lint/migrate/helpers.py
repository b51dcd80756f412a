"""Short definitions that a step puts into a file, once, above the first use; how the file writes a class."""

from __future__ import annotations

from collections.abc import Iterable

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves import place_of
from kerasvae_lint.model import Editor, Module
from kerasvae_lint.model.spelling import is_bound, keras_spelled


def define(module: Module, editor: Editor, name: str, lines: list[str], uses: Iterable[r.Record]) -> bool:
    """Have a definition stand above the first of ``uses``; False where its name means something else already."""
    if is_bound(module, name):
        return _is_ours(module, lines)
    first = min((outermost(use) for use in uses), key=lambda record: record.start)
    at = editor.line_start(first.start)
    above = editor.text[:at].splitlines()
    blank = 0
    while above and blank < 2 and blank < len(above) and not above[-1 - blank].strip():
        blank += 1
    wanted = 0 if not above or _begins_cell(module, first) else 2 - blank
    text = [*[""] * wanted, *lines, "", ""]
    editor.edit(at, at, "".join(f"{line}{editor.newline}" for line in text))
    return True


def _is_ours(module: Module, lines: list[str]) -> bool:
    kept = [line.strip() for line in lines if line.strip()]
    return all(line in module.source.text for line in kept[:2])


def outermost(record: r.Record) -> r.Record:
    """The statement of the file's own level that a record stands in."""
    at = record
    while at.parent is not None and not isinstance(at.parent, r.Module):
        at = at.parent
    return at


def _begins_cell(module: Module, record: r.Record) -> bool:
    source = module.source
    cell = source.cell_at(source.row_and_column(record.start)[0])
    return cell is not None and source.row_and_column(record.start)[0] == cell.first_code_row


def model_spelled(module: Module, editor: Editor) -> str:
    """How the file writes ``keras.Model``."""
    for statement in module.code.imports:
        for alias in statement.aliases:
            place = place_of(alias.target)
            if (
                place is not None
                and place.name in {"keras.Model", "keras.models.Model"}
                and r.function_of(alias) is None
            ):
                return alias.bound
    return keras_spelled(module, editor, "keras.Model")
