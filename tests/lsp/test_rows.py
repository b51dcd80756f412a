"""Where rows and calls are in a newer text, or in one that can't be parsed."""

from __future__ import annotations

import pytest

from kerasvae_lint.lsp.brackets import Brackets
from kerasvae_lint.lsp.rows import Code, nearest

OLD = "a = 1\nb = '''\n\n# no comment\n'''\nc = f(  # one\n    2,\n)\n"


@pytest.mark.parametrize(
    ("new", "rows"),
    [
        (OLD, [1, 2, 6, 7, 8]),
        ("# more\r\n\r\n" + OLD.replace("\n", "\r\n"), [3, 4, 8, 9, 10]),
        (OLD.replace("  # one", "  # another  ").replace("    2,", "\n    2,  # 2"), [1, 2, 6, 8, 9]),
        (OLD.replace("  # one", ""), [1, 2, 6, 7, 8]),
        (OLD.replace("a = 1", "a = 1  \n \t\n  # indented"), [1, 4, 8, 9, 10]),
        (OLD.replace("2,", "3,"), None),
        (OLD.replace("    2,", "        2,"), None),
        (OLD.replace("# no", "# a"), None),
        (OLD.replace("\n\n# no", "\n# no"), None),
        (OLD.replace("a = 1", "a = 1 \\"), None),
        (OLD.replace("# one", "# it's one"), None),
    ],
)
def test_a_program_is_the_same_but_for_its_comments(new: str, rows: list[int] | None) -> None:
    found = Code(OLD).rows_in(Code(new))
    assert (found and [found(row) for row in (1, 2, 6, 7, 8)]) == rows


def test_what_looks_like_a_comment_in_an_f_string_is_none() -> None:
    assert Code('x = f"{d["#a"]}"\n').rows_in(Code('x = f"{d["#b"]}"\n')) is None
    assert Code("x = 1 \\\n\ny\n").rows_in(Code("x = 1 \\\ny\n")) is None


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("a\nb\nc", "a\nb\nc", [1, 2, 3]),
        ("a\nb\nc", "x\na\nb\nc", [2, 3, 4]),
        ("a\nb\nc", "a\nx\nc", [1, 2, 3]),
        ("a\nb\nc", "a\nc", [1, 1, 2]),
        ("a\nb\nc", "x\na\nb\ny\nc", [2, 3, 5]),
        ("a\nb\nc", "x\na\nB\nC\nD\nc\ny", [2, 3, 6]),
        ("a\nb\nc", "", [1, 1, 1]),
        ("", "a\nb", [1, 2, 3]),
    ],
)
def test_rows_go_with_their_text(old: str, new: str, rows: list[int]) -> None:
    moved = nearest(old, new)
    last = len(new.split("\n"))
    assert [min(moved(row), last) for row in (1, 2, 3)] == [min(row, last) for row in rows]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("x = a.Dense(3, name=')')(y)  # (", "a.Dense(3, name=')')"),
        ("x = Dense(\n  (3),  # )\n)", "Dense(\n  (3),  # )\n)"),
        ("x = make[0](3)", "make[0](3)"),
        ("x = Dense(3  # open", "Dense(3"),
        ("x = Dense", "Dense"),
    ],
)
def test_a_call_ends_with_its_bracket_or_its_line(text: str, call: str) -> None:
    start = text.index("=") + 2
    assert text[start : Brackets(text).end_of_call(start)] == call


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("x = a.Dense(3, name=')')(y)", "a.Dense(3, name=')')(y)"),
        ("return layers[0](y)", "layers[0](y)"),
        ("f(self.d2(y)", "self.d2(y)"),
        ("x = (y)", "(y)"),
        ("x = y)", ""),
        ("", ""),
    ],
)
def test_a_call_begins_with_its_name(text: str, call: str) -> None:
    assert text[Brackets(text).start_of_call(len(text)) :] == call
