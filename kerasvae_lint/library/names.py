"""One canonical spelling for every name that Keras, TensorFlow and TensorFlow Probability go by.

``keras.…`` stands for standalone Keras, ``tf.keras``, ``tf_keras`` and the private ``tensorflow.python.keras``;
``tf.…`` for TensorFlow with its ``compat`` doors and ``tf.math``/``tf.linalg`` folded in; ``tfp.…`` for
TensorFlow Probability on TensorFlow. Which Keras it was is another question, asked in ``flavour``.
"""

from __future__ import annotations

from functools import lru_cache

_PREFIXES = (
    ("tensorflow.python.keras.api._v1.keras", "keras"),
    ("tensorflow.python.keras.api._v2.keras", "keras"),
    ("tensorflow.python.keras", "keras"),
    ("tensorflow.contrib.keras.python.keras", "keras"),
    ("tensorflow.contrib.keras.api.keras", "keras"),
    ("tensorflow.contrib.keras", "keras"),
    ("tensorflow.compat.v1.keras", "keras"),
    ("tensorflow.compat.v2.keras", "keras"),
    ("tensorflow._api.v2.keras", "keras"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("keras_preprocessing", "keras.preprocessing"),
    ("tensorflow_probability.python.internal.tf_keras", "keras"),
    ("keras.api._v1.keras", "keras"),
    ("keras.api._v2.keras", "keras"),
    ("keras._tf_keras.keras", "keras"),
    ("keras.api", "keras"),
    ("keras.src", "keras"),
    ("tensorflow.compat.v1", "tf"),
    ("tensorflow.compat.v2", "tf"),
    ("tensorflow._api.v2", "tf"),
    ("tensorflow", "tf"),
    ("tensorflow_probability.substrates.tensorflow", "tfp"),
    ("tensorflow_probability.python.substrates.tensorflow", "tfp"),
    ("tensorflow_probability.substrates", "tensorflow_probability.substrates"),
    ("tensorflow_probability.python", "tfp"),
    ("tensorflow_probability", "tfp"),
    ("numpy", "np"),
    ("jax.numpy", "jnp"),
)

_FOLDED = (
    ("tf.math.", "tf."),
    ("tf.linalg.", "tf."),
    ("tf.manip.", "tf."),
    ("keras.backend.tensorflow_backend.", "keras.backend."),
)

_KERAS_HOMES = {
    "layers": "keras.layers",
    "callbacks": "keras.callbacks",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
    "regularizers": "keras.regularizers",
    "constraints": "keras.constraints",
    "initializers": "keras.initializers",
    "optimizers": "keras.optimizers",
    "activations": "keras.activations",
}

_RENAMED = {
    "keras.Layer": "keras.layers.Layer",
    "keras.engine.Layer": "keras.layers.Layer",
    "keras.engine.InputSpec": "keras.layers.InputSpec",
    "keras.InputSpec": "keras.layers.InputSpec",
    "keras.Input": "keras.layers.Input",
    "keras.models.Model": "keras.Model",
    "keras.engine.Model": "keras.Model",
    "keras.engine.training.Model": "keras.Model",
    "keras.engine.topology.Container": "keras.Model",
    "keras.engine.network.Network": "keras.Model",
    "keras.models.Functional": "keras.Model",
    "keras.models.Sequential": "keras.Sequential",
    "keras.engine.sequential.Sequential": "keras.Sequential",
    "keras.Initializer": "keras.initializers.Initializer",
    "keras.Loss": "keras.losses.Loss",
    "keras.Metric": "keras.metrics.Metric",
    "keras.Regularizer": "keras.regularizers.Regularizer",
    "keras.Optimizer": "keras.optimizers.Optimizer",
    "keras.backend.Variable": "keras.Variable",
    "keras.backend.backend.Variable": "keras.Variable",
    "tf.initializers": "keras.initializers",
    "tf.losses": "keras.losses",
    "tf.metrics": "keras.metrics",
}


def _private_home(name: str) -> str:
    """``keras.engine.base_layer.Layer`` → ``keras.layers.Layer``: the public home of a private path's class."""
    parts = name.split(".")
    last = parts[-1]
    if last == "Layer" and parts[1] in {"engine", "layers"}:
        return "keras.layers.Layer"
    if parts[1:3] == ["optimizers", "schedules"] and len(parts) > 3:
        return f"keras.optimizers.schedules.{last}"
    if parts[1] in _KERAS_HOMES and len(parts) > 3 and last[:1].isupper():
        return f"{_KERAS_HOMES[parts[1]]}.{last}"
    if parts[1] == "engine" and last in {"InputSpec", "Input"}:
        return f"keras.layers.{last}"
    return name


def _tfp_public(name: str) -> str:
    """``tfp.distributions.normal.Normal`` → ``tfp.distributions.Normal``: private paths of TensorFlow Probability."""
    parts = name.split(".")
    if len(parts) == 4 and parts[1] in {"distributions", "bijectors", "layers", "util"} and parts[3][:1].isupper():
        return ".".join((parts[0], parts[1], parts[3]))
    return name


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """The one spelling of ``dotted``, an absolute dotted name such as ``tensorflow.keras.backend.variable``."""
    for prefix, root in _PREFIXES:
        if dotted == prefix or dotted.startswith(prefix + "."):
            dotted = root + dotted[len(prefix) :]
            break
    for old, new in _FOLDED:
        if dotted.startswith(old):
            dotted = new + dotted[len(old) :]
    if dotted.startswith("keras.") and dotted.count(".") >= 2:
        dotted = _private_home(dotted)
    elif dotted.startswith("tfp."):
        dotted = _tfp_public(dotted)
    renamed = _RENAMED.get(dotted)
    if renamed:
        return renamed
    for short in ("tf.initializers.", "tf.losses.", "tf.metrics."):
        if dotted.startswith(short) and dotted[len(short) : len(short) + 1].isupper():
            return "keras." + dotted[3:]
    return dotted
