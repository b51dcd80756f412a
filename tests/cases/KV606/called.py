"""A functional model that is called gives what it was called on: real tensors for an image or a batch."""
import numpy as np
import tensorflow as tf
from somewhere import load
from tensorflow import keras

base = keras.applications.VGG16(include_top=False)
names = ["block1_conv2", "block2_conv2"]
features = keras.Model(base.input, [base.get_layer(name).output for name in names])
last = keras.Model(base.inputs, base.get_layer("block5_conv3").output)
named = keras.Model(base.inputs, {"last": base.get_layer("block5_conv3").output})


def loss_of(image, model):
    activations = model(tf.expand_dims(image, axis=0))
    if len(activations) == 1:
        activations = [activations]
    return tf.reduce_sum([tf.math.reduce_mean(activation) for activation in activations])


class Dream(tf.Module):
    def __init__(self, model):
        self.model = model

    @tf.function
    def __call__(self, image, size):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = loss_of(image, self.model)
        gradients = tape.gradient(loss, image)
        return loss, image + gradients * size


def dreamt(image):
    dream = Dream(features)
    image = tf.convert_to_tensor(image)
    for _ in range(3):
        loss, image = dream(image, tf.constant(0.1))
    return tf.cast(255 * image, tf.uint8), loss


dreamt(np.array(load("cat.jpg")))


def heat(image):
    with tf.GradientTape() as tape:
        first, second = features(image)
        score = second[:, tf.argmax(second[0])]
    gradients = tf.reduce_mean(tape.gradient(score, first), axis=(0, 1, 2))
    pixels = tf.Variable(tf.cast(image, tf.float32))
    copied = last(pixels)
    return tf.maximum(tf.squeeze(first[0] @ gradients[..., None]), 0) + tf.square(copied) + tf.abs(named(pixels)["last"])


heat(np.zeros((1, 224, 224, 3)))


def network(distances):
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(4)(inputs)
    if distances:
        outputs = keras.layers.Dense(3)(hidden)
    else:
        outputs = keras.layers.Dense(3, "softmax")(hidden)
    return keras.Model(inputs, outputs)


def trained(settings, rows):
    model = network(settings.distances)

    @tf.function
    def step(iterator):
        def one(batch):
            logits = model(batch, training=True)
            if settings.half:
                logits = tf.cast(logits, tf.float32)
            return tf.reduce_mean(tf.math.sigmoid(logits * 2.0))

        return one(next(iterator))

    return step(rows)


class Graph(keras.Model):
    """It has no outputs: nothing says what it is made of."""

    def call(self, inputs):
        return inputs

    def predict(self):
        return tf.nn.softmax(self.outputs)


def symbolic(distances):
    image = keras.Input((224, 224, 3))
    first, _ = features(image)
    pooled = tf.reduce_mean(first, axis=[1, 2])  # expect
    deep = tf.square(last(image))  # expect
    other = tf.abs(named(image)["last"])  # expect
    scores = tf.nn.softmax(network(distances)(keras.Input((4,))))  # expect
    return keras.Model(image, [pooled, deep, other]), scores


symbolic(False)
symbolic(True)
