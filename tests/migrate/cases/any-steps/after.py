"""Steps with a tape: what Keras does goes, what it does not is left."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from keras import ops


class Same(keras.Model):
    pass


class Other(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean(ops.square(self(x, training=True) - y))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


for kind in (Same, Other):
    inputs = keras.Input((3,))
    model = kind(inputs, keras.layers.Dense(2)(inputs))
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, verbose=0)
