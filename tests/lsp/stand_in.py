"""The server with a reader of networks that these tests can foresee: it knows ``Dense(n)`` and nothing else.

What is assigned from ``Sequential`` is a network; so are all ``Dense(n)(x)`` together. Each layer's note says how many
times the stand-in has been asked. A program with the word ``patience`` takes it a second.
"""

from __future__ import annotations

import ast
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kerasvae_lint.core.network import Layer, LayerCall, Network, Tensor
from kerasvae_lint.source import Source

COMMAND = (sys.executable, str(Path(__file__).resolve()))
_asked = 0


def networks_in(source: Source, **_: Any) -> tuple[Network, ...]:
    """The networks of a program.

    Raises:
        SourceError: it can't be parsed.
    """
    from kerasvae_lint.source.syntax import parse_code

    global _asked
    _asked += 1
    tree, source = parse_code(source)
    if "patience" in source.text:
        time.sleep(1)
    if "no luck" in source.text:
        raise ZeroDivisionError("no luck")
    return tuple(_networks(tree, source))


def _networks(tree: ast.Module, source: Source) -> Iterator[Network]:
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _units(node.func) is not None]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if ast.unparse(node.value.func).endswith("Sequential"):
                (target,) = node.targets
                layers = [_layer(one, source) for one in ast.walk(node.value) if _units(one) is not None]
                row, column = _place(source, node.value.lineno, node.value.col_offset)
                yield Network(source.filename, ast.unparse(target), "sequential", row, column, tuple(layers))
    called.sort(key=lambda node: (node.lineno, node.col_offset))
    if called:
        layers = [_layer(node.func, source, node) for node in called]
        first = layers[0]
        yield Network(
            source.filename,
            "everything",
            "functional",
            first.line,
            first.column,
            tuple(layers),
            output_names=(layers[-1].name,),
        )


def _units(node: ast.AST) -> int | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Dense") and node.args:
        units = node.args[0]
        return units.value if isinstance(units, ast.Constant) and isinstance(units.value, int) else -1
    return None


def _layer(node: ast.AST, source: Source, call: ast.Call | None = None) -> Layer:
    assert isinstance(node, ast.Call)
    units = _units(node)
    outputs = (Tensor((None, "?" if units is None or units < 0 else units), "float32"),)
    if units == 0:
        outputs = (Tensor(None),)
    row, column = _place(source, node.lineno, node.col_offset)
    calls: tuple[LayerCall, ...] = ()
    if call is not None:
        assert call.end_lineno is not None
        assert call.end_col_offset is not None
        calls = (LayerCall(*_place(source, call.end_lineno, call.end_col_offset), (Tensor((None, 8)),), outputs),)
    name = f"dense_{row}_{column}"
    inputs = calls[0].inputs if calls else ()
    return Layer(
        "Dense", name, source.filename, row, column, inputs, outputs, params=units, calls=calls, note=f"asked {_asked}"
    )


def _place(source: Source, row: int, column: int) -> tuple[int, int]:
    line = source.line(row).encode()
    return row, len(line[:column].decode()) + 1


if __name__ == "__main__":
    module: Any = types.ModuleType("kerasvae_lint.model.networks")
    module.networks_in = networks_in
    sys.modules[module.__name__] = module

    from kerasvae_lint.lsp.main import serve

    sys.exit(serve())
