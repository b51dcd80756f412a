"""One fault in many spellings: each is found, and fixed where a fix is promised."""

from __future__ import annotations

import pytest

from kerasvae_lint import fix_source, lint_source

HEAD = """import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Layer
tfd = tfp.distributions
"""
ROWS = HEAD.count("\n")

CASES = [
    pytest.param(
        """\
class D(Layer):
    def __init__(self, enc, **kw):
        super().__init__(**kw)
        self.enc = enc
        self.k = K.transpose(enc.kernel)
    def call(self, x):
        return K.dot(x, self.k)
""",
        "KV201",
        5,
        id="init-param",
    ),
    pytest.param(
        """\
class D(Layer):
    def __init__(self, enc, **kw):
        super().__init__(**kw)
        self.enc = enc
    def build(self, s):
        self.k = tf.transpose(self.enc.weights[0])
        super().build(s)
    def call(self, x):
        return tf.matmul(x, self.k)
""",
        "KV201",
        6,
        id="weights[0]",
    ),
    pytest.param(
        """\
class D(Layer):
    def __init__(self, emb, **kw):
        super().__init__(**kw)
        self.emb = emb
    def build(self, s):
        self.table = tf.transpose(self.emb.embeddings)
    def call(self, x):
        return tf.matmul(x, self.table)
""",
        "KV201",
        6,
        id="embedding",
    ),
    pytest.param(
        """\
class D(Layer):
    def build(self, s):
        self.logit = self.add_weight(name="l", shape=())
        setattr(self, "gate", tf.sigmoid(self.logit))
    def call(self, x):
        return x * self.gate
""",
        "KV303",
        4,
        id="setattr",
    ),
    pytest.param(
        """\
class M(tf.keras.Model):
    def __init__(self):
        super(M, self).__init__()
        self.log_var = tf.Variable(0., trainable=True)
        self.var: tf.Tensor = tf.exp(self.log_var)
        self.d = Dense(3)
    def train_step(self, data):
        return {"loss": self.d(data) * self.var}
""",
        "KV303",
        5,
        id="model",
    ),
    pytest.param(
        """\
class KL(Layer):
    def __init__(self, weight, **kw):
        super().__init__(**kw)
        self.weight = weight
    def call(self, x):
        self.add_loss(self.weight * K.mean(x)); return x
def make():
    w = K.variable(0., dtype="float32")
    return w
w = make()
z = KL(w)(tf.keras.Input((2,)))
class CB(tf.keras.callbacks.Callback):
    def __init__(self, v): self.v = v
    def on_epoch_end(self, e, logs={}):
        K.set_value(self.v, min(1., e / 10))
cb = CB(w)
""",
        "KV101",
        8,
        id="func-made",
    ),
    pytest.param(
        """\
class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.beta = K.variable(0)
    def call(self, x): return x * self.beta
class Warm(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(self.model.beta, epoch / 10.)
""",
        "KV101",
        4,
        id="attr",
    ),
    pytest.param(
        """\
class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.beta = tf.Variable(0.)
    def call(self, x): return x * self.beta
vae = VAE()
for epoch in range(10):
    vae.beta.assign(epoch / 10)
    vae.fit(x, x)
""",
        "KV101",
        4,
        id="loop",
    ),
    pytest.param(
        """\
class D(Layer):
    def build(self, s):
        self.mu = self.add_weight(name="m", shape=(2,))
        self.p = {"a": tfd.Normal(self.mu[0], 1.), "b": 1}
    def call(self, x):
        return self.p["a"].log_prob(x)
""",
        "KV301",
        4,
        id="dict",
    ),
    pytest.param(
        """\
class D(Layer):
    def build(self, s):
        self.rho = self.add_weight(name="m", shape=(2,))
        self.flow = tfd.TransformedDistribution(tfd.Normal(0., 1.), tfp.bijectors.Shift(tf.exp(self.rho)))
    def call(self, x):
        return self.flow.log_prob(x)
""",
        "KV301",
        4,
        id="bijector",
    ),
    pytest.param(
        """\
mu = tf.Variable([0.])
d = tfd.Normal(mu[0], 1.)
with tf.GradientTape() as t:
    l = -d.log_prob(1.)
g = t.gradient(l, d.trainable_variables)
""",
        "KV301",
        2,
        id="script",
    ),
    pytest.param(
        """\
def f(h):
    p = Dense(4)(h)
    mu, s = tf.split(p, 2, axis=-1)
    return tfd.Normal(mu, s)
""",
        "KV307",
        4,
        id="split",
    ),
    pytest.param(
        """\
def f(h):
    p = Dense(4)(h)
    return tfd.MultivariateNormalDiag(loc=p[..., :2], scale_diag=p[..., 2:])
""",
        "KV307",
        3,
        id="slice",
    ),
    pytest.param(
        """\
def nll(y, d):
    p = d.prob(y) + 1e-7
    return -tf.reduce_mean(tf.math.log(p))
""",
        "KV306",
        3,
        id="local",
    ),
]


@pytest.mark.parametrize(("text", "code", "row"), CASES)
def test_found(text: str, code: str, row: int) -> None:
    assert [(f.code, f.location.row - ROWS) for f in lint_source(HEAD + text)] == [(code, row)]


@pytest.mark.parametrize(("text", "code"), [case.values[:2] for case in CASES if case.id != "script"])
def test_fixed(text: str, code: str) -> None:
    result = fix_source(HEAD + text, unsafe=True)
    assert code in {finding.code for finding in result.fixed}
    assert result.remaining == []
    assert result.text != HEAD + text
