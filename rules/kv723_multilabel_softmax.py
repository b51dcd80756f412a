"""KV723 multilabel-softmax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Computed, Module, records

from ._activations import about, notes_of, place_of, with_activation

if TYPE_CHECKING:
    from kerasvae_lint.model import Task

_CATEGORICAL = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
_BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_LOSSES = _CATEGORICAL | _BINARY | {"mean_squared_error", "mean_absolute_error"}


class MultilabelSoftmax(Rule):
    """A softmax shares 1 among the classes, and a sample has several of them.

    ## What it finds
    A softmax output of several units, trained by a cross-entropy, or by a mean squared or absolute error, towards
    labels of which a sample may have several: from `MultiLabelBinarizer`, `make_multilabel_classification`, or an array
    that is written out. Labels of `to_categorical`, `get_dummies` or `LabelBinarizer` have one class each, and are
    none. With `--preview` it is enough that the program makes such labels, where those that `fit` gets can't be
    followed, and the loss is a cross-entropy over classes.

    ## Why it bites
    The shares of a softmax sum to 1: two labels get 0.5 each at best, and a threshold of 0.5 finds at most one.
    Measured on three independent labels: 0.39 of the samples have all three right, 1.0 with a sigmoid and binary
    cross-entropy. Nothing is printed.

    ## Bad
    ```python
    y = MultiLabelBinarizer().fit_transform(tags)
    model.add(layers.Dense(3, activation="softmax"))
    model.compile("adam", "categorical_crossentropy")
    ```

    ## Good
    ```python
    y = MultiLabelBinarizer().fit_transform(tags)
    model.add(layers.Dense(3, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fix
    Unsafe: a sigmoid, and binary cross-entropy for a loss that is written as a word.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Stack Overflow 44164749, 38648195
    """

    code = "KV723"
    name = "multilabel-softmax"
    triggers = ("softmax", "Softmax")
    companions = (".compile(",)
    fixable = "unsafe"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per softmax that is trained towards several labels at once."""
        seen: set[records.Record] = set()
        made = [call for call in module.method_calls("fit_transform", "transform") if _binarizes(call)]
        if any(_is_one_each(module, call) for call in made):
            return
        for task in module.tasks:
            units, at = task.output.units, place_of(module, task)
            if task.activation != "softmax" or task.loss_name not in _LOSSES or not task.is_standard or at is None:
                continue
            target = next((target for target in task.targets if target.encoding == "multi-hot"), None)
            guessed = target is None and bool(made) and _is_guessed(task)
            if (target is None and not guessed) or units == 1 or at in seen:
                continue
            seen.add(at)
            yield Report(
                at,
                "A sample may have several of these labels, and a softmax shares 1 among them: two labels get 0.5 each"
                " at best, in Keras 2 and 3. Use a sigmoid and binary cross-entropy.",
                notes_of(module, task, at, target) if target is not None else (),
                _fix(module, task),
                preview=guessed,
                about=about(task.output.ending),
            )


def _is_guessed(task: Task) -> bool:
    """True for targets that nobody can follow, under a loss over classes."""
    return task.loss_name in _CATEGORICAL and not any(target.encoding for target in task.targets)


def _binarizes(call: Call) -> bool:
    return any(getattr(receiver, "name", "").endswith(".MultiLabelBinarizer") for receiver in call.receivers)


def _is_one_each(module: Module, call: Call) -> bool:
    """True for lists of one label each: a column, or lists that are written with one item."""
    given = call.argument("y", "X", at=0)
    if isinstance(given, Computed) and given.op in {"reshape", "expand_dims"}:
        return True
    written = call.record.arguments[0].value if call.record.arguments else None
    if isinstance(written, records.Name):
        return any(_holds_one(value) for value in _assigned(module, written.id))
    return _holds_one(written)


def _assigned(module: Module, name: str) -> Iterator[records.Expression]:
    """What a name is given, anywhere in the file."""
    for record in module.code.walk():
        if isinstance(record, records.Assign):
            for target in record.targets:
                if isinstance(target, records.Name) and target.id == name:
                    yield record.value


def _holds_one(value: records.Expression | None) -> bool:
    """True for a list comprehension of lists with one item."""
    inner = value.element if isinstance(value, records.Comprehension) else None
    return isinstance(inner, records.Display) and len(inner.items) == 1


def _fix(module: Module, task: Task) -> Draft | None:
    ending = task.output.ending
    editor = with_activation(module, ending, "sigmoid") if ending is not None else None
    if editor is None:
        return None
    if task.loss_name not in _BINARY:
        written = task.loss_site.record
        if not module.owns(task.loss_site) or not isinstance(written, records.Constant):
            return None
        word = str(written.value)
        binary = word.replace("categorical", "binary") if task.loss_name in _CATEGORICAL else "binary_crossentropy"
        editor.replace(written, module.text(written).replace(word, binary))
    return editor.draft("Use a sigmoid and binary cross-entropy", Applicability.UNSAFE)
