"""A loss that is given by position, or by an attribute that another method sets."""
from keras.layers import Dense
from keras.models import Graph, Sequential

graph = Graph()
graph.compile("rmsprop", {"output1": "mse", "output2": "mse"}, loss_weights={"output1": 1.0, "output2": 2.0})


class Trainer:
    def __init__(self):
        self.loss = None
        self.model = Sequential([Dense(1)])

    def compile(self, loss):
        self.loss = loss or "mse"
        self.model.compile("adam", loss=self.loss)

    def recompile(self, loss_weights=None):
        self.model.compile("adam", loss=self.loss, loss_weights=[0.5])


Sequential([Dense(1)]).compile("adam", loss_weights=[0.5])  # expect
