"""A compiled model that only predicts uses no loss; one that is evaluated shows a wrong one."""

import numpy as np
import tensorflow as tf

layers = tf.keras.layers
x, y = np.zeros((8, 4)), np.zeros((8, 1))
body = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(1)])
body.compile("adam", tf.keras.losses.BinaryCrossentropy(from_logits=True))
body.fit(x, y)

asked = tf.keras.Sequential([layers.Rescaling(0.1), body])
asked.compile("adam", tf.keras.losses.BinaryCrossentropy())
asked.predict(x)

judged = tf.keras.Sequential([layers.Rescaling(0.1), body])
judged.compile("adam", tf.keras.losses.BinaryCrossentropy())  # expect
judged.evaluate(x, y)
judged.predict(x)
