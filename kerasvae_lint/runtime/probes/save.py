"""Does the model come back from its config and from disk, with the same outputs and every variable?"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable, is_own
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject, Unit, arrays, call, differ
from kerasvae_lint.runtime.words import first_line

CONFIG = ["KV106", "KV503"]
LOST = ["KV305", "KV503", "KV511"]


def ask(subject: Subject) -> ProbeResult:
    """Configs of one's own classes first, then the whole model, then its weights alone."""
    for layer in subject.layers:
        problem = _config(subject, layer)
        if problem is not None:
            return ProbeResult("save", FAIL, problem, CONFIG, {"layer": layer.name})
    if subject.model is None or subject.notes.get("wrapped"):
        return _layer_alone(subject)
    with tempfile.TemporaryDirectory() as folder:
        return _whole(subject, folder) or _weights_only(subject, folder)


def _config(subject: Subject, layer: Any) -> str | None:
    """What is wrong with a ``get_config`` that the user wrote."""
    cls = type(layer)
    if not _writes_config(cls):
        return None
    try:
        config = layer.get_config()
    except (AttributeError, NameError, TypeError) as error:
        return f"{cls.__name__}.get_config raises {first_line(error)}"
    variables = [key for key, value in config.items() if hasattr(value, "assign")]
    if variables:
        return f"{cls.__name__}.get_config hands out a variable as `{variables[0]}`: it can't be written to a file"
    try:
        json.dumps(config, default=_serialised(subject))
    except (TypeError, ValueError) as error:
        return f"the config of {cls.__name__} can't be written: {first_line(error)}"
    try:
        with subject.framework.keras.utils.custom_object_scope(subject.classes):
            made = cls.from_config(dict(config))
    except TypeError as error:
        return f"{cls.__name__}.from_config raises {first_line(error)}"
    except Exception:  # a config that needs the surrounding model to be read
        return None
    if isinstance(layer, subject.framework.keras.Model) or layer.trainable or not made.trainable:
        return None
    return f"a {cls.__name__} that is frozen is trainable again when it is made from its config"


def _writes_config(cls: type) -> bool:
    """True if the user wrote a ``get_config``."""
    return any("get_config" in base.__dict__ for base in cls.__mro__ if is_own(base))


def _serialised(subject: Subject) -> Any:
    keras = subject.framework.keras

    def default(value: Any) -> Any:
        for serialize in (
            getattr(keras.saving, "serialize_keras_object", None),
            getattr(keras.utils, "serialize_keras_object", None),
        ):
            if serialize is not None:
                with suppress(Exception):  # not a Keras object: the JSON writer says so
                    return str(serialize(value))
        if isinstance(value, np.generic | np.ndarray):
            return value.tolist()
        raise TypeError(f"{type(value).__name__} is not JSON serializable")

    return default


def _whole(subject: Subject, folder: str) -> ProbeResult | None:
    """``save`` and ``load_model``; None where the model is not made for it."""
    keras, model = subject.framework.keras, subject.model
    path = os.path.join(folder, "model.keras")
    try:
        before = subject.forward()
        model.save(path)
        with keras.utils.custom_object_scope(subject.classes):
            loaded = keras.models.load_model(path, compile=False, safe_mode=False)
        after = _outputs(subject, loaded)
    except Exception as error:  # not made to be saved as a whole: its weights are
        subject.notes["not_saved"] = first_line(error, 100)
        return None
    lost = len(model.weights) - len(loaded.weights)
    if lost > 0:
        message = f"{lost} of {len(model.weights)} variables are not in the loaded model"
        return ProbeResult("save", FAIL, message, LOST)
    if before and after and differ(before, after, 1e-4):
        return ProbeResult("save", FAIL, "the loaded model gives other outputs", LOST)
    return ProbeResult("save", PASS, f"the loaded model has all {len(model.weights)} variables and gives the same")


def _outputs(subject: Subject, loaded: Any) -> list[Any]:
    if subject.feed is None or subject.units:
        return []
    for ours, theirs in zip(_seeds(subject.model), _seeds(loaded), strict=False):
        theirs.write(ours.read())  # a random stream's place is no weight, and not saved
    subject.framework.reseed(subject.options.seed)
    return arrays(call(subject.framework, Unit(loaded, (subject.feed.batches[0].x,)), False))


def _seeds(model: Any) -> list[Variable]:
    return [Variable(raw) for raw in model.variables if "seed_generator" in str(getattr(raw, "path", ""))]


def _weights_only(subject: Subject, folder: str) -> ProbeResult:
    """``save_weights`` and ``load_weights`` around a change of everything."""
    why = subject.notes.get("not_saved", "")
    path = os.path.join(folder, "model.weights.h5")
    state = subject.state()
    try:
        subject.model.save_weights(path)
        weights = [v for v in subject.variables() if v.is_float]
        before = [v.read() for v in weights]
        for variable, value in zip(weights, before, strict=True):
            variable.write(value + 1.0)
        subject.model.load_weights(path)
        lost = [v.path for v, value in zip(weights, before, strict=True) if not np.allclose(v.read(), value)]
    except Exception as error:  # neither: said, not judged
        return ProbeResult("save", SKIP, f"the model is not made to be saved: {first_line(error)}")
    finally:
        subject.restore(state)
    tracked = {v.path for v in subject.untracked() if not v.trainable}
    lost = [path for path in lost if path not in tracked]
    if lost:
        return ProbeResult("save", FAIL, f"not in the saved weights: {', '.join(lost[:4])}", LOST, {"lost": lost})
    return ProbeResult("save", PASS, f"weights come back; as a whole it can't be saved ({why})")


def _layer_alone(subject: Subject) -> ProbeResult:
    """Layers that were probed on their own: their configs were read back above."""
    own = [layer for layer in subject.layers if _writes_config(type(layer))]
    if not own:
        return ProbeResult("save", SKIP, "no get_config of one's own, and no model to save")
    return ProbeResult("save", PASS, f"{len(own)} configs can be written and read back")
