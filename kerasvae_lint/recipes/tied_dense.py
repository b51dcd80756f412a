"""A Dense whose kernel is always another's transpose.

The bias is its own. The kernel is transposed in ``call``: a copy made in ``build`` would stay what it was. The bias
has the size of this layer's output, which is that of the other one's input. Saved with the model, and tied again when
that is loaded.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Hinton and Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks (Science 313, 2006): decoders that
  begin as their encoder's transpose
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


@keras.utils.register_keras_serializable(package="recipes")
class SourceDense(keras.layers.Dense):
    """A Dense to tie others to. A plain one will do, but for loading a whole model in Keras 2.

    Keras 2 forgets of its own classes that a layer stood in two places, and makes two of it; a registered class like
    this one stays one layer.
    """


@keras.utils.register_keras_serializable(package="recipes")
class TiedDense(keras.layers.Layer):
    """``activation(inputs @ transpose(tied_to.kernel) + bias)``: from (batch, …, units) to (batch, …, features).

    Args:
        tied_to: a SourceDense (or Dense) from ``features`` to ``units`` that has been called before,
            in the same model.
        activation: as in Dense.
        use_bias: whether to add a bias, of shape (features,).
    """

    def __init__(self, tied_to: Any, activation: Any = None, use_bias: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tied_to = tied_to
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        if not self.tied_to.built:
            raise ValueError(f"call {self.tied_to.name} before {self.name}, which is tied to it")
        features, units = self.tied_to.kernel.shape
        if input_shape[-1] != units:
            raise ValueError(f"{self.name} takes {units} features, not {input_shape[-1]}")
        self.bias = self.add_weight(name="bias", shape=(features,), initializer="zeros") if self.use_bias else None
        super().build(input_shape)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        output = tf.matmul(inputs, tf.convert_to_tensor(self.tied_to.kernel), transpose_b=True)
        if self.bias is not None:
            output = output + self.bias
        return output if self.activation is None else self.activation(output)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.tied_to.kernel.shape[0])

    def get_config(self) -> dict[str, Any]:
        config = {
            "tied_to": keras.layers.serialize(self.tied_to),
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
        }
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TiedDense:
        # Inside a saved model this is the layer that the model already has: Keras keeps shared objects shared.
        tied_to = keras.layers.deserialize(config["tied_to"])
        return cls(**{**config, "tied_to": tied_to})


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    inputs = keras.Input((8,))
    encoder = SourceDense(3, activation="tanh", name="encoder")
    model = keras.Model(inputs, TiedDense(encoder, name="decoder")(encoder(inputs)))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    print("loss by epoch:", model.fit(data, data, epochs=3, verbose=0).history["loss"])
