"""A layer as Keras 1 wanted it, and steps that were counted in samples."""
import numpy as np
from keras import __version__
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Convolution2D, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

K.manual_variable_initialization(False)


class Scale(Layer):
    def build(self, input_shape):
        self.scale = K.variable(np.ones((1,)))
        self.noise = K.zeros((1,))
        self.trainable_weights = [self.scale]

    def call(self, x, mask=None):
        return self.scale * x + self.noise

    def get_output_shape_for(self, input_shape):
        return input_shape


class Fixed(Layer):
    def build(self, input_shape):
        self.trainable_weights = []

    def call(self, x, mask=None):
        return x


model = Sequential()
model.add(Convolution2D(1, 3, 3, "glorot_uniform", "relu", border_mode="same", input_shape=(4, 4, 1)))
model.add(Scale())
model.add(Fixed())
model.add(Flatten())
model.compile("sgd", "mse")
data = ImageDataGenerator().flow(np.ones((8, 4, 4, 1)), np.ones((8, 16)), batch_size=4)
model.fit_generator(data, 8, nb_epoch=1, verbose=0)
assert __version__ and model.metrics_names


def elsewhere(other, batches):
    other.fit_generator(batches, 2000, nb_epoch=5, validation_data=batches, nb_val_samples=200)
    other.save_weights(str(len(batches)) + ".h5")
    print(other.metrics_names)
