"""Imports that lose their last reader."""

from __future__ import annotations

import pytest

from kerasvae_lint.fix.apply import rewrite
from kerasvae_lint.fix.imports import unused_import

FROM = "from keras import backend as K\n"

CASES = [
    pytest.param(f"import os\n{FROM}K.a\n", "K.a\n", "", "import os\n", id="whole line"),
    pytest.param(f"{FROM}\n\nK.a\nb\n", "K.a\n", "", "b\n", id="blank lines at the top go too"),
    pytest.param(f"{FROM}x\n", "x\n", "y\n", f"{FROM}y\n", id="unused before: not ours"),
    pytest.param(f"{FROM}K.a; K.b\n", "K.a; ", "", f"{FROM}K.b\n", id="still used"),
    pytest.param("from a import b, c\nb; c\n", "b; ", "", "from a import c\nc\n", id="first"),
    pytest.param("from a import b, c\nb; c\n", "; c\n", "\n", "from a import b\nb\n", id="last"),
    pytest.param(
        "from a import (\n    b,  # one\n    c,  # two\n    d  # three\n)\nb; c; d\n",
        "; d\n",
        "\n",
        "from a import (\n    b,  # one\n    c,  # two\n)\nb; c\n",
        id="last of many lines",
    ),
    pytest.param(
        "from a import (\n    b,  # one\n    c,\n)\nb; c\n",
        "b; ",
        "",
        "from a import (\n    c,\n)\nc\n",
        id="first of many lines",
    ),
    pytest.param(
        "from a import (b, c,\n               d)\nb; c; d\n",
        "; d\n",
        "\n",
        "from a import (b, c)\nb; c\n",
        id="last, under the others",
    ),
    pytest.param("from a import b, \\\n    c\nb; c\n", "; c\n", "\n", "from a import b\nb\n", id="backslash"),
    pytest.param("import a; import b\nx = a, b\n", "a, b", "b", "import b\nx = b\n", id="semicolon"),
    pytest.param("import a as a\nx = a\n", "= a", "= 1", "import a as a\nx = 1\n", id="re-export"),
    pytest.param(f"__all__ = ['K']\n{FROM}K.a\n", "K.a\n", "", f"__all__ = ['K']\n{FROM}", id="__all__"),
    pytest.param(
        f"{FROM}def f(x: K.T): K.a\n",
        "K.a",
        "pass",
        f"{FROM}def f(x: K.T): pass\n",
        id="annotation",
    ),
    pytest.param(
        f"{FROM}def f(x: 'list[K.T]'): K.a\n",
        "K.a",
        "pass",
        f"{FROM}def f(x: 'list[K.T]'): pass\n",
        id="quoted annotation",
    ),
    pytest.param(
        f"{FROM}def f(x):\n    # type: (K.T) -> int\n    K.a\n",
        "K.a",
        "pass",
        f"{FROM}def f(x):\n    # type: (K.T) -> int\n    pass\n",
        id="type comment",
    ),
    pytest.param(f"{FROM}x.K\nf(K=K.a)\n", "K=K.a", "K=1", "x.K\nf(K=1)\n", id="attribute and keyword names"),
    pytest.param(
        f"try:\n    {FROM}except ImportError:\n    K = None\nK.a\n",
        "K.a\n",
        "",
        f"try:\n    {FROM}except ImportError:\n    K = None\n",
        id="in a try",
    ),
    pytest.param(
        f"def f():\n    {FROM}    K.a\n    return 1\n",
        "    K.a\n",
        "",
        "def f():\n    return 1\n",
        id="in a function",
    ),
    pytest.param(
        f"def f():\n    {FROM}    K.a\n",
        "    K.a\n",
        "",
        f"def f():\n    {FROM}",
        id="alone in a function",
    ),
    pytest.param(
        f"{FROM}def f():\n    {FROM}    K.a; 1\nK.b\n",
        "K.a; ",
        "",
        f"{FROM}def f():\n    1\nK.b\n",
        id="one scope of two",
    ),
    pytest.param(
        "import a.b\nimport a.c\nx = a\n",
        "= a\n",
        "= 1\n",
        "import a.b\nimport a.c\nx = 1\n",
        id="imported twice",
    ),
    pytest.param("import a.b\nx = a\n", "= a\n", "= 1\n", "x = 1\n", id="a dotted name binds its first part"),
    pytest.param(f"{FROM}K.a\n", "K.a", "(", f"{FROM}(\n", id="what does not parse is left alone"),
    pytest.param(f"import os\r\n{FROM[:-1]}\r\nK.a\r\n", "K.a\r\n", "", "import os\r\n", id="CRLF"),
    pytest.param("from a import *\nK.a\n", "K.a\n", "", "from a import *\n", id="star"),
    pytest.param(
        "from __future__ import print_function\nprint_function\n",
        "\nprint_function\n",
        "\n",
        "from __future__ import print_function\n",
        id="future",
    ),
]


def without_unused(before: str, after: str, filename: str) -> str:
    """The text with all of them removed, one after the other, as fixing does."""
    while (found := unused_import(before, after, filename)) is not None:
        after = rewrite(after, [found[1]])
    return after


@pytest.mark.parametrize(("before", "old", "new", "expected"), CASES)
def test_remove_unused_imports(before: str, old: str, new: str, expected: str) -> None:
    assert old in before
    assert without_unused(before, before.replace(old, new), "model.py") == expected


def test_a_package_keeps_what_it_hands_out() -> None:
    assert without_unused(f"{FROM}K.a\n", FROM, "layers/__init__.py") == FROM
