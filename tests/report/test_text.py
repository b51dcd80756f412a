"""The format for people."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kerasvae_lint.core import Finding, Note, Position
from kerasvae_lint.report import Look, SourceLines, text
from tests.report.builders import SAFE, UNSAFE, finding

NOTE = Note("host code sets it here", "train.py", Position(9, 5))


def shown(source: str, item: Finding, *, width: int = 60, unsafe: bool = False) -> str:
    """The report of one finding in a file with this text."""
    lines = SourceLines({item.filename: source.encode()})
    return "".join(text([item], lines, Look(width=width, unsafe=unsafe, base="/nowhere")))


def test_a_finding_at_60_columns() -> None:
    source = "def f():\n    beta = K.variable(0.0)\n"
    item = finding((2, 12), (2, 27), fix=SAFE, notes=(NOTE,))
    assert shown(source, item) == (
        "train.py:2:12: KV101 [*] `beta` of KLDivergence is set by\n"
        "    host code, but it is a trainable variable of the layer:\n"
        "    the optimizer moves it too, in Keras 2. Make it\n"
        "    non-trainable.\n"
        "  |\n"
        "2 |     beta = K.variable(0.0)\n"
        "  |            ^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = note: train.py:9:5: host code sets it here\n"
        "  = help: Make the variable non-trainable\n"
    )


def test_a_recipe_is_named_last() -> None:
    report = shown("x\n", finding(fix=SAFE, recipe="kl-annealing"))
    assert report.endswith("  = help: Make the variable non-trainable\n  = recipe: kvlint recipe kl-annealing\n")


@pytest.mark.parametrize(
    ("unsafe", "mark", "hint"),
    [
        (False, "KV101 `", "(unsafe: needs --unsafe-fixes)"),
        (True, "KV101 [*] `", "Scale the loss\n"),
    ],
)
def test_an_unsafe_fix_says_so(unsafe: bool, mark: str, hint: str) -> None:
    report = shown("x\n", finding(fix=UNSAFE), width=100, unsafe=unsafe)
    assert mark in report
    assert hint in report


def test_a_notebook_is_placed_by_cell() -> None:
    notebook = (
        '{"nbformat": 4, "metadata": {}, "cells": ['
        '{"cell_type": "markdown", "source": "# Title"},'
        '{"cell_type": "code", "source": ["a = 1\\n", "b = 2"]},'
        '{"cell_type": "code", "source": ["c = 3\\n", "d = 4"]}]}'
    )
    item = finding((2, 1), (2, 6), filename="t.ipynb", cell=3, fix=SAFE)
    report = shown(notebook, item)
    assert report.startswith("t.ipynb:cell 3:2:1: KV101 [*] `beta`")
    assert "2 | d = 4\n  | ^^^^^\n" in report
    assert "2 | d = 4\n  | ^^^^^\n  |\n  = help: " in report


def test_a_range_of_several_lines() -> None:
    source = "x = f(\n    a,\n    b,\n)\n"
    assert ("1 | x = f(\n  |     ^^\n2 |     a,\n  |     ^^\n3 |     b,\n  |     ^^\n4 | )\n  | ^\n") in shown(
        source, finding((1, 5), (4, 2))
    )


def test_a_long_range_shows_its_ends() -> None:
    source = "x = f(\n" + "    a,\n" * 20 + ")\n"
    report = shown(source, finding((1, 5), (22, 2)))
    assert " 1 | x = f(\n   |     ^^\n...\n22 | )\n   | ^\n" in report


@pytest.mark.parametrize(
    ("line", "start", "end", "drawn", "under"),
    [
        ("\tx = y", 6, 7, "    x = y", "        ^"),
        ("損失 = 重み", 6, 8, "損失 = 重み", "       ^^^^"),
        ("e\u0301x = y", 7, 8, "e\u0301x = y", "     ^"),
        ("a\x0cb", 3, 4, "a?b", "  ^"),
        ("a\x1b[31mb", 7, 8, "a?[31mb", "      ^"),
        ("x", 2, 2, "x", " ^"),
    ],
)
def test_columns_are_those_of_the_terminal(line: str, start: int, end: int, drawn: str, under: str) -> None:
    report = shown(line + "\n", finding((1, start), (1, end)))
    assert f"\n1 | {drawn}\n  | {under}\n" in report


@pytest.mark.parametrize("start", [1, 100, 300, 390])
@pytest.mark.parametrize("length", [1, 9, 200])
@pytest.mark.parametrize("character", ["x", "重"])
def test_long_lines_are_cut_around_the_place(start: int, length: int, character: str) -> None:
    line = character * (start - 1) + "^" * length + character * (400 - start)
    report = shown(line + "\n", finding((1, start), (1, start + length)))
    excerpt = [row for row in report.splitlines() if row.startswith(("1 |", "  |"))]
    wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in row) for row in excerpt]
    assert max(wide) <= 60
    code, under = excerpt[1], excerpt[2]
    columns = [
        (c, at)
        for at, c in enumerate(
            part for c in code for part in ([c, ""] if unicodedata.east_asian_width(c) == "W" else [c])
        )
    ]
    carets = {at for c, at in columns if c == "^"}
    assert carets == {at for at, c in enumerate(under) if c == "^"}
    assert len(carets) >= min(length, 50)


@pytest.mark.parametrize("width", [50, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    source = "    " + "layer(" * 30 + ")" * 30 + "\n"
    name = "a/long/way/down/to/the/model.py"
    item = finding((1, 70), (1, 76), filename=name, fix=SAFE, notes=(NOTE,))
    assert max(map(len, shown(source, item, width=width).splitlines())) <= width


def test_a_file_that_is_gone_is_reported_without_its_lines(tmp_path: Path) -> None:
    item = finding(filename=str(tmp_path / "gone.py"), fix=SAFE)
    report = "".join(text([item], SourceLines(), Look(width=80)))
    assert report.splitlines()[-1] == "  = help: Make the variable non-trainable"


def test_colours() -> None:
    item = finding((1, 5), (1, 6), fix=SAFE)
    lines = SourceLines({"train.py": b"x = y\n"})
    plain = "".join(text([item], lines, Look()))
    painted = "".join(text([item], lines, Look(colour=True)))
    assert "\x1b[" not in plain
    assert "\x1b[1;91mKV101\x1b[0m" in painted
    import re

    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain


def test_names_can_not_steer_the_terminal() -> None:
    report = shown("x\n", finding(filename="a\x1b[2Jb.py", message="see `\x1b[31m`"))
    assert "\x1b" not in report
    assert "a\\x1b[2Jb.py:1:1" in report


def test_file_names_are_relative_to_where_one_stands() -> None:
    lines = SourceLines({"/home/me/project/a.py": b"x\n"})
    item = finding(filename="/home/me/project/a.py")
    assert "".join(text([item], lines, Look(base="/home/me"))).startswith("project/a.py:1:1: ")
