"""The encoder divides its pixels itself: nothing starts in the hundreds."""
import tensorflow as tf

layers = tf.keras.layers
(images, _), _ = tf.keras.datasets.mnist.load_data()


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))


inputs = tf.keras.Input((28, 28))
h = layers.Dense(64, activation="relu")(layers.Flatten()(inputs / 255.0))
vae = tf.keras.Model(inputs, layers.Dense(784)(Sampling()([layers.Dense(8)(h), layers.Dense(8)(h)])))
vae.compile("adam", "mse")
vae.fit(images, images)
