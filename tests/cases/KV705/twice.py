"""A function that runs twice splits twice: a model is as old as the splitting of its own run."""
import numpy as np
from sklearn.model_selection import KFold
from tensorflow import keras


def made(size):
    model = keras.Sequential([keras.Input((size,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


class Anew:
    def __init__(self):
        self.model = None

    def run(self, x, y):
        self.folds = KFold(n_splits=5)
        for self.fold, (train, test) in enumerate(self.folds.split(x), start=1):
            self.model = made(x.shape[1])
            self.model.fit(x[train], y[train])
            print(self.fold, self.model.evaluate(x[test], y[test]))


class Reused:
    def run(self, x, y):
        self.model = made(x.shape[1])
        self.folds = KFold(n_splits=5)
        for train, test in self.folds.split(x):
            self.model.fit(x[train], y[train])  # expect
            print(self.model.evaluate(x[test], y[test]))


for worker in (Anew(), Reused()):
    worker.run(np.zeros((100, 3)), np.zeros(100))
for seed in (1, 2):
    Anew().run(np.random.normal(size=(100, seed)), np.zeros(100))
    Reused().run(np.random.normal(size=(100, seed)), np.zeros(100))
