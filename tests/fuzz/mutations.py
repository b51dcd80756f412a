"""Ways to spoil a program. Each takes a text and whoever makes its choices, and gives another text."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from tests.fuzz.programs import programs

T = TypeVar("T")


class Choices(Protocol):
    """Makes the choices: ``random.Random`` for a long run, Hypothesis where a failure is to be made small."""

    def randint(self, a: int, b: int, /) -> int: ...

    def choice(self, seq: Sequence[T], /) -> T: ...


Mutation = Callable[[str, Choices], str]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d*)?(?:e-?\d+)?(?![\w.])")
_VALUE = re.compile(r"(?<==)[\w.\"']+(?=[,)])")
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")

NUMBERS = (
    "9" * 5000,
    "0x" + "f" * 5000,
    "-" + "1" * 4301,
    "1e400",
    "-1e400",
    "1e-400",
    "1e400j",
    "10**10000",
    "2**0.5",
    "0",
    "-0.0",
    "1_000",
    "0b101",
    "float('nan')",
    "float('inf')",
    "1 if x else 2",
)
VALUES = (
    *NUMBERS,
    "None",
    "True",
    "[]",
    "{}",
    "()",
    "...",
    "lambda: 0",
    "lambda *a, **k: a",
    "b''",
    "''",
    "f'{1}'",
    "'\\ud800'",
    "'\\x00'",
    "[*x]",
    "{**x}",
    "(x := 1)",
    "[i for i in range(3)]",
    "{1: 2}.get",
    "self",
    "not x",
    "(1, (2, (3,)))",
    "not_there",
    "type",
    "object()",
    "1 < 2 < 3",
    "'a' 'b'",
    "x[1:2, ...]",
    "-x",
    "~x",
    "x @ x",
    "print",
    "super()",
    "__name__",
)
LINES = (
    "match x:\n    case {'a': [1, *_], **rest} if rest:\n        pass\n",
    "type Pair[T: int, *Ts, **P] = tuple[T, T]\n",
    "def generic[T](x: T, /, *, y: int = 0) -> T: return x\n",
    "try:\n    pass\nexcept* ValueError as group:\n    raise\n",
    "with (open('a') as a, open('b') as b):\n    pass\n",
    "x = f'{x!r:>{width}} {f\"{y}\"}'\n",
    "x = t'{x}'\n",
    "async def go():\n    async for i in x:\n        yield await i\n",
    "@(lambda f: f)\nclass Odd(*bases, metaclass=type, **options):\n    pass\n",
    "for a.b, c[0], *d in x:\n    break\nelse:\n    pass\n",
    "global y; nonlocal_ = 1; del y\n",
    "while (n := next(x, None)) is not None: continue\n",
    "if True:\n\tx = 1\n",
    "import keras as tf; from keras import *; import tensorflow as keras\n",
    "from . import *; from .. import x as y; import a.b.c\n",
    "print 'old'\n",
    "lambda: (yield)\n",
    "x: int; x: 'list[int]' = []\n",
    "raise SystemExit from None\n",
    "__import__('keras').layers.Dense(3)\n",
    "exec('import keras'); eval('1')\n",
    "keras = None\n",
    "class keras: layers = 1\n",
    "tf.keras.layers.Layer = tf.keras.Model = object\n",
    "def f(a, b=f, *c, d, **e): return f(*c, **e)\nf = f(f)(f)[f].f\n",
    "x = x + x * x - x / x // x % x ** x\n" * 3,
    "\\\n",
    "# kvlint: ignore[KV101, KV9]  # noqa: KV101\n",
    "# -*- coding: latin-1 -*-\n",
    "# kvlint: skip-file\n",
    "\x0c\n",
    "'''\n",
    "if x: pass; else: pass\n",
)
CHARACTERS = (
    "\0",
    "\x0c",
    "\r",
    "\r\n",
    "\u202e",
    "\u2028",
    "\x85",
    "\ufeff",
    "\x1b[31m",
    "\U0001f600",
    "é",
    "\t",
    "\\",
    "'",
)


def _spliced(text: str, match: re.Match[str] | None, new: str) -> str:
    return text if match is None else text[: match.start()] + new + text[match.end() :]


def _any(pattern: re.Pattern[str], text: str, choices: Choices) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return choices.choice(found) if found else None


def delete_token(text: str, choices: Choices) -> str:
    """Leave one token out."""
    return _spliced(text, _any(_TOKEN, text, choices), "")


def double_token(text: str, choices: Choices) -> str:
    """Write one token twice."""
    match = _any(_TOKEN, text, choices)
    return _spliced(text, match, match[0] * 2) if match else text


def swap_tokens(text: str, choices: Choices) -> str:
    """Put one token in another's place."""
    match = _any(_TOKEN, text, choices)
    other = _any(_TOKEN, text, choices)
    return _spliced(text, match, other[0] if other else "")


def rename_one(text: str, choices: Choices) -> str:
    """Write one name of the program where another stands."""
    match, other = _any(_NAME, text, choices), _any(_NAME, text, choices)
    return _spliced(text, match, other[0] if other else "")


def rename_all(text: str, choices: Choices) -> str:
    """Call one thing by another's name throughout."""
    match, other = _any(_NAME, text, choices), _any(_NAME, text, choices)
    if match is None or other is None:
        return text
    new = choices.choice((other[0], "é", "x" * 300))
    return re.sub(rf"\b{match[0]}\b", lambda _: new, text)


def change_number(text: str, choices: Choices) -> str:
    """Write an odd number in a number's place."""
    return _spliced(text, _any(_NUMBER, text, choices), choices.choice(NUMBERS))


def change_value(text: str, choices: Choices) -> str:
    """Give an argument an odd value."""
    return _spliced(text, _any(_VALUE, text, choices), choices.choice(VALUES))


def change_string(text: str, choices: Choices) -> str:
    """Write something else in a string's place."""
    return _spliced(text, _any(_STRING, text, choices), choices.choice(VALUES))


def wrap_name(text: str, choices: Choices) -> str:
    """Wrap a name in brackets, calls and subscripts, deeply at times."""
    match = _any(_NAME, text, choices)
    if match is None:
        return text
    depth = choices.choice((1, 2, 60, 140, 160, 10_000))
    left, right = choices.choice(
        (("(", ")"), ("[", "]"), ("f(", ")"), ("x[", "]"), ("{1: ", "}"), ("-", ""), ("not ", ""))
    )
    return _spliced(text, match, left * depth + match[0] + right * depth)


def delete_line(text: str, choices: Choices) -> str:
    """Leave one line out."""
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[choices.randint(0, len(lines) - 1)]
    return "".join(lines)


def double_line(text: str, choices: Choices) -> str:
    """Write one line twice, or many times."""
    lines = text.splitlines(keepends=True)
    if lines:
        at = choices.randint(0, len(lines) - 1)
        lines[at] *= choices.choice((2, 3, 40))
    return "".join(lines)


def swap_lines(text: str, choices: Choices) -> str:
    """Let two lines change places."""
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        a, b = choices.randint(0, len(lines) - 1), choices.randint(0, len(lines) - 1)
        lines[a], lines[b] = lines[b], lines[a]
    return "".join(lines)


def insert_line(text: str, choices: Choices) -> str:
    """Write an odd statement somewhere, with the indentation of the line below."""
    lines = text.splitlines(keepends=True)
    at = choices.randint(0, len(lines))
    below = lines[at] if at < len(lines) else ""
    indent = below[: len(below) - len(below.lstrip())] if below.strip() else ""
    lines.insert(at, "".join(indent + line for line in choices.choice(LINES).splitlines(keepends=True)))
    return "".join(lines)


def insert_character(text: str, choices: Choices) -> str:
    """Put an odd character somewhere."""
    at = choices.randint(0, len(text))
    return text[:at] + choices.choice(CHARACTERS) + text[at:]


def indent(text: str, choices: Choices) -> str:
    """Move some lines to the right or to the left."""
    lines = text.splitlines(keepends=True)
    first = choices.randint(0, len(lines))
    last = min(len(lines), first + choices.randint(1, 12))
    step = choices.choice((" ", "    ", "\t", ""))
    lines[first:last] = [step + line if step else line.lstrip(" ") for line in lines[first:last]]
    return "".join(lines)


def wrap_block(text: str, choices: Choices) -> str:
    """Put the rest of the program into a block."""
    lines = text.splitlines(keepends=True)
    at = choices.randint(0, len(lines))
    head = choices.choice(("if x:\n", "def f():\n", "class C:\n", "for i in x:\n", "try:\n", "with x:\n", "while 1:\n"))
    end = "finally:\n    pass\n" if head == "try:\n" else ""
    return "".join([*lines[:at], head, *(f"    {line}" for line in lines[at:]), end])


def truncate(text: str, choices: Choices) -> str:
    """End in the middle."""
    return text[: choices.randint(0, len(text))]


def splice(text: str, choices: Choices) -> str:
    """Go on as another program does from somewhere."""
    other = choices.choice(tuple(programs().values())).splitlines(keepends=True)
    lines = text.splitlines(keepends=True)
    return "".join(lines[: choices.randint(0, len(lines))] + other[choices.randint(0, len(other)) :])


def one_line(text: str, choices: Choices) -> str:
    """Make one very long line of something."""
    match = _any(_NAME, text, choices)
    word = match[0] if match else "x"
    sign = choices.choice((" + ", ", ", ".", " and ", "(", " if x else ", " = ", "; "))
    return _spliced(text, match, sign.join([word] * choices.choice((30, 400, 1200))))


MUTATIONS: tuple[Mutation, ...] = (
    delete_token,
    double_token,
    swap_tokens,
    rename_one,
    rename_one,
    rename_all,
    change_number,
    change_number,
    change_value,
    change_value,
    change_value,
    change_string,
    wrap_name,
    delete_line,
    delete_line,
    double_line,
    swap_lines,
    insert_line,
    insert_line,
    insert_character,
    indent,
    wrap_block,
    truncate,
    splice,
    one_line,
)


def utf8(text: str) -> bytes:
    """As most files are written."""
    return text.encode("utf-8", "surrogatepass")


def with_mark(text: str) -> bytes:
    """With a byte order mark."""
    return codecs.BOM_UTF8 + utf8(text)


def windows(text: str) -> bytes:
    """With the newlines of Windows."""
    return utf8(text.replace("\n", "\r\n"))


def old_mac(text: str) -> bytes:
    """With the newlines of an old Macintosh."""
    return utf8(text.replace("\n", "\r"))


def latin(text: str) -> bytes:
    """In Latin-1, with the cookie that says so."""
    return b"# coding: latin-1\n" + text.encode("latin-1", "replace")


def wide(text: str) -> bytes:
    """In UTF-16, which Python does not read."""
    return text.encode("utf-16", "replace")


def no_end(text: str) -> bytes:
    """Without a newline at the end."""
    return utf8(text.rstrip("\n"))


def mixed(text: str) -> bytes:
    """With every third newline another one."""
    parts = text.split("\n")
    return utf8("".join(part + ("\r\n" if n % 3 else "\n") for n, part in enumerate(parts)))


ENCODINGS: tuple[Callable[[str], bytes], ...] = (
    utf8,
    utf8,
    utf8,
    with_mark,
    windows,
    old_mac,
    latin,
    wide,
    no_end,
    mixed,
)


def notebook(text: str, choices: Choices) -> bytes:
    """The program cut into the cells of a notebook; now and then cut off, or with a cell that is none."""
    lines = text.splitlines(keepends=True)
    cells: list[object] = []
    while lines:
        count = choices.randint(1, 20)
        source: object = lines[:count] if choices.randint(0, 1) else "".join(lines[:count])
        cells.append({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source})
        del lines[:count]
    odd: tuple[object, ...] = (None, 3, [], {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}})
    if choices.randint(0, 9) == 0:
        cells.insert(choices.randint(0, len(cells)), choices.choice(odd))
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    data = json.dumps(whole, indent=choices.choice((None, 1, 2))).encode()
    return data[: choices.randint(0, len(data))] if choices.randint(0, 19) == 0 else data


def spoiled(choices: Choices, most: int = 4) -> tuple[str, bytes]:
    """The name and the bytes of a program that has been spoiled in a few ways."""
    text = choices.choice(tuple(programs().values()))
    for _ in range(choices.randint(1, most)):
        text = choices.choice(MUTATIONS)(text, choices)
    if choices.randint(0, 9) == 0:
        return "program.ipynb", notebook(text, choices)
    return "program.py", choices.choice(ENCODINGS)(text)
