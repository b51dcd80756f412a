"""A callback that no `fit` gets sets nothing; the one that it gets does."""
import tensorflow as tf

beta = 0.0
gamma = 0.0


def loss(y_true, y_pred):
    return (beta + gamma) * tf.reduce_mean(tf.square(y_true - y_pred))


def set_beta(epoch, logs):
    global beta
    beta = epoch / 10


def set_gamma(epoch, logs):
    global gamma
    gamma = epoch / 10  # expect


model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile("adam", loss)
left = tf.keras.callbacks.LambdaCallback(on_epoch_begin=set_beta)
given = tf.keras.callbacks.LambdaCallback(on_epoch_begin=set_gamma)
model.fit(x, y, epochs=10, callbacks=[given])
