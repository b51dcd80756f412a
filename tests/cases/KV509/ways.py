"""Losses outside of their tape, and what looks like one."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([layers.Dense(4), layers.Dense(1)])
inputs = keras.Input((4,))
functional = keras.Model(inputs, layers.Dense(1)(inputs))
loss_fn = keras.losses.MeanSquaredError()
optimizer = keras.optimizers.Adam()


def above(net, x, y):
    made = net(x, training=True)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, made)
    grads = tape.gradient(loss, net.trainable_variables)  # expect
    optimizer.apply_gradients(zip(grads, net.trainable_variables))


def inside(net, x, y):
    made = net(x, training=True)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, net(x, training=True)) + 0.0 * tf.reduce_mean(made)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))


def by_function(net, loss_of, x, y):
    made = net(x, training=True)
    with tf.GradientTape() as tape:
        loss = loss_of(x, y) + tf.reduce_mean(made)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))


def below(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x))
        penalty = tf.reduce_mean(model(x))
    loss += penalty
    grads = tape.gradient(loss, model.trainable_variables)  # expect
    optimizer.apply_gradients(zip(grads, model.trainable_variables))


def unpacked(x, y):
    with tf.GradientTape() as tape:
        losses = (loss_fn(y, model(x)), tf.reduce_mean(model(x)))
    loss, other = losses
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss + other


def one_block_more(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, functional(x))
        with tf.GradientTape() as inner:
            more = tf.reduce_mean(functional(x))
        slopes = inner.gradient(more, functional.trainable_variables)
        loss = loss + tf.add_n([tf.reduce_sum(tf.square(s)) for s in slopes])
    grads = tape.gradient(loss, functional.trainable_variables)
    optimizer.apply_gradients(zip(grads, functional.trainable_variables))


def as_number(x, y):
    with tf.GradientTape() as tape:
        made = np.mean(np.square(y - model(x).numpy()))
        loss = tf.convert_to_tensor(made) * 2.0
    grads = tape.gradient(loss, model.trainable_variables)  # expect
    optimizer.apply_gradients(zip(grads, model.trainable_variables))


def number_as_target(x, y):
    with tf.GradientTape() as tape:
        target = y + 0.9 * model(x + 1).numpy()
        loss = loss_fn(target, model(x))
        print(float(loss), loss.numpy())
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))


def only_looked_at(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    loss = loss * 2.0
    print(tape.gradient(loss, model.trainable_variables))


def entered_again(x, y):
    tape = tf.GradientTape(persistent=True)
    with tape:
        made = model(x)
    with tape:
        loss = loss_fn(y, made)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
