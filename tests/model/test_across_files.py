"""Classes, values and writes are followed across the files of a project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasvae_lint import lint_paths
from kerasvae_lint.run import pool
from kerasvae_lint.run.engine import FileResult

FILES = {
    "pkg/__init__.py": "from .base import Base\n",
    "pkg/base.py": """
import tensorflow as tf
class Base(tf.keras.layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta
    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(inputs))
        return inputs
""",
    "pkg/kl.py": """
from pkg import Base
class KL(Base):
    def build(self, shape):
        self.w = self.add_weight("w", shape=(1,))
        self.gate = self.w + 1
    def call(self, inputs):
        return inputs * self.gate
""",
    "train.py": """
import tensorflow as tf
from tensorflow.keras import backend as K
from pkg.kl import KL
beta = K.variable(0.0)
layer = KL(beta=beta)
callback = tf.keras.callbacks.LambdaCallback(on_epoch_begin=lambda e, logs: K.set_value(beta, e / 10))
""",
    "pkg/held.py": """
import tensorflow as tf
class Held(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.strength = self.add_weight(name="s", shape=(), initializer="zeros")
    def call(self, inputs):
        return inputs * self.strength
""",
    "callbacks.py": """
import tensorflow as tf
class Schedule(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("held").strength.assign(epoch / 10)
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def found(paths: list[Path], root: Path) -> list[tuple[str, str, int]]:
    result = lint_paths(paths)
    assert not result.problems
    return [(Path(f.filename).relative_to(root).as_posix(), f.code, f.location.row) for f in result.findings]


EXPECTED = [
    ("pkg/held.py", "KV101", 6),
    ("pkg/kl.py", "KV303", 6),
    ("pkg/kl.py", "KV601", 5),
    ("train.py", "KV101", 5),
]


def test_across_files(project: Path) -> None:
    assert sorted(found([project], project)) == EXPECTED


def test_one_file_gives_what_the_whole_gives(project: Path) -> None:
    alone = [item for name in FILES for item in found([project / name], project)]
    assert sorted(alone) == EXPECTED


def test_pins_decide_the_flavour(project: Path) -> None:
    (project / "requirements.txt").write_text("tensorflow==2.10.0\n")
    assert ("pkg/kl.py", "KV601", 5) not in found([project], project)


def test_the_cache_sees_changes_in_other_files(project: Path) -> None:
    def cached() -> list[str]:
        return sorted(f.code for f in lint_paths([project], cache=True).findings)

    first = cached()
    assert cached() == first == ["KV101", "KV101", "KV303", "KV601"]
    (project / "callbacks.py").write_text("import keras\n")
    assert cached() == ["KV101", "KV303", "KV601"]
    (project / "pkg/base.py").write_text("class Base:\n    pass\n")
    assert cached() == []


def test_only_what_a_change_can_reach_is_linted_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linted: list[str] = []
    run = pool.run

    def noted(jobs: list[pool.Job], workers: int, make: pool.Make) -> Iterator[tuple[pool.Job, FileResult]]:
        linted.extend(Path(job.filename).relative_to(project).as_posix() for job in jobs)
        return run(jobs, workers, make)

    monkeypatch.setattr(pool, "run", noted)

    def again() -> tuple[list[str], list[str]]:
        linted.clear()
        codes = sorted(f.code for f in lint_paths([project], cache=True).findings)
        return sorted(linted), codes

    again()
    assert again() == ([], ["KV101", "KV101", "KV303", "KV601"])
    other = project / "other.py"
    other.write_text(FILES["pkg/kl.py"].replace("from pkg", "from elsewhere"))
    assert again()[0] == ["other.py"], "a file that no search finds"
    assert again()[0] == []
    text = (project / "callbacks.py").read_text()
    (project / "callbacks.py").write_text(text.replace("strength", "weakness"))
    assert again() == (["callbacks.py", "pkg/held.py"], ["KV101", "KV303", "KV303", "KV601", "KV601"])
    other.write_text(text)
    assert again() == (["other.py", "pkg/held.py"], ["KV101", "KV101", "KV303", "KV601"]), "a search finds a new file"
    other.unlink()
    assert again() == (["pkg/held.py"], ["KV101", "KV303", "KV601"])
