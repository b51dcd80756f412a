"""Variational autoencoders that draw their code in their own code, with no layer for it: sound ones, and sick ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pieces import BACKEND, X, drawn, keras, layers, ops, rng, seeds
from registry import compiled, healthy, sick


def divergence(mean: Any, log_var: Any, axis: Any = -1) -> Any:
    """The KL of each sample."""
    return -0.5 * ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=axis)


def deviation(log_var: Any) -> Any:
    """Half of the log-variance, raised."""
    return ops.exp(0.5 * log_var)


class Plain(keras.Model):
    """Draws in a method that ``call`` uses; what differs between the scenarios is handed in."""

    def __init__(
        self,
        weight: float = 0.125,
        spread: Callable[[Any], Any] = deviation,
        kl: Callable[[Any, Any], Any] = divergence,
        for_all: bool = False,
        times: int = 1,
        heads: tuple[Any, ...] | None = None,
    ) -> None:
        super().__init__()
        self.weight, self.spread, self.kl, self.for_all, self.times = weight, spread, kl, for_all, times
        self.hidden = layers.Dense(8, activation="tanh")
        self.mean, self.second = heads or (layers.Dense(3), layers.Dense(3))
        self.decoder = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(8)])
        self.seed = seeds(3)

    def reparameterize(self, mean: Any, second: Any) -> Any:
        """One draw for each sample, unless it is one for all."""
        noise = drawn((1, 3) if self.for_all else ops.shape(mean), self.seed)
        return mean + self.spread(second) * noise

    def call(self, inputs: Any) -> Any:
        hidden = self.hidden(inputs)
        mean, second = self.mean(hidden), self.second(hidden)
        for _ in range(self.times):
            self.add_loss(self.weight * ops.mean(self.kl(mean, second)))
        return self.decoder(self.reparameterize(mean, second))


def plain(**kwargs: Any) -> Plain:
    """One whose weights are there."""
    model = Plain(**kwargs)
    model(X[:2])
    return model


# JAX traces its step: what the noise is made into can be seen in a pass, not what the loss holds of it.
seen_in_steps = healthy if BACKEND == "jax" else sick("kl")


@healthy
def drawn_in_call() -> tuple[Any, ...]:
    return compiled(plain())


@seen_in_steps
def drawn_in_call_with_the_kl_subtracted() -> tuple[Any, ...]:
    return compiled(plain(weight=-0.125))


@seen_in_steps
def drawn_by_another_deviation_than_the_kl_has() -> tuple[Any, ...]:
    return compiled(plain(spread=ops.exp))


@seen_in_steps
def drawn_in_call_with_the_kl_in_two_terms() -> tuple[Any, ...]:
    return compiled(plain(times=2))


@sick("noise")
def drawn_in_call_for_all_samples_at_once() -> tuple[Any, ...]:
    return compiled(plain(for_all=True))


@sick("kl")
def drawn_in_call_from_a_bounded_mean() -> tuple[Any, ...]:
    return compiled(plain(heads=(layers.Dense(3, activation="tanh"), layers.Dense(3))))


@healthy
def drawn_by_a_softplus() -> tuple[Any, ...]:
    softplus = keras.activations.softplus

    def kl(mean: Any, second: Any) -> Any:
        variance = ops.square(softplus(second))
        log = ops.log(variance)
        return -0.5 * ops.sum(1 + log - ops.square(mean) - variance, axis=-1)

    return compiled(plain(spread=softplus, kl=kl))


class Maps(keras.Model):
    """Codes of two channels at four places each; both heads come from one convolution."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight
        self.encoder = layers.Conv2D(4, 3, strides=2, padding="same")
        self.decoder = layers.Conv2DTranspose(1, 3, strides=2, padding="same")
        self.seed = seeds(4)

    def call(self, inputs: Any) -> Any:
        both = self.encoder(inputs)
        mean, log_var = both[..., :2], both[..., 2:]
        self.add_loss(self.weight * ops.mean(divergence(mean, log_var, axis=(1, 2, 3))))
        return self.decoder(mean + deviation(log_var) * drawn(ops.shape(mean), self.seed))


def maps(weight: float) -> tuple[Any, ...]:
    x = rng.normal(size=(96, 4, 4, 1)).astype("float32")
    model = Maps(weight)
    model(x[:2])
    return compiled(model, x=x)


@healthy
def maps_of_codes() -> tuple[Any, ...]:
    return maps(1 / 16)


@seen_in_steps
def maps_of_codes_with_the_kl_subtracted() -> tuple[Any, ...]:
    return maps(-1 / 16)


@healthy
def two_ordinary_heads() -> tuple[Any, ...]:
    inputs = keras.Input((8,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    model = keras.Model(inputs, [layers.Dense(1)(hidden), layers.Dense(1)(hidden)])
    model.compile("adam", ["mse", "mse"])
    return model, X, [X[:, :1], X[:, 1:2]], []


@healthy
def noise_added_on_purpose() -> tuple[Any, ...]:
    class Noisy(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.decoder = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(8)])
            self.seed = seeds(6)

        def call(self, inputs: Any) -> Any:
            return self.decoder(inputs + 0.1 * drawn(ops.shape(inputs), self.seed))

    model = Noisy()
    model(X[:2])
    return compiled(model)


def step(weight: float) -> Any:
    """A model that draws in its ``train_step`` alone; elsewhere than in TensorFlow the plain one."""
    if BACKEND != "tensorflow":
        return plain(weight=weight)
    import tensorflow as tf

    class Step(Plain):
        def __init__(self, weight: float) -> None:
            super().__init__(weight=weight)
            self.mean_loss = keras.metrics.Mean(name="loss")

        def call(self, inputs: Any) -> Any:
            return self.decoder(self.mean(self.hidden(inputs)))

        def train_step(self, data: Any) -> dict[str, Any]:
            inputs = data[0]
            with tf.GradientTape() as tape:
                hidden = self.hidden(inputs)
                mean, second = self.mean(hidden), self.second(hidden)
                output = self.decoder(self.reparameterize(mean, second))
                loss = tf.reduce_mean(tf.square(inputs - output))
                loss += self.weight * tf.reduce_mean(self.kl(mean, second))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=False))
            self.mean_loss.update_state(loss)
            return {"loss": self.mean_loss.result()}

    model = Step(weight)
    model(X[:2])
    model.second.build((None, 8))
    return model


@healthy
def drawn_in_the_step() -> tuple[Any, ...]:
    return compiled(step(0.125))


@seen_in_steps
def drawn_in_the_step_with_the_kl_subtracted() -> tuple[Any, ...]:
    return compiled(step(-0.125))
