"""Places of edits in notebooks: said only where they are sure, and so that the JSON stays a notebook."""

from __future__ import annotations

import json

import pytest

from kerasvae_lint.core import Edit, Position
from kerasvae_lint.report.places import Places, Region, well_formed
from kerasvae_lint.source import decode

FIRST = "a = 1\nb = 2\n"
SECOND = "%time c = 3\nd = 4"
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "source": FIRST.splitlines(keepends=True)},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code", "source": SECOND},
    ]
}
PROGRAM = decode(json.dumps(NOTEBOOK).encode(), "n.ipynb").text


def edit(old: str, new: str) -> Edit:
    """Replace ``old`` in the program that the cells make; the places in cells are not looked at."""
    start = PROGRAM.index(old)
    return Edit(new, Position(99, 1), Position(99, 1), start, start + len(old))


def applied(made: Edit, *, ascii_only: bool = True) -> list[str] | None:
    """The sources of the cells after the edit is made in the file, if it can be."""
    text = json.dumps(NOTEBOOK, indent=1, ensure_ascii=ascii_only) if ascii_only else json.dumps({**NOTEBOOK, "é": 1})
    text = text if ascii_only else text.replace("\\u00e9", "é")
    found = Places("/p", {"/p/n.ipynb": text.encode()}).edit("/p/n.ipynb", made, notebook=True)
    if found is None:
        return None
    region, content = found
    lines = text.split("\n")
    before = [*lines[: region.start_line - 1], lines[region.start_line - 1][: region.start_column - 1]]
    after = [lines[region.end_line - 1][region.end_column - 1 :], *lines[region.end_line :]]
    new = "\n".join(before) + content + "\n".join(after)
    assert new.isascii() is ascii_only
    return ["".join(cell["source"]) for cell in json.loads(new)["cells"]]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("content", ['"x"', "1\n", "\\", "é\U0001f600", ""])
def test_what_is_put_in_is_a_part_of_the_string(content: str, ascii_only: bool) -> None:
    assert applied(edit("2", content), ascii_only=ascii_only) == [f"a = 1\nb = {content}\n", "text", SECOND]


def test_an_edit_may_reach_over_lines() -> None:
    assert applied(edit(" 1\nb ", "")) == ["a == 2\n", "text", SECOND]


def test_an_edit_of_a_line_that_kvlint_does_not_read_as_it_is_can_not_be_said() -> None:
    assert applied(edit("3", "5")) is None
    assert applied(edit("4", "5")) == [FIRST, "text", "%time c = 3\nd = 5"]


def test_an_edit_may_not_reach_over_cells() -> None:
    assert applied(edit("2\n\nc", "")) is None


def test_a_program_is_edited_where_it_says() -> None:
    places = Places("/p", {"/p/a.py": "\U0001f600 = 1\n".encode()})
    made = Edit('"x"', Position(1, 5), Position(1, 6), 4, 5)
    assert places.edit("/p/a.py", made, notebook=False) == (Region(1, 6, 1, 7), '"x"')


@pytest.mark.parametrize(
    ("text", "shown"), [("a\u640d", "a\u640d"), ("a\ud83d\ude00b", "a\U0001f600b"), ("a\udcffb", "a\ufffdb")]
)
def test_text_is_made_well_formed(text: str, shown: str) -> None:
    assert well_formed(text) == shown
