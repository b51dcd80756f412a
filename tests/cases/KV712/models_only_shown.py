"""Models to look at: one is drawn; the others are trained, by `fit`, by a loop, or by a model around them."""

import tensorflow as tf

layers = tf.keras.layers
shown = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(20), layers.Dense(1)])
shown.summary()

fitted = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(20), layers.Dense(1)])  # expect
fitted.compile("sgd", "mse")

looped = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(20), layers.Dense(1)])  # expect
optimizer = tf.keras.optimizers.SGD()
x = tf.ones((8, 4))
for _ in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(looped(x)))
    optimizer.apply_gradients(zip(tape.gradient(loss, looped.trainable_variables), looped.trainable_variables))

inner = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(20), layers.Dense(1)])  # expect
outer = tf.keras.Sequential([tf.keras.Input((4,)), inner, layers.ReLU()])
outer.compile("sgd", "mse")
