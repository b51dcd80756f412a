"""The loop that trains sets the variable; `compile` has copied it before."""

from tensorflow import keras
from tensorflow.keras import backend as K

beta = K.variable(0.0)
x = keras.Input((4,))
model = keras.Model(x, [keras.layers.Dense(4)(x), keras.layers.Dense(2)(x)])
model.compile("adam", ["mse", "mae"], loss_weights=[1.0, 2 * beta])  # expect

for epoch in range(10):
    K.set_value(beta, epoch / 10)
    model.train_on_batch(a, b)
