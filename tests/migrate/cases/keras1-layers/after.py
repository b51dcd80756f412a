"""A layer as Keras 1 wanted it, and steps that were counted in samples."""
import numpy as np
from keras import __version__
from keras.layers import Layer, Conv2D, Flatten
from keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import keras
from keras import ops



class Scale(Layer):
    def build(self, input_shape):
        self.scale = keras.Variable(np.ones((1,)))
        self.noise = keras.Variable(ops.zeros((1,)))

    def call(self, x, mask=None):
        return self.scale * x + self.noise

    def compute_output_shape(self, input_shape):
        return input_shape


class Fixed(Layer):
    def build(self, input_shape):
        pass

    def call(self, x, mask=None):
        return x


model = Sequential()
model.add(Conv2D(1, (3, 3), kernel_initializer="glorot_uniform", activation="relu", padding="same", input_shape=(4, 4, 1)))
model.add(Scale())
model.add(Fixed())
model.add(Flatten())
model.compile("sgd", "mse")
data = ImageDataGenerator().flow(np.ones((8, 4, 4, 1)), np.ones((8, 16)), batch_size=4)
model.fit(data, steps_per_epoch=8 // 4, epochs=1, verbose=0)
assert __version__ and model.metrics_names


def elsewhere(other, batches):
    other.fit(batches, samples_per_epoch=2000, epochs=5, validation_data=batches, nb_val_samples=200)
    other.save_weights(str(len(batches)) + ".weights.h5")
    print(other.metrics_names)
