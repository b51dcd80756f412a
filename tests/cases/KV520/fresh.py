"""Copies that are meant to be fresh, or that get their weights elsewhere."""
from tensorflow import keras


def build():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])


def give_weights(one, other):
    for layer, source in zip(one.layers, other.layers):
        layer.kernel = source.kernel


online = build()
target = keras.models.clone_model(online)  # nothing was learned yet
online.compile("adam", "mse")
online.fit(x, y)
values = target.predict(x)

handed = keras.models.clone_model(online)
give_weights(handed, online)
handed.predict(x)

template = build()
first = keras.models.clone_model(template)
first.compile("adam", "mse")
first.fit(x, y)
second = keras.models.clone_model(template)
second.predict(x)

quantized = keras.models.clone_model(online, clone_function=lambda layer: layer)
quantized.predict(x)

start = keras.models.clone_model(online)
deeper = keras.Sequential([start, keras.layers.Dense(1)])
deeper.compile("adam", "mse")
deeper.fit(x, y)

lost = keras.models.clone_model(online)  # expect
lost.summary()
lost.save("lost.keras")

base = keras.applications.MobileNetV2(weights="imagenet")
copied = keras.models.clone_model(base)  # expect
features = keras.Model(copied.input, copied.output)
features.predict(x)

bare = keras.applications.MobileNetV2(weights=None)
empty = keras.models.clone_model(bare)
empty.predict(x)
