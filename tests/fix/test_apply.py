"""Edits into text."""

from __future__ import annotations

import pytest

from kerasvae_lint.core import TextEdit
from kerasvae_lint.fix import apply_fixes

T = TextEdit


@pytest.mark.parametrize(
    ("text", "fixes", "expected", "applied"),
    [
        pytest.param("a b", [], "a b", [], id="nothing"),
        pytest.param("a b", [[T(0, 1, "x")], [T(2, 3, "y")]], "x y", [0, 1], id="two"),
        pytest.param("a b", [[T(2, 3, "y")], [T(0, 1, "x")]], "x y", [0, 1], id="any order"),
        pytest.param("f(g(x))", [[T(0, 7, "h")], [T(2, 6, "y")]], "h", [0], id="nested: first"),
        pytest.param(
            "f(x); g(y)",
            [[T(0, 1, "p"), T(6, 7, "q")], [T(7, 10, "(z)")], [T(2, 3, "u")]],
            "p(u); q(y)",
            [0, 2],
            id="touching waits",
        ),
        pytest.param(
            "a = 1\nb = 2\n",
            [[T(0, 6, "")], [T(6, 12, "")]],
            "",
            [0, 1],
            id="neighbouring lines",
        ),
        pytest.param(
            "x\ny\n",
            [[T(0, 0, "import a\n"), T(0, 1, "u")], [T(0, 0, "import a\n"), T(2, 3, "v")]],
            "import a\nu\nv\n",
            [0, 1],
            id="one import for two fixes",
        ),
        pytest.param(
            "x\ny\n",
            [[T(0, 0, "import a\n")], [T(0, 0, "import b\n")]],
            "import a\nx\ny\n",
            [0],
            id="two imports at one place take two rounds",
        ),
        pytest.param(
            "g(x)",
            [[T(0, 0, "f("), T(4, 4, ")")], [T(0, 0, "f("), T(4, 4, ")")]],
            "f(g(x))",
            [0, 1],
            id="the same fix twice",
        ),
        pytest.param(
            "g(x)",
            [[T(0, 0, "f("), T(4, 4, ")")], [T(0, 0, "f("), T(1, 1, ")")]],
            "f(g(x))",
            [0],
            id="half the same is not the same",
        ),
        pytest.param("abc", [[T(0, 2, "x"), T(1, 3, "y")]], "abc", [], id="broken fix"),
        pytest.param("abc", [[T(2, 9, "x")]], "abc", [], id="outside the text"),
        pytest.param("abc", [[]], "abc", [], id="empty fix"),
        pytest.param("a\r\nb\r\n", [[T(3, 4, "c")], [T(0, 3, "")]], "c\r\n", [0, 1], id="CRLF lines touch"),
        pytest.param("a\r\nb", [[T(0, 1, "c")], [T(1, 2, "")]], "c\r\nb", [0], id="inside a CRLF"),
    ],
)
def test_apply_fixes(text: str, fixes: list[list[TextEdit]], expected: str, applied: list[int]) -> None:
    assert apply_fixes(text, fixes) == (expected, applied)
