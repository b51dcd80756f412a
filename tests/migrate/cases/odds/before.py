"""What old programs ask of models and optimizers here and there."""
import os
import tempfile

import numpy as np
from keras.layers.core import Dense
from keras.models import Sequential

path = os.path.join(tempfile.mkdtemp(), "weights.h5")
model = Sequential([Dense(1, input_dim=2)])
model.compile("sgd", "mse", target_tensors=None)
model.fit(np.ones((4, 2)), np.ones((4, 1)), nb_epoch=1, class_weight="auto", verbose=0)
count = len(model.optimizer.weights)
assert count >= 1
assert tuple(model.get_output_at(0).shape) == (None, 1)
model.save_weights(path)
model.load_weights(path, by_name=False)


def partly(other, layer, old):
    other.load_weights(path, by_name=True)
    other.load_weights("old.h5", by_name=True)
    return layer.get_input_at(1), old.compile("sgd", loss="mse", target_tensors=[layer])
