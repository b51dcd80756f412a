"""What a script does after its first ``fit``: rounds that share a model, predictions beside labels of another order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ahead import Ahead
from tests.runtime.running import needs_runtime

if TYPE_CHECKING:
    from kerasvae_lint.runtime.launch import Outcome

pytestmark = [needs_runtime, pytest.mark.timeout(900)]
HEAD = """\
import numpy as np
import tensorflow as tf

keras, layers = tf.keras, tf.keras.layers
rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, size=(200, 2)).astype("float32")
y = (x[:, 0] > 0).astype("float32")


def made():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


model = made()
"""
FOLDS = """\
start = model.get_weights()
for fold in range(5):
    {begin}
    held = np.arange(200) % 5 == fold
    model.fit(x[~held], y[~held], epochs=3, verbose=0)
    print(model.evaluate(x[held], y[held], verbose=0))
"""
DATA = "data = tf.data.Dataset.from_tensor_slices((x, y))"
PROGRAMS = {
    "folds of one model": (FOLDS.format(begin=""), "KV705"),
    "a model for each fold": (FOLDS.format(begin="model = made()"), ""),
    "weights put back": (FOLDS.format(begin="model.set_weights(start)"), ""),
    "epochs in a loop": (
        "for _ in range(4):\n    model.fit(x[:150], y[:150], validation_data=(x[150:], y[150:]), verbose=0)\n",
        "",
    ),
    "labels of a second pass": (
        f"{DATA}.shuffle(200).batch(32)\nmodel.fit(data, verbose=0)\nfound = model.predict(data, verbose=0)\n"
        "labels = np.concatenate([b for _, b in data])\nprint(np.mean((found[:, 0] > 0.5) == labels))\n",
        "KV706",
    ),
    "labels of an earlier pass": (
        f"{DATA}.shuffle(200).batch(32)\nstored = data.unbatch().map(lambda a, b: b)\n"
        "labels = np.array(list(stored.as_numpy_iterator()))\n"
        "model.fit(x, y, verbose=0)\nfound = model.predict(data.map(lambda a, b: a), verbose=0)\n",
        "KV706",
    ),
    "one order for both": (
        f"{DATA}.batch(32)\nmodel.fit(data.shuffle(7), verbose=0)\nfound = model.predict(data, verbose=0)\n"
        "labels = np.concatenate([b for _, b in data])\n",
        "",
    ),
    "a look at the first batch": (
        f"{DATA}.shuffle(200).batch(32)\nmodel.fit(data, verbose=0)\nfound = model.predict(data, verbose=0)\n"
        "for a, b in data:\n    print(a[0], b[0])\n    break\nfirst = next(iter(data))\n",
        "",
    ),
    "what follows raises": (
        f"{DATA}.shuffle(200).batch(32)\nmodel.fit(data, verbose=0)\nmodel.predict(open('nowhere'))\n",
        "",
    ),
    "what follows takes for ever": (
        f"{DATA}.shuffle(200).batch(32)\nmodel.fit(data, verbose=0)\nmodel.predict(x, verbose=0)\n"
        "while True:\n    pass\n",
        "",
    ),
}


def _outcomes(keras: str) -> dict[str, Outcome]:
    """One child process for all programs, a fork for each."""
    from kerasvae_lint.runtime.launch import run_jobs
    from kerasvae_lint.runtime.options import Job, Options

    path = str(Path(__file__).with_name("program.py"))
    jobs = [Job(name, "original", HEAD + text, path, probes=("learning",)) for name, (text, _) in PROGRAMS.items()]
    return dict(zip(PROGRAMS, run_jobs(jobs, Options(keras=keras, device="cpu")), strict=True))


outcomes = Ahead(_outcomes, "2", "3")


@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_verdicts(name: str, keras: str) -> None:
    outcome = outcomes(keras)[name]
    assert outcome.run is not None, outcome.reason
    answer = outcome.run.models[0].probe("learning")
    code = PROGRAMS[name][1]
    assert (answer.verdict, answer.codes) == (("fail", [code]) if code else ("pass", [])), answer.message
