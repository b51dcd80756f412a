"""The records of a file: every kind of code, exact places, parents, scopes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kerasvae_lint.binding import records
from kerasvae_lint.binding.build import build
from tests.binding.comparing import FIXTURES, built, inside_string, installed, read, reread, shape

EVERYTHING = '''\
"""A module."""
import numpy as np, os.path
import tensorflow.keras.layers
from . import near
from ..far import *
from tensorflow.keras import layers as L, models

@decorated
@tf.function(jit_compile=True)
def outer(a, /, b: int = (1), *args, c, d=lambda x, *y: (yield x), **kwargs) -> "str":
    """Says nothing."""
    global counter, bound_globally
    bound_globally = 1
    def inner():
        nonlocal a
        a = yield from b
    async def waiting():
        async with f() as g, h():
            async for i in aiter(): await i
        return [x async for x in y]
    return inner

class Model(Base, metaclass=Meta, *more, **options):
    size: int
    width: int = 3
    @property
    def kernel(self): return self._kernel
    @kernel.setter
    def kernel(self, value): self._kernel = value
    if flag:
        def call(self, x): return x
    squares = [n * size for n in range(size)]

x = y = -1 + 2.5e3 * 3j - 0x1F // 2 % 3 ** 2 @ m << 1 >> 2 | 3 ^ 4 & ~5
(first, *rest), [p, q] = z = 1, 2
x += 1; x @= m; x //= 2
del x, y[0], z.attr
assert a < b <= c is not d not in e, "message"
if not a and b or c: pass
elif (n := len(a)) > 1:
    pass
else:
    print("a" "b" 'c', b"bytes", f"{a!r:>{n}} {b} and {c!s}", *rest, sep='', **kw)
while True:
    break
else:
    pass
for i, j in pairs:
    continue
else:
    pass
try:
    raise ValueError(a) from error
except (TypeError, ValueError) as caught:
    raise
except A: pass
else: pass
finally: pass
with open(a) as f, lock: f.read()
match command:
    case [1, "a", None, *others] | {"k": v, **rest_of} if v > 0: pass
    case Point(0, y=captured) as point: pass
    case -1 | 2+3j | a.b: pass
    case _: pass
d = {1: 2, **other, "a": [b for b in c if b if d for e in b]}
s, t, g = {1, 2}, {k: v for k, v in d}, (i for i in s)
sliced = a[1:2, ::3, ...][i][:]
r = a if b else c
call(x for x in y)
call((x for x in y), (z), *(w), k=(1))
'''


def check_places(text: str, module: records.Module, *, reread_all: bool = True) -> int:
    """Every record lies in its parent, and every expression's code makes the same record again."""
    count = 0
    for record in module.walk():
        for child in record.children():
            assert child.parent is record
            assert record.start <= child.start <= child.end <= record.end
        if isinstance(record, records.Expression) and not inside_string(record):
            count += 1
            if reread_all or record.end - record.start < 200:
                assert shape(reread(text, record)) == shape(record)
    return count


def test_every_kind_of_code() -> None:
    module = built(EVERYTHING)
    assert check_places(EVERYTHING, module) > 200
    met = {type(record) for record in module.walk()}
    kinds = {
        kind
        for kind in vars(records).values()
        if isinstance(kind, type) and issubclass(kind, records.Record) and kind.__module__ == records.__name__
    }
    assert kinds - met == {records.Record, records.Expression, records.Statement, records.Template}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("wide", [False, True])
def test_places_count_characters(newline: str, wide: bool) -> None:
    text = EVERYTHING.replace("command", "é漢𝔘" if wide else "command").replace("\n", newline)
    assert check_places(text, built(text)) > 200


def test_places_behind_wide_characters_and_form_feeds() -> None:
    text = "é = '漢', x\n\f\nif é: z = '😀\u2028\x0b' + y  # ü\n"
    module = built(text)
    check_places(text, module)
    names = [(r.id, text[r.start : r.end]) for r in module.walk() if isinstance(r, records.Name)]
    assert names == [(name, name) for name in ("é", "x", "é", "z", "y")]


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("*/*.py"))[::4], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_places_in_fixtures(path: Path) -> None:
    text = read(path)
    check_places(text, built(text), reread_all=False)


def test_places_in_keras() -> None:
    count = 0
    for path in installed("keras", 40):
        text = read(path)
        count += check_places(text, built(text), reread_all=False)
    assert count > 10_000


def test_lists_are_complete_and_in_order() -> None:
    for path in installed("keras", 40):
        module = built(read(path))
        walked = list(module.walk())
        assert module.calls == [r for r in walked if isinstance(r, records.Call)]
        assert module.functions == [r for r in walked if isinstance(r, records.Function)]
        assert module.classes == [r for r in walked if isinstance(r, records.Class)]
        assert module.imports == [r for r in walked if isinstance(r, records.Import)]


def test_statements_have_their_places() -> None:
    text = "@a\nclass C:\n  @b.c\n  async  def f(self): x = (1); pass  # no\nif (a): (b)\nelse:\n  c\n"
    module = built(text)
    codes = [text[r.start : r.end] for r in module.walk() if isinstance(r, records.Statement)]
    assert codes == [
        "@a\nclass C:\n  @b.c\n  async  def f(self): x = (1); pass",
        "@b.c\n  async  def f(self): x = (1); pass",
        "x = (1)",
        "pass",
        "if (a): (b)\nelse:\n  c",
        "(b)",
        "c",
    ]
    (function,) = module.functions
    assert text[function.name_start :].startswith("f(self)")
    assert text[function.body_start :].startswith("x = (1)")
    assert text[module.classes[0].name_start :].startswith("C:")


def function(module: records.Module, name: str) -> records.Function:
    """The function of a name."""
    (found,) = [f for f in module.functions if f.name == name]
    return found


def test_scopes() -> None:
    module = built(EVERYTHING)
    assert {"np", "os", "tensorflow", "near", "L", "models", "outer", "Model", "n", "caught", "f", "i"} <= set(
        module.scope.bound
    )
    assert {"others", "v", "rest_of", "captured", "point", "bound_globally", "first", "rest"} <= set(module.scope.bound)
    assert not {"counter", "*", "layers", "k", "e"} & set(module.scope.bound)
    outer = function(module, "outer")
    assert list(outer.scope.bound) == ["a", "b", "args", "c", "d", "kwargs", "inner", "waiting"]
    assert outer.scope.outer == {"counter": "global", "bound_globally": "global"}
    inner = function(module, "inner")
    assert (inner.scope.outer, list(inner.scope.bound)) == ({"a": "nonlocal"}, [])
    assert inner.scope.parent is outer.scope
    (cls,) = module.classes
    assert list(cls.scope.bound) == ["size", "width", "kernel", "call", "squares"]
    assert function(module, "call").scope.parent is cls.scope


def test_a_walrus_binds_outside_its_comprehension() -> None:
    module = built("def f(a):\n    return [last := [y for y in x] for x in a]\n")
    (f,) = module.functions
    assert list(f.scope.bound) == ["a", "last"]
    outer = next(r for r in module.walk() if isinstance(r, records.Comprehension))
    assert (list(outer.scope.bound), outer.scope.parent) == (["x"], f.scope)


def test_scope_of_a_record() -> None:
    text = "class C:\n  n = 3\n  def f(self, a=n): return [n2 for m in a2 if c for o in b2]\n"
    module = built(text)
    names = {r.id: r for r in module.walk() if isinstance(r, records.Name)}
    (f,), (cls,) = module.functions, module.classes
    scopes = {name: records.scope_of(record) for name, record in names.items()}
    assert scopes["n"] is cls.scope
    assert scopes["a2"] is f.scope
    assert {scopes[name].kind for name in ("n2", "m", "c", "o", "b2")} == {"comprehension"}
    assert records.scope_of(f) is cls.scope


def test_functions_know_where_they_stand() -> None:
    module = built(
        "class C:\n  def m(self):\n    def nested(): yield\n    return lambda: (yield 1)\n"
        "def f():\n  class D:\n    def n(self): pass\n"
    )
    m, nested, lambda_, f, n = module.functions
    c, d = module.classes
    assert [x.owner for x in module.functions] == [c, None, None, None, d]
    assert [x.around for x in module.functions] == [None, m, m, None, f]
    assert [x.is_generator for x in module.functions] == [False, True, True, False, False]
    assert (c.around, d.around, n.name) == (None, f, "n")
    assert records.method_of(nested.body[0]) is m
    assert records.function_of(lambda_.body[0]) is lambda_
    (cls,) = built(EVERYTHING).classes
    assert list(cls.methods) == ["kernel", "kernel.setter", "call"]


def test_parameters() -> None:
    outer = function(built(EVERYTHING), "outer")
    assert [(p.name, p.kind, EVERYTHING[p.start : p.end]) for p in outer.parameters] == [
        ("a", "positional-only", "a"),
        ("b", "positional", "b: int = (1)"),
        ("args", "*", "*args"),
        ("c", "keyword", "c"),
        ("d", "keyword", "d=lambda x, *y: (yield x)"),
        ("kwargs", "**", "**kwargs"),
    ]


def test_arguments_are_in_the_order_of_the_text() -> None:
    text = "f(a, *b, c=1, *d, **e)\n"
    (call,) = built(text).calls
    given = [(x.star, x.name, text[x.start : x.end]) for x in call.arguments]
    assert given == [("", None, "a"), ("*", None, "*b"), ("", "c", "c=1"), ("*", None, "*d"), ("**", None, "**e")]


def test_imports() -> None:
    targets = [(a.target, a.bound, a.whole) for i in built(EVERYTHING).imports for a in i.aliases]
    assert targets == [
        ("numpy", "np", True),
        ("os.path", "os", False),
        ("tensorflow.keras.layers", "tensorflow", False),
        (".near", "near", True),
        ("..far.*", "*", True),
        ("tensorflow.keras.layers", "L", True),
        ("tensorflow.keras.models", "models", True),
    ]
    assert [i.module for i in built(EVERYTHING).imports] == [None, None, ".", "..far", "tensorflow.keras"]


def test_f_strings() -> None:
    text = "x = f'{a}b{c!r}{d!s:>{w()}}{e:.2f}' 'g'\n"
    module = built(text)
    (statement,) = module.body
    assert isinstance(statement, records.Assign)
    value = statement.value
    assert isinstance(value, records.Formatted)
    assert value.plain == (True, True, False, False, False, True)
    assert [type(part) for part in value.values] == [
        *(records.Name, records.Constant, records.Name, records.Formatted, records.Name, records.Constant),
    ]
    assert {(part.start, part.end) for part in value.walk()} == {(4, len(text) - 1)}
    assert len(module.calls) == 1


def test_long_chains_and_nesting() -> None:
    sums = built("x = " + " + ".join(["a"] * 900) + "\n")
    assert sum(isinstance(record, records.Binary) for record in sums.walk()) == 899
    branches = built("if a: pass\n" + "elif b: pass\n" * 300)
    assert sum(isinstance(record, records.If) for record in branches.walk()) == 301


def test_an_integer_beyond_what_python_writes_out_is_unknown() -> None:
    text = f"x = 0x{'f' * 9000}\n"
    (value,) = [r for r in built(text).walk() if isinstance(r, records.Constant)]
    assert value.value is ...


def test_the_module_without_code() -> None:
    module = build(ast.parse(""), "")
    assert (module.start, module.end, module.body, module.docstring) == (0, 0, (), None)
