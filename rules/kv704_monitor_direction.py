"""KV704 monitor-direction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Call, Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Monitor

_DOES = {
    "EarlyStopping": "stops when it gets better",
    "ModelCheckpoint": "keeps the worst epoch",
    "ReduceLROnPlateau": "lowers the rate when it gets better",
}


class MonitorDirection(Rule):
    """A callback takes the worst epoch for the best: it watches the right number the wrong way round.

    ## What it finds
    `EarlyStopping`, `ReduceLROnPlateau` and a `ModelCheckpoint` with `save_best_only=True` that have `mode="min"` for
    an accuracy, AUC, F1, recall, precision, Dice, IoU and the like, or `mode="max"` for a loss or an error. In code
    that may run in Keras 2 also no `mode` for a number whose name Keras 2 takes for a loss: `f1`, `recall`, `iou`,
    `precision`, and for `ModelCheckpoint` an AUC as well. Names that say nothing are left alone, and so is `*loss*`
    without `mode`.

    ## Why it bites
    Nothing is printed. Measured with `mode="min"` on `val_accuracy`: the training stopped after 3 of 30 epochs and
    restored an accuracy of 0.85, where 0.99 had been seen. `ModelCheckpoint(monitor="val_auc", save_best_only=True)` of
    Keras 2 keeps the lowest AUC of all epochs, beside an `EarlyStopping` that goes the right way.

    ## Bad
    ```python
    keras.callbacks.ModelCheckpoint("best.keras", monitor="val_auc", save_best_only=True)
    ```

    ## Good
    ```python
    keras.callbacks.ModelCheckpoint("best.keras", monitor="val_auc", mode="max", save_best_only=True)
    ```

    ## Fix
    Safe: `mode="max"` or `mode="min"`.

    ## Keras 2 and Keras 3
    An explicit `mode` is taken as it is in both. Without one Keras 2 goes by the name; Keras 3 asks the compiled
    metric, and raises for one that it doesn't know.

    ## References
    - keras-team/keras issue 18798 and pull request 18799
    - keras-team/tf-keras issue 253
    - tensorflow/tensorflow issue 44509
    """

    code = "KV704"
    name = "monitor-direction"
    triggers = ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau")
    fixable = "safe"
    probes = ("monitors",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per callback whose direction is the wrong one for what it watches."""
        for call, monitor in module.monitors():
            right = monitor.better
            if not right or not monitor.decides or monitor.mode is None:
                continue
            written = call.written("mode")
            if monitor.mode in {"min", "max"}:
                if monitor.mode == right:
                    continue
                where = "in Keras 2 and 3"
            elif monitor.mode == "auto" and not module.flavour.only3 and monitor.taken_by_keras_2 != right:
                where = "in Keras 2"
            else:
                continue
            yield Report(
                written.value if written is not None and monitor.mode != "auto" else call.written("monitor") or call,
                _message(monitor, right, where),
                fix=_fix(module, call, written, right),
            )


def _message(monitor: Monitor, right: str, where: str) -> str:
    side = "larger" if right == "max" else "smaller"
    how = f'`mode="{monitor.mode}"`' if monitor.mode != "auto" else "its name"
    return (
        f"`{monitor.name}` is better when it is {side}, and by {how} the {monitor.kind} {_DOES[monitor.kind]}, {where}."
        f' Say `mode="{right}"`.'
    )


def _fix(module: Module, call: Call, written: records.Argument | None, right: str) -> Draft | None:
    editor = module.editor()
    if written is not None:
        if not isinstance(written.value, records.Constant):
            return None
        editor.replace(written.value, f'"{right}"')
    elif call.is_given("mode") == "absent":
        editor.add_argument(call.record, f'mode="{right}"')
    else:
        return None
    return editor.draft(f'Say `mode="{right}"`')
