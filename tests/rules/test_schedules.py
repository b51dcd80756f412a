"""Schedules across files and spellings, and what stays silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint import Settings, lint_source

MODEL = """\
import tensorflow as tf

class KL(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.beta = {start}

    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(inputs))
        return inputs
"""
CALLBACK = """\
import tensorflow as tf

class WarmUp(tf.keras.callbacks.Callback):
    def __init__(self, layer=None):
        super().__init__()
        self.layer = layer

    def on_epoch_begin(self, epoch, logs=None):
        {write} = min(1.0, epoch / 10)
"""
PREVIEW = Settings(preview=True)


def codes(text: str, path: Path | str = "program.py", settings: Settings = PREVIEW) -> list[str]:
    """The codes of the findings."""
    return [finding.code for finding in lint_source(text, str(path), settings)]


def across(folder: Path, write: str, start: str, extra: str = "") -> list[str]:
    """What is found in the callback's file, with the layer in another one."""
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "layers.py").write_text(MODEL.format(start=start) + extra, encoding="utf-8")
    path = folder / "callbacks.py"
    path.write_text(CALLBACK.format(write=write), encoding="utf-8")
    return codes(path.read_text(encoding="utf-8"), path)


@pytest.mark.parametrize("write", ['self.model.get_layer("kl").beta', "self.model.beta", "self.layer.beta"])
def test_a_number_of_a_layer_in_another_file_is_frozen(tmp_path: Path, write: str) -> None:
    assert across(tmp_path, write, "0.0") == ["KV102"]


@pytest.mark.parametrize("write", ['self.model.get_layer("kl").beta', "self.layer.beta"])
def test_a_variable_of_a_layer_in_another_file_is_rebound(tmp_path: Path, write: str) -> None:
    assert across(tmp_path, write, "tf.Variable(0.0, trainable=False)") == ["KV107"]


def test_eager_execution_in_the_other_file_is_no_fault(tmp_path: Path) -> None:
    extra = "\nmodel = tf.keras.Sequential([KL()])\nmodel.compile('sgd', run_eagerly=True)\n"
    assert across(tmp_path, "self.model.beta", "0.0", extra) == []


def test_two_classes_that_differ_are_ambiguous(tmp_path: Path) -> None:
    other = MODEL.format(start="tf.Variable(0.0, trainable=False)").partition("\n\n")[2].replace("KL", "Other")
    assert across(tmp_path, "self.model.beta", "0.0", "\n" + other) == []


LOSS = """\
import tensorflow as tf
beta = 0.0
def loss(y, p):
    return beta * tf.reduce_mean(p - y)
class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        global beta
        beta = min(1.0, epoch / 10)
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile("sgd", loss=loss)
model.fit(x, y, callbacks=[WarmUp()])
"""


def test_a_global_number_that_a_loss_reads_is_frozen() -> None:
    assert codes(LOSS) == ["KV102"]
    assert codes(LOSS.replace("loss=loss)", "loss=loss, run_eagerly=True)")) == []


TWICE = (
    MODEL.format(start="0.0")
    + """
layer = KL()
model = tf.keras.Sequential([layer])
model.compile("sgd", "mse")
for epoch in range(3):
    layer.beta = epoch / 3
    model.fit(x, y)
"""
)


def test_a_loop_around_fit_is_a_schedule_unless_it_compiles_too() -> None:
    assert codes(TWICE) == ["KV102"]
    assert codes(TWICE.replace("    model.fit", '    model.compile("sgd", "mse")\n    model.fit')) == []


RETRACED = MODEL.format(start="0.0") + CALLBACK.format(write="self.layer.beta").partition("\n\n")[2]


def test_a_step_that_is_compiled_anew_sees_the_number() -> None:
    assert codes(RETRACED) == ["KV102"]
    assert codes(RETRACED + "        self.model.make_train_function(force=True)\n") == []


HINGE = """\
from tensorflow.keras import backend as K
def triplet(near, far, margin):
    return K.max({inner}, 0)
"""


@pytest.mark.parametrize("inner", ["near - far + margin", "near - far + 1.0", "margin - far"])
def test_a_hinge_is_found_in_preview_only(inner: str) -> None:
    text = HINGE.format(inner=inner)
    assert codes(text) == ["KV103"]
    assert codes(text, settings=Settings()) == []


@pytest.mark.parametrize("inner", ["near", "near * far", "near - far"])
def test_a_maximum_along_the_batch_is_no_hinge(inner: str) -> None:
    assert codes(HINGE.format(inner=inner)) == []


FIT = """\
import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping
beta = tf.Variable(0.0, trainable=False)
def loss(y, p):
    return beta * tf.reduce_mean(p - y)
class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        beta.assign(min(1.0, epoch / 10))
{callbacks}
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile("sgd", loss=loss)
model.fit(x, y, validation_split=0.1, epochs=50, callbacks={given})
"""


@pytest.mark.parametrize(
    ("callbacks", "given", "found"),
    [
        pytest.param("cbs = [WarmUp()]\ncbs.append(EarlyStopping())", "cbs", ["KV110"], id="append"),
        pytest.param("cbs = [WarmUp()]\ncbs += [EarlyStopping()]", "cbs", ["KV110"], id="augmented"),
        pytest.param("def made():\n    return [WarmUp(), EarlyStopping('loss')]", "made()", ["KV110"], id="helper"),
        pytest.param("stop = EarlyStopping()", "[WarmUp()] + [stop]", ["KV110"], id="sum"),
        pytest.param("stop = EarlyStopping(start_from_epoch=10)", "[WarmUp(), stop]", [], id="starts later"),
        pytest.param("stop = EarlyStopping('loss')", "[WarmUp(), stop]", ["KV110"], id="the training loss"),
        pytest.param("stop = EarlyStopping('val_error')", "[WarmUp(), stop]", [], id="another monitor"),
        pytest.param("warm = WarmUp()", "[EarlyStopping()]", ["KV105"], id="forgotten"),
        pytest.param("cbs = []\nwarm = WarmUp()\ncbs.append(warm)", "None", ["KV105"], id="collected for nobody"),
        pytest.param("warm = WarmUp()\nprint(warm)", "None", [], id="goes elsewhere"),
    ],
)
def test_lists_of_callbacks_are_followed(callbacks: str, given: str, found: list[str]) -> None:
    assert codes(FIT.format(callbacks=callbacks, given=given)) == found


def test_without_validation_there_is_no_val_loss() -> None:
    text = FIT.format(callbacks="", given="[WarmUp(), EarlyStopping()]")
    assert codes(text) == ["KV110"]
    assert codes(text.replace("validation_split=0.1, ", "")) == []
