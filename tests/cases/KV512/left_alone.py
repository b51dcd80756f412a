"""What is frozen for one model alone, in code for Keras 2, or in a way that can't be told."""

from tensorflow import keras
from tensorflow.keras import layers


def network(units):
    return keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(units)])


# who knows what was asked for
discriminator = network(1)
discriminator.compile("adam", "mse")
discriminator.trainable = settings.train_discriminator
gan = keras.Sequential([network(4), discriminator])
gan.compile("adam", "mse")
discriminator.train_on_batch(x, y)
gan.train_on_batch(x, y)

# only some of the layers
critic = network(1)
critic.compile("adam", "mse")
critic.layers[0].trainable = False
whole = keras.Sequential([network(4), critic])
whole.compile("adam", "mse")


# never trained by itself
judge = network(1)
judge.compile("adam", "mse")
judge.trainable = False
both = keras.Sequential([network(4), judge])
both.compile("adam", "mse")
both.train_on_batch(x, y)
judge.evaluate(x, y)

# frozen on one way only
maybe = network(1)
maybe.compile("adam", "mse")
if pretrained:
    maybe.trainable = False
other = keras.Sequential([network(4), maybe])
other.compile("adam", "mse")
maybe.train_on_batch(x, y)
other.train_on_batch(x, y)
