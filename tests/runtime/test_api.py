"""The Python API, in this process: what people put into their own test suites and training runs."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.runtime.running import needs_runtime

pytestmark = needs_runtime
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _model(keras: Any, *, broken: bool) -> Any:
    class Gate(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.gate = self.add_weight(name="gate", shape=(shape[-1],), initializer="ones")
            self.kept = self.gate * 1.0

        def call(self, inputs: Any) -> Any:
            return inputs * (self.kept if broken else self.gate)

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4), Gate(name="gate")])
    model.compile("adam", "mse")
    return model


def test_assert_gradients_flow() -> None:
    import keras
    import numpy as np

    from kerasvae_lint.runtime import assert_gradients_flow, check_model

    x = np.random.default_rng(0).normal(size=(96, 4)).astype("float32")
    healthy, broken = _model(keras, broken=False), _model(keras, broken=True)
    before = [np.array(w) for w in healthy.get_weights()]
    assert_gradients_flow(healthy, x, x)
    assert all((a == b).all() for a, b in zip(before, healthy.get_weights(), strict=True))
    with pytest.raises(AssertionError, match=r"1 of 3 variables: `.*gate/gate` gets no gradient"):
        assert_gradients_flow(broken, x, x)
    result = check_model(broken, x, x)
    assert {probe.probe for probe in result.failed} == {"gradients", "reaction"}
    assert result.probe("gradients").codes
    with pytest.raises(KeyError):
        result.probe("horoscope")
    with pytest.raises(ValueError, match="not compiled"):
        check_model(keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)]), x, x)
    with pytest.raises(ValueError, match="no data"):
        check_model(healthy, x[:0], x[:0])
    with pytest.raises(ValueError, match="no such probe: los "):
        check_model(healthy, x, x, names=["los", "kl"])
    assert {probe.probe for probe in check_model(healthy, x, x, names=["loss"]).probes} == {"build", "loss"}
    with pytest.raises(TypeError, match="not a Keras model"):
        assert_gradients_flow(object(), x, x)


def test_the_callback_speaks_of_what_does_not_move() -> None:
    import keras
    import numpy as np

    from kerasvae_lint.runtime import ProbeCallback, ProbeResult

    x = np.random.default_rng(0).normal(size=(320, 4)).astype("float32")
    told: list[ProbeResult] = []
    silent = ProbeCallback(every=2, report=told.append)
    _model(keras, broken=False).fit(x, x, epochs=2, verbose=0, callbacks=[silent])
    assert not told
    assert [result.verdict for result in silent.results] == ["pass"]
    _model(keras, broken=True).fit(x, x, epochs=4, verbose=0, callbacks=[ProbeCallback(every=2, report=told.append)])
    assert [(result.probe, "gate/gate" in result.message) for result in told] == [("gradients", True)]
    with pytest.raises(ValueError, match="1 or more"):
        ProbeCallback(every=0)


def test_looks_are_put_off_where_they_cost_too_much() -> None:
    from kerasvae_lint.runtime import ProbeCallback

    callback = ProbeCallback(every=1)
    callback.on_train_begin()
    callback._last, callback.seconds = {0: None}, 1e9
    callback.on_train_batch_end(0)  # would raise if it looked: there is no model
    assert callback.seconds == 1e9


@pytest.mark.parametrize(
    ("text", "shapes"), [("28,28,1", ((28, 28, 1),)), ("8; 4,4", ((8,), (4, 4))), ("(3,)", ((3,),))]
)
def test_shapes(text: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    from kerasvae_lint.runtime.options import parse_shapes

    assert parse_shapes(text) == shapes


@pytest.mark.parametrize(("text", "size"), [("4G", 2**32), ("512m", 2**29), ("1.5GiB", 1610612736), ("100", 100)])
def test_sizes(text: str, size: int) -> None:
    from kerasvae_lint.runtime.options import parse_bytes

    assert parse_bytes(text) == size


def test_numbers_that_json_has_no_word_for() -> None:
    import json

    from kerasvae_lint.runtime.results import ModelResult, Report, RunResult, TargetResult, VariableResult

    row = VariableResult("w", [1], True, [float("nan"), float("inf"), None, 1.0])
    report = Report({}, [TargetResult("t", runs=[RunResult("original", [ModelResult("m", [row])])])])
    body = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    norms = body["targets"][0]["runs"][0]["models"][0]["variables"][0]["gradient_norms"]
    assert norms == ["NaN", "Infinity", None, 1.0]
