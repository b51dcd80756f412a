"""Networks as tables, as JSON, as text that is drawn by others, and as pictures."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest

from kerasvae_lint.core.network import Network, Step, Tensor
from kerasvae_lint.report import Look
from kerasvae_lint.report.look import cells
from kerasvae_lint.report.network_families import FAMILIES, family_of
from kerasvae_lint.report.network_graph import Graph, Node, graph_of
from kerasvae_lint.report.network_json import networks_json
from kerasvae_lint.report.network_layout import Box, Layout, Line, laid_out
from kerasvae_lint.report.network_svg import networks_svg
from kerasvae_lint.report.network_table import network_tables
from kerasvae_lint.report.network_text_graphs import dot, mermaid
from kerasvae_lint.report.network_words import elided, totals_words
from tests.report.networks import inception, layer, network, resnet, sequential, twofold, unet

ALL: tuple[Callable[[], Network], ...] = (sequential, unet, resnet, twofold, inception)
NASTY = "\u640d\u5931 <&\"'`]]> \x1b[31m \ud800 #1; {x}|\\"


def table(*networks: Network, width: int = 100, colour: bool = False) -> str:
    return "\n".join(network_tables(networks, Look(width=width, colour=colour)))


# tables -----------------------------------------------------------------------------------------
def test_a_table_of_80_columns() -> None:
    assert table(sequential(), width=80) == (
        "classifier  sequential, line 3\n"
        "  input image (None, 28, 28, 1)\n"
        "  layer                         output shape        params\n"
        f"{'─' * 80}\n"
        "  conv2d (Conv2D)               (None, 26, 26, 32)     320\n"
        "  max_pooling2d (MaxPooling2D)  (None, 13, 13, 32)       0\n"
        "  flatten (Flatten)             (None, 5408)             0\n"
        "  dropout (Dropout)             (None, 5408)             0\n"
        "  dense (Dense)                 (None, 10)          54,090\n"
        f"{'─' * 80}\n"
        "  total 54,410 params: 54,410 trained, 0 frozen\n"
        "  training\n"
        "    line 20  compile  optimizer=adam, loss=sparse_categorical_crossentropy\n"
        "    line 24  fit      epochs=5, batch_size=128"
    )


def test_on_a_narrow_terminal_the_numbers_stand_beneath_the_names() -> None:
    shown = table(sequential(), width=40)
    assert "  layer\n    output shape                  params\n" in shown
    assert "  dense (Dense)\n    (None, 10)                    54,090\n" in shown


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("made", ALL)
def test_no_line_is_wider_than_the_terminal(made: Callable[[], Network], width: int) -> None:
    wide = replace(made(), name="\u640d" * 90, notes=("a " * 200, NASTY))
    lines = table(made(), wide, width=width).splitlines()
    assert max(map(cells, lines)) == width, "the rules are as wide as it"
    assert table(made(), wide, width=width, colour=True).count("\x1b[0m") > 5


@pytest.mark.parametrize("width", [40, 80, 120])
def test_columns_stand_below_each_other_whatever_the_names(width: int) -> None:
    shown = table(
        network(
            "n",
            layer("Dense", "\u640d\u5931" * 20, (None, 8), "input", params=1_234_567),
            layer("Dense", "e\u0301" * 30, (None, 8, 16, 32, 64, 128, 256, 512, 1024), "\u640d\u5931" * 20, params=1),
            layer("Dense", "plain", (None, 8), "e\u0301" * 30, params=22),
        ),
        width=width,
    )
    rows = [line for line in shown.splitlines() if re.search(r"\(None, 8.* (1,234,567|1|22)$", line)]
    assert len(rows) == 3
    assert len({cells(row) for row in rows}) == 1
    assert "…" in shown


def test_connections_are_shown_where_they_are_not_with_the_next_row() -> None:
    rows = {line.split()[0]: line for line in table(unet(2)).splitlines() if line.startswith("  ")}
    assert rows["down0_conv2"].endswith(" 2,304  → join0")
    assert rows["join0"].endswith(" 0  ← up0, down0_conv2")
    for name in ("down0_conv1", "pool0", "bottom", "up0", "mask"):
        assert not re.search("[←→]", rows[name])


def test_marks_unknowns_and_what_is_nested() -> None:
    shown = table(twofold())
    assert "  words (Embedding)     (None, None, 32)  320,000  frozen, shared \u00d72\n" in shown
    assert "  encoder (Sequential)  (None, 8)           2,632  ← read_question  → topic\n" in shown
    assert "    hidden (Dense)      (None, 64)          2,112\n" in shown
    assert "  gate (Gate)           ?                       ?  ← both\n      note: its call runs code" in shown
    assert "  score (Dense)         (None, ?)               ?  → output\n      note: how wide it is" in shown
    assert "(108)  tied to encoder, optional  ← encoder  → output\n" in shown
    assert "  total at least 339,272 params: at least 19,272 trained, at least 320,000 frozen\n" in shown
    assert shown.endswith("  note: what `Gate` does with its input is not known")


def test_nested_networks_are_opened_once() -> None:
    inner = network("inner", layer("Dense", "innermost"))
    middle = network("middle", layer("Functional", "inner", network=inner))
    shown = table(network("outer", layer("Functional", "middle", network=middle)))
    assert "    inner (Functional)" in shown
    assert "1 layer" in shown
    assert "innermost" not in shown


def test_who_froze_a_layer_and_places_in_the_callers_words() -> None:
    frozen = network("n", layer("Dense", "d", trainable=False, frozen_by=9), steps=(Step("fit", 12),))
    lines = list(network_tables([frozen], Look(width=100), lambda row: f"cell 2:{row}"))
    assert lines[0] == "n  functional, cell 2:3"
    assert any(line.endswith("frozen (cell 2:9)") for line in lines)
    assert lines[-1] == "    cell 2:12  fit"


def test_colours_change_no_letter() -> None:
    coloured = table(*(made() for made in ALL), colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == table(*(made() for made in ALL))


def test_nothing_of_a_name_acts_on_a_terminal() -> None:
    nasty = network(NASTY, layer(NASTY, NASTY, (None, 1), NASTY, note=NASTY, tied=NASTY), steps=(Step(NASTY, 1),))
    for width in (40, 100):
        assert table(nasty, width=width).replace("\n", "").isprintable()


def test_a_network_of_which_nothing_is_known() -> None:
    assert table(network("n", inputs=())).splitlines() == [
        "n  functional, line 3",
        "  total 0 params: 0 trained, 0 frozen",
    ]
    unknown = network("n", layer("Own", "own", None, params=None), inputs=((("x"), None),))
    assert "  total params not known" in table(unknown)
    assert "  input x ?" in table(unknown)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([layer("Dense", "a", params=5)], "5 params: 5 trained, 0 frozen"),
        ([layer("Dense", "a", params=1)], "1 param: 1 trained, 0 frozen"),
        ([layer("Dense", "a", params=5, trainable=None)], "5 params"),
        (
            [layer("Dense", "a", params=5), layer("Own", "b", params=None)],
            "at least 5 params: at least 5 trained",
        ),
        ([layer("Dense", "a", params=5, repeated=True)], "at least 5 params: at least 5 trained"),
        ([layer("ReLU", "a", params=0, repeated=True), layer("Dense", "b", params=5)], "at least 5 params"),
        ([layer("Dense", "a", params=5), layer("Dense", "b", params=5, tied="a")], "5 params: 5 trained"),
        ([layer("Dense", "a", params=5, optional=True)], "5 params, the optional layers' among them: 5"),
        ([layer("BatchNormalization", "a", params=8, fixed_params=4)], "8 params: 4 trained, 4 frozen"),
    ],
)
def test_sums(layers: list[object], words: str) -> None:
    made = network("n", *layers)  # type: ignore[arg-type]
    if layers[0].kind == "ReLU":  # type: ignore[attr-defined]
        words = "5 params: 5 trained, 0 frozen"  # any number of layers without params has none
    assert totals_words(made).startswith(words)


def test_a_network_that_knows_its_sums_says_them() -> None:
    made = network("n", layer("Dense", "a", params=5), layer("Dense", "b", params=5), params=5, trained_params=4)
    assert totals_words(made) == "5 params: 4 trained, 1 frozen"


@pytest.mark.parametrize("width", range(8))
@pytest.mark.parametrize("text", ["abcdefghij", "\u640d\u5931\u640d\u5931", "e\u0301" * 9, ""])
def test_what_is_cut_fits(text: str, width: int) -> None:
    assert cells(elided(text, width)) <= width
    assert elided(text, 20) == text


# JSON -------------------------------------------------------------------------------------------
LAYER_KEYS = ["class", "name", "file", "line", "output_shape", "params", "activation", "dtype", "trainable", "inbound"]


def test_json_has_the_documented_keys_first() -> None:
    found = json.loads(networks_json(made() for made in ALL))
    assert list(found) == ["networks"]
    assert [item["name"] for item in found["networks"]] == [made().name for made in ALL]
    for item, made in zip(found["networks"], ALL, strict=True):
        assert list(item)[:6] == ["file", "name", "kind", "line", "layers", "params"]
        assert [one["name"] for one in item["layers"]] == [one.name for one in made().layers]
        assert all(list(one)[:10] == LAYER_KEYS for one in item["layers"])


def test_json_says_null_for_what_is_not_known() -> None:
    [found] = json.loads(networks_json([twofold()]))["networks"]
    layers = {item["name"]: item for item in found["layers"]}
    assert found["params"] is None
    assert layers["words"]["output_shape"] == [None, None, 32]
    assert layers["words"]["trainable"] is False
    assert layers["gate"]["output_shape"] is layers["score"]["output_shape"] is None
    assert layers["score"]["outputs"] == [{"shape": [None, "?"], "dtype": "float32"}]
    assert layers["gate"]["params"] is layers["gate"]["activation"] is layers["gate"]["dtype"] is None
    assert layers["both"]["inbound"] == ["read_question", "read_answer"]
    assert [item["name"] for item in layers["encoder"]["network"]["layers"]] == ["hidden", "code"]
    [plain] = json.loads(networks_json([replace(sequential(), params=54410)]))["networks"]
    assert (plain["params"], plain["layers"][0]["activation"], plain["layers"][0]["dtype"]) == (
        54410,
        "relu",
        "float32",
    )


def test_json_of_several_outputs_and_of_none() -> None:
    states = tuple(Tensor((None, 8)) for _ in range(3))
    made = network("n", layer("LSTM", "a", outputs=states), layer("Dense", "b", outputs=()))
    first, second = json.loads(networks_json([made]))["networks"][0]["layers"]
    assert first["output_shape"] == [[None, 8]] * 3
    assert second["output_shape"] is None
    assert json.loads(networks_json([])) == {"networks": []}


# text that is drawn -----------------------------------------------------------------------------
def test_mermaid() -> None:
    lines = list(mermaid([unet(), twofold()]))
    assert lines[0] == "flowchart TB"
    assert '    n0_l1["Conv2D down0_conv2<br/>(None, 128, 128, 16)<br/>2,304 params"]:::kv_conv' in lines
    assert '    n1_i0(["Input question<br/>(None, None)"]):::kv_input' in lines
    assert "    n0_i0 --> n0_l0" in lines
    assert sum("-->" in line for line in lines) == len(graph_of(unet()).edges) + len(graph_of(twofold()).edges)
    assert "  style n1_l0 stroke-dasharray:4 3,opacity:0.7" in lines
    defined = {line.split()[1] for line in lines if "classDef" in line}
    assert defined == {found for line in lines for found in re.findall(r":::(\w+)", line)}


def test_dot() -> None:
    lines = list(dot([unet(), twofold()]))
    assert (lines[0], lines[-1]) == ("digraph networks {", "}")
    assert "    n0_i0 -> n0_l0;" in lines
    assert sum(line.endswith("{") for line in lines) == sum(line.strip() == "}" for line in lines)
    assert list(dot([]))[-1] == "}"


def test_names_break_out_of_no_quotes() -> None:
    nasty = network(NASTY, layer(NASTY, NASTY, (None, 1), NASTY), inputs=((NASTY, (None,)),))
    for line in mermaid([nasty]):
        assert line.isprintable()
        if '"' in line:
            [inner] = re.findall(r'^[^"]*"([^"]*)"[^"]*$', line)
            assert not re.search(r"[<>`\\]|&(?!amp)", inner.replace("<br/>", ""))
    for line in dot([nasty]):
        assert line.isprintable()
        assert re.sub(r'"(?:[^"\\]|\\.)*"', "", line).count('"') == 0


# pictures ---------------------------------------------------------------------------------------
SVG = "{http://www.w3.org/2000/svg}"


def test_the_svg_is_one_document_with_all_networks() -> None:
    root = ET.fromstring(networks_svg(made() for made in ALL))
    assert root.tag == f"{SVG}svg"
    titles = [text.text or "" for text in root.iter(f"{SVG}text") if text.get("class") == "title"]
    assert [title.partition(" ")[0] for title in titles] == [made().name for made in ALL]
    boxes = [group for group in root.iter(f"{SVG}g") if group.get("class") == "box"]
    assert len(boxes) == sum(len(graph_of(made()).nodes) for made in ALL)
    edges = [path for path in root.iter(f"{SVG}path") if path.get("class") == "edge"]
    assert len(edges) == sum(len(graph_of(made()).edges) for made in ALL)
    assert "prefers-color-scheme: dark" in "".join(style.text or "" for style in root.iter(f"{SVG}style"))
    assert not re.findall(r'(?:href|src)="|@import|url\((?!#kvlint)', ET.tostring(root, "unicode"))


def test_every_network_stands_within_the_picture_and_below_the_one_before() -> None:
    root = ET.fromstring(networks_svg([unet(), resnet(), sequential()]))
    low = 0.0
    for outer in root.findall(f"{SVG}g")[:3]:
        y = float(re.findall(r"[\d.]+", outer.get("transform") or "")[1])
        assert y > low
        [inner] = outer.findall(f"{SVG}g")
        heights = [
            float(rect.get("y") or 0) + float(rect.get("height") or 0)
            for rect in inner.iter(f"{SVG}rect")
            if rect.get("y")
        ]
        low = y + 48 + max(heights)
    assert low < float(root.get("height") or 0)


def test_an_svg_of_nothing_and_of_nasty_names() -> None:
    ET.fromstring(networks_svg([]))
    nasty = network(NASTY, layer(NASTY, NASTY, (None, 1), NASTY, note=NASTY), inputs=((NASTY, (None,)),))
    root = ET.fromstring(networks_svg([nasty]))
    assert "\u640d\u5931 <&\"'`]]> \\x1b[31m \\ud800" in ET.tostring(root, "unicode", method="text")


def test_frozen_layers_are_hatched() -> None:
    def hatched(made: Network) -> int:
        return networks_svg([made]).count('fill="url(#kvlint-frozen)"')

    assert hatched(sequential()) == 0
    assert hatched(resnet()) == 4 + 1, "four layers, and the legend"


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("Conv2DTranspose", "conv"),
        ("ConvLSTM2D", "recurrent"),
        ("Dense", "dense"),
        ("LayerNormalization", "norm"),
        ("LeakyReLU", "activation"),
        ("Add", "merge"),
        ("GlobalAveragePooling2D", "pool"),
        ("MultiHeadAttention", "attention"),
        ("Reshape", "shape"),
        ("Dropout", "other"),
        ("Sampling", "own"),
        ("Sequential", "network"),
    ],
)
def test_families(kind: str, family: str) -> None:
    assert family_of(layer(kind, "x")) == family
    assert family in FAMILIES


# where things go --------------------------------------------------------------------------------
def drawn(graph: Graph) -> Layout:
    return laid_out(graph, 160.0, [40.0 + 16.0 * (index % 3 == 0) for index in range(len(graph.nodes))])


def overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def crosses(line: Line, box: Box) -> bool:
    """True if a line's stretch (of a bow: the rectangle that it stays in) meets the inside of a box."""
    for (x1, y1), (x2, y2) in pairwise(line.points):
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        if left < box.right - 0.01 and right > box.x + 0.01 and top < box.bottom - 0.01 and bottom > box.y + 0.01:
            return True
    return False


def check(graph: Graph) -> Layout:
    layout = drawn(graph)
    assert not any(overlap(one, other) for one, other in combinations(layout.boxes, 2))
    assert sorted((line.source, line.target) for line in layout.lines) == sorted(graph.edges)
    for line in layout.lines:
        assert not any(crosses(line, box) for box in layout.boxes)
        if not line.curved:
            assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in pairwise(line.points))
    for x, y in [point for line in layout.lines for point in line.points]:
        assert 0 <= x <= layout.width
        assert 0 <= y <= layout.height
    return layout


@pytest.mark.parametrize("made", ALL)
def test_lines_run_through_no_box(made: Callable[[], Network]) -> None:
    layout = check(graph_of(made()))
    for line in layout.lines:
        if not line.back:
            assert layout.boxes[line.source].bottom < layout.boxes[line.target].y, "from top to bottom"


def test_the_skips_of_a_unet_run_beside_it_the_longer_the_further_out() -> None:
    graph = graph_of(unet(4))
    layout = drawn(graph)
    assert len({box.middle for box in layout.boxes}) == 1, "one straight column"
    skips = [line for line in layout.lines if not line.curved]
    assert len(skips) == 4
    right = max(box.right for box in layout.boxes)
    lanes = {line.source: max(x for x, _ in line.points) for line in skips}
    assert all(x > right for x in lanes.values())
    assert [lanes[source] for source in sorted(lanes)] == sorted(lanes.values(), reverse=True)
    assert len(set(lanes.values())) == 4


def test_a_residual_network_needs_one_lane() -> None:
    layout = check(graph_of(resnet(40)))
    lanes = {max(x for x, _ in line.points) for line in layout.lines if not line.curved}
    assert len(lanes) == 1


def test_short_branches_go_straight_down() -> None:
    graph = graph_of(inception())
    assert [line for line in drawn(graph).lines if not line.curved and not line.back] == [
        line for line in drawn(graph).lines if graph.nodes[line.source].name == "mask" and not line.curved
    ]


def test_what_is_connected_with_nothing_stands_in_rows() -> None:
    made = network("own", *(layer("Dense", f"dense_{n}") for n in range(9)), kind="subclassed", inputs=())
    layout = check(graph_of(made))
    assert [len([box for box in layout.boxes if box.y == y]) for y in sorted({b.y for b in layout.boxes})] == [4, 4, 1]


@pytest.mark.parametrize("seed", range(60))
def test_any_graph(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(1, 30)
    edges = {(chance.randrange(count), chance.randrange(count)) for _ in range(chance.randint(0, 2 * count))}
    if seed % 3:
        edges = {(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]}
    nodes = tuple(Node(f"l{index}", "other", "Layer", f"layer_{index}", "?") for index in range(count))
    check(Graph(nodes, tuple(sorted(edges))))
