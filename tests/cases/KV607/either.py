"""Whichever Keras there is."""

import keras

try:
    from tf_keras import layers
except ImportError:
    from keras import layers

model = keras.Sequential([layers.Dense(1)])
