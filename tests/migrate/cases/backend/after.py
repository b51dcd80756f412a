"""Functions of the backend in a loss, a layer and a schedule."""
import keras
import keras.backend as K
import numpy as np
from keras.callbacks import Callback
from keras.layers import Layer
from keras import ops

K.set_image_data_format("channels_last")
assert K.image_data_format() == "channels_last"


class Noise(Layer):
    def call(self, inputs):
        shape = ops.shape(inputs)
        return inputs + ops.exp(0.5) * keras.random.normal((shape[0], tuple(inputs.shape)[1]), stddev=0.1)

    def compute_output_shape(self, input_shape):
        return input_shape


def distance(y_true, y_pred):
    error = ops.clip(ops.abs(y_true - y_pred), K.epsilon(), x_max=1.0)
    return ops.sqrt(ops.maximum(ops.sum(ops.square(error), axis=-1, keepdims=True), 0.0)) + ops.mean(ops.normalize(error, axis=-1, epsilon=1e-06))


class Halve(Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate.assign(0.5 * ops.convert_to_numpy(self.model.optimizer.learning_rate))


model = keras.models.Sequential([Noise(input_shape=(3,)), keras.layers.Dense(2)])
model.compile(keras.optimizers.SGD(learning_rate=0.1), distance)
model.fit(np.ones((8, 3)), np.ones((8, 2)), epochs=2, verbose=0, callbacks=[Halve()])
assert abs(float(ops.convert_to_numpy(model.optimizer.learning_rate)) - 0.025) < 1e-6


def backend_function(inputs, outputs):
    """A function from a list of arrays, with the mode behind them if it is said, to a list of arrays."""
    model = keras.Model(inputs, outputs)

    def call(values):
        count = len(model.inputs)
        found = model(values[:count], training=bool(values[count]) if len(values) > count else False)
        return [ops.convert_to_numpy(one) for one in (found if isinstance(found, (list, tuple)) else [found])]

    return call


features = backend_function([model.layers[0].input], [model.layers[0].output])
assert features([np.ones((2, 3)), 0])[0].shape == (2, 3)
