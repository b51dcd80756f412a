"""What a script sets in its environment itself is read from its source, and its child starts with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerasvae_lint.runtime import setting
from kerasvae_lint.runtime.options import Options
from tests.runtime.running import needs_runtime, verify, written

TWO = (("TF_USE_LEGACY_KERAS", "1"),)


@pytest.mark.parametrize(
    ("text", "early", "late"),
    [
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport keras", TWO, False),
        ("from os import environ as env\nenv['TF_USE_LEGACY_KERAS'] = str(1)\nimport keras", TWO, False),
        ("import os\nos.environ.update(TF_USE_LEGACY_KERAS='1')", TWO, False),
        ("import os\nos.environ.update({'TF_USE_LEGACY_KERAS': '1', 'OTHER': x})", TWO, False),
        ("import os\nos.environ |= {'TF_USE_LEGACY_KERAS': '1'}", TWO, False),
        ("import os\nos.environ.setdefault('TF_USE_LEGACY_KERAS', '1')", TWO, False),
        ("import os\nNAME, YES = 0, 1\nNAME = 'TF_USE_LEGACY_KERAS'\nos.environ[NAME] = '1'", TWO, False),
        ("import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras", (("KERAS_BACKEND", "jax"),), False),
        ("import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'", (), False),
        ("import tensorflow\nimport os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'", (), True),
        ("import os\nif len('a'):\n    os.environ['TF_USE_LEGACY_KERAS'] = '1'", (), True),
        ("import os\nos.environ['KERAS_BACKEND'] = input()", (), True),
        # Nothing that Python code reads: it goes past os.environ.
        ("import os\nos.putenv('TF_USE_LEGACY_KERAS', '1')", (), False),
        ("this is no Python", (), False),
    ],
)
def test_read_from_the_source(text: str, early: tuple[tuple[str, str], ...], late: bool, tmp_path: Path) -> None:
    assert setting.of_program(text, str(tmp_path / "program.py")) == setting.Setting(early, late)


def test_what_is_there_already_stays_where_the_script_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "0")
    text = "import os\nos.environ.setdefault('TF_USE_LEGACY_KERAS', '1')"
    assert setting.of_program(text, "program.py") == setting.UNSET


def test_local_modules_are_read_in_their_place(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("import package.inner")
    (package / "inner.py").write_text("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'")
    path = str(tmp_path / "program.py")
    assert setting.of_program("import package\nimport tensorflow", path).early == TWO
    assert setting.of_program("from package import inner", path).early == TWO
    assert setting.of_program("import tensorflow\nimport package", path).late
    assert setting.of_factory("package.inner:model", str(tmp_path)).early == TWO


def test_the_child_starts_with_it_and_the_command_line_overrules() -> None:
    from kerasvae_lint.runtime.launch import child_environment

    two = setting.Setting(TWO)
    assert child_environment(Options(), Path("folder"), two)["TF_USE_LEGACY_KERAS"] == "1"
    assert child_environment(Options(keras="3"), Path("folder"), two)["TF_USE_LEGACY_KERAS"] == "0"
    jax = setting.Setting((("KERAS_BACKEND", "jax"),))
    assert child_environment(Options(keras="3"), Path("folder"), jax)["KERAS_BACKEND"] == "jax"
    assert child_environment(Options(backend="tensorflow"), Path("folder"), jax)["KERAS_BACKEND"] == "tensorflow"


def test_what_is_held_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(os.environ)
    monkeypatch.setattr(kind, "__setitem__", kind.__setitem__)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    setting.hold(["KERAS_BACKEND"], "the command line")
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["SOMETHING_ELSE"] = "1"
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    assert os.environ.pop("SOMETHING_ELSE") == "1"


LEGACY = """\
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import tensorflow as tf

assert tf.keras.layers.Dense.__module__.startswith("tf_keras")
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(4,), activation="softmax")])
model.compile("adam", "binary_crossentropy")
x = np.random.normal(size=(64, 4)).astype("float32")
model.fit(x, (x[:, :1] > 0).astype("float32"))
"""
PLAIN = """\
import numpy as np
import tensorflow as tf

assert tf.keras.layers.Dense.__module__.startswith("keras")
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
x = np.random.normal(size=(64, 4)).astype("float32")
model.fit(x, x[:, :1])
"""


@needs_runtime
def test_each_program_runs_in_its_own_keras(tmp_path: Path) -> None:
    """Several jobs share a child, which imports TensorFlow ahead of them: not so where they want another Keras."""
    written(tmp_path, LEGACY, "legacy.py")
    written(tmp_path, PLAIN, "plain.py")
    answer = verify("legacy.py", "plain.py", "--fix", "--probe", "data", "--output-format", "json", cwd=tmp_path)
    legacy, plain = answer.targets
    assert [target["reason"] for target in answer.targets] == ["", ""]
    assert [run["environment"]["keras"][0] for run in legacy["runs"]] == ["2", "2"]
    assert [run["environment"]["keras"][0] for run in plain["runs"]] == ["3"]
    (probe,) = (p for p in legacy["runs"][0]["models"][0]["probes"] if p["probe"] == "data")
    assert probe["verdict"] == "fail"
    (cause,) = probe["figures"]["causes"]
    assert (cause["code"], cause["row"], cause["mended_by"]) == ("KV701", 7, "--fix")
    assert legacy["runs"][1]["models"][0]["probes"][1]["verdict"] == "pass"
