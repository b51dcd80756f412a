"""What one file makes and another one uses: callbacks, setters, samplers, eager runs, steps that are traced anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint import Settings, lint_paths

CALLBACK = """\
from tensorflow import keras

class Anneal(keras.callbacks.Callback):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def on_epoch_begin(self, epoch, logs=None):
        self.weight.assign(min(1.0, epoch / 10))
"""
KL_LAYER = """\
import tensorflow as tf

class KL(tf.keras.layers.Layer):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def call(self, x):
        self.add_loss(self.weight * tf.reduce_sum(x))
        return x
"""
RUN = """\
import tensorflow as tf
from layer import KL
from callback import Anneal

beta = tf.Variable(0.0{trainable})
outputs = KL(beta)(inputs)
model = tf.keras.Model(inputs, outputs)
model.compile("adam", "mse")
model.fit(x, x, validation_split=0.1, epochs=30, callbacks=[Anneal(beta){more}])
"""
WEIGHTS = """\
import tensorflow as tf
import callback

w = tf.Variable(0.0, trainable=False)
model.compile("adam", loss=["mse", "mse"], loss_weights=[1.0, {weight}])
model.fit(x, x, epochs=30, callbacks=[callback.Anneal(w)])
"""
SETTER = """\
import tensorflow as tf

class Distort(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.size = 5

    def {setter}(self, epoch):
        self.size = epoch // 4 + 5

    def call(self, x):
        return x * self.size
"""
SETS = """\
from tensorflow import keras

class Grow(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.layers[1].{setter}(epoch)
"""
SAMPLER = """\
import tensorflow as tf

class Sampling(tf.keras.layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
"""
ENCODER = """\
import tensorflow as tf
from tensorflow.keras import layers
from sampler import Sampling

x = tf.keras.Input((32,))
mean = layers.Dense(4{mean})(x)
log_var = layers.Dense(4)(x)
encoder = tf.keras.Model(x, [mean, log_var, Sampling()([mean, log_var])])
"""
COUNTER = """\
import tensorflow as tf

class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = 0

    def train_step(self, data):
        beta = tf.minimum(self.steps / 100, 1.0)
        self.steps += 1
        return {"loss": beta}
"""
TRAIN = """\
from counter import VAE
model = VAE()
model.compile("adam"{eager})
model.fit(x, epochs=10)
"""
OWN_VAE = TRAIN.replace("from counter import VAE", "class VAE:\n    pass")
STOPPER = ", tf.keras.callbacks.EarlyStopping(patience=3)"
Files = dict[str, str]
FOUND: list[tuple[str, Files, list[str]]] = [
    (
        "a callback's variable",
        {"callback": CALLBACK, "layer": KL_LAYER, "run": RUN.format(trainable="", more="")},
        ["run.py:5 KV101"],
    ),
    (
        "beside an EarlyStopping",
        {"callback": CALLBACK, "layer": KL_LAYER, "run": RUN.format(trainable=", trainable=False", more=STOPPER)},
        ["run.py:9 KV110"],
    ),
    (
        "not trainable",
        {"callback": CALLBACK, "layer": KL_LAYER, "run": RUN.format(trainable=", trainable=False", more="")},
        [],
    ),
    ("a weight's copy", {"callback": CALLBACK, "run": WEIGHTS.format(weight="0.5 * w")}, ["run.py:5 KV114"]),
    ("the weight itself", {"callback": CALLBACK, "run": WEIGHTS.format(weight="w")}, []),
    (
        "a setter of any name",
        {"layer": SETTER.format(setter="setSize"), "grow": SETS.format(setter="setSize")},
        ["layer.py:9 KV102"],
    ),
    ("a head", {"sampler": SAMPLER, "net": ENCODER.format(mean=', activation="relu"')}, ["net.py:6 KV416"]),
    ("a linear head", {"sampler": SAMPLER, "net": ENCODER.format(mean="")}, []),
    ("a counter", {"counter": COUNTER, "train": TRAIN.format(eager="")}, ["counter.py:10 KV108"]),
    ("an eager one", {"counter": COUNTER, "train": TRAIN.format(eager=", run_eagerly=True")}, []),
    (
        "another's eagerness",
        {"counter": COUNTER, "train": TRAIN.format(eager=""), "other": OWN_VAE.format(eager=", run_eagerly=True")},
        ["counter.py:10 KV108"],
    ),
]
MODEL = """\
import tensorflow as tf

class Growing(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.alpha = tf.Variable(0.0, trainable=False)
        self.step = 0.0

    def train_step(self, x):
        self.alpha.assign_add(self.step)
        return {{"alpha": self.alpha}}

    def rebuild(self):
        self.compile("adam")

    def run(self, n):
        for i in range(1, n):
            self.step = 1.0 / i
            {between}
            self.fit(x, epochs=4)
"""
REVERSAL = """\
import tensorflow as tf

class Reverse(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.strength = tf.Variable(0.0)

    def build(self, shape):
        {build}

    def call(self, x):
        {decorator}
        def reverse(v):
            def grad(dy):
                return -self.strength * dy
            return v, grad
        return reverse(x)

class Schedule(tf.keras.callbacks.Callback):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def on_epoch_begin(self, epoch, logs=None):
        self.layer.strength.assign(epoch / 10)
"""


@pytest.mark.parametrize(("files", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_files_are_read_together(files: Files, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    result = lint_paths([tmp_path], Settings(select=("KV1", "KV4")), cache=False, jobs=1)
    assert not result.problems
    assert not result.problems
    assert [f"{Path(f.filename).name}:{f.location.row} {f.code}" for f in result.findings] == expected


def codes(text: str, folder: Path, select: str = "KV1") -> list[str]:
    (folder / "program.py").write_text(text, encoding="utf-8")
    found = lint_paths([folder], Settings(select=(select,)), cache=False, jobs=1).findings
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("pass", ["KV102"]),
        ("self.rebuild()", []),
        ("self.compile('adam')", []),
        ("self.train_function = None", []),
        ("self.make_train_function(force=True)", []),
    ],
)
def test_a_step_that_is_traced_anew_is_live(between: str, expected: list[str], tmp_path: Path) -> None:
    assert codes(MODEL.format(between=between), tmp_path) == expected


@pytest.mark.parametrize(
    ("decorator", "build", "expected"),
    [
        ("", "pass", ["KV101"]),
        ("@tf.custom_gradient", "pass", []),
        ("", "self._trainable_weights = []", []),
    ],
)
def test_what_gets_no_gradient_is_not_trained(decorator: str, build: str, expected: list[str], tmp_path: Path) -> None:
    assert codes(REVERSAL.format(decorator=decorator, build=build), tmp_path) == expected


def test_a_model_that_trains_its_parts_alone(tmp_path: Path) -> None:
    text = """\
import tensorflow as tf

class GAN(tf.keras.Model):
    def __init__(self, maker):
        super().__init__()
        self.maker = maker
        self.alpha = tf.Variable(0.0)

    def train_step(self, x):
        with tf.GradientTape() as tape:
            loss = self.alpha * tf.reduce_mean(self.maker(x))
        grads = tape.gradient(loss, LIST)
        self.optimizer.apply_gradients(zip(grads, LIST))
        return {"loss": loss}

class Grow(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.alpha.assign(epoch / 10)
"""
    assert codes(text.replace("LIST", "self.trainable_variables"), tmp_path) == ["KV101"]
    assert codes(text.replace("LIST", "self.maker.trainable_variables"), tmp_path) == []


def test_a_data_set_of_another_file_is_split(tmp_path: Path) -> None:
    text = """\
import keras
from source import samples

ds = samples.shuffle(1000)
train, held_out = ds.skip(200), ds.take(200)
"""
    (tmp_path / "source.py").write_text("import tensorflow as tf\nsamples = tf.data.Dataset.range(1000)\n")
    assert codes(text, tmp_path, "KV703") == ["KV703"]
    (tmp_path / "source.py").write_text("import datasets\nsamples = datasets.load_dataset('squad', streaming=True)\n")
    assert codes(text, tmp_path, "KV703") == []
