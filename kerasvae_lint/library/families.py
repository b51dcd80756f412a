"""What a name makes where no row stands: by the package that it is in and by the habits of naming."""

from __future__ import annotations

from functools import lru_cache

from kerasvae_lint.library.entries import lookup

# Classes of these packages; the longest prefix counts.
_CLASSES = {
    "keras.layers.": "layer",
    "keras.legacy.layers.": "layer",
    "keras.applications.": "model",
    "keras.models.": "model",
    "keras.callbacks.": "callback",
    "keras.losses.": "loss",
    "keras.metrics.": "metric",
    "keras.regularizers.": "regularizer",
    "keras.constraints.": "constraint",
    "keras.initializers.": "initializer",
    "keras.optimizers.": "optimizer",
    "keras.optimizers.schedules.": "schedule",
    "tfp.layers.": "layer",
    "tfp.distributions.": "distribution",
    "tfp.experimental.distributions.": "distribution",
    "tfp.bijectors.": "bijector",
    "tf.contrib.distributions.": "distribution",
    "tf.distributions.": "distribution",
    "tf.layers.": "layer",
    "tf.train.": "other",
    "tfa.layers.": "layer",
    "tfa.callbacks.": "callback",
    "tfa.losses.": "loss",
    "tfa.metrics.": "metric",
    "tfa.optimizers.": "optimizer",
    "tfa.rnn.": "layer",
    "keras_contrib.layers.": "layer",
    "keras_hub.": "layer",
    "keras_hub.models.": "model",
    "keras_nlp.": "layer",
    "keras_nlp.models.": "model",
    "keras_cv.": "layer",
    "keras_cv.models.": "model",
    "keras_tuner.": "other",
    "sklearn.": "other",
    "sonnet.": "layer",
}
# Functions of these packages.
_FUNCTIONS = {
    "tf.": "tensor",
    "tf.random.": "random",
    "tf.data.": "dataset",
    "tf.train.": "other",
    "tf.io.": "other",
    "tf.summary.": "effect",
    "tf.saved_model.": "other",
    "tf.config.": "effect",
    "tf.distribute.": "other",
    "tf.debugging.": "effect",
    "tf.nest.": "host",
    "tf.estimator.": "other",
    "tf.compat.": "other",
    "tf.experimental.": "other",
    "tf.feature_column.": "other",
    "tf.test.": "host",
    "tf.version.": "host",
    "tf.autograph.": "function",
    "keras.ops.": "tensor",
    "keras.backend.": "tensor",
    "keras.activations.": "tensor",
    "keras.losses.": "lossfunction",
    "keras.random.": "random",
    "tfp.math.": "tensor",
    "tfa.activations.": "tensor",
    "tfa.losses.": "lossfunction",
    "tfa.image.": "tensor",
    "np.": "array",
    "np.random.": "random",
    "np.testing.": "effect",
    "jnp.": "tensor",
    "jax.nn.": "tensor",
    "jax.numpy.": "tensor",
    "jax.random.": "random",
    "math.": "host",
    "random.": "random",
    "sklearn.": "array",
}
_LONG_NAMES = {"tensorflow_addons.": "tfa."}
_HABITS = ("Layer", "Cell", "Wrapper")


def is_class_name(name: str) -> bool:
    """True if the last part of a dotted name begins as classes do."""
    return name.rpartition(".")[2][:1].isupper()


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str | None:
    """What calling a library's name makes, in the words of the rows; None if nothing is known of it.

    A row counts first; then the package that the name is in; then, for a class of Keras or TensorFlow, a name that
    ends in ``Layer``, ``Cell`` or ``Wrapper``.
    """
    entry = lookup(name)
    if entry is not None:
        return entry.makes
    for long, short in _LONG_NAMES.items():
        if name.startswith(long):
            name = short + name[len(long) :]
    families = _CLASSES if is_class_name(name) else _FUNCTIONS
    at = name
    while at:
        at = at.rpartition(".")[0]
        if f"{at}." in families:
            if families[f"{at}."] == "other" and is_class_name(name) and name.startswith("tf."):
                break
            return families[f"{at}."]
    if is_class_name(name) and name.startswith(("keras.", "tf.")) and name.endswith(_HABITS):
        return "layer"
    return None
