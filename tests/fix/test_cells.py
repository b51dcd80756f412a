"""Edits of a notebook's program, made in its cells or refused."""

from __future__ import annotations

import json

import pytest

from kerasvae_lint import Settings, fix_source, lint_source
from kerasvae_lint.core import Position, TextEdit
from kerasvae_lint.fix.document import Cells
from kerasvae_lint.source import Cell, Source, decode
from kerasvae_lint.source.cells import in_cells
from kerasvae_lint.source.text import typed
from tests.source.notebooks import cell, document

SCHEDULE = """\
class KLDivergence(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.beta = 0.0

    def call(self, inputs):
        mean, log_var = inputs
        self.add_loss(self.beta * keras.ops.mean(1 + log_var - mean**2 - keras.ops.exp(log_var)))
        return mean
"""
CALLBACK = """\
class WarmUp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("kl").beta = min(1.0, epoch / 2)
"""
FIT = """\
inputs = keras.Input((8,))
code = KLDivergence(name="kl")([keras.layers.Dense(2)(inputs), keras.layers.Dense(2)(inputs)])
model = keras.Model(inputs, keras.layers.Dense(8)(code))
model.compile("sgd", "mse")
model.fit(x, x, epochs=3, callbacks=[WarmUp()])
"""
UNSAFE = {"unsafe": True, "settings": Settings(select=("KV102",))}
ADDED = "import tensorflow as tf"


def cells(*texts: str) -> Cells:
    return Cells.of(decode(notebook(*texts).encode(), "t.ipynb"))


def notebook(*texts: str) -> str:
    return json.dumps(document([cell(text) for text in texts]))


def texts_of(found: Cells | None) -> list[str] | None:
    return None if found is None else [typed(found.source, cell) for cell in found.source.cells or ()]


def edited(found: Cells, old: str, new: str, count: int = 1) -> list[str] | None:
    """What becomes of the cells where the program's text ``old`` is replaced."""
    start = found.text.index(old)
    assert found.text.count(old) == count
    return texts_of(found.edited([TextEdit(start, start + len(old), new)]))


def test_an_edit_is_made_in_its_cell() -> None:
    found = cells("a = 1\n%cd x\nb = 2", "%%time\r\nc = 3\r\nd = 4\r\n", "", "e = 5")
    assert edited(found, "b = 2", "b = [\n    2,\n]") == ["a = 1\n%cd x\nb = [\n    2,\n]", *texts_of(found)[1:]]  # type: ignore[index]
    assert edited(found, "c = 3", "c = [\n    3,\n]") == [
        "a = 1\n%cd x\nb = 2",
        "%%time\r\nc = [\r\n    3,\r\n]\r\nd = 4\r\n",
        "",
        "e = 5",
    ]
    several = [TextEdit(found.text.index(name), found.text.index(name) + 1, name.upper()) for name in "bade"]
    assert texts_of(found.edited(several)) == ["A = 1\n%cd x\nB = 2", "%%time\r\nc = 3\r\nD = 4\r\n", "", "E = 5"]


def test_whole_lines_go_to_the_cell_that_they_follow() -> None:
    found = cells("a = 1", "b = 2")
    assert texts_of(found.edited([TextEdit(6, 6, "c = 3\n")])) == ["a = 1\nc = 3", "b = 2"]
    assert texts_of(found.edited([TextEdit(7, 7, "c = 3\n")])) == ["a = 1", "c = 3\nb = 2"]
    assert texts_of(found.edited([TextEdit(0, 6, "")])) == ["", "b = 2"]
    before_magic = cells("a = 1\n%cd x\n")
    assert texts_of(before_magic.edited([TextEdit(6, 6, "c = 3\n")])) == ["a = 1\nc = 3\n%cd x\n"]


@pytest.mark.parametrize(
    ("start", "end", "content"),
    [
        pytest.param("a = 1", "e = 5", "", id="from one cell into another"),
        pytest.param("a = 1", "pass", "", id="a line and a magic"),
        pytest.param("pass", "pass", "c = 3", id="a magic"),
        pytest.param("None", "None", "1", id="what a shell command gives"),
        pytest.param("pass", "", "if x:\n    ", id="words before a magic"),
        pytest.param("#", "", "c = 3\n", id="above the magic of a cell"),
        pytest.param("e = 5", "\n\nf = 6", "", id="a line and the beginning of the next cell"),
    ],
)
def test_what_crosses_a_border_or_changes_a_magic_is_refused(start: str, end: str, content: str) -> None:
    found = cells("a = 1\n%cd x\nb = !ls", "%%time\ne = 5", "f = 6")
    first = found.text.index(start)
    last = found.text.index(end, first) + len(end) if end else first
    assert found.edited([TextEdit(first, last, content)]) is None


def test_cells_whose_text_is_not_given_were_typed_as_the_program_has_them() -> None:
    """An editor may join cells by itself, with no row between them."""
    source = Source("t.ipynb", "a = 1\nb = 2\nc = 3\n", cells=(Cell(1, 1, 2), Cell(2, 3, 3)))
    assert in_cells(source, [TextEdit(6, 11, "b = 4"), TextEdit(12, 12, "d = 5\n")]) == [
        (1, TextEdit(6, 11, "b = 4")),
        (2, TextEdit(0, 0, "d = 5\n")),
    ]
    assert in_cells(source, [TextEdit(6, 17, "")]) is None
    assert source.position(13) == (2, Position(1, 2))


def test_blank_lines_behind_a_cell_are_not_taken_along() -> None:
    found = cells("import os\n", "", "a = 1")
    assert found.text.startswith("import os\n\n\n\na")
    assert texts_of(found.edited([TextEdit(0, 13, "")])) == ["", "", "a = 1"]


def test_a_cell_must_stay_a_program_of_its_own() -> None:
    found = cells("if a:\n    b = 1", "c = 2")
    moved = found.edited([TextEdit(found.text.index("c"), found.text.index("c"), "else:\n    ")])
    assert moved is not None
    assert not moved.parses()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            ["# title", "import os\nimport keras", SCHEDULE, CALLBACK + FIT, "import json"],
            ["# title", f"import os\nimport keras\n{ADDED}"],
            id="behind the imports of the first cell that has some",
        ),
        pytest.param(
            ["import keras\n%cd x", "import os", SCHEDULE, CALLBACK, FIT],
            [f"import keras\n{ADDED}\n%cd x", "import os"],
            id="before a magic",
        ),
        pytest.param(
            ["!pip install keras", "%%time\nimport keras\nx = 1", SCHEDULE, CALLBACK, FIT],
            ["!pip install keras", f"%%time\nimport keras\n{ADDED}\nx = 1"],
            id="in a cell with a magic of its own",
        ),
    ],
)
def test_where_a_new_import_goes(before: list[str], after: list[str]) -> None:
    done = fix_source(notebook(*before), "t.ipynb", **UNSAFE)  # type: ignore[arg-type]
    made = ["".join(cell["source"]) for cell in json.loads(done.text)["cells"]]
    assert made[: len(after)] == after
    assert "tf.Variable(0.0" in made[before.index(SCHEDULE)]
    assert sum(text.count(ADDED) for text in made) == 1
    assert lint_source(done.text, "t.ipynb", UNSAFE["settings"]) == []  # type: ignore[arg-type]


def test_without_an_import_above_it_goes_to_the_cell_that_needs_it() -> None:
    """A cell of imports further down may not have been run when the class is made."""
    guarded = "try:\n    import keras\nexcept ImportError:\n    raise"
    text = notebook(guarded, "%%time\n" + SCHEDULE, CALLBACK, FIT, "import os")
    made = ["".join(cell["source"]) for cell in json.loads(fix_source(text, "t.ipynb", **UNSAFE).text)["cells"]]  # type: ignore[arg-type]
    assert made[1].startswith(f"%%time\n{ADDED}\nclass")
    assert (made[0], made[4]) == (guarded, "import os")


def test_an_import_that_a_magic_needs_stays() -> None:
    call = "x.add_loss(tf.reduce_mean(x), inputs=np.log(x))\n"
    for magic, stays in (("!echo {np.pi}", True), ("!echo", False)):
        text = notebook("import numpy as np\nimport tensorflow as tf", call, magic)
        first = "".join(json.loads(fix_source(text, "t.ipynb").text)["cells"][0]["source"])
        assert ("import numpy" in first) is stays
