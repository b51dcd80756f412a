"""A list that is looked through between formulas: what is compared there has a key like any other value."""

import numpy as np
import tensorflow as tf


def play(predict, board, is_over):
    seen = []
    while True:
        shares = tf.nn.softmax(predict(np.expand_dims(board, 0)))[0]
        shares = [share * (place not in seen) for place, share in enumerate(shares)]
        if is_over:
            return np.asarray(seen), shares
