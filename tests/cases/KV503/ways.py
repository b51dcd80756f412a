"""Ways to forget an argument."""

import tensorflow as tf

layers = tf.keras.layers


class Misspelt(layers.Layer):
    def __init__(self, filters, *args, dropout=0.1, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters = filters
        self.dropout = dropout

    def get_config(self):  # expect: `fitlers`
        config = super(Misspelt, self).get_config()
        config.update(dict(fitlers=self.filters, dropout=self.dropout))
        return config

    @classmethod
    def from_config(cls, *args, **kwargs):
        print("made anew", args)
        return super(Misspelt, cls).from_config(*args, **kwargs)


class ByAttribute(layers.Layer):
    def __init__(self, dim_stochastic, **kwargs):
        self.dim = dim_stochastic
        super().__init__(**kwargs)

    def get_config(self):  # expect: the attribute's name is not the argument's
        return dict(list(super().get_config().items()) + list({"dim": self.dim}.items()))

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Parent(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        return config


class Child(Parent):
    def __init__(self, units, rate=0.5, **kwargs):  # expect: the config is the parent's
        super().__init__(units, **kwargs)
        self.rate = rate

    def call(self, inputs):
        return inputs * self.rate


class Recurrent(layers.GRU):
    def __init__(self, units, noise=0.0, recurrent_dropout=0.0, **kwargs):
        super().__init__(units, recurrent_dropout=recurrent_dropout, **kwargs)
        self.noise = noise

    def call(self, inputs, **options):
        return super().call(inputs + self.noise, **options)

    def get_config(self):  # expect: noise; the others are GRU's
        base_config = super().get_config()
        base_config.pop("time_major", None)
        return base_config


class Inside(layers.Layer):
    def __init__(self, units, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units, activation=activation)

    def get_config(self):  # expect: only a layer inside knows the activation
        config = {}
        config["units"] = self.units
        return {**super().get_config(), **config}


class NoBase(layers.Layer):
    def __init__(self, units, **kwargs):
        super(NoBase, self).__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return inputs

    def get_config(self):  # expect: no super
        return {"units": self.units}


class Reads:
    """A mixin: what its heirs keep is read here."""

    def scaled(self, inputs):
        return inputs * self.factor


class Keeps(Reads, layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.scaled(inputs)

    def get_config(self):  # expect
        return {**super().get_config()}
