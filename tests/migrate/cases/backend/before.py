"""Functions of the backend in a loss, a layer and a schedule."""
import keras
import keras.backend as K
import numpy as np
from keras.callbacks import Callback
from keras.engine.topology import Layer

K.set_image_dim_ordering("tf")
assert K.image_dim_ordering() == "tf"


class Noise(Layer):
    def call(self, inputs):
        shape = K.shape(inputs)
        return inputs + K.exp(0.5) * K.random_normal((shape[0], K.int_shape(inputs)[1]), std=0.1)

    def get_output_shape_for(self, input_shape):
        return input_shape


def distance(y_true, y_pred):
    error = K.clip(K.abs(y_true - y_pred), K.epsilon(), max_value=1.0)
    return K.sqrt(K.sum(K.square(error), axis=-1, keepdims=True)) + K.mean(K.l2_normalize(error, axis=-1))


class Halve(Callback):
    def on_epoch_end(self, epoch, logs=None):
        K.set_value(self.model.optimizer.lr, 0.5 * K.get_value(self.model.optimizer.lr))


model = keras.models.Sequential([Noise(input_shape=(3,)), keras.layers.core.Dense(2)])
model.compile(keras.optimizers.SGD(lr=0.1), distance)
model.fit(np.ones((8, 3)), np.ones((8, 2)), nb_epoch=2, verbose=0, callbacks=[Halve()])
assert abs(float(K.get_value(model.optimizer.lr)) - 0.025) < 1e-6
features = K.function([model.layers[0].input, K.learning_phase()], [model.layers[0].output])
assert features([np.ones((2, 3)), 0])[0].shape == (2, 3)
