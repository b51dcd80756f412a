"""`build` puts a weight in the place of the number that the constructor took."""
import keras


class Decoder(keras.layers.Layer):
    def __init__(self, factor, scale, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.scale_value = scale
        self.inner = keras.layers.Dense(4)

    def build(self, input_shape):
        self.factor = self.add_weight(name="factor", shape=(1,), initializer=keras.initializers.Constant(self.factor))
        self.scale = self.add_weight(name="scale", shape=(1,), initializer="ones")

    def call(self, inputs):
        return self.inner(inputs) * self.factor * self.scale

    def get_config(self):
        return {
            **super().get_config(),
            "factor": self.factor,  # expect
            "scale": self.scale_value,
        }
