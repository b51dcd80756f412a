"""Scripts of Keras 1 and of earlier Keras 2 run in both Kerases, and the report says what was done for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint.runtime import lacking
from tests.runtime.running import needs_runtime, verify, written

OLD = """\
import time
import numpy as np
import keras
from keras.models import Sequential, Input, Model
from keras.layers import merge
from keras.layers.core import Dense, Dropout, Activation
from keras.layers.normalization import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.utils import np_utils, to_categorical
from keras.optimizers import SGD, adam
from keras.preprocessing.image import ImageDataGenerator
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.initializers import he_normal
from keras.constraints import maxnorm
from keras.engine.topology import Layer
from keras.wrappers.scikit_learn import KerasClassifier
from tensorflow.python.keras.layers import Flatten
from keras import backend as K

K.set_image_dim_ordering("tf")
assert K.image_dim_ordering() == "tf"
assert Layer is keras.layers.Layer and Flatten is not None
assert isinstance(adam(lr=0.5), keras.optimizers.Adam)
tokenizer = Tokenizer(num_words=20)
tokenizer.fit_on_texts(["a b c", "a b"])
assert pad_sequences(tokenizer.texts_to_sequences(["a b"]), maxlen=3).shape == (1, 3)
x = np.random.random((200, 8)).astype(np.float)
y = np_utils.to_categorical(np.random.randint(0, 3, 200), 3)
other = Sequential([Dense(1, input_dim=8, init="uniform")])
other.compile("sgd", "mse")
assert other.predict_classes(x).shape == (200, 1)
assert other.layers[0].input_shape == (None, 8) and other.layers[0].output_shape == (None, 1)
assert time.clock() > 0
start = Input(shape=(8,))
both = Model(input=start, output=merge([Dense(1)(start), other(start)], mode="sum"))
shared = SGD(lr=0.1)
both.compile(shared, "mse")
other.compile(shared, "mse")
assert both.optimizer is shared and other.optimizer is not shared
model = Sequential()
model.add(Dense(output_dim=16, input_dim=8, init="uniform", activation="relu", W_constraint=maxnorm(3)))
model.add(BatchNormalization())
model.add(LeakyReLU(0.2))
model.add(Dropout(p=0.2))
model.add(Dense(3, activation="softmax", kernel_initializer=he_normal()))
optimizer = SGD(lr=0.05, decay=1e-6, momentum=0.9, nesterov=True)
assert abs(float(optimizer.learning_rate.numpy()) - 0.05) < 1e-6
model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"], class_mode="categorical")


def batches():
    while True:
        yield x[:32], y[:32]


model.fit_generator(batches(), samples_per_epoch=200, nb_epoch=10, max_q_size=5)
"""
SAID = (
    ".layers.core` is `",
    ".utils.np_utils` is `",
    "`tensorflow.python.keras` is `tensorflow.keras` today (line 18)",
    "`constraints.maxnorm` is `MaxNorm` today (line 15)",
    ".wrappers.scikit_learn` is answered by kvlint (line 17)",
    "`backend.set_image_dim_ordering` is answered as Keras did once (line 21)",
    "`np.float` is `float` today (line 28)",
    "`predict_classes` is computed from `predict`, as Keras did once (line 32)",
    "`output_dim=` is `units=` today (line 42)",
    "`init=` is `kernel_initializer=` today (line 30)",
    "`W_constraint=` is `kernel_constraint=` today (line 42)",
    "`p=` is `rate=` today (line 45)",
    "`lr=` is `learning_rate=` today (line 24)",
    "`decay=` is left out: there is no such argument today (line 47)",
    "`class_mode=` is left out: there is no such argument today (line 49)",
    "`time.clock` is `time.perf_counter` today (line 34)",
    "`Model(input=, output=)` is `Model(inputs=, outputs=)` today (line 36)",
    "an optimizer that two models share is one for each here: it knows the variables of one only (line 39)",
)


@needs_runtime
@pytest.mark.parametrize("keras", ["2", "3"])
def test_an_old_script_runs(keras: str, tmp_path: Path) -> None:
    written(tmp_path, OLD)
    answer = verify("program.py", "--keras", keras, "--probe", "gradients", "--output-format", "json", cwd=tmp_path)
    (target,) = answer.targets
    assert target["reason"] == ""
    assert answer.verdicts()["gradients"] == "pass"
    notes = target["runs"][0]["notes"]
    assert [said for said in SAID if not any(said in note for note in notes)] == []


LACKING = {
    "a library": ("import cv2\n", "there is no module cv2 (line 1): pip install opencv-python in this environment"),
    "a module of an old TensorFlow": ("import tensorflow.contrib.slim\n", "TensorFlow 2 has no `contrib`"),
    "a name that SciPy dropped": ("from scipy.misc import imread\n", "SciPy reads no images any more"),
    "data": ("open('data/train.txt')\n", "it reads `data/train.txt`, which is not there"),
    "Python 2": ("x = 1\nprint x\n", "this is Python 2"),
}


@needs_runtime
@pytest.mark.parametrize("name", LACKING)
def test_what_is_missing_is_named_with_what_to_do(name: str, tmp_path: Path) -> None:
    text, expected = LACKING[name]
    written(tmp_path, text)
    answer = verify("program.py", "--output-format", "json", cwd=tmp_path)
    assert answer.status == 2
    assert expected in answer.targets[0]["reason"]


def test_advice_on_modules() -> None:
    assert "give --synthetic, which has a stand-in" in lacking.module_missing("pandas", synthetic=False)
    assert "--synthetic" not in lacking.module_missing("pandas", synthetic=True)
    assert "`pickle` is its name today" in lacking.module_missing("cPickle", synthetic=False)
    assert "this is Python 2" in lacking.python_2_in("print 'a'")
    assert lacking.python_2_in("def f(:") == ""


def test_numbers_behind_the_filters_are_a_kernel_where_keras_1_read_them_so() -> None:
    from kerasvae_lint.runtime.old.arguments import _with_kernel

    given: dict[str, object] = {"border_mode": "same"}
    assert _with_kernel(2, (32, 3, 5, "uniform"), given, False) == (32, (3, 5))
    assert given["kernel_initializer"] == "uniform"
    assert _with_kernel(2, (32, 3, 3), {}, True) == (32, (3, 3))
    assert _with_kernel(2, (32, 3, 3), {}, False) == (32, 3, 3)  # of `tf.keras`: strides
    assert _with_kernel(2, (32, 3, "same"), {}, True) == (32, 3, "same")
