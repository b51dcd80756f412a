"""Small models, healthy and sick, that run in any Keras; ``python scenarios.py 2|3 BACKEND`` probes them all.

Each function gives ``(model, x, y, callbacks)``; those in SICK say which probe must fail, those in HEALTHY
must fail none.
"""

from __future__ import annotations

import json
import traceback
from typing import Any

import inline_scenarios  # noqa: F401 registers its own
import numpy as np
import schedule_scenarios  # noqa: F401 registers its own
from pieces import (
    BACKEND,
    VERSION,
    Blind,
    NoFlag,
    Rounded,
    Sampling,
    Scaled,
    Tied,
    Unread,
    WarmUp,
    Weighted,
    X,
    drawn,
    keras,
    layers,
    ops,
    rng,
    seeds,
)
from registry import ALSO, HEALTHY, SICK, compiled, healthy, sick

from kerasvae_lint.runtime import check, check_model
from kerasvae_lint.runtime.options import Options


def vae(**kwargs: Any) -> Any:
    """8 inputs, 3 latent dimensions; the KL is divided by 8 unless told, as the errors are averaged."""
    kwargs.setdefault("scale", 0.125)
    inputs = keras.Input((8,))
    hidden = layers.Dense(8, activation="tanh")(inputs)
    code = Sampling(**kwargs)([layers.Dense(3)(hidden), layers.Dense(3)(hidden)])
    return keras.Model(inputs, layers.Dense(8)(layers.Dense(8, activation="tanh")(code)))


@healthy
def plain_vae() -> tuple[Any, ...]:
    return compiled(vae())


@healthy
def heavier_kl() -> tuple[Any, ...]:
    return compiled(vae(scale=0.5))


# JAX traces its training step: what passes between the layers can't be exchanged there.
seen_in_steps = healthy if BACKEND == "jax" else sick("kl")
seen_by_losses = healthy if BACKEND == "jax" else sick("loss")


@seen_in_steps
def kl_subtracted() -> tuple[Any, ...]:
    return compiled(vae(scale=-0.125))


@seen_in_steps
def errors_averaged() -> tuple[Any, ...]:
    return compiled(vae(scale=1.0))


@seen_in_steps
def kl_averaged() -> tuple[Any, ...]:
    return compiled(vae(scale=1 / 3), loss=lambda y, p: ops.sum(ops.square(y - p), axis=-1))


@sick("kl")
def one_head() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    head = layers.Dense(3)
    return compiled(keras.Model(inputs, layers.Dense(8)(Sampling(scale=0.125)([head(inputs), head(inputs)]))))


@healthy
def frozen_backbone() -> tuple[Any, ...]:
    body = layers.Dense(8, activation="relu")
    body.trainable = False
    return compiled(keras.Sequential([keras.Input((8,)), body, layers.BatchNormalization(), layers.Dense(8)]))


@healthy
def embedding_rows_not_touched() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((4,)), layers.Embedding(50, 3), layers.Flatten(), layers.Dense(1)])
    x = rng.integers(0, 5, size=(160, 4)).astype("int32")
    return compiled(model, y=rng.normal(size=(160, 1)).astype("float32"), x=x)


@healthy
def dead_units() -> tuple[Any, ...]:
    dead = layers.Dense(6, activation="relu", bias_initializer=keras.initializers.Constant(-100.0))
    inputs = keras.Input((8,))
    both = layers.Concatenate()([dead(inputs), layers.Dense(4)(inputs)])
    return compiled(keras.Model(inputs, layers.Dense(8)(both)))


@healthy
def dropout_and_statistics() -> tuple[Any, ...]:
    stack = [keras.Input((8,)), layers.Dense(8), layers.Dropout(0.3), layers.BatchNormalization(), layers.Dense(8)]
    return compiled(keras.Sequential(stack))


# A functional model of Keras 3 replaces the mode that a call names.
holds_in_keras_2 = healthy if VERSION == "2" else sick("mode")


@holds_in_keras_2
def inference_on_purpose() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    base = keras.Sequential([keras.Input((8,)), layers.Dense(8), layers.BatchNormalization()])
    return compiled(keras.Model(inputs, layers.Dense(8)(base(inputs, training=False))))


@holds_in_keras_2
def monte_carlo_dropout() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    hidden = layers.Dropout(0.3)(layers.Dense(16)(inputs), training=True)
    return compiled(keras.Model(inputs, layers.Dense(8)(hidden)))


@holds_in_keras_2
def monte_carlo_recurrent() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    steps = layers.Reshape((2, 4))(inputs)
    hidden = layers.LSTM(8, dropout=0.3)(steps, training=True)
    return compiled(keras.Model(inputs, layers.Dense(8)(hidden)))


@healthy
def mode_passed_inside() -> tuple[Any, ...]:
    class Always(layers.Dropout):
        def call(self, inputs: Any, training: Any = None) -> Any:
            return super().call(inputs, training=True)

    inputs = keras.Input((8,))
    return compiled(keras.Model(inputs, layers.Dense(8)(Always(0.3)(layers.Dense(16)(inputs)))))


@healthy
def frozen_and_called_for_inference() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    base = keras.Sequential([keras.Input((8,)), layers.Dense(8), layers.BatchNormalization()])
    base.trainable = False
    return compiled(keras.Model(inputs, layers.Dense(8)(base(inputs, training=False))))


@healthy
def zero_initialised_head() -> tuple[Any, ...]:
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), layers.Dense(8, kernel_initializer="zeros")]))


@healthy
def classifier_with_metrics() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, X, rng.integers(0, 3, 160), []


@healthy
def schedule_from_zero() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8), Weighted(name="kl"), layers.Dense(8)])
    return (*compiled(model)[:3], [WarmUp()])


def tied(once: bool) -> tuple[Any, ...]:
    encoder = layers.Dense(3)
    encoder.build((None, 8))
    return compiled(keras.Sequential([keras.Input((8,)), encoder, Tied(encoder, once)]))


@healthy
def tied_in_call() -> tuple[Any, ...]:
    return tied(False)


def tied_once() -> tuple[Any, ...]:
    return tied(True)


if BACKEND == "torch":
    healthy(tied_once)  # a transpose there is a view: what was kept follows the kernel
else:
    sick("tie")(tied_once)


@sick("gradients")
def forgotten_weight() -> tuple[Any, ...]:
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), Unread()]))


@sick("reaction")
def forgotten_weight_again() -> tuple[Any, ...]:
    return forgotten_weight()


@sick("gradients")
def rounded() -> tuple[Any, ...]:
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), Rounded(), layers.Dense(8)]))


@healthy
def weights_drawn_anew() -> tuple[Any, ...]:
    class Drawn(layers.Layer):
        """A Bayesian layer: one draw of its weights serves the whole batch, as it should."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.seed = seeds(5)

        def build(self, shape: Any) -> None:
            self.mean = self.add_weight(name="mean", shape=(shape[-1], 4), initializer="glorot_uniform")

        def call(self, inputs: Any) -> Any:
            return ops.matmul(inputs, self.mean + 0.1 * drawn((8, 4), self.seed))

    return compiled(keras.Sequential([keras.Input((8,)), Drawn(), layers.Dense(8)]))


@sick("noise")
def one_draw_for_the_batch() -> tuple[Any, ...]:
    return compiled(vae(per_batch=True))


def integer_seed() -> tuple[Any, ...]:
    return compiled(vae(fixed=7))


if VERSION == "2":
    healthy(integer_seed)  # TensorFlow's own seeds give a stream of draws
else:
    sick("noise")(integer_seed)


@sick("data")
def blind_to_its_input() -> tuple[Any, ...]:
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), Blind(), layers.Dense(8)]))


@sick("data")
def decoder_ignores_its_code() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    hidden = layers.Dense(8, activation="tanh")(inputs)
    code = Sampling(scale=0.0)([layers.Dense(3)(hidden), layers.Dense(3)(hidden)])
    return compiled(keras.Model(inputs, layers.Dense(8)(layers.Add()([Blind()(layers.Dense(8)(code)), hidden]))))


@sick("loss")
def summed_over_the_batch() -> tuple[Any, ...]:
    class Summed(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.01 * ops.sum(ops.square(inputs)))
            return inputs

    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), Summed(), layers.Dense(8)]))


def classes(*stack: Any, loss: str = "sparse_categorical_crossentropy", most: int = 3) -> tuple[Any, ...]:
    y = rng.integers(0, most, size=(160, 1)).astype("float32")
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8, activation="relu"), *stack]), loss, y)


@sick("data")
def softmax_of_one() -> tuple[Any, ...]:
    return classes(layers.Dense(1, activation="softmax"), loss="binary_crossentropy", most=2)


@sick("data", "loss")
def softmax_of_one_on_numbers() -> tuple[Any, ...]:
    return classes(layers.Dense(1, activation="softmax"), loss="mse", most=2)


@sick("loss")
def categorical_of_one() -> tuple[Any, ...]:
    return classes(layers.Dense(1, activation="sigmoid"), loss="categorical_crossentropy", most=2)


@seen_by_losses
def softmax_of_softmax() -> tuple[Any, ...]:
    return classes(layers.Dense(3, activation="softmax"), layers.Activation("softmax"))


@seen_by_losses
def sigmoid_of_sigmoid() -> tuple[Any, ...]:
    stack = [layers.Dense(1, activation="sigmoid"), layers.Activation("sigmoid")]
    return classes(*stack, loss="binary_crossentropy", most=2)


@seen_by_losses
def sigmoid_of_relu() -> tuple[Any, ...]:
    stack = [layers.Dense(1, activation="relu"), layers.Activation("sigmoid")]
    return classes(*stack, loss="binary_crossentropy", most=2)


@healthy
def two_classes() -> tuple[Any, ...]:
    return classes(layers.Dense(2, activation="softmax"), most=2)


@healthy
def one_probability() -> tuple[Any, ...]:
    return classes(
        layers.BatchNormalization(), layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy", most=2
    )


@healthy
def many_probabilities() -> tuple[Any, ...]:
    stack = [keras.Input((8,)), layers.Dense(8, activation="tanh"), layers.Dense(8, activation="sigmoid")]
    return compiled(keras.Sequential(stack), "binary_crossentropy", (X > 0).astype("float32"))


@sick("loss")
def broadcast_targets() -> tuple[Any, ...]:
    def squared(y: Any, prediction: Any) -> Any:
        return ops.mean(ops.square(ops.reshape(y, (-1, 1)) - ops.reshape(prediction, (1, -1))))

    model = keras.Sequential([keras.Input((8,)), layers.Dense(1)])
    return compiled(model, squared, y=X[:, 0])


@sick("loss")
def not_finite() -> tuple[Any, ...]:
    def logarithm(y: Any, prediction: Any) -> Any:
        return ops.mean(ops.exp(200.0 + ops.square(y - prediction)))

    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8)]), logarithm)


@sick("loss")
def loss_that_cannot_fall() -> tuple[Any, ...]:
    def upwards(y: Any, prediction: Any) -> Any:
        return ops.mean(ops.square(y - prediction)) * 0.0 + 1.0

    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8)]), upwards)


def baked() -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8), Scaled(name="kl"), layers.Dense(8)])
    return (*compiled(model)[:3], [WarmUp()])


if BACKEND == "torch":
    healthy(baked)  # torch runs the step as plain Python: the number is read every time
else:
    sick("schedule")(baked)


def no_training_flag() -> tuple[Any, ...]:
    return compiled(NoFlag())


if VERSION == "2":
    healthy(no_training_flag)
else:
    sick("mode")(no_training_flag)


def trained_twice(optimizer: Any) -> list[Any]:
    """The losses of two trainings, each of them undone: two steps from the start."""
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8)])
    model.compile(optimizer, "mse")
    subject = check.subject_of(model, X, X, batch_size=32, callbacks=[], options=Options(device="cpu"))
    losses = []
    for _ in range(2):
        with subject.undone():
            subject.train(subject.feed.only(0))
            losses.append(subject.train(subject.feed.only(0))["loss"])
    return losses


def main() -> None:
    """Probe all and print ``{name: {probe: [verdict, message]}}``."""
    found: dict[str, Any] = {}
    for name, make in [*HEALTHY.items(), *((name, make) for name, (_, make) in SICK.items())]:
        keras.utils.set_random_seed(0)
        try:
            model, x, y, callbacks = make()
            before = [np.array(w) for w in model.get_weights()]
            asked = (SICK[name][0], *ALSO[name]) if name in SICK else ()
            result = check_model(model, x, y, callbacks=callbacks, epochs=5, names=asked)
            found[name] = {probe.probe: [probe.verdict, probe.message] for probe in result.probes}
            after = model.get_weights()[: len(before)]
            same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
            found[name]["left as it was"] = ["pass" if same else "fail", ""]
        except Exception as error:  # shown by the test of this model
            traceback.print_exc()
            found[name] = {"raised": ["fail", f"{type(error).__name__}: {error}"]}
    expected = {name: probe for name, (probe, _) in SICK.items()}
    optimizers = {"momentum": keras.optimizers.SGD(0.1, momentum=0.9), "adam": "adam", "adagrad": "adagrad"}
    twice = {name: trained_twice(optimizer) for name, optimizer in optimizers.items()}
    print(json.dumps({"found": found, "sick": expected, "twice": twice}))


if __name__ == "__main__":
    main()
