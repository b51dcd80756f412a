"""Arguments that have another name today (``lr``, ``nb_epoch``, ``border_mode``…) or none at all."""

from __future__ import annotations

import functools
import inspect
import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from kerasvae_lint.core.keras_1 import LAYER_ARGUMENTS
from kerasvae_lint.runtime.said import say, user_asks

Arguments = dict[str, Any]

_OPTIMIZER = {"lr": "learning_rate"}
_OPTIMIZER_GONE = ("decay",)
_LAYER = {**LAYER_ARGUMENTS, "length_dim": "size"}
_EMBEDDING = {"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer"}
_BATCH_SHAPE = "batch_input_shape"
_LAYER_GONE = ("consume_less", "mode", "time_major", "implementation")
_ORDERINGS = {"tf": "channels_last", "th": "channels_first"}
_FIT = {
    "nb_epoch": "epochs",
    "nb_val_samples": "validation_steps",
    "nb_worker": "workers",
    "max_q_size": "max_queue_size",
    "pickle_safe": "use_multiprocessing",
}
_FIT_GONE = (
    *("workers", "max_queue_size", "use_multiprocessing", "show_accuracy"),
    *("nb_worker", "max_q_size", "pickle_safe", "nb_val_samples"),
)
_COMPILE_GONE = ("class_mode", "sample_weight_mode")
_LOSSES = {
    "logcosh": "log_cosh",
    "kullback_leibler_divergence": "kl_divergence",
    "cosine_proximity": "cosine_similarity",
}
_KEPT_SHAPE = "_kvlint_batch_shape"
_COMPILED = "_kvlint_compiled"
KEPT_DECAY = "_kvlint_decay"
"""On an optimizer that knows no ``decay=``: what it was given, for a proof that speaks of rates."""
_WORDS = re.compile(
    r"\b(?:"
    + "|".join([*_OPTIMIZER, *_OPTIMIZER_GONE, *_LAYER, *_LAYER_GONE, "dim_ordering", "nb_row", _BATCH_SHAPE])
    + r")\b"
)


_KERNELS = {"Conv2D": 2, "SeparableConv2D": 2, "Conv2DTranspose": 2, "Conv3D": 3}
"""Layers whose kernel Keras 1 was told number by number, with how many."""
_KERAS_1 = frozenset({"border_mode", "init", "subsample", "dim_ordering", "W_regularizer", "W_constraint", "bias"})
_CONVOLUTION = re.compile(r"\b(?:Separable)?Conv(?:olution)?[23]D(?:Transpose)?\(|\bDeconvolution2D\(")
_STANDALONE = re.compile(r"^\s*(?:from|import)\s+keras\b", re.MULTILINE)


def _with_kernel(count: int, args: tuple[Any, ...], given: Arguments, standalone: bool) -> tuple[Any, ...]:
    """``Convolution2D(32, 3, 3)``: a kernel of 3 by 3, as Keras without TensorFlow read it until 2.3."""
    numbers = args[1 : 1 + count]
    if len(numbers) < count or not all(isinstance(n, int) for n in numbers) or not (standalone or _KERAS_1 & {*given}):
        return args
    if "strides" in given or "kernel_size" in given:
        return args
    say(f"{count} numbers behind the filters are the kernel's size, as in Keras 1")
    given |= dict(zip(("kernel_initializer", "activation"), args[1 + count :], strict=False))
    return (args[0], numbers)


def install(text: str) -> None:
    """Take the old arguments; layers and optimizers are touched only where the program has one of the words."""
    import wrapt

    for top in ("keras", "tf_keras"):
        wrapt.register_post_import_hook(_methods, top)
        if _WORDS.search(text) or _CONVOLUTION.search(text):
            standalone = bool(_STANDALONE.search(text)) and "tensorflow.keras" not in text and "tf.keras" not in text
            wrapt.register_post_import_hook(functools.partial(_constructors, standalone), top)


def _constructors(standalone: bool, keras: Any) -> None:
    if str(keras.__version__).startswith("3"):
        _wrap_add(keras)
    for base, modules, today in (
        (keras.layers.Layer, (keras.layers,), _layer),
        (keras.optimizers.Optimizer, (keras.optimizers, getattr(keras.optimizers, "legacy", None)), _optimizer),
    ):
        for module in filter(None, modules):
            for cls in list(vars(module).values()):
                if isinstance(cls, type) and issubclass(cls, base | _old_optimizer(keras)) and "__init__" in vars(cls):
                    _wrap(cls, "__init__", today, standalone)


def _old_optimizer(keras: Any) -> Any:
    found = getattr(getattr(keras.optimizers, "legacy", None), "Optimizer", None)
    return found if isinstance(found, type) else keras.optimizers.Optimizer


def _methods(keras: Any) -> None:
    model = keras.Model
    for name, today in (
        ("fit", _fit),
        ("fit_generator", _fit),
        ("compile", _compile),
        ("evaluate", _fit),
        ("predict", _fit),
    ):
        owner = next((cls for cls in model.__mro__ if name in vars(cls)), None)
        if owner is not None:
            _wrap(owner, name, today)


def _wrap(
    owner: type,
    name: str,
    today: Callable[[type, Arguments, Mapping[str, Any]], Arguments],
    standalone: bool = False,
) -> None:
    original = vars(owner)[name]
    if getattr(original, "_kvlint_old", False):
        return
    try:
        signature = inspect.signature(original)
    except (TypeError, ValueError):
        return

    @functools.wraps(original)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if today is _compile and args:
            kwargs |= dict(zip(list(signature.parameters)[1:], args, strict=False))
            args = ()
        if today is _layer and len(args) >= 3 and _KERNELS.get(owner.__name__, 0) and user_asks():
            args = _with_kernel(_KERNELS[owner.__name__], args, kwargs, standalone)
        decay = kwargs.get("decay") if today is _optimizer else None
        if kwargs and user_asks():
            kwargs = today(owner, kwargs, signature.parameters)
        if today is _compile and "optimizer" in kwargs:
            kwargs["optimizer"] = _own_optimizer(self, kwargs["optimizer"])
        decay = decay if decay and "decay" not in kwargs else None
        shape = kwargs.pop(_BATCH_SHAPE, None) if _owns_batch_shape(owner, today) else None
        result = original(self, *args, **kwargs)
        if shape is not None:
            object.__setattr__(self, _KEPT_SHAPE, tuple(shape))
        if decay:
            object.__setattr__(self, KEPT_DECAY, float(decay))
        return result

    called._kvlint_old = True  # type: ignore[attr-defined]
    called.__signature__ = signature  # type: ignore[attr-defined]  # Keras reads it without following wrappers
    setattr(owner, name, called)


def _own_optimizer(model: Any, optimizer: Any) -> Any:
    """A second model that is compiled with the same optimizer gets one like it: since 2.11 it knows one model only."""
    if not hasattr(optimizer, "get_config") or isinstance(optimizer, str):
        return optimizer
    first = getattr(optimizer, _COMPILED, None)
    if first is None or first == id(model):
        object.__setattr__(optimizer, _COMPILED, id(model))
        return optimizer
    say("an optimizer that two models share is one for each here: it knows the variables of one only")
    copied = type(optimizer).from_config(optimizer.get_config())
    object.__setattr__(copied, _COMPILED, id(model))
    if getattr(optimizer, KEPT_DECAY, None):
        object.__setattr__(copied, KEPT_DECAY, getattr(optimizer, KEPT_DECAY))
    return copied


def _owns_batch_shape(owner: type, today: Any) -> bool:
    """True for a layer of Keras 3, which has no such argument."""
    return today is _layer and owner.__module__.startswith("keras.") and "_flatten_layers" in dir(owner)


def _wrap_add(keras: Any) -> None:
    """A Sequential begins with the shape that its first layer was told in the old way, the batch with it."""
    add = keras.Sequential.add

    @functools.wraps(add)
    def added(self: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        shape = vars(layer).get(_KEPT_SHAPE) if hasattr(layer, "__dict__") else None
        if shape is not None and not self._layers:
            add(self, keras.layers.InputLayer(batch_shape=shape), *args, **kwargs)
            say("`batch_input_shape=` is `keras.Input(batch_shape=…)` today")
        return add(self, layer, *args, **kwargs)

    keras.Sequential.add = added


def _renamed(given: Arguments, names: Mapping[str, str], known: Mapping[str, Any]) -> Arguments:
    """``given`` with names that the function does not know put into today's, where it knows these."""
    found = dict(given)
    for old, new in names.items():
        if old in found and old not in known and new in known and new not in found:
            found[new] = found.pop(old)
            say(f"`{old}=` is `{new}=` today")
    return found


def _without(given: Arguments, names: tuple[str, ...], known: Mapping[str, Any]) -> Arguments:
    left = [name for name in names if name in given and name not in known]
    for name in left:
        say(f"`{name}=` is left out: there is no such argument today")
    return {name: value for name, value in given.items() if name not in left}


def _optimizer(_: type, given: Arguments, known: Mapping[str, Any]) -> Arguments:
    given = dict(given)
    if "epsilon" in given and given["epsilon"] is None:
        del given["epsilon"]
    given = _without(_renamed(given, _OPTIMIZER, known), _OPTIMIZER_GONE if given.get("decay") else (), known)
    return {name: value for name, value in given.items() if name != "decay" or name in known}


def _layer(_: type, given: Arguments, known: Mapping[str, Any]) -> Arguments:
    rows, columns = given.get("nb_row"), given.get("nb_col")
    if rows is not None and columns is not None and "kernel_size" in known:
        given = {name: value for name, value in given.items() if name not in {"nb_row", "nb_col"}}
        given["kernel_size"] = (rows, columns)
        say("`nb_row=`, `nb_col=` are `kernel_size=` today")
    ordering = given.get("dim_ordering")
    if ordering is not None and "data_format" in known:
        given = {name: value for name, value in given.items() if name != "dim_ordering"}
        given["data_format"] = _ORDERINGS.get(ordering, ordering)
        say("`dim_ordering=` is `data_format=` today")
    return _without(_renamed(_renamed(given, _LAYER, known), _EMBEDDING, known), _LAYER_GONE, known)


def _fit(_: type, given: Arguments, known: Mapping[str, Any]) -> Arguments:
    samples = given.get("samples_per_epoch")
    if samples is not None and "steps_per_epoch" in known:
        given = {name: value for name, value in given.items() if name != "samples_per_epoch"}
        given["steps_per_epoch"] = max(1, math.ceil(samples / 32))
        say("`samples_per_epoch=` is `steps_per_epoch=` today; 32 samples are taken for a step")
    return _without(_renamed(given, _FIT, known), _FIT_GONE, known)


def _compile(owner: type, given: Arguments, known: Mapping[str, Any]) -> Arguments:
    keras = sys.modules[owner.__module__.partition(".")[0]]
    loss = given.get("loss")
    if isinstance(loss, str) and loss in _LOSSES and not _is_known(keras, loss):
        given = {**given, "loss": _LOSSES[loss]}
        say(f"the loss `{loss}` is `{_LOSSES[loss]}` today")
    optimizer = given.get("optimizer")
    if type(optimizer).__module__.startswith("tensorflow.python.training"):
        given = {**given, "optimizer": _of_tensorflow_1(keras, optimizer)}
    return _without(given, _COMPILE_GONE, known)


def _of_tensorflow_1(keras: Any, optimizer: Any) -> Any:
    """An optimizer of ``tf.train`` as Keras's own of that kind, with its rate; itself if there is none."""
    name = type(optimizer).__name__
    today = {"GradientDescentOptimizer": "SGD", "MomentumOptimizer": "SGD", "RMSPropOptimizer": "RMSprop"}
    kind = getattr(keras.optimizers, today.get(name, name.removesuffix("Optimizer")), None)
    rate = getattr(optimizer, "_learning_rate", getattr(optimizer, "_lr", None))
    if kind is None or not isinstance(rate, int | float):
        return optimizer
    more = {"momentum": optimizer._momentum} if name == "MomentumOptimizer" else {}
    say(f"`{name}` of TensorFlow 1 is Keras's `{kind.__name__}` here")
    return kind(rate, **more)


def _is_known(keras: Any, loss: str) -> bool:
    try:
        keras.losses.get(loss)
    except ValueError:
        return False
    return True
