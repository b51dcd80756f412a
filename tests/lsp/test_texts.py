"""Places and edits of a text: units, newlines, byte order marks, and the smallest edits between two texts."""

from __future__ import annotations

import random

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from kerasvae_lint.core import Position, TextEdit
from kerasvae_lint.lsp.documents import Document
from kerasvae_lint.lsp.edits import between, rewritten
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import notebook, script

TEXT = "a = '😀é'\t# x\r\nb\fc = '\u2028'\n\n\rlast"


@pytest.mark.parametrize(
    ("encoding", "columns"), [("utf-8", (5, 9, 11, 12)), ("utf-16", (5, 7, 8, 9)), ("utf-32", (5, 6, 7, 8))]
)
def test_columns_count_units(encoding: str, columns: tuple[int, ...]) -> None:
    lines = Lines(TEXT, encoding)
    for char, column in zip("😀é'\t", columns, strict=True):
        offset = TEXT.index(char, 5)
        assert lines.position(offset) == types.Position(0, column)
        assert lines.offset(types.Position(0, column)) == offset


def test_only_the_protocols_newlines_end_a_line() -> None:
    lines = Lines(TEXT)
    assert [TEXT[start : lines.end_of(line)] for line, start in enumerate(lines.starts)] == [
        "a = '😀é'\t# x",
        "b\fc = '\u2028'",
        "",
        "",
        "last",
    ]


def test_places_that_are_not_there_are_the_nearest() -> None:
    lines = Lines("ab\ncd")
    assert lines.offset(types.Position(0, 99)) == 2
    assert lines.offset(types.Position(9, 0)) == 5
    assert Lines("😀").offset(types.Position(0, 1)) == 0  # between the halves of one character
    assert lines.at(Position(1, 99)) == 2
    assert lines.position(99) == types.Position(1, 2)


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
def test_typing_arrives_as_it_was_typed(encoding: types.PositionEncodingKind) -> None:
    generator = random.Random(encoding.value)
    document = Document("file:///a.py", TEXT, 1, position_codec=PositionCodec(encoding))
    text = TEXT
    for _ in range(300):
        start, end = sorted(generator.choices(range(len(text) + 1), k=2))
        new = "".join(generator.choices("ab😀é\n\r\t\f", k=generator.randrange(4)))
        where = Lines(text, encoding.value).range(start, end)
        start, end = (Lines(text, encoding.value).offset(place) for place in (where.start, where.end))
        document.apply_change(types.TextDocumentContentChangePartial(where, new))
        text = text[:start] + new + text[end:]
        assert document.source == text
    document.apply_change(types.TextDocumentContentChangeWholeDocument("all"))
    assert document.table.text == "all"


def test_a_byte_order_mark_moves_the_first_line_alone() -> None:
    shot = script("file:///a.py", "a.py", 1, Lines("\ufeffab\ncd"))
    assert shot.source.text == "ab\ncd"
    assert [shot.offset(shot.parts[0], Position(row, 1)) for row in (1, 2)] == [1, 4]
    assert shot.spans([TextEdit(0, 1, "x")]) == {"file:///a.py": [TextEdit(1, 2, "x")]}


def test_the_smallest_edits_between_two_texts() -> None:
    generator = random.Random(7)
    for _ in range(300):
        before = "".join(generator.choices(["a\n", "b\r\n", "\n", "cd\n", "e"], k=generator.randrange(12)))
        after = "".join(generator.choices(["a\n", "b\r\n", "\n", "cd\n", "e"], k=generator.randrange(12)))
        edits = between(before, after)
        assert rewritten(before, edits) == after
        for edit in edits:  # no edit begins or ends inside of a newline
            assert not any(before[at - 1 : at + 1] == "\r\n" for at in (edit.start, edit.end) if at)
    assert between("x = 1\ny = 22\nz\n", "x = 1\ny = 232\nz\n") == [TextEdit(11, 11, "3")]


CELLS = ("import a", "%matplotlib inline\nx = 1\ny = 2", "def f():\n    return 1\n", "z = !ls\r\nw = 3")


def _shot(edits: list[TextEdit]) -> dict[str, str] | None:
    shot = notebook("n", "n.ipynb", [(str(number), 1, Lines(text)) for number, text in enumerate(CELLS)])
    spans = shot.spans(edits)
    if spans is None:
        return None
    return {uri: rewritten(CELLS[int(uri)], made) for uri, made in spans.items()}


PROGRAM = "import a\npass\nx = 1\ny = 2\ndef f():\n    return 1\nz = None\nw = 3\n"


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("x = 1\n", "", {"1": "%matplotlib inline\ny = 2"}),
        ("y = 2\n", "", {"1": "%matplotlib inline\nx = 1"}),
        ("y = 2\n", "y = 3\n", {"1": "%matplotlib inline\nx = 1\ny = 3"}),
        ("import a\n", "import b\nimport a\n", {"0": "import b\nimport a"}),
        ("w = 3\n", "w = 3\nv = 4\n", {"3": "z = !ls\r\nw = 3\r\nv = 4"}),
        ("    return 1\n", "    b = 2\n    return b\n", {"2": "def f():\n    b = 2\n    return b\n"}),
        ("    return 1\n", "    return 1\n    return 2\n", {"2": "def f():\n    return 1\n    return 2\n"}),
        ("y = 2\n", "y = 2\nt = 5\n", {"2": "t = 5\ndef f():\n    return 1\n"}),
        ("z = None\n", "z = 1\n", None),
        ("pass\nx = 1\n", "x = 2\n", None),
        ("y = 2\ndef f():", "def g():", None),
    ],
)
def test_edits_of_a_notebook_keep_to_cells_and_off_magics(old: str, new: str, cells: dict[str, str] | None) -> None:
    shot = notebook("n", "n.ipynb", [(str(number), 1, Lines(text)) for number, text in enumerate(CELLS)])
    assert shot.source.text == PROGRAM
    assert _shot(between(PROGRAM, PROGRAM.replace(old, new))) == cells


def test_cells_that_do_not_parse_leave_their_rows() -> None:
    shot = notebook("n", "n.ipynb", [("0", 1, Lines("a = 1")), ("1", 1, Lines("b = (\nc")), ("2", 1, Lines("d = 2"))])
    assert shot.without([2]).source.text == "a = 1\n#\n#\nd = 2\n"
    assert shot.without([2]).spans([TextEdit(10, 11, "e")]) == {"2": [TextEdit(0, 1, "e")]}
