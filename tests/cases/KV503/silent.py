"""Configs of which nothing can be said, or that are whole."""

import json

import tensorflow as tf
from somewhere import Quantized, saved

layers = tf.keras.layers


class Base(layers.Layer):
    def __init__(self, quantizer=None, **kwargs):
        super().__init__(**kwargs)
        self.quantizer = quantizer

    def get_config(self):
        return {**super().get_config(), "quantizer": self.quantizer}


class Mixed(layers.Activation, Base):
    """`super()` asks `Activation`, and that asks `Base`."""

    def __init__(self, activation, quantizer=None, limit=1.0, **kwargs):
        quantizer = quantizer or "default"
        super().__init__(activation=activation, quantizer=quantizer, **kwargs)
        self.limit = limit

    def get_config(self):
        config = super().get_config()
        config["limit"] = self.limit
        return config


class Unseen(Quantized, layers.Layer):
    def __init__(self, bits, **kwargs):
        super().__init__(**kwargs)
        self.bits = bits

    def call(self, inputs):
        return inputs

    def get_config(self):
        return super().get_config()


class Helped(layers.Layer):
    def __init__(self, bits, **kwargs):
        super().__init__(**kwargs)
        self.bits = bits

    def get_config(self):
        return saved(self, super().get_config())


class Handed(layers.Layer):
    def __init__(self, bits, **kwargs):
        super().__init__(**kwargs)
        self.bits = bits

    def get_config(self):
        config = super().get_config()
        saved(self, config)
        return config


class Read(layers.Layer):
    def __init__(self, path, **kwargs):
        super().__init__(**kwargs)
        self.path = path

    def get_config(self):
        with open(self.path) as file:
            return json.load(file)


class Instead(tf.keras.metrics.Metric):
    """`label` stands in for `label_id`, which the config has."""

    def __init__(self, label=None, label_id=None, **kwargs):
        super().__init__(**kwargs)
        if label is None and label_id is None:
            raise ValueError("one of the two")
        self._label_id = hash(label) if label_id is None else label_id

    def get_config(self):
        return {**super().get_config(), "label_id": self._label_id}


class Shaped(layers.Layer):
    def __init__(self, units, input_dim=None, weights=None, unused=None, **kwargs):
        if input_dim is not None:
            kwargs["input_shape"] = (input_dim,)
        super().__init__(**kwargs)
        self.units = units
        self.first = weights

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Functional(tf.keras.Model):
    def __init__(self, units):
        inputs = tf.keras.Input((4,))
        super().__init__(inputs, layers.Dense(units)(inputs))

    def get_config(self):
        return super().get_config()


class Silent(tf.keras.callbacks.Callback):
    def __init__(self, rate):
        self.rate = rate

    def get_config(self):
        return {}


class NoKeywords(layers.Layer):
    """What it does not take, it need not give back."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def get_config(self):
        return {"units": self.units}


class KeptForNobody(layers.Layer):
    """Nothing reads the attribute: a loaded layer does the same without it."""

    def __init__(self, units, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.channels = int(axis)

    def call(self, inputs):
        return inputs[:, : self.units]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class ReadsItsOwn(layers.Layer):
    """No kin of the one above: what it reads is its own."""

    def __init__(self, channels, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels

    def call(self, inputs):
        return inputs[:, : self.channels]

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}


class MakesFirstValues(layers.Layer):
    """No layer but by its base: name and dtype come with each call."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def __call__(self, shape, dtype=None):
        return tf.ones(shape, dtype) * self.scale

    def get_config(self):
        return {"scale": self.scale}
