"""Trainings that learn and that don't; ``python learning_scenarios.py 2|3 BACKEND`` probes them all.

Each function gives ``(model, x, y, more)``, where ``more`` holds callbacks and what else ``fit`` is given. Those in
SICK say which probes must fail, and the rule that each must name; nothing else may fail.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
from pieces import BACKEND, VERSION, keras, layers

from kerasvae_lint.runtime import check, probes
from kerasvae_lint.runtime.options import Options

HEALTHY: dict[str, Callable[[], tuple[Any, ...]]] = {}
SICK: dict[str, tuple[dict[str, str], Callable[[], tuple[Any, ...]]]] = {}
ASKED = ("gradients", "reaction", "learning", "layers", "monitors")
Make = Callable[[], tuple[Any, ...]]


def healthy(make: Make) -> Make:
    """No probe may fail."""
    HEALTHY[make.__name__] = make
    return make


def sick(**expected: str) -> Callable[[Make], Make]:
    """These probes must fail and name these rules (empty for none)."""

    def register(make: Make) -> Make:
        SICK[make.__name__] = (expected, make)
        return make

    return register


in_keras_2 = (lambda **expected: sick(**expected)) if VERSION == "2" else (lambda **_: healthy)
generator = np.random.default_rng(0)
X = generator.uniform(-1, 1, size=(400, 2)).astype("float32")
APART = (X[:, 0] * X[:, 1] > 0).astype("float32")
CALLBACKS = keras.callbacks


def classifier(
    *stack: Any, x: Any = X, y: Any = APART, optimizer: Any = "adam", metrics: Any = ("accuracy",), **more: Any
) -> tuple[Any, ...]:
    """Layers over two numbers, and a sigmoid unit where there is no head."""
    model = keras.Sequential([keras.Input(x.shape[1:]), *stack])
    if model.output_shape[-1] != 1:
        model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer, "binary_crossentropy", metrics=list(metrics))
    return model, x, y, more


def regression(*stack: Any, x: Any = X, y: Any = None, optimizer: Any = "adam") -> tuple[Any, ...]:
    """The same with a linear unit."""
    model = keras.Sequential([keras.Input(x.shape[1:]), *stack, layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model, x, x.sum(axis=1) if y is None else y, {}


def hidden(**more: Any) -> Any:
    """A hidden layer."""
    return layers.Dense(16, activation="relu", **more)


@healthy
def classes_that_are_learnt() -> tuple[Any, ...]:
    return classifier(layers.Dense(32, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2))


# the same prediction for everybody


# TensorFlow alone takes the logits from behind the softmax, so that gradients go on.
@sick(learning="KV701", **({} if BACKEND == "tensorflow" else {"gradients": "KV306", "reaction": "KV301"}))
def one_unit_softmax() -> tuple[Any, ...]:
    return classifier(hidden(), layers.Dense(1, activation="softmax"))


@sick(learning="KV721", layers="KV721")
def zeros_in_the_hidden_kernel() -> tuple[Any, ...]:
    return classifier(hidden(kernel_initializer="zeros"))


@sick(learning="KV714", layers="KV714")
def relu_that_is_dead() -> tuple[Any, ...]:
    return classifier(hidden(bias_initializer=keras.initializers.Constant(-9.0)))


@healthy
def zeros_in_the_head() -> tuple[Any, ...]:
    return classifier(hidden(), layers.Dense(1, activation="sigmoid", kernel_initializer="zeros"))


@healthy
def labels_all_alike() -> tuple[Any, ...]:
    return classifier(hidden(kernel_initializer="zeros", bias_initializer="ones"), y=np.ones(400, "float32"))


# units that stay equal


@sick(layers="KV721")
def ones_in_all_kernels() -> tuple[Any, ...]:
    head = layers.Dense(1, activation="sigmoid", kernel_initializer="ones")
    return classifier(layers.Dense(8, activation="tanh", kernel_initializer="ones"), head)


@healthy
def ones_in_a_fixed_kernel() -> tuple[Any, ...]:
    return classifier(layers.Dense(2, kernel_initializer="ones", trainable=False), hidden())


# the rate


@sick(learning="KV734")
def negative_rate() -> tuple[Any, ...]:
    return classifier(hidden(), optimizer=keras.optimizers.Adam(-0.01))


@sick(learning="KV734", layers="KV734", gradients="KV306")
def rate_that_explodes() -> tuple[Any, ...]:
    return regression(hidden(), x=X * 10, optimizer=keras.optimizers.SGD(3.0))


@healthy
def rate_that_is_slow() -> tuple[Any, ...]:
    y = (X[:, 0] > -0.8).astype("float32")
    return classifier(hidden(), y=y, optimizer=keras.optimizers.SGD(1e-6))


# not a number


@sick(learning="", layers="", gradients="KV306")
def nan_in_the_data() -> tuple[Any, ...]:
    x = X.copy()
    x[3, 0] = np.nan
    return classifier(hidden(), x=x)


# affine stacks


@sick(learning="KV712")
def nothing_between_the_layers() -> tuple[Any, ...]:
    return classifier(layers.Dense(8), layers.Dropout(0.1), layers.Dense(8))


@sick(learning="KV712")
def four_samples_and_no_activation() -> tuple[Any, ...]:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    return classifier(layers.Dense(8), x=x, y=np.array([0, 1, 1, 0], "float32"))


@healthy
def activation_in_a_layer_of_its_own() -> tuple[Any, ...]:
    return classifier(layers.Dense(8), layers.Activation("relu"), layers.Dense(8), layers.LeakyReLU())


@healthy
def linear_where_the_data_is() -> tuple[Any, ...]:
    return regression(layers.Dense(8), layers.Dense(8), optimizer=keras.optimizers.Adam(0.01))


@healthy
def bottleneck() -> tuple[Any, ...]:
    x = generator.normal(size=(400, 8)).astype("float32")
    model = keras.Sequential([keras.Input((8,)), layers.Dense(2), layers.Dense(8)])
    model.compile("adam", "mse")
    return model, x, np.abs(x), {}


# what only training sees


@sick(learning="KV733")
def dropout_after_the_head() -> tuple[Any, ...]:
    return classifier(hidden(), layers.Dense(1, activation="sigmoid"), layers.Dropout(0.3))


@sick(learning="KV733")
def dropout_in_front_of_the_sigmoid() -> tuple[Any, ...]:
    return classifier(hidden(), layers.Dense(1), layers.Dropout(0.3), layers.Activation("sigmoid"))


@healthy
def dropout_in_front_of_a_hidden_sigmoid() -> tuple[Any, ...]:
    inside = (layers.Dense(16), layers.Dropout(0.3), layers.Activation("sigmoid"))
    return classifier(*inside, layers.Dense(1, activation="sigmoid"))


@sick(learning="", gradients="KV306")
def statistics_of_one_sample() -> tuple[Any, ...]:
    return classifier(hidden(), layers.BatchNormalization(), batch_size=1)


# the validation slice


@sick(learning="KV724")
def sorted_before_the_split() -> tuple[Any, ...]:
    order = np.argsort(APART, kind="stable")
    return classifier(hidden(), x=X[order], y=APART[order], validation_split=0.3)


@sick(learning="KV724")
def one_sample_before_the_split() -> tuple[Any, ...]:
    return classifier(hidden(), x=X[:2], y=np.array([[1], [0]]), validation_split=0.1)


@healthy
def mixed_before_the_split() -> tuple[Any, ...]:
    return classifier(hidden(), validation_split=0.3)


@healthy
def numbers_in_order() -> tuple[Any, ...]:
    model, x, _, _ = regression(hidden())
    return model, x, np.linspace(0, 1, 400).astype("float32"), {"validation_split": 0.3}


def split_of(**how: Any) -> tuple[Any, ...]:
    """A data set that is shuffled and cut in two."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((X, APART)).shuffle(400, **how)
    model, *_ = classifier(hidden())
    return model, data.take(300).batch(32), None, {"validation_data": data.skip(300).batch(32)}


if BACKEND == "tensorflow":

    @sick(learning="KV703")
    def split_that_is_shuffled_anew() -> tuple[Any, ...]:
        return split_of()

    @healthy
    def split_that_holds() -> tuple[Any, ...]:
        return split_of(reshuffle_each_iteration=False)


# one time step


@healthy
def sequences_of_one_step() -> tuple[Any, ...]:
    return regression(layers.LSTM(8), x=X[:, None, :], y=X[:, 0])


@healthy
def masked_sequences_of_one_step() -> tuple[Any, ...]:
    return regression(layers.Masking(-9.0), layers.LSTM(8), x=X[:, None, :], y=X[:, 0])


@healthy
def both_directions_of_one_step() -> tuple[Any, ...]:
    return regression(layers.Bidirectional(layers.GRU(4)), x=X[:, None, :], y=X[:, 0])


# callbacks that go by a logged value


def watched(*callbacks: Any, **more: Any) -> tuple[Any, ...]:
    """With validation data unless told."""
    more.setdefault("validation_split", 0.2)
    return classifier(hidden(), callbacks=list(callbacks), **more)


@sick(monitors="KV704")
def accuracy_at_its_lowest() -> tuple[Any, ...]:
    return watched(CALLBACKS.EarlyStopping(monitor="val_accuracy", mode="min", patience=3))


@sick(monitors="KV704")
def loss_at_its_highest() -> tuple[Any, ...]:
    return watched(CALLBACKS.ReduceLROnPlateau(monitor="val_loss", mode="max"))


@in_keras_2(monitors="KV704")
def direction_by_the_name() -> tuple[Any, ...]:
    kept = CALLBACKS.ModelCheckpoint("best.weights.h5", "val_auc", save_best_only=True, save_weights_only=True)
    return watched(kept, metrics=[keras.metrics.AUC(name="auc")])


@sick(monitors="KV713")
def no_validation_data() -> tuple[Any, ...]:
    return watched(CALLBACKS.EarlyStopping(), validation_split=0.0)


@sick(monitors="KV713")
def another_name_for_accuracy() -> tuple[Any, ...]:
    return watched(CALLBACKS.EarlyStopping(monitor="val_acc", mode="max"))


class Doubles(CALLBACKS.Callback):
    """Logs a value of its own."""

    def on_epoch_end(self, _: int, logs: Any = None) -> None:
        logs["val_doubled"] = 2 * logs["val_loss"]


@healthy
def logged_by_another_callback() -> tuple[Any, ...]:
    return watched(Doubles(), CALLBACKS.EarlyStopping(monitor="val_doubled", mode="min"))


@healthy
def the_best_by_each() -> tuple[Any, ...]:
    kept = CALLBACKS.ModelCheckpoint(
        "best.weights.h5", "val_accuracy", mode="max", save_best_only=True, save_weights_only=True
    )
    return watched(CALLBACKS.EarlyStopping(patience=2), CALLBACKS.ReduceLROnPlateau(), kept)


@healthy
def all_are_kept() -> tuple[Any, ...]:
    return watched(CALLBACKS.ModelCheckpoint("last.weights.h5", monitor="unknown", save_weights_only=True))


def probed(make: Make) -> dict[str, list[Any]]:
    """The answers, and whether the weights are as before."""
    model, x, y, more = make()
    callbacks = more.get("callbacks", [])
    options = Options(device="cpu")
    subject = check.subject_of(model, x, y, batch_size=more.get("batch_size"), callbacks=callbacks, options=options)
    subject.given |= more
    before = [np.array(w) for w in model.get_weights()]
    result = probes.examine(subject, names=ASKED)
    found = {probe.probe: [probe.verdict, probe.message, probe.codes] for probe in result.probes}
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, model.get_weights(), strict=True))
    found["left as it was"] = ["pass" if same else "fail", "", []]
    return found


def main() -> None:
    """Ask all, or those named, and print ``{name: {probe: [verdict, message, codes]}}``."""
    found: dict[str, Any] = {}
    for name, make in [*HEALTHY.items(), *((name, make) for name, (_, make) in SICK.items())]:
        if sys.argv[3:] and name not in sys.argv[3:]:
            continue
        keras.utils.set_random_seed(0)
        try:
            found[name] = probed(make)
        except Exception as error:  # shown by the test of this model
            traceback.print_exc()
            found[name] = {"raised": ["fail", f"{type(error).__name__}: {error}", []]}
    print(json.dumps({"found": found, "sick": {name: expected for name, (expected, _) in SICK.items()}}))


if __name__ == "__main__":
    main()
