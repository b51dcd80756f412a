"""Which Keras a file is for, and whether its TensorFlow builds graphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint import Settings, lint_paths, lint_source
from kerasvae_lint.binding.build import build
from kerasvae_lint.core import TargetKeras
from kerasvae_lint.keras.flavour import door_of, flavour_of, flavour_of_itself, flavour_of_pins, home_of
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

KEPT = """\
import tensorflow as tf


class Gate(tf.keras.layers.Layer):
    def build(self, shape):
        self.logit = self.add_weight(name="logit", shape=())
        self.rate = tf.sigmoid(self.logit)

    def call(self, inputs):
        return inputs * self.rate
"""


@pytest.mark.parametrize(
    ("pin", "graph", "old"),
    [
        ("keras==2.1.5", True, True),
        ("keras<=2.0.7", True, True),
        ("Keras<2.3", True, True),
        ("keras==2.3.1", False, False),
        ("keras<3", False, False),
        ("tensorflow-gpu==1.15.2", True, False),
        ("tensorflow<2", True, False),
        ("tensorflow==2.4.0", False, False),
    ],
)
def test_old_pins(pin: str, graph: bool, old: bool) -> None:
    found = flavour_of_pins(f"{pin}\n", "requirements.txt")
    assert found is not None
    assert (found.graph, found.old) == (graph, old)
    assert found.only2


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ["KV303"]),
        ("session = tf.Session()\n", []),
        ("config = tf.ConfigProto()\n", []),
        ("tf.compat.v1.disable_eager_execution()\n", []),
        ("config = tf.compat.v1.ConfigProto()\n", ["KV303"]),
        ("import tensorflow.contrib.layers\n", []),
        ("import tensorflow.compat.v1 as tf1\ntf1.disable_v2_behavior()\n", []),
        ("from tensorflow.compat import v1\nsession = v1.Session()\n", []),
        ("import tensorflow as flow\nsession = flow.Session()\n", []),
        ("import tensorflow.compat.v1 as tf1\nsession = tf1.Session(config=tf1.ConfigProto())\n", ["KV303"]),
        ("import tensorflow.compat.v1 as tf1\nzeros = tf1.constant_initializer(0)\n", ["KV303"]),
        ("# once a tf.Session()\nwords = 'tf.placeholder'\n", ["KV303"]),
    ],
)
def test_a_graph_keeps_no_snapshots(line: str, found: list[str], tmp_path: Path) -> None:
    path = tmp_path / "gate.py"
    path.write_text(KEPT + line, encoding="utf-8")
    assert [f.code for f in lint_paths([path], Settings(select=("KV303",))).findings] == found


def test_the_projects_pins_count(tmp_path: Path) -> None:
    path = tmp_path / "gate.py"
    path.write_text(KEPT, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("tensorflow==1.15\n", encoding="utf-8")
    assert lint_paths([path], Settings(select=("KV303",))).findings == []


@pytest.mark.parametrize(
    ("filename", "text", "found"),
    [
        ("setup.py", "setup(name='Keras',\n      version='2.1.6',\n", []),
        ("setup.py", 'setup(\n    name="keras",\n    version="2.9.0",\n', ["KV303"]),
        ("setup.py", "setup(name='keras-vis',\n      version='0.4.1',\n", ["KV303"]),
        ("pyproject.toml", '[project]\nname = "keras"\ndynamic = ["version"]\n', ["KV303"]),
    ],
)
def test_a_project_that_is_keras_itself(filename: str, text: str, found: list[str], tmp_path: Path) -> None:
    path = tmp_path / "gate.py"
    path.write_text(KEPT, encoding="utf-8")
    (tmp_path / filename).write_text(text, encoding="utf-8")
    assert [f.code for f in lint_paths([path], Settings(select=("KV303",))).findings] == found


@pytest.mark.parametrize(
    ("filename", "text", "keras2", "keras3", "graph", "old"),
    [
        ("setup.py", "setup(name='Keras',\n      version='2.1.6',\n", True, False, True, True),
        ("setup.cfg", "[metadata]\nname = keras\nversion = 2.7.0\n", True, False, False, False),
        ("pyproject.toml", '[project]\nname = "tf_keras"\nversion = "2.17.0"\n', True, False, False, False),
        ("pyproject.toml", '[project]\nname = "keras"\nversion = "3.4.1"\n', False, True, False, False),
    ],
)
def test_what_keras_says_of_itself(
    filename: str, text: str, keras2: bool, keras3: bool, graph: bool, old: bool
) -> None:
    found = flavour_of_itself(text, filename)
    assert found is not None
    assert (found.keras2, found.keras3, found.graph, found.old) == (keras2, keras3, graph, old)


@pytest.mark.parametrize(
    ("line", "keras2", "keras3"),
    [
        ("from keras.src import testing", False, True),
        ("from keras.src.api_export import keras_export", False, True),
        ("from keras.src import layers", True, True),
        ("from keras import ops", False, True),
        ("import tf_keras", True, False),
    ],
)
def test_imports_tell(line: str, keras2: bool, keras3: bool) -> None:
    tree, source = parse_code(decode(line.encode(), "a.py"))
    found = flavour_of(build(tree, source.text), line, None, None)
    assert (found.keras2, found.keras3) == (keras2, keras3)


@pytest.mark.parametrize(
    ("spelling", "home"),
    [
        ("keras.layers.Dense", "keras"),
        ("keras.src.layers.Dense", "keras"),
        ("tf_keras.Model", "tf_keras"),
        ("tensorflow.keras.layers.Dense", "the door"),
        ("tensorflow.compat.v2.keras.layers.Dense", "the door"),
        ("tensorflow.python.keras.layers.Dense", "tensorflow.python.keras"),
        ("tensorflow.python.keras.api._v2.keras.layers.Dense", None),
        ("keras.engine.Layer", None),
        ("keras_hub.layers.Sampler", None),
        ("tensorflow.nn.relu", None),
    ],
)
def test_names_have_a_home(spelling: str, home: str | None) -> None:
    assert home_of(spelling, "the door") == home


@pytest.mark.parametrize(
    ("text", "target", "pins", "door"),
    [
        ("import keras", None, "", "tf.keras"),
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'", None, "", "tf_keras"),
        ("from keras import ops", None, "", "keras"),
        ("import keras", TargetKeras.KERAS3, "", "keras"),
        ("import keras", TargetKeras.KERAS2, "", None),
        ("import keras", None, "tensorflow==2.4.0", None),
        ("import keras", None, "keras>=3.0", "tf.keras"),
        ("import tensorflow as tf\ntf.Session()", None, "", None),
    ],
)
def test_what_tf_keras_stands_for(text: str, target: TargetKeras | None, pins: str, door: str | None) -> None:
    tree, source = parse_code(decode(text.encode(), "a.py"))
    pinned = flavour_of_pins(pins, "requirements.txt")
    assert door_of(build(tree, source.text), text, target, pinned) == door


def test_theano_is_no_backend_of_keras_3() -> None:
    program = "import theano\nfrom keras.optimizers import Adam\n\nadam = Adam()\nadam.lr.set_value(0.1)\n"
    assert [f.code for f in lint_source(program)] == []
    assert [f.code for f in lint_source(program.replace("import theano\n", ""))] == ["KV610"]
