"""Old programs under Keras 2 beside new ones under Keras 3: equal ones are proven equal, others told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerasvae_lint.runtime.options import Job, Options
from kerasvae_lint.runtime.twins.results import Proof, lines
from tests.runtime.running import needs_runtime

pytestmark = needs_runtime

OLD = """\
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.layers.normalization import BatchNormalization
from keras.optimizers import SGD
from keras.regularizers import l2

x = np.random.random((96, 8)).astype("float32")
y = np.eye(3)[np.random.randint(0, 3, 96)]
model = Sequential()
model.add(Dense(16, input_dim=8, activation="relu", W_regularizer=l2(0.001)))
model.add(BatchNormalization())
model.add(Dropout(0.2))
model.add(Dense(3, activation="softmax", init="glorot_normal"))
optimizer = SGD(lr=0.05, decay=1e-3, momentum=0.9, nesterov=True)
model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
model.fit(x, y, nb_epoch=3, batch_size=32)
classes = model.predict_classes(x)
"""
NEW = """\
import keras
import numpy as np
from keras.models import Sequential
from keras.layers import BatchNormalization, Dense, Dropout
from keras.optimizers import SGD
from keras.regularizers import l2

x = np.random.random((96, 8)).astype("float32")
y = np.eye(3)[np.random.randint(0, 3, 96)]
model = Sequential()
model.add(keras.Input((8,)))
model.add(Dense(16, activation="relu", kernel_regularizer=l2(0.001)))
model.add(BatchNormalization())
model.add(Dropout(0.2))
model.add(Dense(3, activation="softmax", kernel_initializer="glorot_normal"))
rate = keras.optimizers.schedules.InverseTimeDecay(0.05, 1, 1e-3)
optimizer = SGD(learning_rate=rate, momentum=0.9, nesterov=True)
model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
model.fit(x, y, epochs=3, batch_size=32)
classes = model.predict(x).argmax(-1)
"""
CHANGES = {
    "activation": ('activation="relu"', 'activation="tanh"', "outputs", "they part at the layer `dense`"),
    "epsilon": (
        "BatchNormalization()",
        "BatchNormalization(epsilon=1e-5)",
        "outputs",
        "the layer `batch_normalization`",
    ),
    "regularizer": (", kernel_regularizer=l2(0.001)", "", "penalties", "is 0 in 0 terms (Keras 2: 0.01"),
    "initializer": (
        ', kernel_initializer="glorot_normal"',
        "",
        "initial",
        "is drawn by glorotuniform (Keras 2: glorotnormal)",
    ),
    "rate of noise": ("Dropout(0.2)", "Dropout(0.3)", "noise", "has the rate 0.3 (Keras 2: 0.2)"),
    "momentum": ("momentum=0.9", "momentum=0.8", "optimizer", "its `momentum` is 0.8"),
    "decay": ("learning_rate=rate", "learning_rate=0.05", "optimizer", "the rate at step 1 is 0.05"),
    "loss": ("categorical_crossentropy", "mse", "loss", "the loss in inference mode is"),
    "frozen": (
        "model.compile(",
        "model.layers[0].trainable = False\nmodel.compile(",
        "weights",
        "`dense/kernel` (dense) is frozen",
    ),
    "batch": ("np.random.random((96, 8))", "10 * np.random.random((96, 8))", "batch", "`x` is from"),
}
VAE_OLD = """\
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.models import Model

size = 2
x = Input(shape=(12,))
h = Dense(8, activation="tanh")(x)
mean, log_var = Dense(size)(h), Dense(size)(h)


def sampling(args):
    mean, log_var = args
    noise = K.random_normal(shape=(K.shape(mean)[0], size))
    return mean + K.exp(log_var / 2) * noise


z = Lambda(sampling)([mean, log_var])
vae = Model(x, Dense(12)(z))
vae.add_loss(-0.5 * K.mean(K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)))
vae.compile(optimizer="rmsprop", loss="mse")
data = np.random.normal(size=(64, 12)).astype("float32")
vae.fit(data, data, epochs=2)
"""
VAE_NEW = """\
import keras
import numpy as np
from keras import ops
from keras.layers import Dense, Input
from keras.models import Model

size = 2


class Sampling(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(7)

    def call(self, inputs):
        mean, log_var = inputs
        self.add_loss(-0.5 * ops.mean(ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=-1)))
        return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean), seed=self.seeds)


x = Input(shape=(12,))
h = Dense(8, activation="tanh")(x)
mean, log_var = Dense(size)(h), Dense(size)(h)
vae = Model(x, Dense(12)(Sampling()([mean, log_var])))
vae.compile(optimizer="rmsprop", loss="mse")
data = np.random.normal(size=(64, 12)).astype("float32")
vae.fit(data, data, epochs=2)
"""
RECURRENT = """\
import numpy as np
from keras.models import Sequential
from keras.layers import GRU, LSTM, Bidirectional, Dense, Embedding

x, y = np.random.randint(0, 50, (64, 12)), np.random.random(64)
parts = [Embedding(50, 8), Bidirectional(LSTM(6, return_sequences=True)), GRU(5, dropout=0.3), Dense(1)]
model = Sequential(parts)
model.compile("sgd", "mse", metrics=["mae"])
model.fit(x, y, epochs=2)
"""
LOOP = """\
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(8, activation="tanh", input_shape=(4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(1e-2)
x = tf.random.normal((64, 4), seed=1)
for _ in range(8):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - 1.0))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Proof]:
    from kerasvae_lint.runtime.twins.prove import Pair, prove_all

    folder = tmp_path_factory.mktemp("twins")
    texts = {
        "equal": (OLD, NEW),
        "vae": (VAE_OLD, VAE_NEW),
        "vae with another noise": (VAE_OLD, VAE_NEW.replace("log_var / 2) * keras", "log_var) * keras")),
        "recurrent": (RECURRENT, RECURRENT),
        "repeated rows": (RECURRENT.replace('"sgd"', '"adam"'), RECURRENT.replace('"sgd"', '"adam"')),
        "loop": (LOOP, LOOP),
        "loop with another loss": (LOOP, LOOP.replace("- 1.0", "- 1.1")),
        "new does not run": (OLD, NEW.replace("epochs=3", "nb_epoch=3")),
        "new stops later": (OLD, NEW.replace("model.predict(x).argmax(-1)", "model.predict_classes(x)")),
        "old does not run": (OLD.replace("import numpy as np", "import numpie as np"), NEW),
        **{name: (OLD, NEW.replace(before, after)) for name, (before, after, _, _) in CHANGES.items()},
    }
    path = folder / "program.py"
    path.write_text(OLD, encoding="utf-8")
    pairs = [Pair(name, str(path), old, new) for name, (old, new) in texts.items()]
    found = prove_all(pairs, Options(device="cpu", timeout=200.0), 40.0)
    return dict(zip(texts, found, strict=True))


@pytest.mark.parametrize("name", ["equal", "vae", "recurrent", "loop"])
def test_equal_programs_are_proven_equal(proofs: dict[str, Proof], name: str) -> None:
    proof = proofs[name]
    assert proof.verdict == "equal", "\n".join(lines(proof))
    asked = {check.what for model in proof.models for check in model.checks if check.verdict == "same"}
    wanted = {"weights", "initial", "outputs", "loss", "gradients"}
    assert wanted | (set() if name == "loop" else {"step", "optimizer", "save", "batch"}) <= asked


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_named(proofs: dict[str, Proof], name: str) -> None:
    proof = proofs[name]
    _, _, what, said = CHANGES[name]
    assert proof.verdict == "differs"
    checks = [check for model in proof.models for check in model.differences if check.what == what]
    assert any(said in check.said for check in checks), "\n".join(lines(proof))


def test_what_keras_3_does_otherwise_is_explained(proofs: dict[str, Proof]) -> None:
    proof = proofs["repeated rows"]
    (difference,) = [check for model in proof.models for check in model.differences]
    assert difference.what == "step"
    assert "rows that come more than once in the batch" in difference.said


@pytest.mark.parametrize("name", ["vae with another noise", "loop with another loss"])
def test_a_changed_formula_is_seen(proofs: dict[str, Proof], name: str) -> None:
    proof = proofs[name]
    assert proof.verdict == "differs"


@pytest.mark.parametrize(
    ("name", "which", "reason"),
    [
        ("new does not run", "new", "unexpected keyword argument 'nb_epoch' (line 19)"),
        ("new stops later", "new", "has no attribute 'predict_classes' (line 20)"),
        ("old does not run", "old", "there is no module numpie"),
    ],
)
def test_what_does_not_run_is_said(proofs: dict[str, Proof], name: str, which: str, reason: str) -> None:
    proof = proofs[name]
    assert (proof.verdict, proof.which) == ("could not run", which)
    assert reason in proof.reason
    assert f"could not run (Keras {'2' if which == 'old' else '3'}" in next(lines(proof, 400))


def test_a_proof_is_json(proofs: dict[str, Proof]) -> None:
    proof = proofs["equal"]
    body = json.loads(json.dumps(proof.to_dict()))
    assert body["verdict"] == "equal"
    assert body["environment"]["old"]["keras"].startswith("2.")
    assert body["environment"]["new"]["keras"].startswith("3.")


def test_layers_go_together_by_structure() -> None:
    from kerasvae_lint.runtime.twins.structure import Place, match

    def layer(number: int, kind: str, *weights: tuple[str, tuple[int, ...]]) -> list[Place]:
        return [Place(number, f"{kind}_{number}", kind, name, shape, True) for name, shape in weights]

    norm = [("gamma", (4,)), ("beta", (4,)), ("moving_mean", (4,)), ("moving_variance", (4,))]
    old = [
        *layer(0, "dense", ("kernel", (3, 4)), ("bias", (4,))),
        *layer(1, "batchnormalization", *norm),
        *layer(2, "gru", ("kernel", (4, 6)), ("recurrent_kernel", (2, 6)), ("bias", (12,))),
        *layer(3, "normalization", ("mean", (4,)), ("variance", (4,)), ("count", ())),
    ]
    old[-1] = Place(3, "normalization_3", "normalization", "count", (), False)
    new = [
        *layer(0, "batchnormalization", *reversed(norm)),
        *layer(1, "dense", ("kernel", (3, 4)), ("bias", (4,))),
        *layer(2, "gru", ("kernel", (4, 6)), ("recurrent_kernel", (2, 6)), ("bias", (2, 6))),
        *layer(3, "normalization", ("mean", (4,)), ("variance", (4,))),
    ]
    found = match(old, new)
    assert (found.lost, found.added) == ([], [])
    assert {(0, 4), (2, 3), (5, 0)} <= set(found.pairs)
    assert found.reordered == ["gru_2/bias (12,) as (2, 6)"]


def test_a_lost_weight_is_named() -> None:
    from kerasvae_lint.runtime.twins.structure import Place, match

    kernel = Place(0, "dense", "dense", "kernel", (3, 4), True)
    bias = Place(0, "dense", "dense", "bias", (4,), True)
    found = match([kernel, bias], [kernel])
    assert (found.pairs, found.lost) == ([(0, 0)], [1])


def test_draws_are_alike_by_kind_and_shape() -> None:
    import numpy as np

    from kerasvae_lint.runtime.twins.alike import CUT, NORMAL, UNIFORM, Source

    one, other = Source(3), Source(3)
    one.numbers(UNIFORM, (5,))
    first, second = one.numbers(NORMAL, (2, 3)), one.numbers(NORMAL, (2, 3))
    assert np.array_equal(first, other.numbers(NORMAL, (2, 3)))
    assert np.array_equal(second, other.numbers(NORMAL, (2, 3)))
    assert not np.array_equal(first, second)
    assert np.abs(one.numbers(CUT, (1000,))).max() <= 2.0
    one.restart()
    assert np.array_equal(first, one.numbers(NORMAL, (2, 3)))


def test_changed_files_beside_a_program_go_along(tmp_path: Path) -> None:
    from kerasvae_lint.runtime.workspace import copy_folder, write_changed

    home, copy = tmp_path / "home", tmp_path / "copy"
    (home / "lib").mkdir(parents=True)
    (home / "lib" / "nets.py").write_text("old", encoding="utf-8")
    copy_folder(home, copy)
    job = Job("a.py", "new", "", str(home / "a.py"), changed=((str(home / "lib" / "nets.py"), "new"),))
    write_changed(job, home, copy)
    assert (copy / "lib" / "nets.py").read_text(encoding="utf-8") == "new"
    assert (home / "lib" / "nets.py").read_text(encoding="utf-8") == "old"


def test_a_generator_is_given_by_its_own_name() -> None:
    from kerasvae_lint.runtime.feed import named_for

    def fit_generator() -> None: ...

    assert named_for(fit_generator, {"x": 1, "shuffle": False}) == {"generator": 1, "shuffle": False}
    assert named_for(print, {"x": 1}) == {"x": 1}


def test_too_little_is_not_called_equal() -> None:
    from kerasvae_lint.runtime.twins.results import Check, ModelProof

    weights = Check("weights", "same", "")
    assert not ModelProof("model", [weights, Check("outputs", "same", ""), Check("loss", "not asked", "")]).says_enough
    assert ModelProof("model", [weights, Check("outputs", "same", ""), Check("loss", "same", "")]).says_enough
