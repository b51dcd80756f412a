"""``Watch`` asks the probes of a real ``fit`` and changes nothing about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.running import needs_runtime

pytestmark = needs_runtime


def _trained(last: str, loss: str, y: Any, *callbacks: Any, **fit: Any) -> list[float]:
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(len(y), 6)).astype("float32")
    units = int(y.max()) + 1 if "sparse" in loss else 1
    stack = [keras.Input((6,)), keras.layers.Dense(8, activation="relu"), keras.layers.BatchNormalization()]
    model = keras.Sequential([*stack, keras.layers.Dropout(0.2), keras.layers.Dense(units, activation=last)])
    model.compile(keras.optimizers.Adam(), loss, metrics=["accuracy"])
    history = model.fit(x, y, epochs=2, verbose=0, callbacks=list(callbacks), **fit)
    return list(history.history["loss"])


def test_faults_are_told_at_the_first_epochs_end() -> None:
    import keras
    import numpy as np

    from kerasvae_lint.runtime import ProbeResult, Watch

    told: list[tuple[int, ProbeResult]] = []
    epochs: list[int] = []
    count = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _: epochs.append(epoch))
    y: Any = np.linspace(1, 19, 320, dtype="float32")
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss")
    watch = Watch(report=lambda result: told.append((len(epochs), result)))
    _trained("tanh", "mse", y, count, stopping, watch)
    found = {result.probe: (when, result.codes) for when, result in told}
    assert found["targets"] == (1, ["KV714"])
    assert found["monitors"] == (1, ["KV713"])
    assert all(result.figures["batches"] == 10 for _, result in told)


def test_the_order_of_labels_is_seen() -> None:
    import numpy as np

    from kerasvae_lint.runtime import Watch

    told: list[Any] = []
    y: Any = np.repeat(np.arange(10), 32)
    _trained("softmax", "sparse_categorical_crossentropy", y, Watch(report=told.append), validation_split=0.2)
    assert [result.codes for result in told if result.probe == "learning"] == [["KV724"]]


def test_a_sound_training_is_left_as_it_is() -> None:
    """The same losses to the last bit, and every probe passes or is skipped."""
    import numpy as np

    from kerasvae_lint.runtime import Watch

    y: Any = (np.arange(320) % 2).astype("float32")
    told: list[Any] = []
    watch = Watch(every=3, report=told.append)
    assert _trained("sigmoid", "binary_crossentropy", y, watch) == _trained("sigmoid", "binary_crossentropy", y)
    assert told == []
    assert {"targets", "metrics", "monitors", "learning", "layers", "gradients"} == {r.probe for r in watch.results}
    assert watch.seconds > 0
    assert watch.asking > 0


def test_a_generator_is_left_to_the_training() -> None:
    import keras
    import numpy as np

    from kerasvae_lint.runtime import Watch

    taken = []

    def batches() -> Any:
        for number in range(100):
            taken.append(number)
            yield np.ones((4, 2), "float32"), np.ones((4, 1), "float32")

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    watch = Watch()
    model.fit(batches(), steps_per_epoch=3, epochs=1, verbose=0, callbacks=[watch])
    assert len(taken) <= 5
    assert any("a generator can be read once" in result.message for result in watch.results)


def test_unknown_names_are_refused() -> None:
    from kerasvae_lint.runtime import Watch

    with pytest.raises(ValueError, match="no such probe: kl"):
        Watch(names=["kl"])
