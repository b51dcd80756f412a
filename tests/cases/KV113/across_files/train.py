"""Who makes the variable gives it to the callback only."""

from annealing import Annealing
from nets import build
from tensorflow.keras import backend as K


def callbacks(annealed=True):
    found = []
    if annealed:
        weight = K.variable(0.0)  # expect
        found.append(Annealing(weight))
    return found


def shared(x):
    beta = K.variable(0.0)
    model = build(beta)
    model.fit(x, x, epochs=20, callbacks=[Annealing(beta)])
