"""The tape gets an explicit list of variables; a distribution made inside it is sound, and so is a tf.Module's own."""
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


class Normal(tf.Module):
    def __init__(self):
        super().__init__()
        self.mean = tf.Variable([0.0])
        self.early = tfd.Normal(self.mean[0], 1.0)  # expect
        self.live = tfd.Normal(self.mean, 1.0)

    def __call__(self, inputs):
        return self.early.log_prob(inputs) + self.live.log_prob(inputs)


mean = tf.Variable([0.0])
early = tfd.Normal(mean[0], 1.0)  # expect
with tf.GradientTape() as tape:
    loss = -tf.reduce_mean(early.log_prob(1.0))
gradients = tape.gradient(loss, [mean])
with tf.GradientTape() as tape:
    inside = tfd.Normal(mean[0], 1.0)
    loss = -tf.reduce_mean(inside.log_prob(1.0))
gradients = tape.gradient(loss, [mean])
