"""Methods and functions that Keras has no more: ``fit_generator``, ``predict_classes``, ``merge``, ``set_session``…"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from typing import Any

from kerasvae_lint.runtime.said import say, user_asks


def install() -> None:
    """Give models of any Keras their old methods."""
    import wrapt

    for top in ("keras", "tf_keras"):
        wrapt.register_post_import_hook(_methods, top)


def _methods(keras: Any) -> None:
    for name, today in (("fit_generator", "fit"), ("evaluate_generator", "evaluate"), ("predict_generator", "predict")):
        if not hasattr(keras.Model, name):
            setattr(keras.Model, name, _generator(name, today))
    if not hasattr(keras.Model, "predict_classes"):
        keras.Model.predict_classes = _predict_classes
        keras.Model.predict_proba = _predict_proba
    _model_of_keras_1(keras)
    for name in ("random_normal", "random_normal_variable", "truncated_normal"):
        if hasattr(keras.backend, name):
            setattr(keras.backend, name, _with_deviation(getattr(keras.backend, name)))
    for end in ("input", "output"):
        if not hasattr(keras.layers.Layer, f"{end}_shape"):
            setattr(keras.layers.Layer, f"{end}_shape", _Shape(end))


_ENDS = {"input": "inputs", "output": "outputs"}


def _model_of_keras_1(keras: Any) -> None:
    """``Model(input=…, output=…)``: both the class that is asked for and the functional one that comes are told."""
    place = "src.models.functional" if hasattr(keras, "ops") else "src.engine.functional"
    functional = importlib.import_module(f"{keras.__name__}.{place}").Functional
    for cls, name in ((keras.Model, "__new__"), (keras.Model, "__init__"), (functional, "__init__")):
        original = vars(cls).get(name)
        if original is not None and not getattr(original, "_kvlint_old", False):
            setattr(cls, name, _with_ends(original))


def _with_ends(original: Any) -> Any:
    function = original.__func__ if isinstance(original, staticmethod) else original

    @functools.wraps(function)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _ENDS.keys() & kwargs.keys() and not set(_ENDS.values()) & kwargs.keys() and user_asks():
            kwargs = {_ENDS.get(name, name): value for name, value in kwargs.items()}
            say("`Model(input=, output=)` is `Model(inputs=, outputs=)` today")
        return function(self, *args, **kwargs)

    called._kvlint_old = True  # type: ignore[attr-defined]
    return staticmethod(called) if isinstance(original, staticmethod) else called


def _with_deviation(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def drawing(*args: Any, **kwargs: Any) -> Any:
        if "std" in kwargs:
            kwargs["stddev"] = kwargs.pop("std")
            say("`std=` is `stddev=` today")
        return original(*args, **kwargs)

    return drawing


class _Shape:
    """``layer.input_shape`` of a layer that is part of a model; a class's own attribute of that name comes first."""

    def __init__(self, end: str) -> None:
        self.end = end

    def __get__(self, layer: Any, owner: type | None = None) -> Any:
        name = f"{self.end}_shape"
        if layer is None or not user_asks():
            raise AttributeError(name)
        try:
            found = getattr(layer, self.end)
        except (AttributeError, ValueError) as error:
            raise AttributeError(f"the layer {layer.name!r} has no `{name}`: {error}") from None
        say(f"`layer.{name}` is `layer.{self.end}.shape` today")
        return [tuple(one.shape) for one in found] if isinstance(found, list | tuple) else tuple(found.shape)


def _generator(name: str, today: str) -> Callable[..., Any]:
    def method(self: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
        say(f"`{name}` is `{today}` today")
        steps = {"fit_generator": ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data")}
        names = steps.get(name, ("steps",))
        return getattr(self, today)(generator, **dict(zip(names, args, strict=False)), **kwargs)

    method.__name__ = name
    return method


def _predict_classes(self: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    say("`predict_classes` is computed from `predict`, as Keras did once")
    found = self.predict(x, *args, **kwargs)
    return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def _predict_proba(self: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    say("`predict_proba` is `predict` today")
    return self.predict(x, *args, **kwargs)


def once(top: str, place: str, name: str) -> Any:
    """What ``keras.<place>.<name>`` was, as a function over the Keras called ``top``; None for what is not known."""
    keras = sys.modules[top]
    known: dict[tuple[str, str], Any] = {
        ("backend", "set_session"): _nothing,
        ("backend", "set_learning_phase"): _nothing,
        ("backend", "manual_variable_initialization"): _nothing,
        ("backend", "get_session"): _session,
        ("backend", "tensorflow_backend"): keras.backend,
        ("backend", "image_dim_ordering"): lambda: "th" if _data_format(keras) == "channels_first" else "tf",
        ("backend", "set_image_dim_ordering"): functools.partial(_set_ordering, keras),
        ("layers", "merge"): functools.partial(merge, keras),
        ("utils", "multi_gpu_model"): lambda model, *args, **kwargs: model,
    }
    found = known.get((place, name))
    if found is not None and user_asks():
        does = "does nothing here" if found is _nothing else "is answered as Keras did once"
        say(f"`{place}.{name}` {does}")
    return found


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


def _session() -> Any:
    return sys.modules["tensorflow"].compat.v1.Session()


def _data_format(keras: Any) -> str:
    return str(keras.backend.image_data_format())


def _set_ordering(keras: Any, ordering: str) -> None:
    keras.backend.set_image_data_format({"th": "channels_first", "tf": "channels_last"}.get(ordering, ordering))


def merge(keras: Any, inputs: Any, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, **given: Any) -> Any:
    """The function of Keras 1: a layer for each ``mode``, called on ``inputs``."""
    if callable(mode):
        return keras.layers.Lambda(mode)(inputs)
    if mode == "concat":
        return keras.layers.concatenate(inputs, axis=concat_axis)
    if mode in {"dot", "cos"}:
        return keras.layers.dot(inputs, axes=dot_axes, normalize=mode == "cos")
    modes = {"sum": "add", "mul": "multiply", "ave": "average", "max": "maximum"}
    return getattr(keras.layers, modes[mode])(inputs)
