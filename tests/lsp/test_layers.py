"""Hovering over layers, and networks as document symbols."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from kerasvae_lint.core.network import Layer, LayerCall, Network, Tensor
from kerasvae_lint.lsp import hovering, layers
from kerasvae_lint.lsp.networks import Reading
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import script
from kerasvae_lint.lsp.symbols import symbols
from tests.lsp.editor import address, editing
from tests.lsp.stand_in import COMMAND
from tests.lsp.test_hints import CALLS, CHAIN, HEAD, reading
from tests.lsp.test_server import WEIGHT, run

GOT, GIVEN = (Tensor((None, 784), "float32"),), (Tensor((None, 256), "float32"),)


def told(layer: Layer, *others: Layer, outputs: tuple[str, ...] = ()) -> list[str]:
    """The lines that tell of a layer."""
    network = Network("a.py", "model", "functional", 1, 1, (layer, *others), output_names=outputs)
    return layers.page(layer, network, GOT, GIVEN).split("\n")


def dense(**more: Any) -> Layer:
    return Layer("Dense", "hidden", "a.py", 1, 1, **{"params": 200_960, **more})


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "- 200,960 params, trained"),
        ({"trainable": False}, "- 200,960 params, frozen"),
        ({"fixed_params": 960}, "- 200,960 params: 200,000 trained, 960 frozen"),
        ({"trainable": None}, "- 200,960 params; how many are trained is not known"),
        ({"params": 0}, "- no params"),
        ({"params": None}, "- how many params is not known"),
        ({"params": None, "trainable": False}, "- how many params is not known; frozen"),
        ({"shared": 2}, "- called 2 times with the same weights"),
        ({"tied": "other"}, "- uses the weights of `other`"),
        ({"frozen_by": 40}, "- frozen by line 40"),
        ({"repeated": True}, "- stands for as many layers as a loop makes"),
        ({"optional": True}, "- only some ways through the program make it"),
        ({"note": "of a size that is read from a file"}, "- of a size that is read from a file"),
    ],
)
def test_what_is_told_of_a_layer(more: dict[str, Any], line: str) -> None:
    lines = told(dense(**more))
    assert lines[:3] == ["**Dense** `hidden` in `model`", "", "(None, 784) → (None, 256), float32"]
    assert line in lines
    assert "- " not in lines


def test_where_a_layer_goes() -> None:
    next_one = Layer("ReLU", "relu", "a.py", 2, 1, inbound=("hidden",))
    assert "- goes to `relu` and is an output of the model" in told(dense(), next_one, outputs=("hidden",))
    assert not any("goes to" in line for line in told(dense()))
    unknown = Network("a.py", "m", "functional", 1, 1, (dense(),))
    assert "\n? → ?\n" in layers.page(dense(), unknown, (Tensor(None),), (Tensor(None),)) + "\n"
    assert "→" not in layers.page(dense(), unknown, (), ())


def test_the_innermost_call_is_shown() -> None:
    text = "y = a(b(x))  # both\nz = 1\n"
    inner, outer = (
        Layer("Dense", name, "other.py", 1, 1, calls=(LayerCall(1, column, (), GIVEN),))
        for name, column in (("b", 11), ("a", 12))
    )
    found = reading(text, inner, outer)

    def shown(line: int, column: int) -> str | None:
        hover = hovering.over_a_layer(found, "u", types.Position(line, column))
        if hover is None:
            return None
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value.split("`")[1]

    assert [shown(0, column) for column in (4, 6, 9, 11, 0, 15)] == ["a", "b", "b", "a", "a", "a"]
    assert shown(1, 0) is None
    assert hovering.over_a_layer(found, "v", types.Position(0, 4)) is None


def test_many_layers_of_one_call_are_cut_short() -> None:
    made = [Layer("Dense", f"dense_{number}", "a.py", 1, 5, repeated=True) for number in range(5)]
    hover = hovering.over_a_layer(reading("y = Dense(3)\n", *made), "u", types.Position(0, 6))
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.value.count("**Dense**") == 3
    assert hover.contents.value.endswith("… and 2 more")
    assert hover.range == types.Range(types.Position(0, 4), types.Position(0, 12))


def test_a_layer_stands_below_a_finding(tmp_path: Path) -> None:
    both = WEIGHT.replace("        self.w =", "        self.v = Dense(3)(self.x); self.w =")
    same = WEIGHT.replace('self.add_weight("w", shape=(3,))', 'Dense(3)(self.add_weight("w", shape=(3,)))')

    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            (found,) = await editor.open(uri, both)
            shown = await editor.hover(uri, 5, 20)
            assert (shown or "").startswith(
                "**Dense** `dense_6_18` in `everything`\n\n(None, 8) → (None, 3), float32\n\n"
            )
            shown = await editor.hover(uri, 5, found.range.start.character)
            assert (shown or "").startswith("**KV601**")
            (found,) = await editor.retype(uri, same)
            shown = await editor.hover(uri, 5, found.range.start.character)
            first, _, second = (shown or "").rpartition("\n\n---\n\n")
            assert first.startswith("**KV601**")
            assert second.startswith("**Dense** `dense_6_18` in `everything`")
            assert await editor.hover(uri, 1, 0) is None

    run(scenario())


def test_networks_are_symbols(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CHAIN + "\n\nx = Dense(7)(x)\n")
            chain, other = await editor.symbols(uri)
            assert (chain.name, chain.kind, chain.detail) == ("model", types.SymbolKind.Object, "sequential, 7 params")
            assert chain.selection_range.start == types.Position(2, 8)
            assert [(child.name, child.detail, child.range.start.line) for child in chain.children] == [
                ("dense_4_5", "Dense (None, 3)", 3),
                ("dense_5_5", "Dense (None, 4)", 4),
            ]
            for one in (chain, other):
                for part in (one, *one.children):
                    assert one.range.start <= part.selection_range.start <= part.selection_range.end <= one.range.end
            assert (other.name, other.range.start.line) == ("everything", 10)
            await editor.retype(uri, CHAIN + ")")
            assert [one.name for one in await editor.symbols(uri)] == ["model", "everything"]
            await editor.retype(uri, HEAD)
            assert await editor.symbols(uri) == []

    run(scenario())


def test_a_client_that_knows_no_trees_gets_a_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, command=COMMAND, tree=False) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, CALLS)
            found = await editor.symbols(uri)
            assert [(one.name, one.container_name, one.location.range.start.line) for one in found] == [
                ("everything", None, 2),
                ("dense_3_5", "everything", 2),
                ("dense_4_12", "everything", 3),
                ("dense_5_5", "everything", 4),
            ]

    run(scenario())


def test_layers_from_elsewhere_stand_where_their_network_does() -> None:
    there = Layer("Dense", "", "other.py", 40, 9, outputs=GIVEN)
    network = Network("a.py", "", "subclassed", 2, 1, (there,))
    elsewhere = Network("other.py", "other", "sequential", 1, 1, (there,))
    found = symbols(
        Reading(script("u", "a.py", 1, Lines("import b\nclass M(b.Base): ...\n")), (network, elsewhere)), "u"
    )
    (one,) = found
    assert (one.name, one.kind, one.detail) == ("subclassed", types.SymbolKind.Class, "subclassed, at least 0 params")
    (child,) = one.children or ()
    assert (child.name, child.detail, child.range) == ("Dense", "Dense (None, 256)", one.selection_range)
