"""Whole files: newlines, byte order marks, notebooks, what does not parse; packages whose files go together."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from kerasvae_lint.migrate import Kind, To, migrate_data, migrate_text
from kerasvae_lint.migrate.engine import ALSO, rules
from kerasvae_lint.model import Project
from kerasvae_lint.source import SourceError

OLD = "from keras.layers.core import Dense\nlayer = Dense(output_dim=3)\n"
NEW = "from keras.layers import Dense\nlayer = Dense(units=3)\n"


def test_text_and_report() -> None:
    text, lines = migrate_text(OLD)
    assert text == NEW
    assert [(line.kind, line.row, line.step) for line in lines] == [
        (Kind.DONE, 1, "imports"),
        (Kind.DONE, 2, "arguments"),
    ]


def test_newlines_and_byte_order_mark_stay() -> None:
    data = codecs.BOM_UTF8 + OLD.replace("\n", "\r\n").encode()
    assert migrate_data(data, "a.py").after == codecs.BOM_UTF8 + NEW.replace("\n", "\r\n").encode()


def test_an_encoding_stays() -> None:
    before = f"# coding: latin-1\n# f\u00fcr\n{OLD}".encode("latin-1")
    assert migrate_data(before, "a.py").after == f"# coding: latin-1\n# f\u00fcr\n{NEW}".encode("latin-1")


def test_a_file_without_keras_is_left_alone() -> None:
    migration = migrate_data(b"import numpy as np\nnp.mean([1])\n", "a.py")
    assert not migration.changed
    assert not migration.lines


def test_what_does_not_parse_is_a_problem() -> None:
    migration = migrate_data(b"import keras\nprint 'old'\n", "a.py")
    assert migration.problems
    assert not migration.changed
    with pytest.raises(SourceError):
        migrate_text("import keras\n)\n")


def _notebook(*cells: str) -> bytes:
    made = [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": cell.splitlines(True)}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1).encode()


def test_a_notebook_changes_cell_by_cell() -> None:
    before = _notebook(
        "%matplotlib inline\nfrom keras.layers.core import Dense\nfrom keras import backend as K",
        "!pip install keras\nx = K.variable(1.0)",
        "print(3)",
    )
    migration = migrate_data(before, "a.ipynb")
    cells = ["".join(cell["source"]) for cell in json.loads(migration.after)["cells"]]
    assert cells[0].startswith("%matplotlib inline\nfrom keras.layers import Dense\n")
    assert cells[1] == "!pip install keras\nx = keras.Variable(1.0)"
    assert cells[2] == "print(3)"
    assert [number for number, _, _ in migration.cells] == [1, 2]
    assert {line.cell for line in migration.lines} == {1, 2}
    assert not migrate_data(migration.after, "a.ipynb").changed


def test_rows_are_those_of_the_old_file_and_of_the_new_one() -> None:
    text = "from keras import backend as K\nK.set_session(None)\n\nx = 1.0\ny = K.gradients(x, x)\n"
    _, lines = migrate_text(text)
    (left,) = [line for line in lines if line.kind is Kind.LEFT]
    assert (left.row, left.new_row) == (5, 4)


def test_a_name_that_another_file_imports_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("")
    parts, main = tmp_path / "parts.py", tmp_path / "main.py"
    parts.write_text("from keras.layers.convolutional import Convolution2D\nmade = Convolution2D(1, 3, 3)\n")
    main.write_text("from parts import Convolution2D\n\nlayer = Convolution2D(2, (3, 3))\n")
    project = Project()
    migration = migrate_data(parts.read_bytes(), str(parts), project=project)
    assert migration.new.startswith("from keras.layers import Conv2D as Convolution2D\n")
    main.unlink()
    migration = migrate_data(parts.read_bytes(), str(parts), project=Project())
    assert migration.new == "from keras.layers import Conv2D\nmade = Conv2D(1, (3, 3))\n"


def test_the_rules_that_speak_of_keras_3_take_part() -> None:
    assert "KV601" in rules()
    assert all(code.startswith("KV6") or code in ALSO for code in rules())
    text, lines = migrate_text(
        "from keras.layers import Layer\n\n\nclass A(Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight('w', (1,))\n\n\nA()\n"
    )
    assert "self.add_weight(name='w', shape=(1,))" in text
    assert [line.step for line in lines] == ["KV601"]


def test_what_differs_is_said_once() -> None:
    text, lines = migrate_text("from keras.layers.recurrent import GRU\nGRU(3)\nGRU(4)\n")
    assert [line.kind for line in lines] == [Kind.DONE, Kind.DIFFERS]
    assert migrate_text(text)[1] == []


@pytest.mark.parametrize("to", To)
def test_code_for_keras_3_is_left_alone(to: To) -> None:
    text = "import keras\nfrom keras import ops\n\nx = ops.mean(keras.random.normal((3,)))\n"
    assert migrate_text(text, to=to) == (text, [])
