"""KV724 sorted-validation-split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, records
from kerasvae_lint.rules._scaling import is_keras

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Task, TrainingStep


class SortedValidationSplit(Rule):
    """`validation_split` cuts off the end of data that stand class after class: the model never sees the last class.

    ## What it finds
    `fit(…, validation_split=…)` with labels that visibly stand class after class: arrays of one class each put together
    (`concatenate`, `vstack`, `[1] * n + [0] * n`), lists that a loop over class folders fills, data sets that come
    sorted, such as scikit-learn's iris. Any shuffling on the way ends it: `shuffle`, an index by a permutation,
    `train_test_split`. Regressions and time series are left alone.

    ## Why it bites
    Keras takes the last samples as they stand, before it shuffles anything: `shuffle=True` mixes only what is left. Two
    classes, one after the other, and half held out: training accuracy 1.0, `val_accuracy` 0.0; permuted before, 0.99.
    With a smaller share, the validation judges one class alone.

    ## Bad
    ```python
    x = np.concatenate([cats, dogs])
    y = np.array([0] * len(cats) + [1] * len(dogs))
    model.fit(x, y, validation_split=0.2)
    ```

    ## Good
    ```python
    order = np.random.permutation(len(x))
    model.fit(x[order], y[order], validation_split=0.2)
    ```

    ## Fix
    None: which seed, and what must stay together, is yours to say. `sklearn.model_selection.train_test_split(…,
    stratify=y)` keeps the classes' shares.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issues 597, 4298, 6422, 8346, 10571
    """

    code = "KV724"
    name = "sorted-validation-split"
    triggers = ("validation_split",)
    fixable = "no"
    probes = ("learning",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per training whose labels stand class after class and whose end is held back."""
        for training in module.trainings:
            if not is_keras(training):
                continue
            for step in training.fits:
                share = step.validation_split
                if not share or not 0 < share < 1 or any(step.validation) or not module.owns(step.site):
                    continue
                labels = next((data for data in step.y if _is_sorted(data)), None)
                if labels is None or any(data.is_shuffled for data in step.x) or _is_regression(module, step):
                    continue
                site = labels.source.value.site if labels.source.value is not None else None
                yield Report(
                    step.site.record,
                    "The samples stand class after class, and `validation_split` takes the last ones as they stand: the"
                    " model is judged on the last class alone, which it may hardly have seen, in Keras 2 and 3. Shuffle"
                    " x and y together first.",
                    _notes(step, site.record if site is not None and module.owns(site) else None),
                )


def _is_sorted(data: Data) -> bool:
    return data.order == "sorted" and data.encoding in {"integers", "one-hot"} and data.classes != 1


def _is_regression(module: Module, step: TrainingStep) -> bool:
    tasks: list[Task] = [task for task in module.tasks if step in task.fits]
    return any(task.is_regression and task.activation not in {"sigmoid", "softmax"} for task in tasks)


def _notes(step: TrainingStep, made: records.Record | None) -> tuple[tuple[records.Record, str], ...]:
    return ((made, "the labels are put together here"),) if made is not None and made is not step.site.record else ()
