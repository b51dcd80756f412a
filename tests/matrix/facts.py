"""The facts: what a rule must learn, each in a small program with a place where it is used."""

from __future__ import annotations

from tests.matrix.programs import Fact

_KL = "0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)"

ACTIVATION = Fact(
    name="activation",
    code="KV409",
    kind="text",
    bad='"softmax"',
    good='"linear"',
    opening="",
    body="""
        model = keras.Sequential(
            [keras.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation={use})]
        )
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))  #!
    """,
)

UNITS = Fact(
    name="units",
    code="",
    kind="number",
    bad="64",
    good="32",
    opening="",
    body="""
        model = keras.Sequential([keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense({use})])
        model.compile("adam", "mse")
    """,
)

FROM_LOGITS = Fact(
    name="from_logits",
    code="KV409",
    kind="flag",
    bad="True",
    good="False",
    opening="""
        inputs = keras.Input((784,))
        hidden = layers.Dense(64, activation="relu")(inputs)
        model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
    """,
    body="""
        loss = keras.losses.BinaryCrossentropy(from_logits={use})  #!
        model.compile("adam", loss)
    """,
)

LOSS = Fact(
    name="loss_object",
    code="KV409",
    kind="object",
    bad="keras.losses.BinaryCrossentropy(from_logits=True)",
    good="keras.losses.BinaryCrossentropy(from_logits=False)",
    opening="""
        inputs = keras.Input((784,))
        hidden = layers.Dense(64, activation="relu")(inputs)
        model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
    """,
    body="""
        model.compile(optimizer="adam", loss={use})  #!
    """,
    at_expression=True,
)

HEAD = Fact(
    name="head_layer",
    code="KV409",
    kind="object",
    bad='layers.Dense(10, activation="softmax")',
    good="layers.Dense(10)",
    opening="",
    body="""
        model = keras.Sequential([keras.Input((784,)), layers.Dense(64, activation="relu"), {use}])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))  #!
    """,
)

KERNEL = Fact(
    name="kernel",
    code="KV201",
    kind="tensor",
    bad="tf.transpose(source.kernel)",
    good="source.kernel",
    free=("source",),
    base="layers.Layer",
    opening="""
        class Tied(<base>):
            def __init__(self, source, **kwargs):
                super().__init__(**kwargs)
    """,
    body="""
        self.kernel = {use}  #!
    """,
    closing="""
    def call(self, inputs):
        return tf.matmul(inputs, self.kernel)
""",
)

SNAPSHOT = Fact(
    name="snapshot",
    code="KV303",
    kind="tensor",
    bad="tf.sigmoid(logit)",
    good="logit",
    free=("logit",),
    base="layers.Layer",
    opening="""
        class Gate(<base>):
            def build(self, input_shape):
                logit = self.add_weight(name="logit", shape=(), initializer="zeros")
    """,
    body="""
        self.rate = {use}  #!
    """,
    closing="""
    def call(self, inputs):
        return inputs * self.rate
""",
)

_VAE = """
    class VAE(<base>):
        def __init__(self, latent=2, features=784, **kwargs):
            super().__init__(**kwargs)
            self.mean, self.log_var = layers.Dense(latent), layers.Dense(latent)
            self.decoder = layers.Dense(features)

        def call(self, inputs):
            mean, log_var = self.mean(inputs), self.log_var(inputs)
"""

LOG_VARIANCE = Fact(
    name="log_variance",
    code="KV402",
    kind="tensor",
    bad="tf.exp(log_var)",
    good="tf.exp(0.5 * log_var)",
    free=("log_var",),
    base="keras.Model",
    opening=_VAE,
    body=f"""
        z = mean + {{use}} * tf.random.normal(tf.shape(mean))  #!
        self.add_loss(tf.reduce_mean(-{_KL}))
        return self.decoder(z)
    """,
)

KL = Fact(
    name="kl",
    code="KV401",
    kind="tensor",
    bad=f"{_KL}",
    good=f"-{_KL}",
    free=("mean", "log_var"),
    base="keras.Model",
    opening=_VAE,
    body="""
        z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
        self.add_loss(tf.reduce_mean({use}))  #!
        return self.decoder(z)
    """,
    at_expression=True,
)

_WARM_UP = """
    class Penalty(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.beta = 0.0

        def call(self, inputs):
            self.add_loss(self.beta * tf.reduce_mean(tf.square(inputs)))
            return inputs


    class Record(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.beta = 0.0

        def call(self, inputs):
            return inputs

        def report(self):
            print("beta is", self.beta)


    class WarmUp(keras.callbacks.Callback):
        def __init__(self, target):
            super().__init__()
            self.target = target

        def on_epoch_begin(self, epoch, logs=None):
            {target}.beta = min(1.0, epoch / 10)  #!


    penalty, record = Penalty(name="kl"), Record(name="record")
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8), penalty, record])
    model.compile("adam", "mse")
    x = tf.random.normal((64, 8))
"""

SCHEDULE = Fact(
    name="schedule_owner",
    code="KV102",
    kind="object",
    bad="penalty",
    good="record",
    free=("penalty", "record"),
    opening=_WARM_UP.format(target="self.target"),
    body="""
        model.fit(x, x, epochs=20, callbacks=[WarmUp({use})])
    """,
)

SCHEDULE_NAME = Fact(
    name="schedule_name",
    code="KV102",
    kind="text",
    bad='"kl"',
    good='"record"',
    opening=_WARM_UP.format(target="self.model.get_layer(self.target)"),
    body="""
        model.fit(x, x, epochs=20, callbacks=[WarmUp({use})])
    """,
)

FACTS = (ACTIVATION, FROM_LOGITS, LOSS, HEAD, KERNEL, SNAPSHOT, LOG_VARIANCE, KL, SCHEDULE, SCHEDULE_NAME)
"""What rules report; the unit count, which none reads yet, is asked of the facade."""
