"""Does a cross-entropy get what it takes its argument for: probabilities or logits, unsquashed, of several classes?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.gradients import redraw
from kerasvae_lint.runtime.subject import Subject

_SLACK = 1e-4
_STRETCH = 30.0
"""What weights are multiplied by to see the ends of an output's range."""


def ask(subject: Subject, figures: dict[str, Any]) -> tuple[str, list[str]] | None:
    """Look at what each cross-entropy object is given in a step, with the weights at hand and with others."""
    seen: dict[int, tuple[Any, list[Any], list[bool]]] = {}
    values: dict[int, list[float]] = {}

    def given(loss: Any, y_true: Any, y_pred: Any) -> None:
        if flag(loss) is None or not is_tensor(y_pred):
            return
        _, arrays, rescued = seen.setdefault(id(loss), (loss, [], []))
        arrays.append(to_numpy(y_pred))
        rescued.append(_keeps_logits(loss, y_true, y_pred))
        if "ategorical" in f"{type(loss).__name__} {loss.name}" and y_pred.shape[-1] == 1:
            values.setdefault(id(loss), []).append(float(to_numpy(loss.call(y_true, y_pred)).max()))

    assert subject.feed is not None
    for number in range(3):
        with subject.undone(), watch.idle(), watch.listening(criteria=given):
            if number:
                redraw(subject, np.random.default_rng(subject.options.seed + number))
            subject.train(subject.feed.only(0), eager=True)
        if not seen:
            return None
    for found in values.values():
        if max(found) < _SLACK:
            return "a cross-entropy over classes gets one class: it is 0 whatever the output", ["KV710"]
    return _mistaken(seen, figures) or _narrow(subject)


def _narrow(subject: Subject) -> tuple[str, list[str]] | None:
    """Look at the ends of the range of what the cross-entropies are given, with weights that lead there."""
    seen: dict[int, list[Any]] = {}
    if not any(variable.trainable and variable.is_float for variable in subject.variables()):
        return None  # the output can't be led anywhere

    def given(loss: Any, _: Any, y_pred: Any) -> None:
        if flag(loss) is False and is_tensor(y_pred):
            seen.setdefault(id(loss), []).append(to_numpy(y_pred))

    assert subject.feed is not None
    for number in range(1, 5):
        with subject.undone(), watch.idle(), watch.listening(criteria=given):
            redraw(subject, np.random.default_rng(subject.options.seed + number))
            for variable in subject.variables():
                if variable.is_float and variable.trainable:
                    variable.write(variable.read() * _STRETCH)
            subject.train(subject.feed.only(0), eager=True)
    for arrays in seen.values():
        low, high = min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)
        classes = arrays[0].shape[-1] if arrays[0].ndim > 1 else 1
        shares = classes > 1 and all(np.allclose(a.sum(-1), 1.0, atol=1e-3) for a in arrays)
        most = float(np.e / (np.e + classes - 1)) if shares else float(1 / (1 + np.exp(-1)))
        end = f"whatever the weights, the output lies between {low:.3g} and {high:.3g}: it is squashed twice"
        if high <= most + _SLACK and (shares or low >= 0.5 - _SLACK):
            return end, ["KV711"]
        if not shares and low == 0.5 and np.mean([np.mean(a == 0.5) for a in arrays]) > 0.05:
            return "whatever the weights, the output does not fall below 0.5: it is cut off before", ["KV711"]
    return None


def _mistaken(
    seen: dict[int, tuple[Any, list[Any], list[bool]]], figures: dict[str, Any]
) -> tuple[str, list[str]] | None:
    """Probabilities where logits are taken, or the other way round."""
    for loss, arrays, rescued in seen.values():
        low, high = min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)
        inside = low >= -_SLACK and high <= 1.0 + _SLACK
        name = type(loss).__name__ if type(loss).__name__ != "LossFunctionWrapper" else loss.name
        figures["outputs"] = [low, high]
        if flag(loss) and inside and not any(rescued):
            message = f"{name} takes logits, and the output is a probability already: it lies between 0 and 1"
            return message, ["KV409"]
        if not flag(loss) and not inside:
            message = f"{name} takes probabilities, and the output goes from {low:.3g} to {high:.3g}: these are logits"
            return message, ["KV409"]
    return None


def flag(loss: Any) -> bool | None:
    """``from_logits`` of a cross-entropy object; None for other losses."""
    if "rossentropy" not in f"{type(loss).__name__} {getattr(loss, 'name', '')}".replace("_", ""):
        return None
    kept = getattr(loss, "_fn_kwargs", None) or {}
    found = kept.get("from_logits", getattr(loss, "from_logits", False))
    return bool(found) if isinstance(found, bool | int) else None


def _keeps_logits(loss: Any, y_true: Any, y_pred: Any) -> bool:
    """True where the tensor carries the logits that it was made of, which TensorFlow's Keras then uses."""
    if not hasattr(y_pred, "_keras_logits"):
        return False
    try:
        plain = float(to_numpy(loss.call(y_true, y_pred * 1.0)).mean())
        return abs(plain - float(to_numpy(loss.call(y_true, y_pred)).mean())) > 1e-6
    except (AttributeError, TypeError, ValueError):
        return True
