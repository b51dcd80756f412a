"""Symbolic tensors however they come about, and lookalikes: real tensors, traced code, shapes."""
import tensorflow as tf
from nowhere import Attention, Base, block
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Builder:
    def __init__(self, size):
        self.inputs = layers.Input((size,))

    def decoder(self, size):
        hidden = layers.Reshape((size, 1, 1))(self.inputs)
        hidden = tf.image.resize(hidden, [2 * size, 1])  # expect
        hidden = layers.Conv2D(3, 1)(hidden)
        return keras.Model(self.inputs, tf.squeeze(hidden, axis=2))  # expect


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = self.build_encoder()

    def build_encoder(self):
        inputs = layers.Input((4,))
        mean, log_var = layers.Dense(2)(inputs), layers.Dense(2)(inputs)
        noise = tf.random.normal(tf.shape(mean))  # expect
        return keras.Model(inputs, [mean, log_var, mean + tf.exp(log_var) * noise])  # expect

    def call(self, inputs):
        mean, log_var, code = self.encoder(inputs)
        return tf.concat([mean, tf.exp(log_var), code], axis=-1)


def helped(tensor):
    return tf.math.log(tensor + 1.0)  # expect


def build(scale):
    base = keras.applications.ResNet50(include_top=False)
    pooled = tf.reduce_mean(base.output, axis=[1, 2])  # expect
    attended = Attention(64)(pooled)
    attended = K.l2_normalize(attended, axis=-1)  # expect
    if scale:
        attended = block(attended)
    return keras.Model(base.input, helped(layers.Dense(1)(attended)))


class Unseen(Base):
    """It may be a layer: its `call` then gets real tensors."""

    def call(self, inputs):
        return tf.square(inputs) + self.part(inputs)

    def part(self, inputs):
        return tf.abs(inputs)


class Choosing(layers.Layer):
    def __init__(self, normalize=False):
        super().__init__()
        self.normalize = normalize

    def call(self, inputs):
        outputs = tf.abs(inputs)
        if self.normalize:
            outputs = tf.nn.l2_normalize(outputs, 1)
        return outputs


@tf.function
def judged(tensor):
    return tf.reduce_mean(tensor)


def trained(data):
    inputs = keras.Input((4,))
    code = Choosing()(Unseen()(inputs))
    size = tf.TensorShape(code.shape)
    output = layers.Dense(4)(code) * 2.0
    if data is None:
        output = layers.Lambda(lambda tensor: tensor + 1.0)(output)
    model = keras.Model(inputs, output)
    critic = keras.Model(inputs, layers.Dense(1)(code))
    with tf.GradientTape() as tape:
        actions = model(tf.constant(data))
        loss = -tf.reduce_mean(critic(actions)) + judged(actions)
    scores = tf.argmax(model.predict(data), axis=-1)
    return tape, loss, scores, size


def graph(model):
    return K.gradients(model.output, model.input)


trained([[0.0] * 4])
