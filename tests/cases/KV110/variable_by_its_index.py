"""The callback keeps its weight in a list, and stopping may come before the warm-up ends."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Annealing(keras.callbacks.Callback):
    def __init__(self, variables):
        super().__init__()
        self.variables = variables

    def on_epoch_begin(self, epoch, logs=None):
        self.variables[0].assign(min(1.0, epoch / 50))


class VAE(keras.Model):
    def __init__(self, beta):
        super().__init__()
        self.beta = beta
        self.encoder = layers.Dense(4)
        self.decoder = layers.Dense(8)

    def call(self, x):
        mean, log_var = tf.split(self.encoder(x), 2, axis=-1)
        z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
        kl = -0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)
        self.add_loss(self.beta * tf.reduce_mean(kl))
        return self.decoder(z)


beta = tf.Variable(0.0, trainable=False)
model = VAE(beta)
model.compile("adam", loss="mse")
x = tf.random.normal((64, 8))
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
model.fit(x, x, validation_split=0.2, epochs=100, callbacks=[Annealing([beta]), stopping])  # expect
