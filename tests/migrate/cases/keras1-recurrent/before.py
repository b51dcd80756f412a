"""Stateful and embedded sequences."""
import numpy as np
from keras.layers import Dense, Embedding, recurrent
from keras.models import Sequential

model = Sequential()
model.add(Embedding(20, 4, input_length=6))
model.add(recurrent.LSTM(8, inner_activation="sigmoid", dropout_W=0.1, consume_less="gpu"))
model.add(Dense(1))
model.compile("sgd", "mse")
model.fit(np.zeros((8, 6)), np.zeros((8, 1)), nb_epoch=1, verbose=0)

stateful = Sequential(
    [
        recurrent.LSTM(4, batch_input_shape=(2, 3, 1), stateful=True),
        Dense(1),
    ]
)
stateful.compile(loss="mse", optimizer="sgd")
stateful.fit(np.zeros((4, 3, 1)), np.zeros((4, 1)), batch_size=2, epochs=1, verbose=0)
stateful.reset_states()
