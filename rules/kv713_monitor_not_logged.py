"""KV713 monitor-not-logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, Value, constant, is_none, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Monitor, Training, TrainingStep

_TWINS = {"acc": "accuracy", "accuracy": "acc"}
_FORMER = {
    "mae": "mean_absolute_error",
    "mse": "mean_squared_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kullback_leibler_divergence",
    "cosine": "cosine_proximity",
}
"""What Keras before 2.3, and TensorFlow 1, log for the short names of a metric."""
_DOES = {
    "EarlyStopping": "the training never stops early (Keras 3 may raise instead)",
    "ModelCheckpoint": "the best epoch is never kept: no file is written, or (from Keras 3.10 on) each epoch writes it",
    "ReduceLROnPlateau": "the rate is never lowered (Keras 3 may raise instead)",
}


class MonitorNotLogged(Rule):
    """A callback watches a number that the logs of its `fit` don't hold.

    ## What it finds
    An `EarlyStopping`, a `ReduceLROnPlateau` or a `ModelCheckpoint` with `save_best_only=True` that a `fit` gets and
    whose `monitor` is none of what that `fit` logs: `val_…` without validation data, `val_acc` beside
    `metrics=["accuracy"]` and the other way round, an accuracy where `compile` has no metric at all. Not: models with a
    training step of their own or several outputs, metrics that can't be told, callbacks of one's own beside it, which
    may add to the logs, arguments of `fit` that can't be seen; `acc`, and `mean_absolute_error` for `mae`, in code for
    TensorFlow 1 or Keras before 2.3.

    ## Why it bites
    The callback does nothing. Keras 2 prints a warning in each epoch that is lost among the progress bars, and the
    checkpoint that `load_weights` wants afterwards does not exist. Keras 3 raises if `mode` is left out, and warns like
    Keras 2 if it is given; a missing `val_loss` is a warning in both. A checkpoint of Keras 3.10 or later is then
    written in every epoch: the file is there, and holds the last weights instead of the best ones.

    ## Bad
    ```python
    model.compile("adam", "mse", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2, callbacks=[EarlyStopping(monitor="val_acc", mode="max")])
    ```

    ## Good
    ```python
    model.compile("adam", "mse", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2, callbacks=[EarlyStopping(monitor="val_accuracy", mode="max")])
    ```

    ## Fix
    Safe for `acc` and `accuracy`: the name that is in the logs. None otherwise.

    ## Keras 2 and Keras 3
    Never a stop, a lower rate or a file in Keras 2; in Keras 3 the same or an error, and from 3.10 on a file that each
    epoch writes anew.

    ## References
    - keras-team/keras issues 2159, 6863, 10018, 11440, 13689
    - Stack Overflow 45378493
    """

    code = "KV713"
    name = "monitor-not-logged"
    triggers = ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau")
    fixable = "sometimes"
    probes = ("monitors",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per callback that watches what none of its trainings logs."""
        for call, monitor in module.monitors():
            if monitor.name is None or not monitor.decides:
                continue
            uses = [(t, s) for t in module.trainings for s in t.fits if _has(s, monitor)]
            reasons = [_missing(module, training, step, monitor) for training, step in uses]
            if not reasons or not all(reasons) or len(set(reasons)) > 1:
                continue
            reason, instead = reasons[0] or ("", "")
            step = uses[0][1]
            written = call.written("monitor")
            place = (step.site.record,) if module.owns(step.site) else ()
            yield Report(
                written or call,
                f"`{monitor.name}` is not in the logs: {reason}. So {_DOES[monitor.kind]}.",
                tuple((record, "trained here") for record in place),
                _fix(module, written, instead),
            )


def _has(step: TrainingStep, monitor: Monitor) -> bool:
    return any(chosen.value is monitor.callback for chosen in step.callbacks)


def _missing(module: Module, training: Training, step: TrainingStep, monitor: Monitor) -> tuple[str, str] | None:
    """Why the logs of a ``fit`` don't hold a number, and which one is meant; None if they may hold it."""
    tasks = [task for task in module.tasks if task.training is training]
    compiled = training.compiled_for(step)
    if compiled is None or not compiled.complete or not step.complete or monitor.name is None:
        return None
    if any(not task.is_standard or not task.is_only for task in tasks) or any(c.own for c in step.callbacks):
        return None
    if any(not chosen.name for chosen in step.callbacks) or next(module.method_calls("add_metric"), None):
        return None
    is_validated = _is_validated(step)
    if monitor.name.startswith("val_") and is_validated is False:
        if any(chosen.name not in _KNOWN for chosen in step.callbacks):
            return None
        return "`fit` has no validation data", ""
    stem = monitor.name.removeprefix("val_")
    words = [_word(metric.value) for metric in compiled.metrics]
    if not tasks or stem in {"loss", "lr", "learning_rate"} or stem in words:
        return None
    is_old = module.flavour.graph or module.flavour.old
    if is_old and any(_FORMER.get(word.lower()) == stem for word in words if word is not None):
        return None
    logged = [word for word in words if word is not None]
    if len(logged) == len(words) or (stem in _TWINS and _TWINS[stem] in logged):
        instead = _TWINS.get(stem, "")
        if instead in logged and is_old:
            return None  # before Keras 2.3, and in TensorFlow 1, `accuracy` was logged as `acc`
        if instead in logged:
            return f"`compile` calls it `{instead}`", monitor.name.replace(stem, instead)
        names = ", ".join(f"`{word}`" for word in logged)
        return (f"`compile` has {names or 'no metrics'}", "")
    return None


_KNOWN = frozenset(
    {
        *("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau", "TensorBoard", "CSVLogger", "TerminateOnNaN"),
        *("LearningRateScheduler", "ProgbarLogger", "History", "BackupAndRestore"),
    }
)
"""Callbacks that add nothing to the logs that another one could wait for."""


def _is_validated(step: TrainingStep) -> bool | None:
    """Whether a ``fit`` has validation data; None if that can't be told."""
    given = step.arguments.get("validation_data")
    if given is not None and not is_none(given):
        return None if any(is_none(member) for member in given.alternatives()) else True
    split = step.validation_split
    return None if split is None else split > 0


def _word(value: Value | None) -> str | None:
    """A metric given as a string, which is its name in the logs; None for anything else."""
    found = constant(value) if value is not None else None
    return found if isinstance(found, str) else None


def _fix(module: Module, written: records.Argument | None, instead: str) -> Draft | None:
    if written is None or not instead or not isinstance(written.value, records.Constant):
        return None
    editor = module.editor()
    editor.replace(written.value, f'"{instead}"')
    return editor.draft(f"Watch `{instead}`")
