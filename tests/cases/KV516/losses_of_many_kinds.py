"""A step of one's own over a network that can't be seen, a loss class, and distances that are multiplied out."""
import tensorflow as tf
from tensorflow import keras


class Siamese(keras.Model):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def train_step(self, data):
        with tf.GradientTape() as tape:
            anchor, positive, negative = self.network(data)
            near = tf.norm(anchor - positive, axis=1)  # expect
            far = tf.norm(anchor - negative, ord=1, axis=1)
            loss = tf.maximum(near - far + 1.0, 0.0)
        weights = self.network.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {}


class Distance(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.sqrt(tf.reduce_sum((y_true - y_pred) ** 2, axis=-1))  # expect: of one number


class OfColumns(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.sqrt(tf.reduce_mean((y_true - y_pred) ** 2, axis=1))


def root_of_each(y_true, y_pred):
    error = y_true - y_pred
    return tf.sqrt(tf.reduce_mean(tf.square(error), axis=-1))


def root_loss(y_true, y_pred):
    error = y_true - y_pred
    return tf.sqrt(tf.reduce_mean(tf.square(error), axis=-1))  # expect


def train(x):
    single = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    single.compile("adam", Distance())
    single.compile("adam", root_loss)
    columns = keras.Sequential([keras.Input((68, 4)), keras.layers.Dense(5)])
    columns.compile("adam", OfColumns())
    columns.compile("adam", root_of_each)


def apart(codes):
    squares = tf.reduce_sum(tf.square(codes), 1, keepdims=True)
    products = tf.matmul(codes, tf.transpose(codes))
    every = tf.maximum(squares + tf.transpose(squares) - 2.0 * products, 0.0)
    return tf.sqrt(every)  # expect


def pair_loss(y_true, y_pred):
    return tf.reduce_mean(apart(y_pred))


def distance_metric(y_true, y_pred):
    return tf.sqrt(tf.reduce_sum((y_true - y_pred) ** 2, axis=-1))
