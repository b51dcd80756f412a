"""KV731 sigmoid-with-categorical."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

from ._activations import about, with_activation

if TYPE_CHECKING:
    from kerasvae_lint.model import Task

_LOSSES = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy"})


class SigmoidWithCategorical(Rule):
    """The outputs of a sigmoid are trained as the shares of a softmax, and do not sum to 1.

    ## What it finds
    An output of several units that ends in a sigmoid, in a `compile` with a categorical or sparse categorical
    cross-entropy of probabilities. One unit is KV710's.

    ## Why it bites
    It trains: on TensorFlow, Keras takes the numbers before the sigmoid for the logits of a softmax, to the same
    weights to four digits. But `predict` gives sigmoids, which are the probabilities of nothing: their rows don't sum
    to 1, and a threshold means something else than it seems. With a layer behind the sigmoid, and on other backends,
    the loss itself is another one.

    ## Bad
    ```python
    model.add(layers.Dense(3, activation="sigmoid"))
    model.compile("adam", "categorical_crossentropy")
    ```

    ## Good
    ```python
    model.add(layers.Dense(3, activation="softmax"))
    model.compile("adam", "categorical_crossentropy")
    ```

    ## Fix
    Unsafe: a softmax. Where a sample may have several labels, a sigmoid and binary cross-entropy are meant.

    ## Keras 2 and Keras 3
    The same in both; nothing is printed.

    ## References
    - Stack Overflow 51930566, 59278771
    """

    code = "KV731"
    name = "sigmoid-with-categorical"
    triggers = ("sigmoid",)
    companions = ("ategorical",)
    fixable = "unsafe"
    probes = ("targets",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per loss over classes whose output ends in a sigmoid."""
        seen: set[records.Record] = set()
        for task in module.tasks:
            ending, units, site = task.output.ending, task.output.units, task.loss_site
            if (
                ending is None
                or ending.name != "sigmoid"
                or task.loss_name not in _LOSSES
                or task.takes_logits is not False
            ):
                continue
            if not module.owns(site) or site.record in seen or units is None or units < 2:
                continue
            seen.add(site.record)
            notes = (
                ((ending.site.record, "its output"),) if ending.site is not None and module.owns(ending.site) else ()
            )
            yield Report(
                site.record,
                f"`{task.loss_name}` is for shares that sum to 1, and the output ends in a sigmoid: it trains as a"
                " softmax would, but what `predict` gives are no probabilities, in Keras 2 and 3. End in a softmax.",
                notes,
                _fix(module, task),
                about=about(ending),
            )


def _fix(module: Module, task: Task) -> Draft | None:
    ending = task.output.ending
    editor = with_activation(module, ending, "softmax") if ending is not None else None
    return editor.draft("End in a softmax", Applicability.UNSAFE) if editor is not None else None
