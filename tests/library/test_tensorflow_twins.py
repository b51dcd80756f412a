"""KV606's fix: what it writes in place of TensorFlow's functions gives the same numbers."""

from __future__ import annotations

import pytest

from kerasvae_lint import Settings, fix_source
from kerasvae_lint.library.moves.tensorflow import TENSORFLOW

pytest.importorskip("tensorflow")

HEAD = """\
import keras
import tensorflow as tf
from keras import ops

x, y = keras.Input((3,)), keras.Input((3,))
result = """
CALLS = {
    "tf.cast": "tf.cast(x, tf.int32)",
    "tf.clip_by_value": "tf.clip_by_value(x, clip_value_min=0.3, clip_value_max=1.0)",
    "tf.concat": "tf.concat(values=[x, y], axis=-1)",
    "tf.expand_dims": "tf.expand_dims(x, 1)",
    "tf.image.resize": "tf.image.resize(x[:, :, None, None], [4, 2], method='bilinear')",
    "tf.l2_normalize": "tf.nn.l2_normalize(x, axis=-1)",
    "tf.matmul": "tf.matmul(x, tf.ones((3, 2)))",
    "tf.one_hot": "tf.one_hot(keras.ops.cast(x, 'int32'), depth=4)",
    "tf.reshape": "tf.reshape(x, (-1, 1))",
    "tf.squeeze": "tf.squeeze(x[:, :1], axis=-1)",
    "tf.stack": "tf.stack([x, y], axis=1)",
    "tf.tensordot": "tf.tensordot(x, tf.ones((3, 2)), axes=[[1], [0]])",
    "tf.tile": "tf.tile(x, [1, 2])",
    "tf.transpose": "tf.transpose(x, perm=[1, 0])",
    "tf.where": "tf.where(x > y, x=x, y=y)",
    "tf.log_softmax": "tf.nn.log_softmax(x)",
    "tf.softmax": "tf.nn.softmax(x)",
    "tf.softplus": "tf.nn.softplus(x)",
    "tf.reduce_std": "tf.math.reduce_std(x, axis=-1)",
    "tf.reduce_variance": "tf.math.reduce_variance(x, axis=-1, keepdims=True)",
    "tf.reduce_logsumexp": "tf.math.reduce_logsumexp(x, axis=-1)",
    **{name: f"tf.math.{name[3:]}(x)" for name in ("tf.log", "tf.log1p", "tf.rsqrt", "tf.expm1", "tf.ceil")},
    **{f"tf.{name}": f"tf.{name}(x > 0.5, y > 0.5)" for name in ("logical_and", "logical_or")},
    **{f"tf.{name}": f"tf.{name}(x > 0.5, axis=-1)" for name in ("reduce_any", "reduce_all")},
    **{f"tf.reduce_{name}": f"tf.reduce_{name}(x, 1, keepdims=True)" for name in ("sum", "mean", "max", "min", "prod")},
}
"""Calls that say more than ``tf.abs(x)`` or ``tf.add(x, y)``."""


@pytest.mark.parametrize("name", sorted(TENSORFLOW))
def test_twin_gives_the_same(name: str) -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    call = CALLS.get(name) or (f"{name}(x, y)" if "x2=y" in TENSORFLOW[name] else f"{name}(x)")
    fixed = fix_source(HEAD + call + "\n", settings=Settings(select=("KV606",)), unsafe=True).text
    written = fixed.partition("result = ")[2]
    assert written.startswith("ops.")
    rng = np.random.default_rng(0)
    names = {"tf": tf, "keras": keras, "ops": keras.ops}
    names |= {word: tf.constant(rng.uniform(0.1, 2.0, (2, 3)).astype("float32")) for word in "xy"}
    expected, got = (np.asarray(eval(text, names)) for text in (call, written))
    assert expected.shape == got.shape
    assert np.allclose(expected.astype("float64"), got.astype("float64"), atol=1e-5)
