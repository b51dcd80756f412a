"""A base that nobody can see is unknown, and no layer."""
import numpy as np
from augmentations.core import Step
from tensorflow import keras


class Noise(Step):
    def call(self, picture):
        return picture + np.random.normal(size=picture.shape)


model = keras.Sequential([keras.layers.Dense(2)])
