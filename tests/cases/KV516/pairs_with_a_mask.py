"""Pairwise distances: with a small number where they are 0, and without."""
import tensorflow as tf


def batch_hard_loss(labels, codes):
    squares = tf.maximum(tf.reduce_sum(tf.square(codes[:, None] - codes[None]), axis=2), 0.0)
    zero = tf.cast(tf.equal(squares, 0.0), tf.float32)
    return tf.sqrt(squares + zero * 1e-16) * (1.0 - zero)


def batch_all_loss(labels, codes):
    squares = tf.maximum(tf.reduce_sum(tf.square(codes[:, None] - codes[None]), axis=2), 0.0)
    return tf.reduce_mean(tf.sqrt(squares))  # expect
