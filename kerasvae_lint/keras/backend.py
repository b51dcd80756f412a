"""Functions of Keras and TensorFlow whose answer is known when the model is built: shapes, settings, tests of tensors."""

from __future__ import annotations

from collections.abc import Callable

from kerasvae_lint.keras.shaping import shape_value, shapes_of, static_shape
from kerasvae_lint.values.lattice import Computed, Constant, Site, Tuple, Value, is_none
from kerasvae_lint.values.world import Arguments, Machine

_SETTINGS = {
    "keras.backend.image_data_format": "channels_last",
    "keras.config.image_data_format": "channels_last",
    "keras.backend.image_dim_ordering": "tf",
    "keras.backend.floatx": "float32",
    "keras.config.floatx": "float32",
    "keras.backend.backend": "tensorflow",
    "keras.config.backend": "tensorflow",
}


def call(machine: Machine, name: str, arguments: Arguments, site: Site) -> Value | None:
    """What such a function gives; None for all others, and where it can't be told."""
    setting = _SETTINGS.get(name)
    if setting is not None:
        return Constant(setting, site)
    handler = _HANDLERS.get(name)
    if handler is None and name.rpartition(".")[2] in {"obtain_input_shape", "_obtain_input_shape"}:
        handler = _obtained_shape
    return handler(machine, arguments, site) if handler is not None else None


def _int_shape(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = arguments.get(0, "x")
    return static_shape(machine, given, site) if given is not None else None


def _ndim(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = arguments.get(0, "x")
    found = shapes_of(machine).of(given) if given is not None else None
    return Constant(len(found), site) if isinstance(found, tuple) else None


def _is_keras_tensor(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    given = arguments.get(0, "x")
    is_tensor = isinstance(given, Computed) and given.op in {"input", "layer"} and given.kind == "tensor"
    return Constant(True, site) if is_tensor else None


def _tensor_shape(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    """``tf.TensorShape(shape)``: a shape is a tuple here."""
    given = arguments.get(0, "dims")
    if isinstance(given, Tuple):
        return given
    found = shapes_of(machine).plain.shape(given) if given is not None else None
    return shape_value(found, site) if found is not None else None


def _obtained_shape(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    """The input shape that a builder of ``keras.applications`` takes, without its batch axis."""
    plain = shapes_of(machine).plain
    given = arguments.get(0, "input_shape")
    default = arguments.get(1, "default_size")
    flatten = arguments.get(4, "require_flatten", "include_top")
    size = plain.dim(default) if default is not None else None
    if given is not None and not is_none(given):
        found = plain.shape(given)
        return shape_value(found, site) if found is not None else None
    if given is None or flatten is None:
        return None
    required = plain.of(flatten)
    if not isinstance(required, bool):
        return None
    return shape_value((size, size, 3) if required else (None, None, 3), site)


_HANDLERS: dict[str, Callable[[Machine, Arguments, Site], Value | None]] = {
    "keras.backend.int_shape": _int_shape,
    "keras.backend.ndim": _ndim,
    "keras.ops.ndim": _ndim,
    "keras.backend.is_keras_tensor": _is_keras_tensor,
    "keras.utils.is_keras_tensor": _is_keras_tensor,
    "tf.TensorShape": _tensor_shape,
}
