"""KV735 labels-as-inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import TrainingStep

_LABELS = re.compile(r"^(y|ys|labels?|targets?)(_|$)|(_|^)(y|labels?|targets?)$", re.I)


class LabelsAsInputs(Rule):
    """`fit` gets the labels twice, as inputs too: the model learns to copy them.

    ## What it finds
    A `fit` whose inputs and targets are one and the same array, which its source or its name says is the labels: the
    second half of a data set's pair, `y_train`, `labels`. Not: an autoencoder of inputs, `fit(x, x)`.

    ## Why it bites
    The score is perfect and means nothing: measured, an accuracy of 1.0 on labels that the inputs say nothing of.

    ## Bad
    ```python
    model.fit(y_train, y_train)
    ```

    ## Good
    ```python
    model.fit(x_train, y_train)
    ```

    ## Fix
    None: which array was meant is not written.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV735"
    name = "labels-as-inputs"
    triggers = (".fit(",)
    fixable = "no"
    probes = ("targets",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per ``fit`` on labels alone."""
        seen: set[records.Record] = set()
        for training in module.trainings:
            for step in training.fits:
                place = step.site.record
                if step.method == "loop" or place in seen or not module.owns(step.site) or len(step.x) != 1:
                    continue
                same = len(step.y) == 1 and step.x[0].value is step.y[0].value
                if same and (step.x[0].source.part == "y" or _is_named_so(step)):
                    seen.add(place)
                    yield Report(
                        place,
                        f"`{step.method}` gets the labels as its inputs too: the model learns to copy them, in Keras 2"
                        " and 3. Give it the inputs.",
                    )


def _is_named_so(step: TrainingStep) -> bool:
    """True if both arguments are written as one name that speaks of labels."""
    call = step.site.record
    given = [argument.value for argument in call.arguments[:2]] if isinstance(call, records.Call) else []
    names = [value.id for value in given if isinstance(value, records.Name)]
    return len(names) == 2 and names[0] == names[1] and bool(_LABELS.search(names[0]))
