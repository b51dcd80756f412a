"""KV706 shuffled-predictions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Comparison


class ShuffledPredictions(Rule):
    """Predictions for shuffled data are compared with labels in another order: the score is that of a coin.

    ## What it finds
    `predict` of a source that shuffles, and its result beside the labels in stored order, in a metric of scikit-learn,
    a confusion matrix, a mean of `==` or a table: `flow`, `flow_from_directory` and `flow_from_dataframe`, which
    shuffle by default, with their `classes`, `labels`, `filenames`, or the array that they were given; a `tf.data` set
    that shuffles, or `image_dataset_from_directory`, with the labels of a second pass. `shuffle=False` is right, and so
    are labels that are gathered in the same pass as the predictions.

    ## Why it bites
    Each pass draws another order: two passes over 200 shuffled samples agreed at no position. Where `evaluate` said
    1.0, the comparison gave 0.50 and 0.525. Nothing is printed, and the model looks bad that is good.

    ## Bad
    ```python
    source = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test")
    predicted = model.predict(source).argmax(axis=1)
    print(confusion_matrix(source.classes, predicted))
    ```

    ## Good
    ```python
    source = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", shuffle=False)
    predicted = model.predict(source).argmax(axis=1)
    print(confusion_matrix(source.classes, predicted))
    ```

    ## Fix
    `shuffle=False` where the source is made. Safe where nothing is trained on it; else, and for a `shuffle` of
    `tf.data`, none.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Data Science Stack Exchange 13894, Stack Overflow 48883170
    """

    code = "KV706"
    name = "shuffled-predictions"
    triggers = ("predict",)
    companions = ("flow", "shuffle", "image_dataset_from_directory")
    fixable = "sometimes"
    probes = ("learning",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per prediction that is compared in another order."""
        told: set[records.Record] = set()
        for one in module.comparisons:
            at = one.predicted if module.owns(one.predicted) else one.site
            if at.record in told:
                continue
            told.add(at.record)
            other = "the labels stand in the order of the files" if one.kept else "the labels come from another pass"
            made = one.shuffle.site
            notes = [(one.site.record, "compared here")] if at.record is not one.site.record else []
            if made is not None and module.owns(made):
                notes.append((made.record, "shuffles"))
            yield Report(
                at.record,
                f"The source is shuffled, and {other}: prediction and label do not belong together, in Keras 2 and 3."
                " Take the predictions from a source with `shuffle=False`.",
                tuple(notes),
                _fix(module, one),
            )


def _fix(module: Module, one: Comparison) -> Draft | None:
    made = one.shuffle.site
    call = made.record if made is not None and module.owns(made) else None
    if one.shuffle is not one.source or not isinstance(call, records.Call):
        return None
    for training in module.trainings:
        for step in training.steps:
            if step.trains and step.data is one.source:
                return None
    written = next((argument for argument in call.arguments if argument.name == "shuffle"), None)
    editor = module.editor()
    if written is not None:
        editor.replace(written.value, "False")
    elif "shuffle" in one.shuffle.arguments:
        return None
    else:
        editor.add_argument(call, "shuffle=False")
    return editor.draft("Do not shuffle the source")
