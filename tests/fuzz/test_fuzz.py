"""Spoiled programs: no crash, no internal error, and fixes that parse, come to an end and touch nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerasvae_lint.core import Settings
from kerasvae_lint.run.pipeline import Pipeline
from tests.fuzz.judge import SETTINGS, judge
from tests.fuzz.mutations import MUTATIONS, NUMBERS, T, spoiled
from tests.fuzz.programs import programs

INPUTS = 150


class _Drawn:
    """Choices that Hypothesis makes, and can make simpler."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def randint(self, a: int, b: int, /) -> int:
        return self._data.draw(st.integers(a, b))

    def choice(self, seq: Sequence[T], /) -> T:
        return seq[self._data.draw(st.integers(0, len(seq) - 1))]


@settings(
    max_examples=INPUTS,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_spoiled_programs(data: st.DataObject) -> None:
    name, content = spoiled(_Drawn(data))
    assert judge(content, name, "/nowhere").faults == ()


@pytest.mark.parametrize("mutation", sorted({mutation.__name__ for mutation in MUTATIONS}))
def test_every_mutation_changes_a_program(mutation: str) -> None:
    change = next(m for m in MUTATIONS if m.__name__ == mutation)
    text = next(iter(programs().values()))
    assert any(change(text, random.Random(seed)) != text for seed in range(5))


# What a number stands for in the programs in which a rule reads numbers.
_READ = {
    "KV402": "kl = -0.5 * tf.reduce_sum(1 + v - tf.square(m) - tf.exp(v), axis={n})\n    z = m + tf.exp({n} * v) * e\n",
    "KV403": "kl = {n} * tf.reduce_mean(1 + v - tf.square(m) - tf.exp(v))\n    z = m + tf.exp(0.5 * v) * e\n",
    "shapes": "z = keras.layers.Reshape(({n}, 2))(keras.layers.Dense({n})(m))\n    kl = tf.reduce_sum(z, axis={n})\n",
    "range": "kl = m / {n} ** {n} + {n} * {n} - {n}\n    z = tf.ones(({n},) * {n}) * kl\n    [0] * {n}; 'a' * {n}\n",
}


@pytest.mark.parametrize("number", NUMBERS, ids=[number[:12] for number in NUMBERS])
@pytest.mark.parametrize("read", _READ)
def test_numbers_without_measure_are_no_internal_error(read: str, number: str) -> None:
    body = _READ[read].replace("{n}", number)
    text = (
        "import tensorflow as tf\nfrom tensorflow import keras\n\n\ndef loss(x):\n"
        "    m = keras.layers.Dense(2)(x)\n    v = keras.layers.Dense(2)(x)\n    e = tf.random.normal(tf.shape(m))\n"
        f"    {body}    return tf.reduce_mean(tf.square(x - z)) + {number} * kl\n\n\n"
        "model = tf.keras.Sequential([tf.keras.layers.Dense(2)])\nmodel.compile('adam', loss)\n"
        "inputs = tf.keras.Input((4,))\nmodel.add_loss(loss(inputs))\n"
    )
    verdict = judge(text.encode(), "program.py", "/nowhere")
    assert (verdict.faults, verdict.parsed) == ((), True)


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000, "1e400", "-1e400", "10**10000"])
def test_every_number_of_some_fixtures_without_measure(number: str) -> None:
    for name, text in programs().items():
        if "/KV402-" in name or "/KV403-" in name or "/KV801-" in name:
            if name.endswith("/bad.py"):
                spoilt = text.replace("-0.5", number).replace("0.5", number).replace("axis=-1", f"axis={number}")
                assert judge(spoilt.encode(), "program.py", "/nowhere").faults == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = " + "(" * 10_000 + ")" * 10_000, "more than 150 nested brackets"),
        ("x = " + "[" * 149 + "]" * 149, None),
        ("x = " + "not " * 10_000 + "1", "operators or attributes"),
        ("x = " + "-" * 10_000 + "1", "operators or attributes"),
        ("x = (1" + "\n+ 1" * 20_000 + ")", "nested too deeply"),
        ("x = f'" + "{x}" * 20_000 + "'", "an f-string of more than 10000 fields"),
        ("x = '\0'", "NUL byte"),
        ("".join(" " * i + "if x:\n" for i in range(200)) + " " * 200 + "pass", "syntax error"),
        ("x = y" + ".z" * 800, None),
        ("x = f" + "()" * 2_000, None),
        ("x = f" + "()" * 200_000, "nested too deeply"),
    ],
    ids=[
        "brackets",
        "allowed",
        "nots",
        "minuses",
        "sum",
        "fields",
        "null",
        "blocks",
        "attributes",
        "calls",
        "more calls",
    ],
)
def test_what_is_nested_too_deeply_is_said_in_a_line(text: str, message: str | None) -> None:
    found = Pipeline(SETTINGS).lint_data(f"import keras\nkeras.layers.Dense(3)\n{text}\n".encode(), "a.py")
    told = [problem.message for problem in found.problems]
    assert message in told[0] if message else not told, told


@pytest.mark.parametrize("part", [b"import ", b"import (", b"tf.", b"import tf(", b"import\t"])
def test_one_long_line_is_looked_at_once(part: bytes) -> None:
    """Searched anew from each of its imports, this much would take hours."""
    data = b"tf.\n" + part * (1_900_000 // len(part))
    assert not Pipeline(Settings()).lint_data(data, "a.py").findings


# What the long run has found, each as small as it gets.
_FOUND = {
    "a template string": "import keras\nx = t'{x}'\ny = keras.layers.Dense(x)\n",
    "a KL weight without measure": (
        "import tensorflow as tf\n\n\nclass Code(tf.keras.layers.Layer):\n    def call(self, x):\n        m, v = x\n"
        "        kl = tf.reduce_sum(-1e400 * (1 + v - tf.square(m) - tf.exp(v)), axis=-1)\n"
        "        self.add_loss(tf.reduce_mean(kl))\n        return m + tf.exp(0.5 * v) * tf.random.normal((2,))\n"
    ),
    "an axis that is a power": "import tensorflow as tf\nx = tf.reduce_sum(tf.ones((2, 3)), axis=-10**10000)\n",
    "a power of a power": "import tensorflow as tf\nx = tf.keras.layers.Dense(10**10**10)(tf.ones((2, 3)))\n",
    "text repeated": "import tensorflow as tf\nx = tf.keras.layers.Dense(3, name='a' * 10**12)(tf.ones((2, 3)))\n",
    "a width that is infinite": (
        "from tensorflow import keras\nnet = keras.applications.MobileNetV2(alpha=1e400, weights=None)\n"
        "model = keras.Sequential([net, keras.layers.Dense(1e400)])\nmodel.compile('adam', 'mse')\n"
    ),
    "tabs that LibCST refuses": (
        "import tensorflow as tf\n\n\nclass P(tf.keras.layers.Layer):\n    def call(self, x):\n"
        "\t        self.add_loss(tf.reduce_mean(x), inputs=x)\n\t        return x\n"
    ),
    "a continuation of nothing": (
        "import tensorflow as tf\nn = " + "1" * 5000 + "\n\n\nclass P(tf.keras.layers.Layer):\n    def call(self, x):\n"
        "        \\\n        self.add_loss(tf.reduce_mean(x), inputs=x)\n        return x\n"
    ),
}


@pytest.mark.parametrize("found", _FOUND)
def test_what_was_found_before(found: str) -> None:
    assert judge(_FOUND[found].encode(), "program.py", "/nowhere").faults == ()
