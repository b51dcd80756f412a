"""How large are the numbers that the first layer with weights gets, and are they scaled once, everywhere alike?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import survey, watch
from kerasvae_lint.runtime.framework import is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.probes import activations
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.watch import Call

Answer = tuple[str, list[str]]
LARGE = 10.0
"""Standardised numbers, a few outliers among them, lie below; their root mean square is 1."""
HUGE = 1000.0
SCALED = 5.0
"""Numbers that were divided or standardised already lie below."""
FLAT = 0.02
"""Inputs that are scaled to 1 spread more than this."""
APART = 10.0
_NORMALISING = ("Normalization",)
_PASSES = ("Dropout", "Pooling", "Activation", "ReLU", "ELU", "Softmax", "ZeroPadding", "Noise")
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
_SIGNED = ("mobilenet", "inception", "xception", "nasnet")
"""Backbones without scaling inside whose inputs lie between -1 and 1; the residual networks of version 2 too."""
_READY_MADE = frozenset({"block1_conv1"})
"""The first layer of VGG, which is trained on large numbers and has no BatchNormalization after it."""
_RESIDUAL_2 = re.compile(r"resnet\d+v2")
_SCALES_INSIDE = re.compile(r"efficientnet|mobilenet_?v3|convnext|regnet|resnet_?rs", re.IGNORECASE)


@dataclass(slots=True)
class _First:
    """The first layer with weights, what it got, and what comes after it."""

    layer: Any
    given: Any
    following: list[Any] = field(default_factory=list)


def ask(subject: Subject, figures: dict[str, Any]) -> Answer | None:
    """Scaling inside, scaling of training against validation data, then the scale itself."""
    calls = _leaf_calls(subject)
    return _scaled_inside(subject, calls, figures) or _sides(subject, figures) or _large(subject, calls, figures)


def _leaf_calls(subject: Subject) -> list[Call]:
    """Calls of the layers that hold no others, in order, of one pass of inference; recurrent layers as a whole."""
    seen: list[Call] = []
    batch = subject.feed.batches[0] if subject.feed is not None else None
    with watch.listening(calls=seen.append):
        try:
            subject.forward(batch)
        except Exception:  # shown by `build`
            return []
    return [call for call in seen if _is_leaf(subject, call.layer)]


def _is_leaf(subject: Subject, layer: Any) -> bool:
    kind = type(layer).__name__
    if kind in _RECURRENT:
        return True
    return kind.endswith("Cell") is False and len(subject.framework.layers_of(layer)) == 1


def _first(calls: list[Call]) -> _First | None:
    """None where the data is normalised before, where it is looked up by number, or where a layer is one's own."""
    for number, call in enumerate(calls):
        layer, kind = call.layer, type(call.layer).__name__
        if not getattr(layer, "weights", None):
            continue
        own = is_own(type(layer))
        if not layer.trainable or str(layer.name) in _READY_MADE:
            return None
        if own or any(word in kind for word in _NORMALISING) or "Embedding" in kind or "Vectorization" in kind:
            return None
        given = [leaf for leaf in leaves(call.args) if is_tensor(leaf)]
        if not given or not (hasattr(layer, "kernel") or hasattr(layer, "depthwise_kernel") or kind in _RECURRENT):
            return None
        array = to_numpy(given[0])
        if array.dtype.kind not in "fiu" or not array.size or array.ndim < 2:
            return None
        return _First(layer, array, [later.layer for later in calls[number + 1 :]])
    return None


def _large(subject: Subject, calls: list[Call], figures: dict[str, Any]) -> Answer | None:
    first = _first(calls)
    if first is None or not np.isfinite(first.given).all():
        return None
    given = first.given.astype("float64")
    largest = float(np.abs(given).max())
    axes = tuple(range(given.ndim - 1))
    spreads = np.sqrt(np.square(given).mean(axis=axes)) if given.ndim < 4 else np.sqrt(np.square(given).mean())
    strongest = float(np.max(spreads))
    scale = {"layer": str(first.layer.name), "largest": largest, "root_mean_square": strongest}
    figures["first_layer"] = scale
    if largest <= LARGE or strongest <= LARGE or _is_normalised(first.following):
        return None
    pixels = _are_pixels(given, first.layer)
    why = _why_it_matters(subject, first, given, strongest, pixels)
    if not why:
        scale["note"] = "large, and not normalised before or after the first layer"
        return None
    what = "pixels" if pixels else "numbers"
    message = f"the first layer `{first.layer.name}` gets {what} up to {largest:,.4g}, not scaled: {why}"
    return message, ["KV715"]


def _is_normalised(following: list[Any]) -> bool:
    """True if what the first layer gives is normalised before anything else is done with it."""
    for layer in following:
        kind = type(layer).__name__
        if any(word in kind for word in _NORMALISING):
            return True
        if not any(word in kind for word in _PASSES):
            return False
    return False


def _are_pixels(given: Any, layer: Any) -> bool:
    """True for numbers from 0 to 255 in images or in rows as long as one."""
    if given.min() < 0 or given.max() > 255 or given.max() < 100:
        return False
    if given.ndim >= 4:
        return True
    if type(layer).__name__ in _RECURRENT or given.shape[-1] < 64:
        return False
    return bool((given == np.round(given)).all())


def _why_it_matters(subject: Subject, first: _First, given: Any, strongest: float, pixels: bool) -> str:
    """What such numbers do here; empty where that can't be said."""
    function = activations.of_layer(first.layer)
    optimizer = getattr(subject.model, "optimizer", None)
    kind = type(getattr(optimizer, "inner_optimizer", optimizer)).__name__
    if type(first.layer).__name__ in _RECURRENT:
        return f"gates and `tanh` of `{first.layer.name}` are saturated from the first step"
    if function is not None and function[0] in activations.SATURATING and strongest > LARGE:
        return f"its {function[0]} is saturated from the first step"
    if kind == "SGD":
        rate = _rate(optimizer)
        power = float(np.square(given).mean()) * _fan_in(first.layer)
        if rate is not None and rate * power > 1.0:
            return f"a step of SGD({rate:g}) at this scale overshoots"
        return ""
    if pixels:
        return f"{kind} needs many epochs to make up for it" if kind else "training starts far off"
    if strongest > HUGE:
        return "the largest columns drown the others"
    return ""


def _fan_in(layer: Any) -> int:
    """How many numbers each unit gets."""
    shape = tuple(getattr(layer, "kernel", layer.weights[0]).shape)
    return int(np.prod(shape[:-1]))


def _rate(optimizer: Any) -> float | None:
    try:
        return float(to_numpy(optimizer.learning_rate))
    except (AttributeError, TypeError, ValueError):  # a schedule
        return None


def _scaled_inside(subject: Subject, calls: list[Call], figures: dict[str, Any]) -> Answer | None:
    """Data that was scaled already comes into a layer that scales it once more, or into a backbone of another scale."""
    for call in calls[:8]:
        kind = type(call.layer).__name__
        given = [to_numpy(leaf) for leaf in leaves(call.args) if is_tensor(leaf)]
        if kind not in {"Rescaling", "Normalization"} or is_own(type(call.layer)) or len(given) != 1:
            continue
        low, high = float(given[0].min()), float(given[0].max())
        after = to_numpy(next(iter(leaves(call.output)))).astype("float64")
        if low == high or not np.isfinite(after).all():
            continue
        owner = _backbone(subject, call.layer)
        where = f"`{owner}`, which scales inside," if owner else f"`{call.layer.name}`"
        spread = float((after.reshape(-1, after.shape[-1]) if after.ndim > 1 else after).std(axis=0).max())
        figures["scaled_inside"] = {"layer": str(call.layer.name), "backbone": owner, "given": [low, high]}
        if spread < FLAT and max(abs(low), abs(high)) <= SCALED and _expects_large(call.layer):
            what = f"{where} is fed {low:.3g} to {high:.3g} where it expects {_expected(call.layer)}"
            return f"{what}: after its scaling the inputs differ by {spread:.2g}", ["KV718"] if owner else ["KV716"]
    return _foreign_scale(subject, figures)


def _expects_large(layer: Any) -> bool:
    """True for a Rescaling by a small factor, or a Normalization whose statistics are those of large numbers."""
    if type(layer).__name__ == "Rescaling":
        return bool(np.max(np.abs(np.asarray(layer.scale, dtype="float64"))) <= 0.02)
    variance = getattr(layer, "variance", None)
    return variance is not None and float(np.max(to_numpy(variance))) >= 100.0


def _expected(layer: Any) -> str:
    if type(layer).__name__ == "Rescaling":
        scale = float(np.max(np.abs(np.asarray(layer.scale, dtype="float64"))))
        most = 2 / scale if np.any(np.asarray(layer.offset, dtype="float64") < 0) else 1 / scale
        return f"0 to {most:.4g}"
    mean, variance = (float(np.mean(to_numpy(getattr(layer, name)))) for name in ("mean", "variance"))
    return f"{mean:.3g} ± {np.sqrt(variance):.3g}"


def _backbone(subject: Subject, layer: Any) -> str:
    """The ready-made network that holds the layer; empty if none does."""
    for model in subject.layers:
        if _SCALES_INSIDE.search(str(model.name)) and hasattr(model, "layers"):
            if any(layer is inner for inner in subject.framework.layers_of(model)):
                return str(model.name)
    return ""


def _foreign_scale(subject: Subject, figures: dict[str, Any]) -> Answer | None:
    """A pretrained backbone that expects inputs between -1 and 1 gets numbers up to 255."""
    seen: list[Call] = []
    wanted = [layer for layer in subject.layers if _signed(layer) and _is_pretrained(layer)]
    if not wanted or subject.feed is None:
        return None
    with watch.listening(calls=lambda call: seen.append(call) if call.layer in wanted else None):
        subject.forward(subject.feed.batches[0])
    for call in seen:
        given = [to_numpy(leaf) for leaf in leaves(call.args) if is_tensor(leaf)]
        if len(given) == 1 and given[0].dtype.kind in "fiu":
            low, high = float(given[0].min()), float(given[0].max())
            figures["backbone"] = {"name": str(call.layer.name), "given": [low, high]}
            if max(abs(low), abs(high)) > 20:
                message = f"`{call.layer.name}` was trained on inputs between -1 and 1"
                return f"{message} and is fed {low:.4g} to {high:.4g}", ["KV718"]
            spread = float(given[0].std())
            if low != high and spread < FLAT:
                return f"`{call.layer.name}` is fed inputs that differ by {spread:.2g}: scaled twice", ["KV718"]
    return None


def _signed(layer: Any) -> bool:
    name = str(layer.name).lower()
    if not hasattr(layer, "layers") or _SCALES_INSIDE.search(name):
        return False
    return any(word in name for word in _SIGNED) or bool(_RESIDUAL_2.fullmatch(name))


def _is_pretrained(model: Any) -> bool:
    """True if statistics of a BatchNormalization are not those that it begins with."""
    for layer in model.layers:
        mean = getattr(layer, "moving_mean", None)
        if mean is not None:
            return bool(np.any(to_numpy(mean) != 0.0))
    return False


def _sides(subject: Subject, figures: dict[str, Any]) -> Answer | None:
    """Training and validation data, inputs and targets: one side scaled and the other not."""
    left, right = survey.train(subject), survey.validation(subject)
    if right is None or right.count < 8 or left.count < 8:
        return None
    for what, count in (("inputs", _count(left, "x")), ("targets", _count(left, "y"))):
        for index in range(count):
            pair = [getattr(side, what)(index) for side in (left, right)]
            if any(array is None for array in pair) or pair[0].shape[1:] != pair[1].shape[1:]:
                continue
            spreads = [_spreads(array) for array in pair]
            figures.setdefault("train_and_validation", {})[f"{what} {index}"] = [one[0] for one in spreads]
            if _are_apart(*spreads):
                words = [f"{array.min():.4g} to {array.max():.4g}" for array in pair]
                message = f"{what} lie between {words[0]} in training, between {words[1]} in validation"
                return f"{message}: only one side is scaled", ["KV716"]
    return None


def _count(side: survey.Survey, name: str) -> int:
    return len(list(leaves(getattr(side.batches[0], name)))) if side.batches else 0


def _spreads(array: Any) -> tuple[float, ...]:
    """Standard deviation, the largest number, and how far apart all but the outermost hundredths lie."""
    numbers = survey.thinned(array)
    if not np.isfinite(numbers).all():
        return (0.0, 0.0, 0.0)
    low, high = np.quantile(numbers.reshape(-1)[:: max(1, numbers.size // 200_000)], (0.01, 0.99))
    return float(numbers.std()), float(np.abs(numbers).max()), float(high - low)


def _are_apart(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    """True if one is a multiple of the other in every way; rare labels and outliers differ in one only."""
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a > 0 and b > 0]
    if len(pairs) < 2:
        return False
    return all(a > APART * b for a, b in pairs) or all(b > APART * a for a, b in pairs)
