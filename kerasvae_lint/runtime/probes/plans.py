"""What the callbacks were for: forgotten ones, hooks nobody calls, ramps without an end, weights without effect."""

from __future__ import annotations

import copy
import dis
import itertools
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from types import CodeType
from typing import Any

from kerasvae_lint.runtime.framework import is_own, is_tensor
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal, Track, own_callbacks, rehearse
from kerasvae_lint.runtime.probes.response import loss_weights
from kerasvae_lint.runtime.subject import Subject, is_variable

_STOPPERS = {"EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"}
_SPELLINGS = (
    ("_start", "_begin"),
    ("_stop", "_end"),
    ("_ended", "_end"),
    ("_finish", "_end"),
    ("train_epoch", "epoch"),
)


def forgotten(subject: Subject) -> str | None:
    """A callback that stands under a name which the user's code never reads again, and that would set something."""
    for name, callback in _unread_names(subject):
        trial = copy.copy(subject)
        trial.callbacks, trial.notes = [callback], dict(subject.notes)
        run = rehearse(trial)
        if not run.dropped and (run.tracks or run.attributes):
            return f"`{name}`, a {type(callback).__name__}, would set a value in every epoch, and `fit` does not get it"
    return None


def _unread_names(subject: Subject) -> Iterator[tuple[str, Any]]:
    base = subject.framework.keras.callbacks.Callback
    given = {id(callback) for callback in subject.callbacks}
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if "site-packages" not in file and "kerasvae_lint" not in str(frame.f_globals.get("__name__", "")):
            for name, value in list(frame.f_locals.items()):
                wanted = isinstance(value, base) and (is_own(type(value)) or type(value).__name__ == "LambdaCallback")
                if wanted and id(value) not in given and not _is_read(frame.f_code, name):
                    yield name, value
        frame = frame.f_back  # type: ignore[assignment]


def _is_read(code: CodeType, name: str) -> bool:
    """True if a function's code, or that of a function in it, loads the name."""
    if any(i.opname.startswith("LOAD") and name in _names_of(i.argval) for i in dis.get_instructions(code)):
        return True
    return any(_is_read(inner, name) for inner in code.co_consts if isinstance(inner, CodeType))


def _names_of(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def uncalled_hooks(subject: Subject) -> list[tuple[str, str]]:
    """Methods of the user's callbacks that are nearly a hook and that nothing calls, with the hook."""
    hooks = {name for name in dir(subject.framework.keras.callbacks.Callback) if name.startswith("on_")}
    found = []
    for callback in own_callbacks(subject):
        owners = [cls for cls in type(callback).__mro__ if is_own(cls)]
        functions = [value for cls in owners for value in vars(cls).values() if hasattr(value, "__code__")]
        called = {name for function in functions for name in function.__code__.co_names}
        for function in functions:
            name = function.__name__
            if name.startswith("on_") and name not in hooks | called:
                meant = _meant(name, hooks)
                found += [(f"{type(callback).__name__}.{name}", meant)] if meant else []
    return found


def _meant(name: str, hooks: set[str]) -> str | None:
    spelt = name
    for wrong, right in _SPELLINGS:
        spelt = spelt.replace(wrong, right)
    close = get_close_matches(spelt, sorted(hooks), n=1, cutoff=0.9)
    return close[0] if close else None


def endless(track: Track) -> bool:
    """True for a straight ramp from 0 by a whole part of 1 that goes on past 1 to a number that is no end."""
    values = track.set
    if len(values) < 4 or values[0] != 0 or values[-1] <= 1 + 1e-6 or abs(values[-1] - round(values[-1])) < 1e-6:
        return False
    steps = [b - a for a, b in itertools.pairwise(values)]
    straight = all(abs(step - steps[0]) < 1e-5 for step in steps) and steps[0] > 0
    return straight and any(abs(value - 1) < 1e-5 for value in values)


def restarts(track: Track) -> bool:
    """True for a value that rises from batch to batch and begins again, just so, in every epoch."""
    epochs = [values for values in track.batches[1:] if len(values) > 2]  # the first may miss its first batch
    if len(epochs) < 2 or any(values != epochs[0] for values in epochs):
        return False
    first = epochs[0]
    return all(b > a for a, b in itertools.pairwise(first))


def weighs_nothing(subject: Subject) -> bool:
    """True if Keras's own step is to weight the losses of a ``compile`` that has none."""
    loss, weights = loss_weights(subject)
    own = any(
        "train_step" in vars(cls) or "compute_loss" in vars(cls) for cls in type(subject.model).__mro__ if is_own(cls)
    )
    return weights is not None and loss is None and not own


def copies(subject: Subject) -> bool:
    """True if a loss weight is a tensor: the copy of a value, made before ``compile``."""
    _, weights = loss_weights(subject)
    values = list(weights.values()) if isinstance(weights, dict) else weights
    return isinstance(values, list | tuple) and any(is_tensor(v) and not is_variable(v) for v in values)


def twin(subject: Subject, run: Rehearsal, track: Track) -> tuple[Any, str] | None:
    """A layer and its variable of the name under which a callback keeps a written one, if nobody writes that."""
    written = {id(other.raw) for other in run.tracks}
    for callback in own_callbacks(subject):
        for name, value in vars(callback).items():
            if value is not track.raw:
                continue
            for layer in subject.layers:
                other = vars(layer).get(name)
                if is_own(type(layer)) and other is not None and id(other) not in written and is_variable(other):
                    return layer, name
    return None


def watchers(subject: Subject) -> list[Any]:
    """Keras's callbacks that compare the loss of epochs from the first one on."""
    found = []
    for callback in subject.callbacks:
        kinds = {cls.__name__ for cls in type(callback).__mro__} & _STOPPERS
        if not kinds or getattr(callback, "monitor", "") not in {"loss", "val_loss"}:
            continue
        if "ModelCheckpoint" in kinds and not getattr(callback, "save_best_only", False):
            continue
        if not getattr(callback, "start_from_epoch", 0):
            found.append(callback)
    return found


def mutated(run: Rehearsal) -> bool:
    """True if the list of loss weights changed during the rehearsal."""
    return run.weights[0] != run.weights[1]
