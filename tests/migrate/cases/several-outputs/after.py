import numpy as np
from keras.layers import Dense, Input
from keras.metrics import MeanAbsoluteError
from keras.models import Model, Sequential


def far(y_true, y_pred):
    return abs(y_true - y_pred)


class Adversary:
    def __init__(self, optimizer):
        self.critic = self.build()
        self.critic.compile(optimizer, ["binary_crossentropy", "categorical_crossentropy"], metrics=[["accuracy"], ["accuracy"]])

    def build(self):
        image = Input(shape=(8,))
        valid = Dense(1, activation="sigmoid")(image)
        label = Dense(3, activation="softmax")(image)
        return Model(image, [valid, label])

    def train(self, x, valid, labels):
        loss = self.critic.train_on_batch(x, [valid, labels])
        print(loss[0], loss[3])
        print(self.critic.evaluate(x, [valid, labels])[0])
        self.critic.evaluate(x, [valid, labels])


x, y = np.ones((6, 8)), np.ones((6, 1))
adversary = Adversary("adam")
adversary.train(x, y, np.eye(3)[[0, 1, 2, 0, 1, 2]])
image = Input((8,))
one = Dense(1, name="a")(image)
two = Dense(1, name="b")(image)
model = Model(image, [one, two])
model.compile("sgd", ["mse", "mse"], metrics=[["mae", far], ["mae", far]])
in_order = Model(image, [one, two])
in_order.compile("sgd", ["mse", "mse"], metrics=[[far, "mae"], [far, "mae"]])
scores = in_order.evaluate(x, [y, y])
model.compile("sgd", ["mse", "mse"], metrics=[[MeanAbsoluteError(), "mse", far], [MeanAbsoluteError(), "mse", far]])
scores = model.evaluate(x, [y, y])
model.compile("sgd", ["mse", "mse"], metrics={"a": "mae"})
model.compile("sgd", ["mse", "mse"], metrics=[["mse"], ["mae"]])
words = ["mae"]
model.compile("sgd", ["mse", "mse"], metrics=[words, words])
single = Sequential([Dense(1, input_dim=8)])
single.compile("sgd", "mse", metrics=["mse", "mae"])
mae = single.evaluate(x, y)[2]
