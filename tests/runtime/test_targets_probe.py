"""What the probe of targets says of scripts: of loops by hand, of generators and data sets, and of how much of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.runtime.running import Answer, needs_runtime, verify, written

pytestmark = [needs_runtime, pytest.mark.timeout(900)]

LOOP = """\
import numpy as np
import tensorflow as tf

x = np.random.normal(size=(48, 1)).astype("float32")
y = (3 * x[:, 0]).astype("float32")
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.SGD(0.1)
for _ in range(20):
    with tf.GradientTape() as tape:
        error = {error}
        loss = tf.reduce_mean(tf.square(error))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""
OBJECT = """\
import numpy as np
import tensorflow as tf

x = np.random.normal(size=(48, 4)).astype("float32")
y = np.where(x[:, :1] > 0, 1.0, -1.0).astype("float32")
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1, activation="sigmoid")])
optimizer = tf.keras.optimizers.Adam(0.1)
bce = tf.keras.losses.BinaryCrossentropy()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = bce(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


for _ in range(20):
    step(x, y)
"""
ADVERSARIAL = """\
import numpy as np
import tensorflow as tf

layers = tf.keras.layers
maker = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(6, "tanh")])
judge = tf.keras.Sequential([tf.keras.Input((6,)), layers.Dense(8), layers.LeakyReLU(), layers.Dense(1)])
bce = tf.keras.losses.BinaryCrossentropy(from_logits=True)
optimizers = tf.keras.optimizers.Adam(1e-3), tf.keras.optimizers.Adam(1e-3)
data = np.random.uniform(-1, 1, (32, 6)).astype("float32")
for _ in range(20):
    with tf.GradientTape() as first, tf.GradientTape() as second:
        made = maker(tf.random.normal((32, 4)), training=True)
        real, fake = judge(data, training=True), judge(made, training=True)
        making = bce(tf.ones_like(fake), fake)
        judging = bce(0.9 * tf.ones_like(real), real) + bce(tf.zeros_like(fake), fake)
    weights = maker.trainable_variables, judge.trainable_variables
    optimizers[0].apply_gradients(zip(first.gradient(making, weights[0]), weights[0]))
    optimizers[1].apply_gradients(zip(second.gradient(judging, weights[1]), weights[1]))
"""
GENERATOR = """\
import numpy as np
import tensorflow as tf


def batches():
    number = 0
    while True:
        number += 1
        label = 2.0 if number == 15 else float(number % 2)
        yield np.random.normal(size=(16, 4)).astype("float32"), np.full((16, 1), label)


model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(batches(), steps_per_epoch=20, epochs=2)
"""
DATASET = """\
import numpy as np
import tensorflow as tf

x = np.random.randint(0, 256, (500, 8, 8, 1)).astype("uint8")
y = np.sort(np.random.randint(0, 10, 500))
y[-1] = 10
layers = tf.keras.layers
stack = [tf.keras.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, "softmax")]
model = tf.keras.Sequential(stack)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(50)
model.fit(data, epochs=2, validation_data=tf.data.Dataset.from_tensor_slices((x / 255.0, y)).batch(50))
"""


def _answers(answer: Answer) -> dict[str, dict[str, Any]]:
    """By the program's name: the probe ``targets`` of its first model."""
    found = {}
    for target in answer.targets:
        probes = target["runs"][0]["models"][0]["probes"]
        found[Path(target["target"]).stem] = next(probe for probe in probes if probe["probe"] == "targets")
    return found


@pytest.mark.parametrize("keras", ["2", "3"])
def test_scripts(tmp_path: Path, keras: str) -> None:
    programs = {
        "broadcast": LOOP.format(error="y - model(x, training=True)"),
        "same_rank": LOOP.format(error="y[:, None] - model(x, training=True)"),
        "pairwise": LOOP.format(error="model(x) - tf.reshape(model(x), (-1,)) - (y[:, None] - y)"),
        "loss_object": OBJECT,
        "adversarial": ADVERSARIAL,
        "generator": GENERATOR,
        "dataset": DATASET,
    }
    paths = [written(tmp_path, text, f"{name}.py") for name, text in programs.items()]
    answer = verify(*paths, "--probe", "targets", "--keras", keras, "--output-format", "json", cwd=tmp_path)
    found = _answers(answer)
    assert {name for name, probe in found.items() if probe["verdict"] == "fail"} == {
        "broadcast",
        "loss_object",
        "generator",
        "dataset",
    }, found
    assert found["broadcast"]["codes"] == ["KV720"]
    assert "(48, 1)" in found["broadcast"]["message"]
    assert "line 10" in found["broadcast"]["message"]
    assert found["loss_object"]["codes"] == ["KV722"]
    assert "0 to 2 in the 320 samples looked at" in found["generator"]["message"]
    assert "KV722" in found["dataset"]["codes"]
    assert "only one side is scaled" in found["dataset"]["message"]
    assert "0 to 10 in all 500 samples" in found["dataset"]["message"]
