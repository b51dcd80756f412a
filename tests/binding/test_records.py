"""What a file is made of, walked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasvae_lint.binding import records as r
from kerasvae_lint.binding.build import build
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

PROGRAM = b"""
def step(self, data, *rest, key: int = {"a": f(1), **more}):
    with tape as (a, b):
        logs = {m.name: m.result() for m in self.metrics if m}
    return {"loss": loss[1:2, ...], **logs}, [x async for x in y], f"{a!r:>{width}}"

@decorated(lambda x=1: x)
class A(B, metaclass=C):
    x: int = yes if (z := g()) else not no
    try:
        del x, y[0]
    except (E, F) as error:
        raise error from None
    else:
        a < b <= c
    finally:
        a, *b = c = d
"""


def _through(record: r.Record) -> Iterator[r.Record]:
    yield record
    for child in record.children():
        yield from _through(child)


def _module(text: bytes) -> r.Module:
    tree, source = parse_code(decode(text, "file.py"))
    return build(tree, source.text)


@pytest.mark.parametrize("text", [PROGRAM, Path(r.__file__).read_bytes()], ids=["program", "records"])
def test_a_walk_comes_by_everything_in_order(text: bytes) -> None:
    module = _module(text)
    assert list(module.walk()) == list(_through(module))
    assert list(module.walk()) == list(r.Record.walk(module))


def test_a_walk_goes_into_dictionaries() -> None:
    names = [record.id for record in _module(b"{a: b, **c}").walk() if isinstance(record, r.Name)]
    assert names == ["a", "b", "c"]
