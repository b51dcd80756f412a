"""Two codes are pulled together: no reconstruction."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Siamese(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = layers.Dense(4)

    def train_step(self, data):
        one, other = data
        with tf.GradientTape() as tape:
            z_one, z_other = self.encoder(one), self.encoder(other)
            pull = tf.reduce_mean(tf.square(z_one - z_other))
            spread = -0.5 * tf.reduce_mean(tf.reduce_sum(1 + z_one - tf.square(z_other) - tf.exp(z_one), axis=1))
            loss = pull + spread
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {"loss": loss}
