"""`tf.nn` takes logits, by whatever name or place; its labels may well be probabilities."""
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    model = tf.keras.Sequential([tf.keras.layers.Dense(64), tf.keras.layers.Dense(10, activation="softmax")])
    teacher = tf.keras.Sequential([tf.keras.layers.Dense(10)])


def named(x, y):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(logits=model(x), labels=y)  # expect


def in_order(x, y):
    return tf.nn.softmax_cross_entropy_with_logits(y, model(x))  # expect


def soft_labels(x):
    student, goal = teacher(x), model(x)
    return tf.nn.softmax_cross_entropy_with_logits(logits=student, labels=goal)


def binary(x):
    q = tf.nn.sigmoid(teacher(x))
    return tf.nn.sigmoid_cross_entropy_with_logits(logits=teacher(x), labels=q)


with strategy.scope():

    def train_step(data):
        def step(inputs):
            images, labels = inputs
            logits = model(images)
            return tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels)  # expect

        return strategy.run(step, args=(data,))
