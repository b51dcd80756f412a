"""The scale goes through a bijector once; the distribution on it is the one place that is reported."""
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras


class Correlated(keras.layers.Layer):
    def build(self, input_shape):
        self.raw = self.add_weight(name="raw", shape=(3,))
        self.scale = tfp.bijectors.FillScaleTriL()(self.raw)
        self.prior = tfp.distributions.MultivariateNormalTriL(tf.zeros(2), self.scale)  # expect

    def call(self, inputs):
        return self.prior.log_prob(inputs)
