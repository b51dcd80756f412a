"""Functions of Keras and TensorFlow whose answer is known when the model is built: shapes, settings, tests."""

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
    handler = _HANDLERS.get(name) or _OF_APPLICATIONS.get(name.rpartition(".")[2])
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
    if not (isinstance(required, (bool, str)) or required is None):
        return None
    return shape_value((size, size, 3) if required else (None, None, 3), site)


def _correct_pad(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    """The zeros that a builder of ``keras.applications`` puts around an image before a convolution of stride 2."""
    image, kernel = arguments.get(0, "inputs"), arguments.get(1, "kernel_size")
    shapes = shapes_of(machine)
    shape = shapes.shape(image) if image is not None else None
    size = shapes.plain.of(kernel) if kernel is not None else None
    sizes = (size, size) if isinstance(size, int) else size
    if shape is None or len(shape) != 4 or not isinstance(sizes, (tuple, list)) or len(sizes) != 2:
        return None
    pads: list[Value] = []
    for dim, kernel_size in zip(shape[1:3], sizes, strict=True):
        if not isinstance(kernel_size, int) or not (isinstance(dim, int) or dim is None):
            return None
        less = 1 if dim is None else 1 - dim % 2
        pads.append(shape_value((kernel_size // 2 - less, kernel_size // 2), site))
    return Tuple(pads, site)


_OF_APPLICATIONS = {
    "obtain_input_shape": _obtained_shape,
    "_obtain_input_shape": _obtained_shape,
    "correct_pad": _correct_pad,
}


def _versioned_layers(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    """The object by whose attributes tf_keras's own networks name the layers."""
    del arguments
    return machine.library("keras.layers", site)


_HANDLERS: dict[str, Callable[[Machine, Arguments, Site], Value | None]] = {
    "keras.backend.int_shape": _int_shape,
    "keras.backend.ndim": _ndim,
    "keras.ops.ndim": _ndim,
    "keras.backend.is_keras_tensor": _is_keras_tensor,
    "keras.utils.is_keras_tensor": _is_keras_tensor,
    "keras.layers.VersionAwareLayers": _versioned_layers,
    "tf.TensorShape": _tensor_shape,
}
