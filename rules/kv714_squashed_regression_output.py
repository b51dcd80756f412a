"""KV714 squashed-regression-output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Report, Rule
from kerasvae_lint.model import Module, records

from ._activations import about, limits_of, notes_of, place_of, spelled, with_activation

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Range, Task

_LOSSES = frozenset({"poisson"})
"""Losses of plain numbers beside those that are a distance."""
_DISTANCES = frozenset(
    {
        *("mean_squared_error", "mse", "MSE", "mean_absolute_error", "mae", "MAE", "root_mean_squared_error", "mape"),
        *("mean_absolute_percentage_error", "MAPE", "mean_squared_logarithmic_error", "msle", "MSLE", "r2_score"),
        *("logcosh", "log_cosh", "huber", "r2", "rmse", "RMSE", "R2Score"),
    }
)
_DONE = {"sigmoid": "End in a sigmoid"}
_CLASSES = frozenset({"accuracy", "acc"})
_TABLES = frozenset({"read_csv"})
_TOUCHED = frozenset({"scaled", "standardised", "encoded", "compared", "one-hot", "multi-hot", "clipped", "unknown"})
_TOUCHED |= {"computed", "mapped", "filled", "learned"}


class SquashedRegressionOutput(Rule):
    """The output's activation can't give the numbers that it is trained to give.

    ## What it finds
    An output that ends in a sigmoid, softmax, tanh, relu or the like, trained by a distance (`mse`, `mae`, `huber`, …)
    towards targets that are seen to lie outside of what the activation gives: numbers written out, `make_regression`,
    a data set of prices, `y = 3 * x + 2`, a `MinMaxScaler(feature_range=(-1, 1))`, standardised targets under a
    sigmoid or relu. With `--preview` also where the targets' range is not known, but the metrics are those of a
    regression or the targets are a column as it is read from a file, and a relu on targets above 0. Images and
    targets scaled into the activation's range are none, nor are labels. Of an autoencoder only inputs are looked at
    that the program itself has scaled.

    ## Why it bites
    What the activation can't reach is cut off, and the network gets stuck at its end. Measured on `y = 3x + 2` from
    -6.3 to 10.1: the loss is 8.6 with a sigmoid, 7.9 with tanh, 9.8 with a softmax, 12.7 with a relu (constantly 0),
    and 0.00 with no activation. On targets above 0 a relu ends constant in 5 of 20 runs.

    ## Bad
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "mse")
    model.fit(x, 3 * x + 2)
    ```

    ## Good
    ```python
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    model.fit(x, 3 * x + 2)
    ```

    ## Fix
    Unsafe: the activation is dropped. Scaling the targets into its range is the other way.

    ## Keras 2 and Keras 3
    The same in both; nothing is printed.

    ## References
    - Stack Overflow 48221692, 48251943, 50555434
    """

    code = "KV714"
    name = "squashed-regression-output"
    triggers = (".compile(",)
    fixable = "unsafe"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per activation whose output is compared with numbers that it can't give."""
        seen: set[records.Record] = set()
        for sure in (True, False):
            for task in module.tasks:
                at = place_of(module, task)
                report = _judged(module, task, at, sure) if at is not None and at not in seen else None
                if report is not None and at is not None:
                    seen.add(at)
                    yield report


def _judged(module: Module, task: Task, at: records.Record, sure: bool) -> Report | None:
    ending = task.output.ending
    limits = limits_of(ending) if ending is not None else None
    if (
        ending is None
        or limits is None
        or not task.is_standard
        or not (task.is_regression or task.loss_name in _LOSSES)
    ):
        return None
    if sure:
        target = next((target for target in task.targets if _is_outside(target, limits, task)), None)
    else:
        target = next((target for target in task.targets if _may_be_outside(module, target, limits, task)), None)
    if target is None:
        return None
    word = "sigmoid" if target.encoding and not sure else "linear"
    editor = with_activation(module, ending, word)
    return Report(
        at,
        _said(ending.name, limits, target, sure),
        notes_of(module, task, at, target),
        editor.draft(_DONE.get(word, f"Drop the {ending.name}"), Applicability.UNSAFE) if editor is not None else None,
        preview=not sure,
        about=about(ending),
    )


def _is_outside(target: Data, limits: tuple[float, float], task: Task) -> bool:
    """True for targets of which some surely can't be reached."""
    if target.range is None or not target.range.exceeds(*limits) or target.is_image:
        return False
    if task.reconstructs and not target.did("scaled", "standardised"):
        return False  # data as they come are not chosen for this output
    if task.activation == "softmax" and target.encoding == "integers" and (task.output.units or 0) > 1:
        return False  # numbers of classes that nobody has made one-hot
    return target.encoding not in {"one-hot", "multi-hot"}


def _fits(found: Range, limits: tuple[float, float]) -> bool:
    return limits[0] <= found.lowest and found.highest <= limits[1]


def _may_be_outside(module: Module, target: Data, limits: tuple[float, float], task: Task) -> bool:
    """True for the targets of a regression of which nobody sees where they lie, and for numbers under a relu."""
    if task.reconstructs or target.is_image or len(task.output.shape or ()) > 3:
        return False
    if target.encoding:
        return task.activation == "relu" and task.output.units == 1 and target.classes == 2
    words = {metric.name for metric in task.metrics}
    regression = len(words & _DISTANCES) > (1 if words & _CLASSES else 0)
    untouched = _is_plain_column(target) and target.is_integer is not True
    if (task.activation == "softmax" and not regression) or _is_share(target):
        return False
    if target.range is not None:
        if task.activation in {"relu", "relu6"}:
            return target.range.lowest >= 0 and regression
        return regression and not _fits(target.range, limits)
    return regression or (untouched and (not words & _CLASSES or _has_one_number(module, task)))


def _has_one_number(module: Module, task: Task) -> bool:
    """True for a model that is fed one number for each sample: what it learns is a curve, rarely two classes."""
    shapes = [module.outputs.shape(given) for given in task.output.network.inputs]
    return len(shapes) == 1 and shapes[0] is not None and len(shapes[0]) == 2 and shapes[0][-1] == 1


def _is_plain_column(target: Data) -> bool:
    """True for one column as it is read from a file."""
    if target.source.kind not in _TABLES or target.did(*_TOUCHED):
        return False
    return any(step.kind == "selected" and _COLUMN.fullmatch(step.detail) for step in target.steps)


def _is_share(target: Data) -> bool:
    """True for a column whose name says that it lies between 0 and 1."""
    details = [step.detail for step in target.steps if step.kind == "selected"]
    return any(_SHARE.search(detail) for detail in details)


_SHARE = re.compile(r"(?i)perc|pct|prob|ratio|share|frac|norm|scaled|score")
_COLUMN = re.compile(r"\['[^']*'\]|\.\w+|pop '.*'|\[:, -?\d+\]")


def _said(name: str, limits: tuple[float, float], target: Data, sure: bool) -> str:
    given = f"A {name} gives {spelled(limits)}"
    if sure:
        assert target.range is not None
        known, ends = target.range, target.range.sure
        what = f" ({known.lowest:.4g} to {known.highest:.4g})" if known.is_bounded else ""
        if not what and ends is not None:
            what = f" (below {limits[0]:g})" if ends[0] < limits[0] else f" (above {limits[1]:g})"
        return (
            f"{given}, and its targets go beyond that{what}: these can't be learned, in Keras 2 and 3. End without an"
            " activation, or scale the targets."
        )
    if name in {"relu", "relu6"}:
        return (
            "A relu at the end can get stuck at 0 for every sample, where no gradient is left, in Keras 2 and 3. End"
            f" {'in a sigmoid' if target.encoding else 'without an activation'}."
        )
    return (
        f"{given}, and nothing brings the targets of this regression into that range: what lies outside can't be"
        " learned, in Keras 2 and 3. End without an activation, or scale the targets."
    )
