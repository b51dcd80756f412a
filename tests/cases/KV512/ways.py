"""Ways in which the two networks are kept, frozen and reached."""

from tensorflow import keras
from tensorflow.keras import layers


def network(units):
    return keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(units)])


def compiled():
    model = network(1)
    model.compile("adam", "mse")
    return model


# taken out of the combined model again
gan = keras.Sequential([network(4), compiled()])
generator, discriminator = gan.layers
discriminator.trainable = False  # expect
gan.compile("adam", "mse")


def train(model, data):
    first, second = model.layers
    for batch in data:
        second.train_on_batch(batch, batch)
        model.train_on_batch(batch, batch)


train(gan, data)


# through a builder and its parameters
def combine(made, judge):
    for layer in judge.layers:
        layer.trainable = False  # expect
    model = keras.Sequential([made, judge])
    model.compile("adam", "mse")
    return model


judge, made = compiled(), network(4)
both = combine(made, judge)
for _ in range(10):
    judge.fit(x, y)
    both.fit(x, y)


# a model over the same layers is frozen in its place
critic = compiled()
frozen = keras.Model(critic.inputs, critic.outputs)
frozen.trainable = False  # expect
noise = keras.Input((4,))
combined = keras.Model(noise, frozen(network(4)(noise)))
combined.compile("adam", "mse")
critic.train_on_batch(x, y)
combined.train_on_batch(x, y)


# unfrozen too late: Keras 3 has noted by then that nothing is trained
late = compiled()
late.trainable = False  # expect
whole = keras.Sequential([network(4), late])
whole.compile("adam", "mse")
for _ in range(10):
    late.train_on_batch(x, y)
    whole.train_on_batch(x, y)
    late.trainable = True
