"""A TransformedVariable as an attribute is no weight in Keras 3 either."""
import tensorflow as tf
import tensorflow_probability as tfp


class Noise(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.loc = tf.Variable(tf.ones([5]), name="loc")  # expect
        self.scale = tfp.util.TransformedVariable(tf.ones([5]), bijector=tfp.bijectors.Softplus())  # expect
        self.beta = tf.Variable(1.0, trainable=False)

    def call(self, inputs):
        return self.beta * tfp.distributions.Normal(loc=self.loc, scale=self.scale).log_prob(inputs)
