"""Models whose targets, scales or metrics fit or don't; ``python target_scenarios.py 2|3 BACKEND`` probes them all.

Each function gives ``(model, x, y)`` or ``(model, x, y, validation_data)``; those in SICK fail their probe and name
their rule, those in HEALTHY fail neither probe.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
from pieces import BACKEND, VERSION, X, keras, layers, ops, rng

from kerasvae_lint.runtime import check
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.probes import metrics, targets

HEALTHY: dict[str, Callable[[], tuple[Any, ...]]] = {}
SICK: dict[str, tuple[str, str, Callable[[], tuple[Any, ...]]]] = {}
Make = Callable[[], tuple[Any, ...]]
TRACED = BACKEND == "jax"
"""JAX traces a step of one's own: no number can be seen in it."""


def healthy(make: Make) -> Make:
    """Neither probe may fail."""
    HEALTHY[make.__name__] = make
    return make


def sick(probe: str, code: str) -> Callable[[Make], Make]:
    """This probe must fail and name this rule."""

    def register(make: Make) -> Make:
        SICK[make.__name__] = (probe, code, make)
        return make

    return register


CLASSES = (X[:, 0] > 0.5).astype("int64") + (X[:, 0] > -0.5)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
SIGNS = (X[:, :1] > 0).astype("float32")


def dense(
    units: int, activation: Any, loss: Any, y: Any, x: Any = X, measures: Any = (), optimizer: Any = "adam"
) -> tuple[Any, ...]:
    """Two Dense layers, compiled."""
    stack = [keras.Input(x.shape[1:]), layers.Dense(8, activation="relu"), layers.Dense(units, activation=activation)]
    model = keras.Sequential(stack)
    model.compile(optimizer, loss, metrics=list(measures))
    return model, x, y


# labels against the loss


@sick("targets", "KV722")
def ten_classes_under_one_sigmoid() -> tuple[Any, ...]:
    return dense(1, "sigmoid", "binary_crossentropy", rng.integers(0, 10, 160))


@sick("targets", "KV722")
def signs_under_binary_crossentropy() -> tuple[Any, ...]:
    return dense(1, "sigmoid", keras.losses.BinaryCrossentropy(), 2 * SIGNS - 1)


@sick("targets", "KV722")
def labels_from_one_on_logits() -> tuple[Any, ...]:
    return dense(1, None, keras.losses.BinaryCrossentropy(from_logits=True), SIGNS + 1)


@sick("targets", "KV722")
def a_class_without_a_unit() -> tuple[Any, ...]:
    return dense(3, "softmax", "sparse_categorical_crossentropy", CLASSES + 1)


@sick("targets", "KV722")
def the_last_sample_alone_has_no_unit() -> tuple[Any, ...]:
    y = CLASSES.copy()
    y[-3:] = 3
    return dense(3, "softmax", "sparse_categorical_crossentropy", y)


@sick("targets", "KV716")
def class_numbers_divided() -> tuple[Any, ...]:
    return dense(10, "softmax", "sparse_categorical_crossentropy", (rng.integers(0, 10, 160) / 255).astype("float32"))


@sick("targets", "KV723")
def several_classes_under_a_softmax() -> tuple[Any, ...]:
    return dense(4, "softmax", "categorical_crossentropy", (X[:, :4] > 0).astype("float32"))


@sick("targets", "KV723")
def several_classes_under_a_softmax_and_squares() -> tuple[Any, ...]:
    return dense(4, "softmax", "mse", (X[:, :4] > 0).astype("float32"))


@sick("targets", "KV710")
def categorical_of_one() -> tuple[Any, ...]:
    return dense(1, "sigmoid", "categorical_crossentropy", SIGNS)


@sick("targets", "KV701")
def softmax_of_one() -> tuple[Any, ...]:
    stack = [keras.Input((8,)), layers.Dense(1), layers.Activation("softmax"), layers.Reshape((1,))]
    model = keras.Sequential(stack)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, X, SIGNS


@healthy
def binary_labels() -> tuple[Any, ...]:
    return dense(1, "sigmoid", "binary_crossentropy", SIGNS.astype("bool"), measures=["accuracy"])


@healthy
def smoothed_labels() -> tuple[Any, ...]:
    return dense(3, "softmax", "categorical_crossentropy", 0.9 * ONE_HOT + 0.1 / 3, measures=["accuracy"])


@healthy
def weighted_one_hot_rows() -> tuple[Any, ...]:
    return dense(3, "softmax", "categorical_crossentropy", ONE_HOT * np.array([1.0, 2.0, 5.0], "float32"))


@healthy
def rows_left_out_by_zeros() -> tuple[Any, ...]:
    y = ONE_HOT.copy()
    y[::3] = 0.0
    return dense(3, "softmax", "categorical_crossentropy", y)


@healthy
def hinge_of_zeros_and_ones() -> tuple[Any, ...]:
    return dense(1, "tanh", "hinge", SIGNS)


@healthy
def squares_of_one_hot_rows() -> tuple[Any, ...]:
    return dense(3, "softmax", "mse", ONE_HOT, measures=["accuracy"])


@healthy
def many_labels_under_sigmoids() -> tuple[Any, ...]:
    y = (X[:, :4] > 0).astype("float32")
    return dense(4, "sigmoid", "binary_crossentropy", y, measures=["binary_accuracy"])


@healthy
def sigmoid_under_categorical_crossentropy() -> tuple[Any, ...]:
    return dense(3, "sigmoid", "categorical_crossentropy", ONE_HOT, measures=["accuracy"])


@healthy
def pixel_classes() -> tuple[Any, ...]:
    x = rng.normal(size=(40, 6, 6, 2)).astype("float32")
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(3, 1, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, rng.integers(0, 3, (40, 6, 6))


@healthy
def an_own_loss() -> tuple[Any, ...]:
    def squared(y: Any, output: Any) -> Any:
        return ops.mean(ops.square(y * 30.0 - output))

    return dense(1, "tanh", squared, SIGNS * 20)


# the function of the output


@sick("targets", "KV702")
def relu_under_binary_crossentropy() -> tuple[Any, ...]:
    return dense(1, "relu", "binary_crossentropy", SIGNS, x=0.01 * X)


@sick("targets", "KV702")
def tanh_under_sparse_crossentropy() -> tuple[Any, ...]:
    return dense(3, "tanh", "sparse_categorical_crossentropy", CLASSES)


@sick("targets", "KV702")
def leaky_layer_under_categorical_crossentropy() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3), layers.LeakyReLU(), layers.Dropout(0.1)])
    model.compile("adam", keras.losses.CategoricalCrossentropy())
    return model, X, ONE_HOT


@sick("targets", "KV409")
def logits_as_probabilities() -> tuple[Any, ...]:
    return dense(3, None, "sparse_categorical_crossentropy", CLASSES)


@sick("targets", "KV714")
def tanh_far_from_its_targets() -> tuple[Any, ...]:
    return dense(1, "tanh", "mse", 10 + 3 * X[:, :1])


@sick("targets", "KV714")
def relu_below_zero() -> tuple[Any, ...]:
    return dense(8, "relu", "mae", X)


@sick("targets", "KV714")
def sigmoid_of_standardised_inputs() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(8, activation="sigmoid", name="restored")(layers.Dense(2)(inputs)))
    model.compile("adam", keras.losses.Huber())
    return model, X, X


@sick("targets", "KV714")
def one_of_two_outputs_out_of_reach() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    outputs = [layers.Dense(1, name="free")(inputs), layers.Dense(1, activation="sigmoid", name="held")(inputs)]
    model = keras.Model(inputs, outputs)
    model.compile("adam", ["mse", "mse"])
    return model, X, [X[:, :1] * 5, X[:, 1:2] * 5]


@healthy
def relu_of_counts() -> tuple[Any, ...]:
    return dense(1, "relu", "mse", np.abs(30 * X[:, :1]))


@healthy
def scaled_to_the_range_of_tanh() -> tuple[Any, ...]:
    return dense(8, "tanh", "mse", np.clip(X / 4, -1, 1))


@healthy
def two_outputs_by_name() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    outputs = {
        "value": layers.Dense(1, name="value")(inputs),
        "kind": layers.Dense(3, activation="softmax", name="kind")(inputs),
    }
    model = keras.Model(inputs, outputs)
    losses = {"value": "mse", "kind": "sparse_categorical_crossentropy"}
    model.compile("adam", losses, metrics={"kind": ["accuracy"], "value": ["mae"]})
    return model, X, {"value": X[:, :1] * 7, "kind": CLASSES}


@healthy
def softplus_of_classes() -> tuple[Any, ...]:
    return dense(3, "softplus", "categorical_crossentropy", ONE_HOT)


@healthy
def cut_to_probabilities() -> tuple[Any, ...]:
    stack = [keras.Input((8,)), layers.Dense(1), layers.Lambda(lambda t: ops.clip(t, 0.01, 0.99))]
    model = keras.Sequential(stack)
    model.compile("adam", "binary_crossentropy")
    return model, X, SIGNS


# shapes


@sick("targets", "KV708")
def one_target_for_all_steps() -> tuple[Any, ...]:
    x = rng.normal(size=(160, 5, 2)).astype("float32")
    model = keras.Sequential([keras.Input((5, 2)), layers.SimpleRNN(4, return_sequences=True), layers.Dense(1)])
    model.compile("adam", "mse")
    return model, x, x[:, 0, :1]


@sick("targets", "KV708")
def an_image_for_one_number() -> tuple[Any, ...]:
    x = rng.normal(size=(160, 6, 6, 2)).astype("float32")
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(4, 3, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mae")
    return model, x, x[:, 0, 0, 0]


@sick("targets", "KV708")
def five_targets_for_one_number() -> tuple[Any, ...]:
    return dense(1, None, "mse", X[:, :5])


@healthy
def a_target_for_each_step() -> tuple[Any, ...]:
    x = rng.normal(size=(160, 5, 2)).astype("float32")
    stack = [keras.Input((5, 2)), layers.SimpleRNN(4, return_sequences=True), layers.TimeDistributed(layers.Dense(1))]
    model = keras.Sequential(stack)
    model.compile("adam", "mse")
    return model, x, x[:, :, :1]


@healthy
def targets_without_an_axis() -> tuple[Any, ...]:
    return dense(1, None, "mse", X[:, 0], measures=["mae"])


@healthy
def patches_that_are_all_real() -> tuple[Any, ...]:
    x = rng.normal(size=(160, 6, 6, 2)).astype("float32")
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(1, 3)])
    model.compile("adam", "mse")
    return model, x, np.ones((160, 1), "float32")


class Difference(keras.Model):
    """Takes its step by hand; ``flat`` gives the output the rank of the targets."""

    def __init__(self, flat: bool) -> None:
        super().__init__()
        self.flat, self.last = flat, layers.Dense(1)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def call(self, inputs: Any) -> Any:
        return self.last(inputs)

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            output = self(x, training=True)
            output = tf.reshape(output, (-1,)) if self.flat else output
            loss = tf.reduce_mean(tf.square(tf.cast(y, tf.float32) - output))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


def differing(flat: bool) -> tuple[Any, ...]:
    """Targets of shape (B,)."""
    model = Difference(flat)
    model.compile("adam")
    return model, X, X[:, 0]


def broadcast_in_an_own_step() -> tuple[Any, ...]:
    return differing(False)


def squeezed_in_an_own_step() -> tuple[Any, ...]:
    return differing(True)


if BACKEND == "tensorflow":
    sick("targets", "KV720")(broadcast_in_an_own_step)
    healthy(squeezed_in_an_own_step)


# scale


PIXELS = rng.integers(0, 256, (160, 8, 8, 3)).astype("uint8")


def images(*first: Any, optimizer: Any = "adam", x: Any = PIXELS, validation: Any = None) -> tuple[Any, ...]:
    """A small classifier of images."""
    stack = [keras.Input((8, 8, 3)), *first, layers.Conv2D(4, 3, activation="relu"), layers.Flatten()]
    model = keras.Sequential([*stack, layers.Dense(3, activation="softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, CLASSES, validation


@sick("targets", "KV715")
def bytes_as_they_are() -> tuple[Any, ...]:
    return images()


@sick("targets", "KV715")
def flat_bytes_under_sgd() -> tuple[Any, ...]:
    x = PIXELS.reshape(160, -1).astype("float32")
    return dense(3, "softmax", "sparse_categorical_crossentropy", CLASSES, x=x, optimizer="sgd")


@sick("targets", "KV715")
def columns_in_the_thousands() -> tuple[Any, ...]:
    return dense(1, None, "mse", X[:, :1], x=X * np.array([1, 1, 1, 1, 1, 1, 1, 5e4], "float32"))


@sick("targets", "KV715")
def prices_into_gates() -> tuple[Any, ...]:
    x = (300 + rng.normal(size=(160, 5, 1))).astype("float32")
    model = keras.Sequential([keras.Input((5, 1)), layers.GRU(4), layers.Dense(1)])
    model.compile("adam", "mse")
    return model, x, x[:, 0]


@sick("targets", "KV716")
def validation_not_scaled() -> tuple[Any, ...]:
    return images(x=(PIXELS / 255).astype("float32"), validation=(PIXELS[:40].astype("float32"), CLASSES[:40]))


@sick("targets", "KV716")
def scaled_before_the_layer_that_scales() -> tuple[Any, ...]:
    return images(layers.Rescaling(1 / 255), x=(PIXELS / 255).astype("float32"))


@sick("targets", "KV718")
def scaled_before_a_backbone_that_scales() -> tuple[Any, ...]:
    inputs = keras.Input((32, 32, 3))
    base = keras.applications.EfficientNetB0(include_top=False, weights=None, pooling="avg", input_shape=(32, 32, 3))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(base(inputs)))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, rng.random((8, 32, 32, 3)).astype("float32"), CLASSES[:8]


@healthy
def divided_bytes() -> tuple[Any, ...]:
    x = (PIXELS / 255).astype("float32")
    return images(x=x, validation=(x[:40], CLASSES[:40]))


@healthy
def scaled_inside() -> tuple[Any, ...]:
    return images(layers.Rescaling(1 / 127.5, offset=-1))


@healthy
def normalised_before() -> tuple[Any, ...]:
    return images(layers.BatchNormalization())


@healthy
def normalised_after_the_first_layer() -> tuple[Any, ...]:
    return images(layers.Conv2D(4, 1, use_bias=False), layers.BatchNormalization(), layers.ReLU())


@healthy
def numbers_of_words() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((6,)), layers.Embedding(1000, 4), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    return model, rng.integers(0, 1000, (160, 6)), X[:, :1]


@healthy
def standardised_with_outliers() -> tuple[Any, ...]:
    x = X.copy()
    x[0] = 60.0
    return dense(1, None, "mse", X[:, :1], x=x)


@healthy
def columns_in_the_tens() -> tuple[Any, ...]:
    return dense(1, None, "mse", X[:, :1], x=50 + 10 * X)


@healthy
def validation_from_later() -> tuple[Any, ...]:
    return (*dense(1, None, "mse", X[:, :1]), (X[:40] * 2 + 3, X[:40, :1] * 2))


# metrics


@sick("metrics", "KV719")
def binary_accuracy_of_classes() -> tuple[Any, ...]:
    y = np.eye(10, dtype="float32")[rng.integers(0, 10, 160)]
    return dense(10, "softmax", "categorical_crossentropy", y, measures=[keras.metrics.BinaryAccuracy()])


@sick("metrics", "KV719")
def categorical_accuracy_of_class_numbers() -> tuple[Any, ...]:
    return dense(3, "softmax", "sparse_categorical_crossentropy", CLASSES, measures=["categorical_accuracy"])


@sick("metrics", "KV719")
def sparse_accuracy_of_one_unit() -> tuple[Any, ...]:
    chosen = [keras.metrics.SparseCategoricalAccuracy()]
    return dense(1, "sigmoid", "binary_crossentropy", SIGNS, measures=chosen)


@sick("metrics", "KV719")
def overlap_of_probabilities() -> tuple[Any, ...]:
    return dense(1, "sigmoid", "binary_crossentropy", SIGNS, measures=[keras.metrics.MeanIoU(2)])


@sick("metrics", "KV719")
def equality_of_probabilities() -> tuple[Any, ...]:
    return dense(1, "sigmoid", "binary_crossentropy", SIGNS, measures=[keras.metrics.Accuracy()])


@sick("metrics", "KV707")
def accuracy_of_a_regression() -> tuple[Any, ...]:
    return dense(1, None, "mse", X[:, :1], measures=["accuracy"])


@sick("metrics", "KV707")
def accuracy_of_counts() -> tuple[Any, ...]:
    return dense(1, None, "mae", np.round(20 * np.abs(X[:, :1])), measures=["acc"])


def hits(y: Any, output: Any) -> Any:
    """Positives that were found."""
    return ops.sum(y * ops.round(output))


def f1(y: Any, output: Any) -> Any:
    """Of one batch."""
    return 2 * hits(y, output) / (ops.sum(y) + ops.sum(ops.round(output)) + 1e-7)


def rare(share: float, metric: Any) -> tuple[Any, ...]:
    """2,000 samples, a share of them positive."""
    x = rng.normal(size=(2000, 4)).astype("float32")
    return dense(1, "sigmoid", "binary_crossentropy", (rng.random((2000, 1)) < share).astype("float32"), x, [metric])


@sick("metrics", "KV727")
def f1_by_batch() -> tuple[Any, ...]:
    return rare(0.05, f1)


@healthy
def f1_of_halves() -> tuple[Any, ...]:
    return rare(0.5, f1)


@healthy
def own_accuracy() -> tuple[Any, ...]:
    def right(y: Any, output: Any) -> Any:
        return ops.mean(ops.cast(ops.round(output) == y, "float32"))

    return rare(0.05, right)


@healthy
def metrics_that_fit() -> tuple[Any, ...]:
    names = keras.metrics
    chosen = ["accuracy", names.AUC(), names.Precision(), names.BinaryIoU(target_class_ids=[1])]
    return dense(1, "sigmoid", "binary_crossentropy", SIGNS, measures=chosen)


@healthy
def class_numbers_with_their_metric() -> tuple[Any, ...]:
    chosen = ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)]
    return dense(3, None, keras.losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES, measures=chosen)


@healthy
def zeros_and_ones_as_a_regression() -> tuple[Any, ...]:
    return dense(1, None, "mse", SIGNS, measures=["accuracy"])


@healthy
def images_restored() -> tuple[Any, ...]:
    x = rng.random((160, 12)).astype("float32")
    return dense(12, "sigmoid", "mse", x, x=x, measures=["accuracy"])


def probed(make: Make) -> dict[str, list[Any]]:
    """Both probes' answers, and whether the weights are as before."""
    model, x, y, *rest = make()
    subject = check.subject_of(model, x, y, options=Options())
    if rest and rest[0] is not None:
        subject.given["validation_data"] = rest[0]
    before = [np.array(w) for w in model.get_weights()]
    answers = [ask(subject) for ask in (targets.ask, metrics.ask)]
    found = {probe.probe: [probe.verdict, probe.message, probe.codes] for probe in answers}
    after = model.get_weights()
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
    found["left as it was"] = ["pass" if same else "fail", "", []]
    return found


def main() -> None:
    """Probe all and print ``{name: {probe: [verdict, message, codes]}}``."""
    found: dict[str, Any] = {}
    for name, make in [*HEALTHY.items(), *((name, make) for name, (*_, make) in SICK.items())]:
        keras.utils.set_random_seed(0)
        try:
            found[name] = probed(make)
        except Exception as error:  # shown by the test of this model
            traceback.print_exc()
            found[name] = {"raised": ["fail", f"{type(error).__name__}: {error}", []]}
    expected = {name: [probe, code] for name, (probe, code, _) in SICK.items()}
    print(json.dumps({"found": found, "sick": expected, "version": VERSION}))


if __name__ == "__main__":
    main()
