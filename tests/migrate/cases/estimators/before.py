"""Models as estimators of scikit-learn's."""
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def classes(units=4, optimizer="sgd"):
    model = Sequential([Dense(units, input_dim=3, activation="relu"), Dense(3, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model


def line():
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    return model


x = np.random.default_rng(0).normal(size=(30, 3)).astype("float32")
y = np.arange(30) % 3
one = KerasClassifier(build_fn=classes, epochs=1, verbose=0, units=3)
assert one.fit(x, y) is not None and set(one.predict(x)) <= {0, 1, 2}
grid = dict(units=[2, 3], nb_epoch=[1])
GridSearchCV(KerasClassifier(classes, verbose=0), param_grid=grid, cv=2).fit(x, y)
pipe = Pipeline([("scale", StandardScaler()), ("net", KerasRegressor(line, epochs=1, verbose=0))])
assert pipe.fit(x, x.sum(1)).predict(x).shape == (30,)
GridSearchCV(Pipeline([("net", one)]), {"net__optimizer": ["sgd"], "net__epochs": [1]}, cv=2).fit(x, y)
history = one.fit(x, y)
assert len(history.history["loss"]) == 1
assert one.model.predict(x, verbose=0).shape == (30, 3)
best = GridSearchCV(one, {"batch_size": [10]}, cv=2).fit(x, y).best_estimator_.model
assert best.count_params() > 0
