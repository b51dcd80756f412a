"""Monitors: callbacks that decide by a number in the logs of an epoch, and which way they take to be better."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.library import lookup
from kerasvae_lint.values.lattice import LibraryObject, constant

Way = Literal["min", "max", ""]
"""Whether a smaller or a larger number is better; empty if that can't be told."""

CALLBACKS = tuple(f"keras.callbacks.{name}" for name in ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"))
_SMALLER = re.compile(r"loss|error|perplexity|divergence|entropy|crossentropy")
_SMALL = frozenset({"mse", "mae", "rmse", "mape", "msle", "rmsle", "nll", "wer", "cer", "kl", "kld", "bpd", "fid"})
_LARGER = re.compile(r"(^|_)(f1|f2|f_?beta|f_?score|f_?measure|top_?k|cosine_similarity|mean_io_u)")
_LARGE = frozenset(
    {
        *("dice", "iou", "miou", "jaccard", "mcc", "kappa", "r2", "bleu", "ndcg", "map", "psnr", "ssim", "qwk"),
        *("acc", "accuracy", "auc", "precision", "recall", "sensitivity", "specificity", "roc"),
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Monitor:
    """A callback that watches one number.

    Attributes:
        callback: the callback.
        kind: its class: ``EarlyStopping``, ``ModelCheckpoint``, ``ReduceLROnPlateau``.
        name: what it watches: ``val_loss`` where the code says nothing; None if that can't be told.
        is_written: True if the code says what it watches.
        mode: ``min``, ``max`` or ``auto``; None if that can't be told.
        decides: False for a checkpoint that keeps every epoch; None if that can't be told.
    """

    callback: LibraryObject
    kind: str
    name: str | None
    is_written: bool
    mode: str | None
    decides: bool | None

    @property
    def better(self) -> Way:
        """Which way is better for what it watches, as its name says; empty for names that say nothing."""
        return better(self.name) if self.name is not None else ""

    @property
    def taken_by_keras_2(self) -> Way:
        """Which way Keras 2 goes if ``mode`` is ``auto``."""
        if self.name is None:
            return ""
        if self.kind == "EarlyStopping":
            return "max" if self.name.endswith(("acc", "accuracy", "auc")) else "min"
        larger = "acc" in self.name or (self.kind == "ModelCheckpoint" and self.name.startswith("fmeasure"))
        return "max" if larger else "min"


def monitor_of(callback: object) -> Monitor | None:
    """What a callback watches; None for callbacks that watch nothing, and for all else."""
    if not isinstance(callback, LibraryObject) or callback.name not in CALLBACKS:
        return None
    kind = callback.name.rpartition(".")[2]
    name = _word(callback, "monitor")
    mode = _word(callback, "mode")
    decides: bool | None = True
    if kind == "ModelCheckpoint":
        given = callback.arguments.get("save_best_only")
        found = constant(given) if given is not None else (False if callback.complete else None)
        decides = found if isinstance(found, bool) else None
    return Monitor(callback, kind, name, "monitor" in callback.arguments, mode, decides)


def _word(callback: LibraryObject, name: str) -> str | None:
    given = callback.arguments.get(name)
    if given is None:
        entry = lookup(callback.name)
        default = entry.default(name) if entry is not None and callback.complete else None
        return default if isinstance(default, str) else None
    found = constant(given)
    return found if isinstance(found, str) else None


def better(name: str) -> Way:
    """Which way is better for a number in the logs, as its name says; empty for names that say nothing."""
    plain = name.lower()
    words = re.split(r"[^a-z0-9]+", plain)
    if _SMALLER.search(plain) or any(word in _SMALL for word in words):
        return "min"
    if any(word in _LARGE for word in words):
        return "max"
    return "max" if _LARGER.search(plain) else ""


__all__ = ["CALLBACKS", "Monitor", "better", "monitor_of"]
