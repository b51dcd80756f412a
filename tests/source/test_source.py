"""Bytes to text and back; positions; what can't be read says why in one line."""

from __future__ import annotations

import json
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from kerasvae_lint.core import Position
from kerasvae_lint.source import Positions, SourceError, decode, parse


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1",
        b"\xef\xbb\xbfx = 1\n",
        b"x = 1\r\ny = 2\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        "x = 'é漢'\n".encode(),
        b"\x0cx = 1\n\tif_ = 2\n".replace(b"\tif_", b"if_"),
    ],
)
def test_round_trip(data: bytes) -> None:
    source = decode(data, "x.py")
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = '\0'\n", "NUL"),
        (b"# coding: nope\n", "unknown encoding"),
        (b"x = '\xff'\n", "is not utf-8"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "byte order mark"),
        (b"print 'a'\n", "Python 2"),
        (b"x = (\n", "syntax error"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "nested"),
        (b"x = " + b"-" * 5000 + b"1", "operators"),
        (b"x = 1" + b" + 1" * 3000, "operators"),
    ],
)
def test_unreadable(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as error:
        parse(decode(data, "x.py"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spans_are_what_they_say(newline: str) -> None:
    text = newline.join(["é = (1 +", "  f(2))", "if é:", "    g(é) ; h()", ""])
    module, source = parse(decode(text.encode(), "x.py"))
    positions = Positions(module, source)

    class Check(cst.CSTVisitor):
        def on_visit(self, node: cst.CSTNode) -> bool:
            if isinstance(node, (cst.Call, cst.Name, cst.BinaryOperation, cst.Integer)):
                start, end = positions.span(node)
                assert source.text[start:end] == module.code_for_node(node)
            return True

    module.visit(Check())
    assert source.position(text.index("g(")) == (None, Position(4, 5))


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "fixtures").glob("KV4*/bad*.py")), ids=lambda path: path.parent.name
)
def test_spans_are_those_of_libcst(path: Path) -> None:
    module, source = parse(decode(path.read_bytes(), "x.py"))
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    data, positions = source.text.encode(), Positions(module, source)
    for node, span in wrapper.resolve(ByteSpanPositionProvider).items():
        if isinstance(node, (cst.BaseExpression, cst.BaseStatement, cst.BaseSmallStatement, cst.Arg)):
            ends = (span.start, span.start + span.length)
            assert positions.bare_span(node) == tuple(len(data[:end].decode()) for end in ends)


def notebook(*cells: tuple[str, str], **metadata: object) -> bytes:
    made = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in cells]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%matplotlib inline\nx = 1", ["pass", "x = 1"]),
        ("!pip install \\\n  tensorflow\nx = 1", ["pass", "#", "x = 1"]),
        ("if x:\n    !ls\ny = 2", ["if x:", "    pass", "y = 2"]),
        ("files = !ls\n", ["files = None"]),
        ("%time f(1)", ["f(1)"]),
        ("%%time\nf(1)", ["#", "f(1)"]),
        ("%%bash\nls", ["#", "#"]),
        ("f?\n?g", ["pass", "pass"]),
        ('s = """\n%not magic\n"""', ['s = """', "%not magic", '"""']),
        ("x = (a\n % b)", ["x = (a", " % b)"]),
        ("x = a % b\ny = a != b", ["x = a % b", "y = a != b"]),
        ("print('loss = %s' % x)", ["print('loss = %s' % x)"]),
        ("print('a = %d, '\n      'b = %d' % (a, b))", ["print('a = %d, '", "      'b = %d' % (a, b))"]),
        ("'loss = %s' % x", ["'loss = %s' % x"]),
        ("f(x = a, y\n= b)\nd['a'], e = !ls", ["f(x = a, y", "= b)", "d['a'], e = None"]),
        ("pip install -q x\ncd a/b\nls -la ..\nls\ncd ..\nls /tmp", [*["pass"] * 3, "ls", "pass", "pass"]),
        (
            "cat = 1\ncat in x\nls - a / 2\nls / 2\ncp (1)\nrun: int = 2",
            ["cat = 1", "cat in x", "ls - a / 2", "ls / 2", "cp (1)", "run: int = 2"],
        ),
        ("\n  x = 1\n  if x:\n    y = 2\nz = 3", ["", "x = 1", "if x:", "  y = 2", "z = 3"]),
        ("  %%time\n  x = 1", ["#", "x = 1"]),
    ],
)
def test_magics(cell: str, lines: list[str]) -> None:
    source = decode(notebook(("code", cell)), "x.ipynb")
    assert source.text.split("\n")[:-1] == lines


def test_cells_are_one_program() -> None:
    data = notebook(
        ("markdown", "# hi"), ("code", "import tensorflow as tf\n"), ("code", "print 'x'"), ("code", "y = tf.exp(1)")
    )
    module, source = parse(decode(data, "x.ipynb"))
    assert [(cell, message[:8]) for cell, _, message in source.problems] == [(3, "Python 2")]
    assert source.display(source.text.index("y =")) == "cell 4:1:1"
    assert len(module.body) == 2


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_no_notebook(data: bytes) -> None:
    with pytest.raises(SourceError, match="notebook"):
        decode(data, "x.ipynb")


def test_other_kernels_are_left_alone() -> None:
    data = notebook(("code", "library(keras)"), kernelspec={"language": "R", "name": "ir"})
    assert decode(data, "x.ipynb").text == ""
