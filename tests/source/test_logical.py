"""Logical lines: what a comment belongs to, where one can stand, and a text that outlives reformatting."""

from __future__ import annotations

import json

import pytest

from kerasvae_lint.source import Source, decode
from kerasvae_lint.source.logical import logical_lines

CLASS = '''\
class Outer(Base):
    """Words."""

    @property
    async def inner(self):
        value = call(
            1,  # one
            2,
        )
        return value


after = 1
'''


def texts(text: str) -> list[str]:
    return [line.text for line in logical_lines(Source("a.py", text)).lines]


def test_scopes_and_rows() -> None:
    found = logical_lines(Source("a.py", CLASS))
    assert [(line.first_row, line.last_row, line.scope) for line in found.lines] == [
        (1, 1, ""),
        (2, 2, "Outer"),
        (4, 4, "Outer"),
        (5, 5, "Outer"),
        (6, 9, "Outer.inner"),
        (10, 10, "Outer.inner"),
        (13, 13, ""),
    ]
    (comment,) = found.comments
    assert (comment.row, comment.rows, CLASS[comment.offset :][:5]) == (7, range(6, 10), "# one")
    line = found.at(8)
    assert line is not None
    assert line.text == "value=call(1, 2)"
    assert found.at(3) is None
    assert found.at(99) is None


@pytest.mark.parametrize(
    "text",
    [
        "x = f('a', b=[1, 2])\n",
        'x=f("a",b=[1,2])\r\n',
        "x = f(\n    'a',  # first\n    b=[\n        1,\n        2,\n    ],\n)  # type: ignore\n",
        "x = \\\n    f('a', b = [1, 2])",
        "\n\nif True:\n    x = f( 'a' , b = [ 1, 2 ] )\n",
    ],
)
def test_a_text_does_not_depend_on_its_format(text: str) -> None:
    assert texts(text)[-1] == 'x=f("a", b=[1, 2])'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 'a b'\n", "x = 'ab'\n"),
        ("x = (1, 2)\n", "x = (1, 3)\n"),
        ("not x\n", "notx\n"),
        ("x = f(a)\n", "x = f(b)\n"),
        ("x = f'{a}'\n", "x = f'{b}'\n"),
        ("return_ = x\n", "return _ == x\n"),
    ],
)
def test_other_code_is_another_text(one: str, other: str) -> None:
    assert texts(one) != texts(other)


def test_where_no_comment_can_stand() -> None:
    text = 'a = """one\ntwo""" + \\\n    f"""{b}\n{c}"""\nd = (1,\n     2)  # \\\ne = 1\n'
    assert logical_lines(Source("a.py", text)).closed == {1, 2, 3}


def test_a_broken_cell_costs_itself_alone() -> None:
    cells = ["a = 1  # noqa: KV101\n", "b = (\n", "def f():\n    return 2  # noqa: KV102\n"]
    made = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    source = decode(json.dumps(made).encode(), "n.ipynb")
    found = logical_lines(source)
    assert not found.complete
    assert [source.position(comment.offset) for comment in found.comments] == [
        (1, source.position(7)[1]),
        (3, source.position(source.text.index("# noqa: KV102"))[1]),
    ]
    last = found.lines[-1]
    assert (last.scope, last.text, last.first_row) == ("f", "return 2", 6)
