"""Shapes of symbolic tensors, batches of a data set, words for reductions."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.callbacks import ReduceLROnPlateau
from tensorflow.keras.utils import Sequence


class Batches(Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return [np.ones((2, 3)), np.ones((2, 3))], np.ones((2, 1))


class Scale(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1].value,), initializer="ones")
        assert input_shape.as_list()[-1] == 3

    def call(self, inputs):
        return inputs * self.scale * float(inputs.shape.as_list()[-1])


a, b = layers.Input((3,)), layers.Input((3,))
size = a.get_shape().as_list()[1]
same = b.shape.as_list()[1], b.shape[1]
model = tf.keras.Model([a, b], layers.Dense(1)(layers.add([Scale()(a), layers.Dense(size)(b)])))
model.compile("sgd", tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.AUTO))
history = model.fit(
    Batches(), epochs=1, verbose=0, workers=2, callbacks=[ReduceLROnPlateau(monitor="loss", epsilon=0.001)]
)
assert len(history.history["loss"]) == 1
