"""A loop that compiles again before each training, and a variable that is set before the first one."""
import tensorflow as tf


class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(4)
        self.beta = tf.Variable(0.0, trainable=False)

    def call(self, inputs):
        code = self.dense(inputs)
        self.add_loss(self.beta * tf.reduce_mean(tf.square(code)))
        return code


model = VAE()
model.beta = tf.Variable(0.5, trainable=False)
for beta in (0.0, 0.5, 1.0):
    model.beta = tf.Variable(beta, trainable=False)
    model.compile("adam")
    model.fit(x, x)
