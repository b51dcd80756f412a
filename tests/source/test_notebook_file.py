"""Notebooks' files rewritten: what is not replaced stays, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kerasvae_lint.source import SourceError, decode
from kerasvae_lint.source.notebook_file import NotebookFile
from tests.source.notebooks import LAYOUTS, cell, document, version_3

TEXT = "import numpy as np\n\nx = 'a/b' < \"c\"  # 損失 <b>\nprint(x)\ny = 1"
LAYOUT = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
Layout = Callable[[Any], bytes]


def notebook(source: str | list[str]) -> dict[str, Any]:
    return document([cell("# 損失 <b> and a/b", "markdown"), cell(source), cell("z = 'ü'\n"), cell("")])


@LAYOUT
@pytest.mark.parametrize(
    "new",
    [
        pytest.param(TEXT.replace("print(x)", "print(x, '損')"), id="a line changed"),
        pytest.param(TEXT.replace("print(x)\n", ""), id="a line less"),
        pytest.param(TEXT.replace("print(x)\n", "print(x)\nprint('<b> 損/')\n"), id="a line more"),
        pytest.param("# first\n" + TEXT, id="a line at the top"),
        pytest.param(TEXT + "\n# last", id="a line at the end"),
        pytest.param(TEXT + "\n", id="a newline at the end"),
        pytest.param(TEXT.removesuffix("\ny = 1"), id="the last line less"),
        pytest.param(TEXT.replace("import numpy as np", "np = None").replace("y = 1", "y = 2"), id="two places"),
        pytest.param("", id="nothing left"),
        pytest.param("other = 1", id="all other"),
    ],
)
@pytest.mark.parametrize("one_string", [False, True], ids=["lines", "one string"])
def test_only_the_source_changes(layout: Layout, new: str, one_string: bool) -> None:
    """The file is what the same writer would have made of the changed notebook."""
    made = [_with_string(notebook(""), text) if one_string else notebook(text) for text in (TEXT, new)]
    data, expected = map(layout, made)
    assert NotebookFile(data).with_sources({2: new}) == expected


def _with_string(made: dict[str, Any], text: str) -> dict[str, Any]:
    made["cells"][1]["source"] = text
    return made


@LAYOUT
@pytest.mark.parametrize("made", [notebook(TEXT), version_3([cell(TEXT), cell("x = 1\n"), cell("y")])])
def test_the_same_text_leaves_the_bytes(layout: Layout, made: dict[str, Any]) -> None:
    data = layout(made)
    cells = decode(data, "x.ipynb").cells
    assert cells is not None
    assert NotebookFile(data).with_sources({cell.index: cell.text or "" for cell in cells}) == data


@LAYOUT
def test_strings_that_stay_keep_their_spelling(layout: Layout) -> None:
    r"""A writer that spells things twice (here ``\u0078`` beside ``x``) is not corrected where nothing changes."""
    data = layout(notebook(TEXT)).replace(b"print(x)", b"print(\\u0078)")
    new = TEXT.replace("y = 1", "y = 2")
    assert NotebookFile(data).with_sources({2: new}) == data.replace(b"y = 1", b"y = 2")
    one = layout(_with_string(notebook(""), TEXT)).replace(b"print(x)", b"print(\\u0078)")
    assert NotebookFile(one).with_sources({2: new}) == one.replace(b"y = 1", b"y = 2")


def test_version_3_has_worksheets() -> None:
    made = version_3([cell("# title", "markdown"), cell(TEXT), cell("z = 1")])
    data = LAYOUTS["Jupyter"](made)
    changed = NotebookFile(data).with_sources({3: "z = 2", 2: TEXT + "\n# last"})
    made["worksheets"][1]["cells"][1]["input"] = ["z = 2"]
    made["worksheets"][1]["cells"][0]["input"] = (TEXT + "\n# last").splitlines(keepends=True)
    assert changed == LAYOUTS["Jupyter"](made)


def test_one_line_gets_the_file_s_own_spaces() -> None:
    data = b'{"cells": [{"source": ["a"], "cell_type": "code"}], "metadata": {}, "nbformat": 4}'
    assert NotebookFile(data).with_sources({1: "a\nb"}) == data.replace(b'["a"]', b'["a\\n", "b"]')
    tight = data.replace(b", ", b",").replace(b": ", b":")
    assert NotebookFile(tight).with_sources({1: "a\nb"}) == tight.replace(b'["a"]', b'["a\\n","b"]')


@pytest.mark.parametrize("source", [[], ""])
def test_an_empty_cell_can_be_filled(source: str | list[str]) -> None:
    data = json.dumps(document([cell(source)])).encode()
    filled = json.loads(NotebookFile(data).with_sources({1: "a\nb"}))
    assert filled["cells"][0]["source"] == ["a\n", "b"]


@pytest.mark.parametrize(
    ("source", "new", "expected"),
    [
        (["import ", "os\n", "x = 1\n", "y = 2"], "import os\nx = 3\ny = 2", ["import ", "os\n", "x = 3\n", "y = 2"]),
        (["import ", "os\n", "x = 1"], "import sys\nx = 1", ["import sys\n", "x = 1"]),
        (["a\nb\nc\n", "d\n"], "a\nB\nc\nd\n", ["a\nB\nc\n", "d\n"]),
        (["a\n", "", "b\n"], "a\nx\nb\n", ["a\n", "x\n", "", "b\n"]),
        (["a\r\n", "b\r\n"], "a\r\nc\r\n", ["a\r\n", "c\r\n"]),
    ],
)
def test_strings_that_are_no_lines(source: list[str], new: str, expected: list[str]) -> None:
    data = json.dumps(document([cell(source)])).encode()
    made = json.loads(NotebookFile(data).with_sources({1: new}))["cells"][0]["source"]
    assert "".join(made) == new
    assert [part for part in made if part] == [part for part in expected if part]


def test_lone_surrogates_stay() -> None:
    data = b'{"cells": [{"cell_type": "code", "source": ["a = \'\\ud800\'\\n", "b = 1"]}]}'
    new = NotebookFile(data).with_sources({1: "a = '\ud800'\nb = 2"})
    assert new == data.replace(b"b = 1", b"b = 2")
    assert NotebookFile(data).with_sources({1: "c = '\ud800'\nb = 1"}) == data.replace(b"a = ", b"c = ")


def test_the_last_of_two_keys_counts() -> None:
    data = b'{"cells": [{"cell_type": "code", "source": ["old"], "source": ["a"]}], "cells_": {"source": ["a"]}}'
    assert NotebookFile(data).with_sources({1: "b"}) == data.replace(b'["a"]}]', b'["b"]}]')


@pytest.mark.parametrize("source", [b"[1]", b"null", b'{"a": "b"}', b'["a", ["b"]]'])
def test_what_is_not_made_of_strings_is_refused(source: bytes) -> None:
    data = b'{"cells": [{"cell_type": "code", "source": ' + source + b"}]}"
    with pytest.raises(SourceError):
        NotebookFile(data).with_sources({1: "a"})
