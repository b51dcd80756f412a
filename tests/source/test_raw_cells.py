"""Where a cell's characters stand in the notebook's file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kerasvae_lint.source.raw_cells import RawCells, line_and_column, line_starts

ODD = 'x = "\\\\"\t\u00e9\U0001f600\x7f"\n\r\nlast'


def notebook(*sources: Any) -> dict[str, Any]:
    return {"metadata": {"cells": [1]}, "cells": [{"cell_type": "code", "source": source} for source in sources]}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("cut", [0, 1, 3, 7])
def test_every_character_is_found(cut: int, indent: int | None, ascii_only: bool) -> None:
    source = [ODD[at : at + cut] for at in range(0, len(ODD), cut)] if cut else ODD
    text = json.dumps(notebook("a", source), indent=indent, ensure_ascii=ascii_only)
    cells = RawCells(text)
    rows = ODD.replace("\r\n", "\n").split("\n")
    for row, line in enumerate(rows, 1):
        assert cells.line(2, row) == line
        for column, character in enumerate(line, 1):
            offset = cells.offset(2, row, column)
            assert offset is not None
            written = text[offset:]
            assert written.startswith((character, json.dumps(character)[1:-1])), (row, column, written[:9])


def test_past_the_end_of_a_line_is_its_end() -> None:
    text = json.dumps(notebook(["ab\n", "c"]))
    cells = RawCells(text)
    assert cells.offset(1, 1, 99) == cells.offset(1, 1, 3) == text.index("ab") + 2
    assert cells.offset(1, 2, 2) == text.index('"c"') + 2
    assert cells.offset(1, 3, 1) is None
    assert cells.line(1, 3) is None


@pytest.mark.parametrize("source", ["", [], None, 3, [1, "a"]])
def test_cells_with_odd_sources_are_counted(source: Any) -> None:
    text = json.dumps(notebook(source, "b = 1"))
    assert RawCells(text).offset(2, 1, 1) == text.index("b = 1")
    assert RawCells(text).pointer(2) == "/cells/1"


def test_a_surrogate_without_its_half_is_one_character() -> None:
    text = '{"cells": [{"source": "\\ud83dA\\ud83d\\u0041\\ud83d\\ude00B"}]}'
    cells = RawCells(text)
    assert [text[cells.offset(1, 1, column) or 0] for column in (2, 6)] == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", '{"cells": 3}', '{"cells": [{"source": "a', '{"cells": [3, "x", null]}', "[" * 100_000],
)
def test_what_is_no_notebook_has_no_cells(text: str) -> None:
    cells = RawCells(text)
    assert cells.offset(1, 1, 1) is None
    assert cells.line(1, 1) is None


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (3, 1)), (6, (4, 1)), (7, (4, 2))]
)
def test_rows_and_columns(offset: int, place: tuple[int, int]) -> None:
    assert line_and_column(line_starts("ab\nc\n\rd"), offset) == place
