"""A cross-entropy and the output it is given, with helpers, attributes and a ``compile`` of one's own between them."""

from __future__ import annotations

import pytest

from kerasvae_lint import Settings, fix_source, lint_source

OTHERS_APART = Settings(ignore=("KV612",))
"""What the programs' steps return is no matter here."""

HEAD = """import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
"""
SIGMOID = """
def make_critic():
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(8, 8, 1)))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
"""
LINEAR = SIGMOID.replace(', activation="sigmoid"', "")
HELPERS = """
entropy = keras.losses.BinaryCrossentropy(FLAG)

def critic_loss(real, made):
    return entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(made), made)

def maker_loss(made):
    return entropy(tf.ones_like(made), made)
"""
STEP = """
critic = make_critic()

def step(images, generated):
    with tf.GradientTape() as tape:
        real = critic(images, training=True)
        made = critic(generated, training=True)
        loss = critic_loss(real, made) + maker_loss(made)
    return tape.gradient(loss, critic.trainable_variables)
"""
CLASS = """
class GAN(keras.Model):
    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def compile(self, optimizer, loss_fn):
        super().compile(optimizer)
        self.loss_fn = loss_fn

    def train_step(self, images):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(tf.ones((32, 1)), self.critic(images))
        grads = tape.gradient(loss, self.critic.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.critic.trainable_weights))
        return {"loss": loss}

gan = GAN(critic=make_critic())
gan.compile("adam", loss_fn=keras.losses.BinaryCrossentropy(FLAG))
"""
SECOND = """
other = GAN(critic=make_critic())
other.compile("adam", loss_fn=keras.losses.BinaryCrossentropy())
"""
ELSEWHERE = """
def judge(scores):
    return critic_loss(scores, scores)
"""
AT_ONCE = """
critic = make_critic()

def judge(images):
    real = critic(images)
    return keras.losses.BinaryCrossentropy(FLAG)(tf.ones_like(real), real)
"""
ONE = """
inputs = keras.Input((8,))
a = layers.Dense(1, activation="sigmoid")(inputs)
model = keras.Model([inputs], outputs=[a])
model.compile("adam", loss=keras.losses.BinaryCrossentropy(FLAG))
"""
LIST = "loss=[keras.losses.BinaryCrossentropy(FLAG)]"
TWO = """
act = keras.activations.get(input())
inputs = keras.Input((8,))
a = layers.Dense(1, activation="sigmoid", name="a")(inputs)
b = layers.Dense(1, activation="sigmoid", name="b")(inputs)
model = keras.Model(inputs, [a, b])
entropy = keras.losses.BinaryCrossentropy(FLAG)
model.compile("adam", loss={"a": entropy, "b": entropy})
"""
DICT = '{"a": entropy, "b": entropy}'
KEYED = TWO.replace(', name="a"', "").replace(', name="b"', "").replace("[a, b]", '{"a": a, "b": b}')
NAMED = TWO.replace("[a, b]", "outputs").replace(DICT, "losses")
NAMED = NAMED.replace("model =", "outputs = [a, b]\nmodel =").replace("model.c", f"losses = {DICT}\nmodel.c")
LINEAR_B = TWO.replace('activation="sigmoid", name="b"', 'name="b"')
NOBODY_B = TWO.replace('activation="sigmoid", name="b"', 'activation=act, name="b"')
OWN = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([layers.Dense(8), layers.Dense(1, activation="sigmoid")])

    def call(self, x):
        return self.net(x)

model = Net()
model.compile("adam", loss=keras.losses.BinaryCrossentropy(FLAG))
"""
CALL = "        return self.net(x)\n"
TWICE = "        if x is None:\n            return None\n" + CALL
STEPS = """
    def train_step(self, data):
        return {"loss": self.step(data)}
"""
BASE = OWN.replace("class Net(", "class Base(").replace(
    "\nmodel =",
    """
class Net(Base):
    def __init__(self):
        super().__init__()
        self.top = layers.Dense(1)

model =""",
)
LOGITS = "from_logits=True"
FOUND = [
    pytest.param(SIGMOID + HELPERS + STEP, LOGITS, "BinaryCrossentropy(from_logits=False)", id="helpers"),
    pytest.param(LINEAR + HELPERS + STEP, "", "BinaryCrossentropy(from_logits=True)", id="helpers, no activation"),
    pytest.param(SIGMOID + CLASS, LOGITS, "BinaryCrossentropy(from_logits=False)", id="compile of one's own"),
    pytest.param(LINEAR + CLASS, "", "BinaryCrossentropy(from_logits=True)", id="the same, no activation"),
    pytest.param(SIGMOID + AT_ONCE, LOGITS, "BinaryCrossentropy(from_logits=False)", id="made and called at once"),
    pytest.param(ONE, LOGITS, "BinaryCrossentropy(from_logits=False)", id="a list of one output"),
    pytest.param(
        ONE.replace("loss=keras.losses.BinaryCrossentropy(FLAG)", LIST),
        LOGITS,
        "BinaryCrossentropy(from_logits=False)",
        id="a list of one loss",
    ),
    pytest.param(TWO, LOGITS, "BinaryCrossentropy(from_logits=False)", id="losses by the layers' names"),
    pytest.param(NAMED, LOGITS, "BinaryCrossentropy(from_logits=False)", id="lists and dicts with a name"),
    pytest.param(
        TWO.replace(DICT, "[entropy, None]").replace('activation="sigmoid", name="b"', 'activation=act, name="b"'),
        LOGITS,
        "BinaryCrossentropy(from_logits=False)",
        id="losses in order",
    ),
    pytest.param(
        TWO.replace(DICT, "entropy"), LOGITS, "BinaryCrossentropy(from_logits=False)", id="one loss for all outputs"
    ),
    pytest.param(KEYED, LOGITS, "BinaryCrossentropy(from_logits=False)", id="outputs in a dict"),
    pytest.param(OWN, LOGITS, "BinaryCrossentropy(from_logits=False)", id="a model of one's own"),
    pytest.param(
        OWN.replace(', activation="sigmoid"', ""), "", "BinaryCrossentropy(from_logits=True)", id="the same, linear"
    ),
    pytest.param(
        OWN.replace(CALL, TWICE.replace("return None", "return self.net(0.0)")),
        LOGITS,
        "BinaryCrossentropy(from_logits=False)",
        id="two returns that agree",
    ),
    pytest.param(BASE, LOGITS, "BinaryCrossentropy(from_logits=False)", id="a call that is inherited"),
    pytest.param(
        SIGMOID + CLASS + SECOND, LOGITS, "BinaryCrossentropy(from_logits=False)", id="two objects, one of them sound"
    ),
    pytest.param(
        NAMED.replace("model =", "outputs.reverse()\nmodel ="),
        LOGITS,
        "BinaryCrossentropy(from_logits=False)",
        id="a list that is turned round",
    ),
    pytest.param(
        OWN.replace(CALL, TWICE),
        LOGITS,
        "BinaryCrossentropy(from_logits=False)",
        id="a return for no batch at all",
    ),
]
SILENT = [
    pytest.param(LINEAR + HELPERS + STEP, LOGITS, id="logits read as logits"),
    pytest.param(SIGMOID + HELPERS + STEP, "", id="probabilities read as probabilities"),
    pytest.param(SIGMOID + HELPERS + ELSEWHERE, LOGITS, id="a helper that is given nothing known"),
    pytest.param(SIGMOID + HELPERS + STEP.replace("= critic(", "= 2.0 * critic("), LOGITS, id="a product"),
    pytest.param(SIGMOID + AT_ONCE.replace(".losses", ".metrics"), LOGITS, id="a metric, called"),
    pytest.param(ONE.replace("loss=", "metrics="), LOGITS, id="a metric, compiled"),
    pytest.param(ONE.replace("=keras.losses.BinaryCrossentropy(FLAG)", "=None"), "", id="no loss"),
    pytest.param(ONE.replace('"sigmoid"', "ACTIVATION"), LOGITS, id="an activation from elsewhere"),
    pytest.param(ONE.replace("[a]", "[a, *rest]"), LOGITS, id="nobody knows how many outputs"),
    pytest.param(TWO.replace(DICT, '{"c": entropy}'), LOGITS, id="the name of no output"),
    pytest.param(TWO.replace(DICT, '{"a": entropy, **more}'), LOGITS, id="losses from elsewhere"),
    pytest.param(TWO.replace('name="b"', 'name="a"'), LOGITS, id="two outputs with one name"),
    pytest.param(TWO.replace(DICT, "[entropy]"), LOGITS, id="fewer losses than outputs"),
    pytest.param(TWO.replace(DICT, "[None, None]"), LOGITS, id="losses of None"),
    pytest.param(KEYED.replace(DICT, "[entropy, entropy]"), LOGITS, id="outputs in a dict, losses in a list"),
    pytest.param(LINEAR_B, LOGITS, id="outputs that disagree"),
    pytest.param(LINEAR_B.replace(DICT, "entropy"), LOGITS, id="outputs that disagree, one loss"),
    pytest.param(LINEAR_B.replace(DICT, '{"b": entropy}'), LOGITS, id="logits by name"),
    pytest.param(LINEAR_B.replace(DICT, "[None, entropy]"), LOGITS, id="logits in order"),
    pytest.param(OWN.replace("self.net(x)\n", "self.net(x), x\n"), LOGITS, id="a call that returns a tuple"),
    pytest.param(OWN.replace(CALL, TWICE.replace("x is None", "flag")), LOGITS, id="two returns, one of them unknown"),
    pytest.param(OWN.replace(CALL, CALL + STEPS), LOGITS, id="a train_step of one's own"),
    pytest.param(BASE.replace(CALL, CALL + STEPS), LOGITS, id="a train_step that is inherited"),
    pytest.param(BASE.replace("self.top", "self.net"), LOGITS, id="an attribute that a subclass sets anew"),
    pytest.param(OWN.replace("(keras.Model)", "(keras.Model, Trainer)"), LOGITS, id="a base from elsewhere"),
]


@pytest.mark.parametrize(("text", "flag", "fixed"), FOUND)
def test_found_and_fixed(text: str, flag: str, fixed: str) -> None:
    program = HEAD + text.replace("FLAG", flag)
    assert [finding.code for finding in lint_source(program, settings=OTHERS_APART)] == ["KV409"]
    result = fix_source(program, settings=OTHERS_APART, unsafe=True)
    assert result.remaining == []
    assert result.text == program.replace(f"BinaryCrossentropy({flag})", fixed)


@pytest.mark.parametrize(("text", "flag"), SILENT)
def test_silent(text: str, flag: str) -> None:
    assert [finding.code for finding in lint_source(HEAD + text.replace("FLAG", flag), settings=OTHERS_APART)] == []


@pytest.mark.parametrize("text", [NOBODY_B, TWO.replace('name="b"', "name=str(act)")], ids=["its ending", "its name"])
def test_no_fix_where_an_output_is_unknown(text: str) -> None:
    program = HEAD + text.replace("FLAG", LOGITS)
    assert [finding.code for finding in lint_source(program, settings=OTHERS_APART)] == ["KV409"]
    assert fix_source(program, settings=OTHERS_APART, unsafe=True).text == program
