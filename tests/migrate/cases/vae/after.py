"""A VAE with its loss as a tensor."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense, Input, Lambda
from tensorflow.keras.models import Model
from keras import ops



def sample(args):
    mean, log_var = args
    return mean + ops.exp(0.5 * log_var) * tf.keras.random.normal(ops.shape(mean))


inputs = Input(shape=(5,))
mean, log_var = Dense(2)(inputs), Dense(2)(inputs)
outputs = Dense(5)(Lambda(sample)([mean, log_var]))
vae = Model(inputs, outputs, name="vae")
rate = ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=-1) * -0.5


class AddLoss(tf.keras.layers.Layer):
    """Adds its last input to the losses of the model, and passes the others on."""

    def call(self, inputs):
        *outputs, loss = inputs
        self.add_loss(loss)
        return outputs[0] if len(outputs) == 1 else outputs

    def compute_output_shape(self, input_shape):
        *shapes, _ = input_shape
        return shapes[0] if len(shapes) == 1 else shapes


vae = Model(vae.inputs, AddLoss()([*vae.outputs, ops.mean(ops.sum(ops.square(inputs - outputs), axis=-1) + rate)]), name=vae.name)


class AddMetric(tf.keras.layers.Layer):
    """Shows the mean of its last input among the metrics of the model, and passes the others on."""

    def __init__(self, label, **kwargs):
        super().__init__(**kwargs)
        self.shown = tf.keras.metrics.Mean(name=label)

    def call(self, inputs):
        *outputs, value = inputs
        self.shown.update_state(value)
        return outputs[0] if len(outputs) == 1 else outputs

    def compute_output_shape(self, input_shape):
        *shapes, _ = input_shape
        return shapes[0] if len(shapes) == 1 else shapes


vae = Model(vae.inputs, AddMetric("rate")([*vae.outputs, ops.mean(rate)]), name=vae.name)
vae.compile(optimizer="adam")
history = vae.fit(np.ones((16, 5), "float32"), epochs=1, batch_size=8, verbose=0).history
assert "rate" in history and vae.name == "vae"
