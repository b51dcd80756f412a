"""KV707 regression-accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

from ._activations import about

if TYPE_CHECKING:
    from kerasvae_lint.model import Chosen, Data, Task

_ACCURACIES = frozenset(
    {
        *("accuracy", "acc", "Accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"),
        *("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"),
    }
)
_LOSSES = frozenset({"poisson"})
_ERRORS = frozenset(
    {
        *("mean_absolute_error", "mae", "MAE", "mean_squared_error", "mse", "MSE", "root_mean_squared_error", "rmse"),
        *("mean_absolute_percentage_error", "mape", "MAPE", "r2_score", "mean_squared_logarithmic_error", "msle"),
    }
)
_NUMBERS = frozenset(
    {"linear", "relu", "relu6", "elu", "selu", "leaky_relu", "softplus", "exponential", "gelu", "silu"}
)
_NUMBERS |= {"swish"}
"""The activations that give numbers and no shares or classes."""


_JUDGES = tuple(
    f"sklearn.metrics.{name}"
    for name in (
        "accuracy_score",
        "classification_report",
        "confusion_matrix",
        "f1_score",
        "roc_auc_score",
        "roc_curve",
    )
)


class RegressionAccuracy(Rule):
    """An accuracy counts exact hits; of a regression it says nothing.

    ## What it finds
    `accuracy`, or another metric of that kind, in a `compile` whose loss is a distance (`mse`, `mae`, `huber`, …) and
    whose output has no activation, or one that gives numbers, such as a relu. That they are numbers is seen by the
    targets, or, of one unit, by another metric, such as `mae`, or a loss other than `mse`; with `--preview` it is
    enough that nothing says otherwise. A sigmoid or softmax trained by a distance is a classifier, as is an output
    whose targets are seen to be 0 and 1 or one-hot, or one in a program that counts hits by `accuracy_score` or a
    confusion matrix. Left alone: an autoencoder that is given its inputs for targets, and a column popped from a CSV
    file, which may be 0 and 1, where only `mse` speaks of numbers.

    ## Why it bites
    The accuracy of one unit asks whether "above 0.5" equals the target, that of several units compares the places of
    the largest. A perfect fit (mse 0.0, mae 0.001) shows an accuracy of 0.0, one towards whole numbers 0.24: the
    figure invites to mend what is not broken. Nothing is printed.

    ## Bad
    ```python
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["accuracy"])
    ```

    ## Good
    ```python
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    ```

    ## Fix
    `"mae"` in place of `"accuracy"` (`"mse"` where the loss is the mean absolute error). Safe where the code speaks of
    no accuracy elsewhere; unsafe where a text does; none where a name such as `"val_accuracy"` is looked up.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Stack Overflow 48775305, 33969059, 48934338
    """

    code = "KV707"
    name = "regression-accuracy"
    triggers = ("acc", "Acc")
    companions = (".compile(",)
    fixable = "sometimes"
    probes = ("metrics",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per accuracy of an output that is trained as a regression."""
        seen: set[records.Record] = set()
        judged = any(module.calls(*_JUDGES))
        popped = any(_is_popped(target) for task in module.tasks for target in task.targets)
        for task in module.tasks:
            targets = _compared(module, task)
            if judged and not any(_is_plainly_no_class(target) for target in targets):
                continue  # the program counts hits itself: what it predicts are classes
            if not (task.is_regression or task.loss_name in _LOSSES) or not _gives_numbers(task, targets):
                continue
            unclear = any(_is_popped(target) for target in targets) or (popped and not targets)
            if unclear and not _is_shown(task):
                continue
            for metric in task.metrics:
                at = task.site_of(metric)
                if metric.name not in _ACCURACIES or metric.own or not module.owns(at) or at.record in seen:
                    continue
                if _is_shared(module, task, metric):
                    continue
                seen.add(at.record)
                yield Report(
                    at.record,
                    f"The loss says that this is a regression: `{metric.name}` counts exact hits and is meaningless, in"
                    " Keras 2 and 3; a perfect fit can show 0. Watch `mae` or `mse`.",
                    fix=_fix(module, task, metric, at.record),
                    preview=not _is_sure(task, targets),
                    about=about(task.output.ending),
                )


def _is_shared(module: Module, task: Task, metric: Chosen) -> bool:
    """True for a metric that is given for several outputs at once: it may be meant for another one of them."""
    others = [other for other in module.tasks if other is not task and other.compiled is task.compiled]
    return any(chosen.value is metric.value for other in others for chosen in other.metrics)


def _compared(module: Module, task: Task) -> tuple[Data, ...]:
    """The targets of an output; where this ``compile`` trains nothing those of the model's next one that does."""
    if task.fits:
        return task.targets
    later = (
        other
        for other in module.tasks
        if other.training is task.training and other.index == task.index and other.compiled.order > task.compiled.order
    )
    return next((other.targets for other in later if other.fits), ())


def _is_popped(target: Data) -> bool:
    """True for a column that was popped from a file's table and of which no more is known: it may hold 0 and 1."""
    told = target.range is not None or target.is_integer is not None or target.encoding
    popped = any(step.detail.partition(" ")[0] == "pop" for step in target.steps)
    return target.source.kind == "read_csv" and popped and not told


def _gives_numbers(task: Task, targets: tuple[Data, ...]) -> bool:
    if not task.is_standard or task.reconstructs:
        return False
    if task.activation not in _NUMBERS and not any(_is_plainly_no_class(target) for target in targets):
        return False
    shape = task.output.shape
    if shape is not None and len(shape) > 3:  # from image to image: the accuracy of binary ones has a meaning
        return False
    return not any(_are_classes(target) for target in targets)


def _is_sure(task: Task, targets: tuple[Data, ...]) -> bool:
    """True if the targets, another metric, or a loss that no classifier has show that these are numbers."""
    if _is_shown(task) and task.output.units == 1:  # several may be one for each class
        return True
    return any(_are_numbers(target, task.output.units) for target in targets)


def _is_shown(task: Task) -> bool:
    """True if another metric, or the loss, is one that no classifier has."""
    return any(metric.name in _ERRORS for metric in task.metrics) or task.loss_name != "mean_squared_error"


def _are_numbers(target: Data, units: int | None) -> bool:
    """True for targets that are no labels of two classes: fractions, drawn numbers, numbers beyond 0 and 1."""
    if target.source.kind == "random" and target.encoding == "" and target.is_integer is not True:
        return True
    found = target.range
    counts = target.is_integer is not True or units == 1
    return found is not None and found.exceeds(0, 1) and counts


def _is_plainly_no_class(target: Data) -> bool:
    """True for fractions, of which some lie outside 0 to 1."""
    return target.is_integer is False and target.range is not None and target.range.exceeds(0, 1)


def _are_classes(target: Data) -> bool:
    """True for labels that an accuracy can count: 0 and 1, or one column for each class."""
    if target.encoding in {"one-hot", "multi-hot"} or target.did("one-hot", "multi-hot", "compared"):
        return True
    limits = target.range
    return bool(target.is_integer) and limits is not None and limits.lowest >= 0 and limits.highest <= 1


def _fix(module: Module, task: Task, metric: Chosen, at: records.Record) -> Draft | None:
    given = [chosen.name for chosen in task.metrics]
    word = "mse" if task.loss_name == "mean_absolute_error" else "mae"
    if not isinstance(at, records.Constant) or {word, "mean_absolute_error", "mean_squared_error"} & set(given):
        return None
    used = 0
    for record in module.code.walk():
        if not isinstance(record, records.Constant) or not isinstance(record.value, str) or record is at:
            continue
        if record.value.removeprefix("val_") in {"accuracy", "acc", "binary_accuracy"}:
            return None
        used += "acc" in record.value.lower() and not isinstance(record.parent, records.ExpressionStatement)
    editor, text = module.editor(), module.text(at)
    if metric.name not in text and "acc" not in text:
        return None
    quote = text[-1]
    editor.replace(at, f"{quote}{word}{quote}")
    return editor.draft(f"Watch `{word}`", Applicability.UNSAFE if used else Applicability.SAFE)
