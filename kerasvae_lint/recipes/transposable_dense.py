"""One Dense layer, called forwards and backwards.

Backwards it uses the transpose of its kernel. There is one kernel, so nothing can drift apart; each direction has a
bias of its own size.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Vincent et al., Stacked Denoising Autoencoders (JMLR 11, 2010), section 2.2: tied weights
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


@keras.utils.register_keras_serializable(package="recipes")
class TransposableDense(keras.layers.Layer):
    """``layer(x)`` goes from (batch, …, features) to (batch, …, units), ``layer(z, transpose=True)`` back.

    Call it forwards first: the features are those of the first input.

    Args:
        units: size of the code.
        activation: of the forward call.
        back_activation: of the backward call.
    """

    def __init__(self, units: int, activation: Any = None, back_activation: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = int(units)
        self.activation = keras.activations.get(activation)
        self.back_activation = keras.activations.get(back_activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        features = input_shape[-1]
        self.kernel = self.add_weight(name="kernel", shape=(features, self.units), initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.back_bias = self.add_weight(name="back_bias", shape=(features,), initializer="zeros")
        super().build(input_shape)

    def call(self, inputs: tf.Tensor, transpose: bool = False) -> tf.Tensor:
        product = tf.matmul(inputs, tf.convert_to_tensor(self.kernel), transpose_b=transpose)
        if transpose:
            return self.back_activation(product + self.back_bias)
        return self.activation(product + self.bias)

    def get_config(self) -> dict[str, Any]:
        config = {
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "back_activation": keras.activations.serialize(self.back_activation),
        }
        return {**super().get_config(), **config}


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    inputs = keras.Input((8,))
    dense = TransposableDense(3, activation="tanh", name="both_ways")
    model = keras.Model(inputs, dense(dense(inputs), transpose=True))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    print("loss by epoch:", model.fit(data, data, epochs=3, verbose=0).history["loss"])
