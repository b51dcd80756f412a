"""KV719 metric-kind-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Module, library_class, records

from ._activations import SQUASHED, about

if TYPE_CHECKING:
    from kerasvae_lint.model import Chosen, Task

_BINARY = "binary_crossentropy"
_SPARSE = "sparse_categorical_crossentropy"
_ONE_HOT = "categorical_crossentropy"
_OVER_CLASSES = frozenset(
    {
        *("categorical_accuracy", "sparse_categorical_accuracy", "top_k_categorical_accuracy"),
        "sparse_top_k_categorical_accuracy",
    }
)
_CLASSES = {
    "binary_accuracy": "BinaryAccuracy",
    "categorical_accuracy": "CategoricalAccuracy",
    "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
    "top_k_categorical_accuracy": "TopKCategoricalAccuracy",
    "sparse_top_k_categorical_accuracy": "SparseTopKCategoricalAccuracy",
}


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a metric.

    Attributes:
        message: in two sentences.
        other: the metric that fits; empty if it is another argument that is missing.
        argument: that argument.
        preview: True for what only vanishes as training goes on.
    """

    message: str
    other: str = ""
    argument: str = ""
    preview: bool = False


class MetricKindMismatch(Rule):
    """A metric reads outputs or labels as what they are not.

    ## What it finds
    `binary_accuracy` on a softmax of three units or more; `categorical_accuracy` with labels that are numbers, as the
    sparse loss takes them; an accuracy over classes on one unit; a `metrics.Accuracy()` object, `MeanIoU` or `IoU` on
    probabilities, which they take for labels. With `--preview` also an accuracy with the threshold 0.5 on logits. The
    word `accuracy` on a sigmoid or softmax picks the right one by the shapes, and a `binary_accuracy` of several
    sigmoids is right; neither is found.

    ## Why it bites
    Nothing breaks but the figure. Measured: an untrained softmax over ten classes has a `binary_accuracy` of 0.90;
    `categorical_accuracy` of labels that are numbers shows 0.21 to 0.35 where all are right; over one unit 0.47 or 1.0,
    whatever was learned; `Accuracy()` on probabilities 0.0; `MeanIoU` on a perfect softmax 0.35.

    ## Bad
    ```python
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["binary_accuracy"])
    ```

    ## Good
    ```python
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["categorical_accuracy"])
    ```

    ## Fix
    Safe: the metric that fits, where nothing in the file asks for the old one by its name. A threshold of 0 for logits.

    ## Keras 2 and Keras 3
    Keras 2 raises for an `Accuracy()` of probabilities, Keras 3 for `binary_accuracy` with a sparse loss; the rest is
    silent in both.

    ## References
    - Stack Overflow 42081257
    """

    code = "KV719"
    name = "metric-kind-mismatch"
    triggers = ("ccuracy", "IoU")
    companions = (".compile(",)
    fixable = "sometimes"
    probes = ("metrics",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per metric that does not fit its output and loss."""
        seen: set[records.Record] = set()
        for task in module.tasks:
            for metric in task.metrics if task.is_standard else ():
                site = task.site_of(metric)
                fault = _fault(task, metric) if not metric.own and module.owns(site) else None
                if fault is None or site.record in seen:
                    continue
                seen.add(site.record)
                ending = task.output.ending
                shown = ending is not None and module.owns(ending.site) and ending.site is not None
                yield Report(
                    site.record,
                    fault.message,
                    ((ending.site.record, "the output"),) if shown and ending is not None and ending.site else (),
                    _fix(module, metric, site.record, fault),
                    preview=fault.preview,
                    about=(site.record, *about(ending)),
                )


def _fault(task: Task, metric: Chosen) -> _Fault | None:
    name, loss, units = metric.name, task.loss_name, task.output.units
    ends = task.activation
    over = {_SPARSE: "sparse_categorical_accuracy", _ONE_HOT: "categorical_accuracy"}
    kind = library_class(metric.value).rpartition(".")[2] if isinstance(metric.value, LibraryObject) else ""
    if kind == "Accuracy" and ends in SQUASHED | {"linear"} and (loss in over or loss == _BINARY):
        return _Fault(
            "`Accuracy()` asks whether outputs equal labels, and these are no labels: Keras 3 shows 0, Keras 2 raises."
            ' Use "accuracy", which rounds.',
            "accuracy",
        )
    if kind in {"MeanIoU", "IoU"} and ends in SQUASHED and "sparse_y_pred" not in metric.arguments and metric.complete:
        several = (units or 0) > 1
        sparse, one_hot = several and loss == _SPARSE, several and loss == _ONE_HOT
        advice = f"Use `OneHot{kind}`." if several else "Use `BinaryIoU`."
        advice = "Say `sparse_y_pred=False`." if sparse else advice
        return _Fault(
            f"`{kind}` takes its predictions for numbers of classes, and probabilities are cut off to class 0, in"
            f" Keras 2 and 3. {advice}",
            f"OneHot{kind}" if one_hot else "",
            "sparse_y_pred=False" if sparse else "",
        )
    if units is None:
        return None
    if name == "binary_accuracy" and ends == "softmax" and loss in over and units >= (2 if loss == _SPARSE else 3):
        return _Fault(
            "`binary_accuracy` counts every output by itself, and most of a softmax's are below 0.5 as their labels are"
            " 0: it is near 1 without training, in Keras 2 and 3. Use the accuracy over classes.",
            over[loss],
        )
    if name in {"categorical_accuracy", "top_k_categorical_accuracy"} and loss == _SPARSE and units > 1:
        return _Fault(
            f"`{name}` takes one-hot labels, and the sparse loss takes numbers of classes: the figure means nothing, in"
            " Keras 2 and 3. Use the sparse accuracy.",
            f"sparse_{name}",
        )
    if name in _OVER_CLASSES and units == 1 and loss == _BINARY:
        return _Fault(
            f"`{name}` compares the places of the largest output, and there is one: the figure means nothing, in Keras"
            " 2 and 3. Use `binary_accuracy`.",
            "binary_accuracy",
        )
    thresholded = name == "binary_accuracy" or (name == "accuracy" and not kind and units == 1)
    if thresholded and loss == _BINARY and task.takes_logits and ends == "linear":
        if "threshold" in metric.arguments or not metric.complete:
            return None
        return _Fault(
            "The outputs are logits, and this accuracy's threshold is 0.5: what lies between 0 and 0.5 counts as wrong,"
            " in Keras 2 and 3. Use a `BinaryAccuracy` with `threshold=0`.",
            argument="threshold=0.0" if kind else "",
            preview=True,
        )
    return None


def _fix(module: Module, metric: Chosen, at: records.Record, fault: _Fault) -> Draft | None:
    if not fault.other and not fault.argument:
        return None
    editor, text = module.editor(), module.text(at)
    if fault.argument:
        if not isinstance(at, records.Call):
            return None
        editor.add_argument(at, fault.argument)
        return editor.draft(f"Say `{fault.argument}`", Applicability.SAFE)
    if _is_asked_for(module, metric.name, at):
        return None
    if fault.other == "accuracy":
        if not isinstance(at, records.Call) or at.arguments:
            return None
        editor.replace(at, '"accuracy"')
    elif fault.other.startswith("OneHot"):
        plain = fault.other.removeprefix("OneHot")
        if not isinstance(at, records.Call) or not module.text(at.func).endswith(f".{plain}"):
            return None
        editor.replace(at.func, module.text(at.func).removesuffix(plain) + fault.other)
    elif isinstance(at, records.Constant):
        editor.replace(at, text.replace(metric.name, fault.other).replace(_CLASSES[metric.name], _CLASSES[fault.other]))
    elif isinstance(at, records.Call) and module.text(at.func).endswith(f".{_CLASSES[metric.name]}"):
        editor.replace(at.func, module.text(at.func).removesuffix(_CLASSES[metric.name]) + _CLASSES[fault.other])
    elif isinstance(at, records.Attribute) and text.endswith(f".{metric.name}"):
        editor.replace(at, text.removesuffix(metric.name) + fault.other)
    else:
        return None
    return editor.draft(f"Use `{fault.other}`", Applicability.SAFE)


def _is_asked_for(module: Module, name: str, at: records.Record) -> bool:
    """True if the file names the metric once more, as a callback that watches it does."""
    return any(
        isinstance(record, records.Constant)
        and record is not at
        and isinstance(record.value, str)
        and record.value.removeprefix("val_") == name
        for record in module.code.walk()
    )
