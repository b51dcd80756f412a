"""``kvlint verify`` on real programs: what it takes, what it says, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint.runtime.options import PROBES
from tests.runtime.running import needs_runtime, verify, written

pytestmark = needs_runtime

TIED = """\
import numpy as np
import tensorflow as tf


class DenseTied(tf.keras.layers.Layer):
    def __init__(self, tied_to, **kwargs):
        super().__init__(**kwargs)
        self.tied_to = tied_to

    def build(self, input_shape):
        self.kernel = tf.transpose(self.tied_to.kernel)

    def call(self, inputs):
        return tf.matmul(inputs, self.kernel)


x = np.random.normal(size=(64, 8)).astype("float32")
encoder = tf.keras.layers.Dense(3)
model = tf.keras.Sequential([tf.keras.Input((8,)), encoder, DenseTied(encoder)])
model.compile("adam", "mse")
open("before_fit.txt", "w").write("here")
model.fit(x, x, epochs=50, callbacks=[tf.keras.callbacks.ModelCheckpoint("best.keras")])
open("after_fit.txt", "w").write("never reached")
raise SystemExit("the run went on after its first fit")
"""


def test_fix_and_write(tmp_path: Path) -> None:
    path = written(tmp_path, TIED)
    as_it_is = verify("program.py", "--output-format", "json", cwd=tmp_path)
    assert as_it_is.status == 1
    assert as_it_is.verdicts()["tie"] == "fail"
    (probe,) = (p for p in as_it_is.targets[0]["runs"][0]["models"][0]["probes"] if p["probe"] == "tie")
    assert probe["codes"] == ["KV201"]
    assert probe["figures"]["findings"] == [{"code": "KV201", "row": 11}]

    page = tmp_path / "page.html"
    fixed = verify("program.py", "--fix", "--html", page, "--output-format", "json", cwd=tmp_path)
    assert fixed.status == 0
    assert path.read_text() == TIED
    assert fixed.verdicts(0)["tie"] == "fail"
    assert fixed.verdicts(1)["tie"] == "pass"
    assert fixed.targets[0]["fixes"] == ["KV201"]
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") >= 6
    assert "with the fixes of KV201" in text
    assert "http" not in text.replace("http-equiv", "")

    written_back = verify("program.py", "--fix", "--write", cwd=tmp_path)
    assert written_back.status == 0
    assert "after KV201's fix it passes" in " ".join(written_back.out.split())
    assert "self.kernel = " not in path.read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.html", "program.py"]


def test_json_is_as_documented(tmp_path: Path) -> None:
    written(tmp_path, TIED)
    report = verify("program.py", "--output-format", "json", "--keras", "2", "--seed", "5", cwd=tmp_path).report
    assert report["schema"] == 1
    environment = report["environment"]
    assert {"python", "tensorflow", "keras", "backend", "device", "seed"} <= set(environment)
    assert environment["seed"] == 5
    assert environment["keras"].startswith("2")
    assert environment["backend"] == "tensorflow"
    (target,) = report["targets"]
    assert set(target) == {"target", "status", "reason", "fixes", "runs"}
    assert target["status"] == "ok"
    (run,) = target["runs"]
    assert run["source"] == "original"
    (model,) = run["models"]
    for variable in model["variables"]:
        assert set(variable) == {"path", "shape", "trainable", "gradient_norms", "verdict"}
    for probe in model["probes"]:
        assert set(probe) == {"probe", "verdict", "codes", "message", "figures"}
        assert probe["verdict"] in {"pass", "fail", "skip"}
        assert probe["message"]
    names = [probe["probe"] for probe in model["probes"]]
    assert names == list(PROBES)


FAILING_FIT = """\
import numpy as np
import tensorflow as tf


class Constant(tf.keras.layers.Layer):
    def build(self, input_shape):
        self.weight = self.add_weight(name="weight", shape=(1,), initializer="ones")
        self.kept = self.weight * 2.0

    def call(self, inputs):
        return inputs * self.kept


model = tf.keras.Sequential([tf.keras.Input((4,)), Constant()])
model.compile("adam", "mse")
x = np.ones((32, 4), "float32") * np.arange(4, dtype="float32")
model.fit(x, x)
"""


@pytest.mark.parametrize("keras", ["2", "3"])
def test_a_fit_that_raises_is_probed_all_the_same(keras: str, tmp_path: Path) -> None:
    written(tmp_path, FAILING_FIT)
    answer = verify("program.py", "--keras", keras, "--output-format", "json", cwd=tmp_path)
    assert answer.status == 1
    (model,) = answer.targets[0]["runs"][0]["models"]
    assert model["variables"][0]["verdict"] == "no path"
    assert answer.verdicts()["gradients"] == "fail"
    assert answer.verdicts()["reaction"] == "fail"


LOOP = """\
import tensorflow as tf

weight, unused = tf.Variable(1.0), tf.Variable(1.0)
optimizer = tf.keras.optimizers.SGD(0.1)


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((weight * x - 3.0) ** 2)
    gradients = tape.gradient(loss, [weight, unused])
    weight.assign_sub(0.1 * gradients[0])
    return loss


for epoch in range(1000):
    step(tf.constant([1.0, 2.0]))
raise SystemExit("it went on")
"""


def test_a_loop_of_ones_own_is_stopped_and_probed(tmp_path: Path) -> None:
    written(tmp_path, LOOP)
    answer = verify("program.py", "--output-format", "json", cwd=tmp_path)
    (model,) = answer.targets[0]["runs"][0]["models"]
    assert answer.status == 1
    assert sorted(variable["verdict"] for variable in model["variables"]) == ["no path", "ok"]


BY_BATCH = """\
import numpy as np
import keras

noise, data = np.random.normal(size=(16, 2)), np.random.normal(size=(16, 3))
dense = keras.layers.Dense(1, activation="sigmoid")
discriminator = keras.Sequential([keras.Input((3,)), dense], name="discriminator")
discriminator.compile("adam", "binary_crossentropy")
generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)], name="generator")
inputs = keras.Input((2,))
gan = keras.Model(inputs, discriminator(generator(inputs)), name="gan")
gan.compile("adam", "binary_crossentropy")
for step in range(10_000):
    discriminator.train_on_batch(data, np.ones((16, 1)))
    gan.train_on_batch(noise, np.ones((16, 1)))
"""


def test_models_trained_by_batch_are_all_taken(tmp_path: Path) -> None:
    written(tmp_path, BY_BATCH)
    answer = verify("program.py", "--output-format", "json", cwd=tmp_path)
    models = answer.targets[0]["runs"][0]["models"]
    assert [model["name"] for model in models] == ["discriminator", "gan"]
    assert answer.status == 0


def test_a_gpu_that_is_asked_for_and_not_there(tmp_path: Path) -> None:
    written(tmp_path, TIED)
    answer = verify("program.py", "--device", "cpu", "--require-gpu", "--output-format", "json", cwd=tmp_path)
    assert answer.status == 2
    assert "no GPU" in answer.targets[0]["reason"]


def test_text_for_people(tmp_path: Path) -> None:
    import os

    written(tmp_path, TIED)
    narrow = verify("program.py", cwd=tmp_path, env={**os.environ, "COLUMNS": "50"})
    assert narrow.status == 1
    assert max(map(len, narrow.out.splitlines())) <= 50
    assert "KV201 at line 11" in " ".join(narrow.out.split())
    assert "\x1b" not in narrow.out
    assert narrow.err == ""


def test_one_probe_alone(tmp_path: Path) -> None:
    written(tmp_path, TIED)
    answer = verify("program.py", "--probe", "tie", "--output-format", "json", cwd=tmp_path)
    assert answer.status == 1
    assert set(answer.verdicts()) == {"build", "tie"}
    assert answer.verdicts()["tie"] == "fail"
    healthy = verify("program.py", "--probe", "noise", "--output-format", "json", cwd=tmp_path)
    assert set(healthy.verdicts()) == {"build", "noise"}
    assert healthy.status == 0
