"""Ways to make a layer anew, and some that only look like it."""

import tensorflow as tf
from tensorflow.keras import layers

squeeze = layers.Lambda(lambda tensor: layers.Dense(3)(tensor))(layers.Input((4,)))  # expect


class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(shape[-1], 2))

    def call(self, inputs):
        return inputs @ self.w


class Holder(layers.Layer):
    def call(self, inputs):
        return Own()(inputs)  # expect


class Scaled(tf.keras.Model):
    def train_step(self, data):
        x, y = data
        head = layers.LSTM(3)  # expect
        return {"loss": tf.reduce_mean(head(x) - y)}


class Recurrent(layers.Layer):
    def call(self, inputs):
        inner = layers.RNN(layers.LSTMCell(4))(inputs)  # expect
        inner = layers.TimeDistributed(layers.Dense(2))(inner)  # expect
        return layers.TimeDistributed(layers.Flatten())(inner)


def loss(y_true, y_pred):
    features = tf.keras.applications.VGG16(weights="imagenet", include_top=False)  # expect
    return tf.reduce_mean(tf.square(features(y_true) - features(y_pred)))


class Lazy(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = None
        self.cache = {}
        self.stack = []

    def call(self, inputs):
        if self.dense is None:
            self.dense = layers.Dense(3)
        if not hasattr(self, "other"):
            self.other = layers.Dense(4)
        if not self.stack:
            self._fill()
        if "a" not in self.cache:
            self.cache["a"] = layers.Dense(4)
        return self.cache["a"](self.stack[0](self.other(self.dense(inputs))))

    def _fill(self):
        self.stack.append(layers.Dense(3))


class Stateless(layers.Layer):
    def call(self, inputs):
        inner = layers.Add()([inputs, layers.GlobalAveragePooling2D(keepdims=True)(inputs)])
        inner = layers.Lambda(tf.nn.relu)(layers.Dropout(0.5)(layers.Activation("tanh")(inner)))
        return tf.keras.Sequential([layers.Flatten(), layers.Softmax()])(inner)


class Built(tf.keras.Model):
    def build(self, shape):
        self.make(3)

    def make(self, units):
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)

    def graph(self):
        inputs = layers.Input((4,))
        return tf.keras.Model(inputs, layers.Dense(3)(self.call(inputs)))
