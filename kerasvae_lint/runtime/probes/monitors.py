"""Callbacks that go by a logged value: is it logged, and do they keep the better one?"""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject, quiet
from kerasvae_lint.runtime.words import first_line, names

KINDS = ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau")
_BETTER_LOW = re.compile(
    r"loss|(^|_)(error|err|mse|mae|rmse|rmsle|msle|mape|perplexity|entropy|crossentropy|nll|fid|wer|cer|eer|hinge|"
    r"huber|divergence)(_|$)"
)
_BETTER_HIGH = re.compile(
    r"(^|_)(acc|accuracy|auc|auroc|roc|f1|fbeta|fmeasure|precision|recall|dice|iou|jaccard|mcc|kappa|r2|bleu|"
    r"rouge|ndcg|map|psnr|ssim|sensitivity|specificity|similarity|top_k)(_|$|\d)"
)


def ask(subject: Subject) -> ProbeResult:
    """Each monitoring callback of the user's ``fit``, with the logs that this very fit makes."""
    watching = [c for c in subject.callbacks if _watches(c)]
    if not watching:
        return ProbeResult("monitors", SKIP, "fit got no callback that goes by a logged value")
    if not subject.trains or subject.feed is None:
        return ProbeResult("monitors", SKIP, "a training loop of one's own can't be run again")
    logs, reason = _logs_of(subject)
    if logs is None:
        return ProbeResult("monitors", SKIP, f"what this fit logs is not known: {reason}")
    figures: dict[str, Any] = {"logs": sorted(logs), "keeps": {}}
    absent = [c for c in watching if c.monitor not in logs and (_knows_validation(subject) or c.monitor[:4] != "val_")]
    if absent:
        return ProbeResult("monitors", FAIL, _absence(subject, absent[0], logs), ["KV713"], figures)
    for callback in watching:
        keeps, wanted = _kept(subject, callback), meaning(callback.monitor)
        figures["keeps"][f"{type(callback).__name__}: {callback.monitor}"] = keeps
        if wanted and keeps not in {"", wanted} and not _is_turned(subject, callback):
            return ProbeResult("monitors", FAIL, _direction(callback, keeps), ["KV704"], figures)
    message = f"{len(watching)} callbacks go by what is logged" if len(watching) > 1 else _sound(watching[0])
    return ProbeResult("monitors", PASS, "; ".join([message, *_notes(watching, figures)]), [], figures)


def _knows_validation(subject: Subject) -> bool:
    """Whether it is known what validation data ``fit`` gets."""
    told = {"validation_data", "validation_split"} & set(subject.given)
    return bool(told or subject.notes.get("fit"))


def _watches(callback: Any) -> bool:
    """True for Keras's callbacks, and what is made of them, that read their ``monitor``."""
    kind = next((base.__name__ for base in type(callback).__mro__ if base.__name__ in KINDS and not is_own(base)), "")
    if not kind or not isinstance(getattr(callback, "monitor", None), str):
        return False
    return kind != "ModelCheckpoint" or bool(callback.save_best_only)


def meaning(name: str) -> str:
    """``low`` or ``high``: which values of a logged quantity are the better ones, by its name; empty if unknown."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().removeprefix("val_")
    low, high = _BETTER_LOW.search(plain), _BETTER_HIGH.search(plain)
    if bool(low) == bool(high):
        return ""
    return "low" if low else "high"


def _is_turned(subject: Subject, callback: Any) -> bool:
    """A loss that a training step of one's own makes may be a reward."""
    own_step = any("train_step" in cls.__dict__ for cls in type(subject.model).__mro__ if is_own(cls))
    return own_step and "loss" in callback.monitor


def _logs_of(subject: Subject) -> tuple[set[str] | None, str]:
    """The names that reach a callback at the end of an epoch; None and why if that can't be seen."""
    known: set[str] | None = subject.notes.get("logs")
    if known is not None:
        return known, ""
    own = [c for c in subject.callbacks if is_own(type(c)) and not _watches(c)]
    found, reason = _epoch(subject, own)
    if found is None and own:  # they may have added to the logs what is missing
        return None, reason
    return found, reason


def _epoch(subject: Subject, callbacks: list[Any]) -> tuple[set[str] | None, str]:
    assert subject.feed is not None
    feed = subject.feed.only(0)
    arguments = feed.fit_arguments(subject.framework)
    given = subject.given
    if given.get("validation_data") is not None or given.get("validation_split"):
        if "y" in arguments:
            arguments["validation_data"] = (arguments["x"], arguments["y"])
        else:
            arguments["validation_data"] = arguments["x"]
    seen: set[str] = set()
    recorder = _recorder(subject, seen)
    fit = watch.ORIGINALS.get("fit:" + subject.framework.version) or type(subject.model).fit
    copies = [copy.copy(callback) for callback in callbacks]
    try:
        with subject.undone(), quiet():
            fit(subject.model, **arguments, epochs=1, verbose=0, callbacks=[*copies, recorder])
    except Exception as error:  # a callback or a validation step that wants what is not here
        return None, first_line(error)
    finally:
        subject.model.stop_training = False
    return seen, ""


def _recorder(subject: Subject, seen: set[str]) -> Any:
    base = subject.framework.keras.callbacks.Callback

    def on_epoch_end(_self: Any, _epoch: int, logs: Any = None) -> None:
        seen.update(logs or {})

    return type("Recorder", (base,), {"on_epoch_end": on_epoch_end})()


def _absence(subject: Subject, callback: Any, logs: set[str]) -> str:
    kind, monitor = type(callback).__name__, callback.monitor
    effect = {
        "EarlyStopping": "never stops",
        "ModelCheckpoint": "saves nothing",
        "ReduceLROnPlateau": "reduces nothing",
    }
    end = next((words for name, words in effect.items() if _is_a(callback, name)), "does nothing")
    given = subject.given
    unvalidated = given.get("validation_data") is None and not given.get("validation_split")
    if monitor.startswith("val_") and unvalidated:
        return f"{kind} watches `{monitor}`, and fit gets no validation data: it {end}"
    return f"{kind} watches `{monitor}`, which is not among the logs ({names(sorted(logs), 6)}): it {end}"


def _is_a(callback: Any, name: str) -> bool:
    return any(base.__name__ == name for base in type(callback).__mro__)


def _kept(subject: Subject, callback: Any) -> str:
    """``low`` or ``high``: which of two values the callback itself takes for the better one; empty if it can't tell."""
    kept = []
    for first, second in ((0.25, 0.75), (0.75, 0.25)):
        best = _best_of(subject, callback, first, second)
        if best is None:
            return ""
        kept.append(round(float(best), 6))
    if kept[0] != kept[1]:
        return ""
    return {0.25: "low", 0.75: "high"}.get(kept[0], "")


def _best_of(subject: Subject, callback: Any, first: float, second: float) -> float | None:
    """What a copy of the callback holds for the best after two epochs with these values."""
    twin = copy.copy(callback)
    twin.verbose = 0
    model = _Standing(subject.model)
    try:
        with quiet():
            setattr(twin, "_model" if hasattr(twin, "_model") else "model", model)
            twin.min_delta = 0
            twin.best = None if subject.framework.version == "3" else _worst(callback)
            if _is_a(twin, "EarlyStopping"):
                twin.start_from_epoch, twin.baseline, twin.restore_best_weights = 0, None, False
                twin.on_train_begin({})
            elif _is_a(twin, "ReduceLROnPlateau"):
                twin.patience, twin.cooldown = 10**6, 0
                twin.on_train_begin({})
                twin.cooldown_counter = 0
            else:
                twin.save_freq = "epoch"
            for number, value in enumerate((first, second)):
                twin.on_epoch_end(number, {callback.monitor: value, "loss": value, "val_loss": value})
        return None if twin.best is None or not np.isfinite(twin.best) else float(twin.best)
    except Exception:  # a subclass with needs of its own, or a direction that Keras refuses to guess
        return None


def _worst(callback: Any) -> float:
    """What Keras 2 begins with: anything is better."""
    return float(np.inf) if callback.monitor_op(0, 1) else float(-np.inf)


class _Standing:
    """A model for a callback that is tried: saves nothing, and hands on what is only read."""

    def __init__(self, model: Any) -> None:
        self.__dict__["_stands_for"] = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stands_for"], name)

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing is written."""

    save_weights = save


def _direction(callback: Any, keeps: str) -> str:
    kind, monitor = type(callback).__name__, callback.monitor
    mode = getattr(callback, "mode", "")
    cause = f' with mode="{mode}"' if mode in {"min", "max"} else ""
    kept = "lowest" if keeps == "low" else "highest"
    effect = {
        "EarlyStopping": "it stops while the model gets better",
        "ModelCheckpoint": "it keeps the worst model",
        "ReduceLROnPlateau": "it lowers the rate while the model gets better",
    }
    end = next(words for name, words in effect.items() if _is_a(callback, name))
    return f"{kind}{cause} takes the {kept} `{monitor}` for the best: {end}"


def _sound(callback: Any) -> str:
    return f"{type(callback).__name__} goes by `{callback.monitor}`, which is logged"


def _notes(watching: list[Any], figures: dict[str, Any]) -> list[str]:
    """What is no fault but worth a word."""
    stopping = [c for c in watching if _is_a(c, "EarlyStopping") and not getattr(c, "restore_best_weights", True)]
    saving = any(_is_a(c, "ModelCheckpoint") for c in watching)
    if not stopping or saving:
        return []
    figures["keeps_last"] = True
    return ["EarlyStopping keeps the last weights, not the best (restore_best_weights)"]
