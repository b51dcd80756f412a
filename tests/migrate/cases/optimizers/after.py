"""Rates, decay and words for losses."""
import numpy as np
from keras import optimizers
from keras.layers import Dense, Input
from keras.models import Model
from keras.optimizers import SGD, Adam

inputs = Input(shape=(3,))
model = Model(inputs=inputs, outputs=Dense(1)(inputs))
x, y = np.ones((16, 3)), np.ones((16, 1))
for optimizer in (
    SGD(learning_rate=optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-3), momentum=0.9, nesterov=True),
    Adam(learning_rate=1e-3),
    optimizers.RMSprop(learning_rate=optimizers.schedules.InverseTimeDecay(0.001, decay_steps=1, decay_rate=0.1)),
):
    model.compile(optimizer, "log_cosh", metrics=["mae"])
    model.fit(x, y, epochs=1, verbose=0)
model.compile(loss="kl_divergence", optimizer="sgd", metrics=["cosine_similarity"])
