"""KV727 batchwise-ratio-metric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import FunctionValue, Module, records

_RATIOS = re.compile(
    r"(^|_)(f1|f2|f_?beta|f_?score|f_?measure|precision|recall|sensitivity|specificity|mcc|matthews|kappa)", re.I
)
_SUMS = frozenset({"sum", "reduce_sum", "count_nonzero"})


class BatchwiseRatioMetric(Rule):
    """A metric such as F1 or recall, written as a plain function, is a mean over batches of a ratio: another number.

    ## What it finds
    A function of one's own in `metrics=` whose name says precision, recall, F1 or the like and that divides by a sum
    over the batch. Not: Keras's own classes (`Precision`, `Recall`, `F1Score`), metric classes of one's own, Dice, IoU,
    which are often meant for each sample or batch.

    ## Why it bites
    Keras calls the function on each batch and averages what it gives. With 5 % positives and batches of 32 many batches
    have one or none, for which the ratio is 0 or 1 by chance. Measured: an F1 of 0.363 is shown where it is 0.459; in
    one batch of all samples both are equal. `EarlyStopping` and plots go by the wrong number.

    ## Bad
    ```python
    def recall(y_true, y_pred):
        hits = K.sum(K.round(y_true * y_pred))
        return hits / (K.sum(y_true) + K.epsilon())

    model.compile("adam", "binary_crossentropy", metrics=[recall])
    ```

    ## Good
    ```python
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.Recall()])
    ```

    ## Fix
    None.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Keras 2.0's release notes, which took `precision`, `recall` and `fmeasure` out for this reason
    """

    code = "KV727"
    name = "batchwise-ratio-metric"
    triggers = ("metrics",)
    fixable = "no"
    probes = ("metrics",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per function of a ratio that a ``compile`` gets as a metric."""
        seen: set[records.Record] = set()
        for training in module.trainings:
            for step in training.steps:
                for metric in step.metrics:
                    function = metric.value.function if isinstance(metric.value, FunctionValue) else None
                    if function is None or not _RATIOS.search(metric.name) or not _divides_sums(function):
                        continue
                    if function in seen or not module.owns(step.site):
                        continue
                    seen.add(function)
                    yield Report(
                        _place(step.site.record, metric.name),
                        f"`{metric.name}` is worked out for each batch and averaged: that is not the one of all"
                        " samples, in Keras 2 and 3. Use a metric class that adds up counts.",
                    )


def _divides_sums(function: records.Function) -> bool:
    """True for a function that divides, by a sum or by what another ratio gives."""
    inside = list(function.walk())
    if not any(isinstance(record, records.Binary) and record.operator == "/" for record in inside):
        return False
    attributes = [record.attr for record in inside if isinstance(record, records.Attribute)]
    called = [
        record.func.id
        for record in inside
        if isinstance(record, records.Call) and isinstance(record.func, records.Name)
    ]
    return any(word in _SUMS for word in (*attributes, *called)) or any(_RATIOS.search(word) for word in called)


def _place(call: records.Record, name: str) -> records.Record:
    """Where the function is named in ``compile``; the call if it comes in another way."""
    return next((record for record in call.walk() if isinstance(record, records.Name) and record.id == name), call)
