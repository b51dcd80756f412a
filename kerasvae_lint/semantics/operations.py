"""Tables of operations by canonical name: what makes variables, what only reads shapes, what draws."""

from __future__ import annotations

VARIABLE_MAKERS = frozenset(
    {
        "keras.backend.variable",
        "keras.Variable",
        "tf.Variable",
        "tf.get_variable",
        "keras.backend.zeros",
        "keras.backend.ones",
        "keras.backend.random_uniform_variable",
        "keras.backend.random_normal_variable",
        "keras.backend.eye",
    }
)

WEIGHT_METHODS = frozenset({"add_weight", "add_variable", "_add_weight"})

STATIC_FUNCTIONS = frozenset(
    {
        "tf.shape",
        "tf.size",
        "tf.rank",
        "keras.ops.shape",
        "keras.ops.ndim",
        "keras.ops.size",
        "keras.backend.shape",
        "keras.backend.int_shape",
        "keras.backend.ndim",
        "keras.backend.dtype",
        "keras.backend.count_params",
        "keras.backend.floatx",
        "keras.backend.epsilon",
        "keras.backend.get_value",
        "keras.backend.get_uid",
        "keras.backend.is_keras_tensor",
        "keras.backend.image_data_format",
        "keras.backend.backend",
        "keras.ops.convert_to_numpy",
        "tf.get_static_value",
        "tf.is_tensor",
        "tf.zeros_like",
        "tf.ones_like",
        "keras.ops.zeros_like",
        "keras.ops.ones_like",
        "tf.name_scope",
        "tf.control_dependencies",
    }
)

STATIC_ATTRIBUTES = frozenset({"shape", "dtype", "name", "ndim", "device", "graph", "op", "size", "path", "trainable"})

HOST_METHODS = frozenset({"numpy", "tolist", "item", "get_weights", "get_shape", "eval", "set_shape", "get_config"})

READ_METHODS = frozenset({"read_value", "value", "initialized_value", "numpy_function"})

# operations that hand their argument on unchanged, so that no computed copy was meant
PASSTHROUGH = frozenset(
    {"tf.convert_to_tensor", "tf.identity", "keras.ops.convert_to_tensor", "keras.backend.identity"}
)

WEIGHT_ATTRIBUTES = frozenset({"kernel", "embeddings", "bias", "recurrent_kernel", "W", "gamma", "beta"})

WEIGHT_LISTS = frozenset(
    {
        "weights",
        "trainable_weights",
        "variables",
        "trainable_variables",
        "non_trainable_weights",
        "_trainable_weights",
    }
)

_TENSOR_PREFIXES = (
    "tf.",
    "keras.ops.",
    "keras.backend.",
    "keras.activations.",
    "tfp.math.",
    "jnp.",
    "np.",
)

_DRAW_PREFIXES = ("tf.random.", "keras.random.", "np.random.", "keras.backend.random_")

_DRAWS = frozenset(
    {
        "tf.random_normal",
        "tf.random_uniform",
        "tf.truncated_normal",
        "keras.backend.truncated_normal",
    }
)

_NOT_TENSORS = (
    "tf.data.",
    "tf.train.",
    "tf.io.",
    "tf.summary.",
    "tf.saved_model.",
    "tf.config.",
    "tf.distribute.",
)

BIJECTOR_OR_DISTRIBUTION = (
    "tfp.distributions.",
    "tfp.bijectors.",
    "tf.distributions.",
    "tf.contrib.distributions.",
)


def is_draw(name: str) -> bool:
    """True for functions that draw random numbers."""
    return (name.startswith(_DRAW_PREFIXES) or name in _DRAWS) and not last_part(name)[:1].isupper()


def is_tensor_function(name: str) -> bool:
    """True for functions that compute tensors from tensors, in TensorFlow, Keras or NumPy."""
    if not name.startswith(_TENSOR_PREFIXES) or name.startswith(_NOT_TENSORS):
        return False
    return not last_part(name)[:1].isupper()


def is_distribution_class(name: str) -> bool:
    """True for the classes of tfp distributions and bijectors."""
    return name.startswith(BIJECTOR_OR_DISTRIBUTION) and name.count(".") == 2 and last_part(name)[:1].isupper()


def last_part(name: str) -> str:
    """The part after the last dot."""
    return name.rpartition(".")[2]
