"""Inlay hints: the shapes that layers give, behind their calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from kerasvae_lint.core.network import Layer, LayerCall, Network, Shape, Tensor
from kerasvae_lint.lsp.hints import hints
from kerasvae_lint.lsp.networks import Reading
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import script
from tests.lsp.editor import address, editing
from tests.lsp.stand_in import COMMAND
from tests.lsp.test_notebooks import Book
from tests.lsp.test_server import run
from tests.lsp.test_settings import changed, configured

HEAD = "from keras.layers import Dense\nfrom keras import Sequential\n"
CALLS = HEAD + "x = Dense(3)(x)  # hidden\ny = f('😀', Dense(4)(x))\nz = Dense(\n    5\n)(\n    y\n)\n"
CHAIN = HEAD + "model = Sequential([\n    Dense(3),  # hidden\n    Dense(\n        4, name=')',\n    ),\n])\n"
SHOWN = [(2, 15, "(None, 3)"), (3, 23, "(None, 4)"), (8, 1, "(None, 5)")]
EVERYWHERE = types.Range(types.Position(0, 0), types.Position(1000, 0))


def asked(told: str | None) -> str:
    """How many times the stand-in had been asked when it said what a hover shows."""
    return (told or "").rpartition("asked ")[2]


def test_hints_stand_behind_calls(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS)
            assert await editor.hints(uri) == SHOWN
            assert await editor.hints(uri, 3, 4) == SHOWN[1:2]
            assert await editor.hints(uri, 4, 8) == []
            await editor.retype(uri, CHAIN)
            assert await editor.hints(uri) == [(3, 12, "(None, 3)"), (6, 5, "(None, 4)")]
            await editor.retype(uri, HEAD + "x = Dense(0)(x)\ny = Dense(n)(x)\n")
            assert await editor.hints(uri) == [(3, 15, "(None, ?)")]

    run(scenario())


def test_networks_are_read_from_the_code(tmp_path: Path) -> None:
    text = """\
import keras
from keras import layers

UNITS = 64
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3, padding="same")(inputs)
x = layers.Flatten()(x)
outputs = layers.Dense(UNITS)(x)
model = keras.Model(inputs, outputs)
chain = keras.Sequential([
    keras.Input((UNITS,)),
    layers.Dense(10),  # one for each digit
])
"""
    shown = [(5, 48, "(None, 28, 28, 32)"), (6, 23, "(None, 25088)"), (7, 32, "(None, 64)"), (11, 20, "(None, 10)")]

    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, text)
            assert await editor.hints(uri) == shown
            assert [(one.name, len(one.children)) for one in await editor.symbols(uri)] == [("model", 3), ("chain", 1)]
            told = await editor.hover(uri, 7, 15)
            assert (told or "").startswith("**Dense** `dense`")
            assert "(None, 25088) → (None, 64)" in (told or "")
            assert "- 1,605,696 params, trained\n- is an output of the model" in (told or "")
            await editor.retype(uri, text.replace("UNITS = 64", "UNITS = 65") + "x = (")
            assert await editor.hints(uri) == shown
            await editor.retype(uri, text.replace("UNITS = 64", "UNITS = 65"))
            assert await editor.hints(uri) == [*shown[:2], (7, 32, "(None, 65)"), shown[3]]

    run(scenario())


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
def test_columns_are_those_of_the_client(tmp_path: Path, encoding: types.PositionEncodingKind) -> None:
    text = "\ufeff" + CALLS.replace("from keras.layers", "s = '😀'; from keras.layers").replace("\n", "\r\n")
    width = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[encoding.value]

    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND, encodings=[encoding]) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, text)
            assert await editor.hints(uri) == [SHOWN[0], (3, 21 + width, "(None, 4)"), SHOWN[2]]

    run(scenario())


def test_code_that_can_not_be_parsed_keeps_the_last_hints(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS)
            assert await editor.hints(uri) == SHOWN
            for broken, lines in (("def f(:\n", 1), ("\n\nclass (:\n", 3)):
                await editor.retype(uri, broken + CALLS)
                assert await editor.hints(uri) == [(line + lines, *more) for line, *more in SHOWN]
            await editor.retype(uri, CALLS.replace("Dense(4)(x))", "Dense(4)(x"))
            assert await editor.hints(uri) == [SHOWN[0], (3, 22, "(None, 4)"), SHOWN[2]]
            await editor.retype(uri, CALLS.replace("Dense(4)", "Dense(44)"))
            assert await editor.hints(uri) == [SHOWN[0], (3, 24, "(None, 44)"), SHOWN[2]]

    run(scenario())


def test_a_text_that_begins_broken_has_no_hints(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS + "(")
            assert await editor.hints(uri) == []
            editor.change(uri, (len(CALLS), len(CALLS) + 1, ""))
            assert await editor.hints(uri) == SHOWN
            editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            assert await editor.hints(uri) == []
            editor.opened(uri, CALLS + "(")
            assert await editor.hints(uri) == []

    run(scenario())


def test_comments_and_empty_lines_do_not_change_networks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS)
            assert asked(await editor.hover(uri, 2, 5)) == "1"
            await editor.retype(uri, "# kvlint\n\n" + CALLS.replace("hidden", "the first").replace("5\n", "5  # !\n\n"))
            assert await editor.hints(uri) == [(4, 15, "(None, 3)"), (5, 23, "(None, 4)"), (11, 1, "(None, 5)")]
            assert asked(await editor.hover(uri, 4, 5)) == "1"
            await editor.retype(uri, CALLS.replace("f('😀'", "f('😎'"))
            assert asked(await editor.hover(uri, 2, 5)) == "2"

    run(scenario())


def test_hints_can_be_switched_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"inlayHints": False}, command=COMMAND, refresh=True) as editor:
            uri = address(tmp_path / "a.py")
            await editor.open(uri, CALLS)
            assert await editor.hints(uri) == []
            assert asked(await editor.hover(uri, 2, 5)) == "1"
            for value in (True, False):
                before = editor.refreshed
                configured(editor, {"kvlint": {"inlayHints": value}})
                await editor.until(lambda before=before: editor.refreshed > before)
                await editor.symbols(uri)  # hints may be put off, these wait
                assert await editor.hints(uri) == (SHOWN if value else [])
            configured(editor, {"kvlint": {"enable": False}})
            await editor.until(lambda: editor.refreshed > before + 1)
            assert await editor.hints(uri) == []
            assert editor.said == []

    run(scenario())


def test_who_can_not_wait_gets_the_last_hints_and_is_told_of_new_ones(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND, refresh=True) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS)
            await editor.symbols(uri)
            assert await editor.hints(uri) == SHOWN
            editor.change(uri, (0, len(CALLS), "patience = 1\n" + CALLS.replace("Dense(3)", "Dense(7)")))
            assert await editor.hints(uri) == [(line + 1, *more) for line, *more in SHOWN]
            await editor.until(lambda: editor.refreshed == 1)
            await editor.symbols(uri)
            assert await editor.hints(uri) == [(3, 15, "(None, 7)"), (4, 23, "(None, 4)"), (9, 1, "(None, 5)")]

    run(scenario())


def test_who_can_not_be_told_of_new_hints_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, "patience = 1\n" + CALLS)
            assert await editor.hints(uri) == [(line + 1, *more) for line, *more in SHOWN]

    run(scenario())


def test_other_files_that_change_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND, refresh=True) as editor:
            path = tmp_path / "a.py"
            uri = address(path)
            await editor.open(uri, CALLS)
            assert asked(await editor.hover(uri, 2, 5)) == "1"
            changed(editor, path)
            await asyncio.sleep(0.2)
            assert editor.refreshed == 0
            changed(editor, tmp_path / "other.py")
            await editor.until(lambda: editor.refreshed == 1)
            assert asked(await editor.hover(uri, 2, 5)) == "2"

    run(scenario())


def test_programs_without_keras_and_failures_have_no_hints(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            await editor.open(uri, "x = Dense(3)(x)\n")
            assert await editor.hints(uri) == []
            await editor.retype(uri, CALLS + "# no luck\n")
            assert await editor.hints(uri) == []
            (line,) = editor.logged
            assert line.endswith("a.py: networks: ZeroDivisionError: no luck")
            await editor.retype(uri, CALLS)
            assert await editor.hints(uri) == SHOWN
            assert asked(await editor.hover(uri, 2, 5)) == "2"
            editor.opened(address(tmp_path / "notes.md"), CALLS, "markdown")
            assert await editor.hints(address(tmp_path / "notes.md")) == []
            assert await editor.hints(address(tmp_path / "never-opened.py")) == []

    run(scenario())


CELLS = [
    "%matplotlib inline\n" + HEAD,
    "# About",
    "%time x = Dense(3)(x)",
    "  y = Dense(4)(x)\n  m = Sequential([Dense(5)])",
]


def test_each_cell_has_its_hints(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"debounce": 10}, command=COMMAND) as editor:
            book = Book(editor, tmp_path / "a.ipynb")
            book.open(*[(text, "markdown" if text == "# About" else "python") for text in CELLS])

            async def shown() -> list[list[tuple[int, int, str]]]:
                return [await editor.hints(uri) for uri in book.order]

            last: list[list[tuple[int, int, str]]] = [
                [],
                [],
                [(0, 21, "(None, 3)")],
                [(0, 17, "(None, 4)"), (1, 26, "(None, 5)")],
            ]
            assert await shown() == last
            book.insert(2, "z = (")
            assert await shown() == [*last[:2], [], *last[2:]]
            book.type(2, "z = Dense(2)(x)")
            assert await shown() == [*last[:2], [(0, 15, "(None, 2)")], *last[2:]]
            book.delete(2)
            assert await shown() == last
            told = await editor.hover(book.order[3], 1, 20)
            assert (told or "").startswith("**Dense** `dense_")
            assert [[one.name for one in await editor.symbols(uri)] for uri in book.order] == [
                [],
                [],
                ["everything"],
                ["m"],
            ]

    run(scenario())


def test_a_cell_that_was_never_python_costs_the_others_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"debounce": 10}, command=COMMAND) as editor:
            book = Book(editor, tmp_path / "a.ipynb")
            book.open(("z = (", "python"), *[(text, "python") for text in CELLS])
            assert await editor.hints(book.order[3]) == [(0, 21, "(None, 3)")]
            book.type(3, "x = Dense(6)(x)")
            assert await editor.hints(book.order[3]) == [(0, 15, "(None, 6)")]

    run(scenario())


def reading(text: str, *layers: Layer, **others: Any) -> Reading:
    """A reading made by hand."""
    network = Network("a.py", "model", "functional", 1, 1, layers, **others)
    return Reading(script("u", "a.py", 1, Lines(text)), (network,))


def looped(*shapes: Shape | None) -> Layer:
    """A layer that is called on one place with these results."""
    calls = tuple(LayerCall(1, 8, (), (Tensor(shape),)) for shape in shapes)
    return Layer("Dense", "dense", "a.py", 1, 1, calls=calls)


@pytest.mark.parametrize(
    ("shapes", "label"),
    [
        ([(None, 3)], "(None, 3)"),
        ([(None, 3), (None, 3)], "(None, 3)"),
        ([(None, 3), (None, 4), (None, 3)], "(None, 3) | (None, 4)"),
        ([(None, 3), (None, 4), (None, 5)], "(None, 3) | (None, 4) | …"),
        ([(None, "?", 4)], "(None, ?, 4)"),
        ([()], "()"),
        ([(3,), None], "(3,)"),
        ([None], None),
    ],
)
def test_shapes_of_one_place(shapes: list[Shape | None], label: str | None) -> None:
    found = hints(reading("y = d(x)\n", looped(*shapes)), "u", EVERYWHERE)
    assert [hint.label for hint in found] == ([label] if label is not None else [])
    if len(set(shapes)) > 2:
        assert found[0].tooltip == "(None, 3)\n(None, 4)\n(None, 5)"


def test_several_outputs_and_nested_networks() -> None:
    call = LayerCall(1, 9, (), (Tensor((None, 5)), Tensor(None)))
    inner = Network("a.py", "inner", "functional", 1, 1, (Layer("LSTM", "l", "other.py", 40, 9, calls=(call,)),))
    found = hints(reading("y = d(x)\n", Layer("Functional", "inner", "a.py", 1, 1, network=inner)), "u", EVERYWHERE)
    assert [(hint.position, hint.label) for hint in found] == [(types.Position(0, 8), "(None, 5), ?")]


def test_places_that_are_not_there_do_no_harm() -> None:
    lost = Layer(
        "Dense", "dense", "a.py", 99, 99, outputs=(Tensor((1,)),), calls=(LayerCall(9, 9, (), (Tensor((2,)),)),)
    )
    assert [hint.label for hint in hints(reading("y", lost), "u", EVERYWHERE)] == ["(2,)"]
