"""Ways in which two Kerases meet."""

import keras
import tensorflow as tf
import tf_keras
from tensorflow.python.keras import layers as copied
from tf_keras.layers import Dense as OldDense

grown = keras.Sequential()
grown.add(keras.layers.Dense(3))
grown.add(OldDense(1))  # expect
door = tf.keras.Sequential([copied.Flatten()])  # expect
legacy = tf_keras.Sequential([copied.Flatten(), OldDense(1)])
nested = keras.Sequential([tf_keras.Sequential([OldDense(1)])])  # expect
unsure = tf.keras.Sequential([OldDense(1), keras.layers.Dense(1)])

inputs = keras.Input((4,))
hidden = OldDense(3)(inputs)  # expect
other = tf_keras.Input((4,))
model = keras.Model(other, OldDense(3)(other))  # expect
fine = keras.Model(inputs, tf.keras.layers.Dense(3)(inputs))


class Own(tf_keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


mine = Own()  # expect
listed = keras.Sequential([mine, keras.layers.Dense(1)])


class Holder(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.parts = [OldDense(2), OldDense(3)]  # expect # expect
        self.drop = tf_keras.layers.Dropout(0.5)
        self.frozen = OldDense(2, trainable=False)

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return self.frozen(self.drop(inputs))


holder = Holder()


class Trainer(keras.Model):
    """It trains what it holds by itself."""

    def __init__(self):
        super().__init__()
        self.net = OldDense(2)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.net(data))
        self.optimizer.apply(tape.gradient(loss, self.net.trainable_variables), self.net.trainable_variables)
        return {"loss": loss}


trainer = Trainer()

# a chain that goes on after a stranger is one finding
first = keras.Input((4,))
second = keras.layers.Dense(3)(first)
third = OldDense(3)(second)  # expect
fourth = keras.layers.Dense(3)(third)

# a Sequential is as far as its first stranger
two = keras.Sequential([OldDense(3), OldDense(1)])  # expect
