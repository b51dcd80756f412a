"""Variables that only a distribution or a bijector of tfp holds."""
import tensorflow as tf
import tensorflow_probability as tfp

tfb, tfd = tfp.bijectors, tfp.distributions


class Prior(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.prior = tfd.Independent(
            tfd.Normal(
                loc=tf.Variable(tf.zeros([5])),  # expect
                scale=tfp.util.TransformedVariable(tf.ones([5]), tfb.Softplus()),  # expect
            ),
            reinterpreted_batch_ndims=1,
        )
        self.scales = [tfp.util.TransformedVariable(1.0, bijector=tfb.Exp())]  # expect
        self.fixed = tfd.Normal(loc=tf.zeros([5]), scale=tf.Variable(1.0, trainable=False))
        self.unread = tfd.Normal(loc=tf.Variable(0.0), scale=1.0)

    def build(self, shape):
        self.tril = tfp.util.TransformedVariable(tf.eye(3), tfb.FillScaleTriL())  # expect

    def call(self, inputs):
        return self.prior.log_prob(inputs) + self.fixed.log_prob(inputs) * self.scales[0] + tf.linalg.trace(self.tril)


class Trained(tf.keras.Model):
    """Its loop names the distribution's variables."""

    def __init__(self):
        super().__init__()
        self.base = tfd.Normal(loc=tf.Variable(0.0), scale=1.0)

    def call(self, inputs):
        return self.base.log_prob(inputs)

    def step(self, x, optimizer):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self(x))
        optimizer.apply_gradients(zip(tape.gradient(loss, self.base.trainable_variables), self.base.trainable_variables))
