"""Layers of a model by name and position, own layers and nested models among them; what ``kvlint inspect`` says."""

from __future__ import annotations

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module
from kerasvae_lint.model.description import describe
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

OWN = """\
from tensorflow import keras

class Penalty(keras.layers.Layer):
    def __init__(self, beta, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta
    def call(self, inputs):
        {call}

inputs = keras.Input((4,))
hidden = keras.layers.Dense(3, name="hidden")(inputs)
encoder = keras.Model(inputs, Penalty(2.0, name="inner")(hidden), name="encoder")
other = keras.Input((4,))
model = keras.Model(other, Penalty(1.0, name="kl")(encoder(other)))
"""


def module_of(text: str) -> Module:
    tree, source = parse_code(decode(text.encode(), "a.py"))
    return Module(build(tree, source.text), source)


def _holds(text: str, name: str) -> str:
    lines = describe(module_of(text)).splitlines()
    (line,) = [line for line in lines if line.startswith(f"  {name}: ")]
    return line.partition(": ")[2]


def _asked(expression: str, call: str = "return inputs * 2.0") -> str:
    return _holds(f"{OWN.format(call=call)}found = {expression}\n", "found")


def test_an_own_layer_is_a_layer_of_the_model() -> None:
    assert _asked('model.get_layer("kl").beta') == "1.0"
    assert _asked("model.layers[-1].beta") == "1.0"


def test_a_layer_that_hands_on_its_input_is_one_too() -> None:
    hands_on = "self.add_loss(self.beta); return inputs"
    assert _asked('model.get_layer("kl").beta', hands_on) == "1.0"
    assert _asked('encoder.get_layer("inner").beta', hands_on) == "2.0"
    assert _asked('encoder.get_layer("hidden").units', hands_on) == "3"


def test_a_nested_model_is_one_layer() -> None:
    assert _asked("model.layers[1].name") == "'encoder'"
    assert _asked('model.get_layer("encoder").get_layer("inner").beta') == "2.0"
    assert _asked('model.get_layer("inner")').startswith("unknown")


def test_a_model_keeps_its_own_layers_when_another_one_calls_it() -> None:
    assert _asked("encoder.layers[-1].beta") == "2.0"
    assert _asked("len(encoder.layers)") == "3"


def test_layers_of_a_loop_that_nobody_counts_are_not_numbered() -> None:
    text = (
        "import elsewhere\nfrom tensorflow import keras\ninputs = keras.Input((4,))\nx = inputs\n"
        "for layer in elsewhere.layers:\n    x = layer(x)\n"
        "model = keras.Model(inputs, keras.layers.Dense(2)(x))\n"
    )
    assert _holds(f"{text}found = len(model.layers)\n", "found") != "2"
    assert "unknown" in _holds(f"{text}found = model.layers[1]\n", "found")


def test_the_description_says_what_the_host_writes() -> None:
    text = (
        OWN.format(call="return inputs * self.beta")
        + """
class Warm(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("kl").beta = epoch / 10

model.compile("adam", "mse")
model.fit(x, x, callbacks=[Warm()])
"""
    )
    said = describe(module_of(text))
    assert "class Penalty(keras.layers.Layer): layer\n  __init__: construction\n  call: tracing\n" in said
    assert "class Warm(keras.callbacks.Callback): callback\n  on_epoch_begin: host\n" in said
    assert "  Penalty.beta (on_epoch_begin, line 18): (epoch / 10)\n" in said
    assert "  compile of model keras.Model (line 20): optimizer='adam', loss='mse'\n" in said
