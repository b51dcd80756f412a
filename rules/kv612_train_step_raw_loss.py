"""KV612 train-step-raw-loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import RawLogs

_REPLACED = (
    "This step returns its loss under the names of the model's metrics: Keras 3 shows theirs, and `loss` is 0.0 for"
    " ever, as nobody updates it (Keras 2 shows the last batch's). Keep a `keras.metrics.Mean` and return its"
    " `result()`."
)
_LAST = (
    "This step returns the loss of one batch as it is: what `fit` shows and callbacks go by is that of the last batch,"
    " in Keras 3 as in Keras 2. Keep a `keras.metrics.Mean` and return its `result()`."
)


class TrainStepRawLoss(Rule):
    """A `train_step` or `test_step` that returns loss tensors as they are: 0.0, or the last batch, in the logs.

    ## What it finds
    The dictionary of a `train_step` or `test_step` that Keras runs, with a loss in it (what a gradient is taken of, or
    a part of it) that no metric has averaged. Where Keras 3 shows the last batch, as Keras 2 does, the finding is in
    preview.
    Not: results of metrics; steps that only a loop of one's own calls, which reads the tensors itself; models with a
    `fit` or a `compute_metrics` of their own.

    ## Why it bites
    Keras shows what the last step of an epoch has returned. Measured with three batches whose losses are 1.2, 5.7 and
    20.1: `history` holds 20.1 for the epoch, and EarlyStopping and ModelCheckpoint go by that. In Keras 3 a dictionary
    whose keys are those of the model's metrics (`loss` alone, or with the results of its trackers) is replaced by their
    values, and the loss that `compile` keeps was never updated: 0.0 in every epoch.

    ## Bad
    ```python
    def train_step(self, data):
        ...
        return {"loss": loss}
    ```

    ## Good
    ```python
    def __init__(self):
        super().__init__()
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        ...
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}
    ```

    ## Fix
    Unsafe, as what is logged changes: a Mean for each tensor, as an attribute (Keras resets it at every epoch), for
    both steps of a class. None where the class lists its `metrics` itself or has no `__init__` of its own.

    ## Keras 2 and Keras 3
    0.0 only in Keras 3; the last batch in both. Silent where the code is for Keras 2 only.

    ## References
    - keras-team/keras-core issue 485
    - keras-team/keras-io issue 48
    """

    code = "KV612"
    name = "train-step-raw-loss"
    triggers = ("def train_step", "def test_step")
    fixable = "sometimes"
    probes = ("metrics",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per step."""
        if module.flavour.only2 or module.flavour.graph:
            return
        fixed: set[records.Record] = set()
        seen: set[records.Record] = set()
        for found in module.raw_logs:
            if found.logs.site is None or found.logs.site.record in seen:
                continue
            place, message = found.logs.site.record, _REPLACED if found.replaced else _LAST
            seen.add(place)
            fix = None if found.step.function.function in fixed else _fix(module, found, fixed)
            yield Report(place, message, fix=fix, preview=not found.replaced)


def _fix(module: Module, found: RawLogs, fixed: set[records.Record]) -> Draft | None:
    """A tracker for each name, made where the class is and used in each of its steps that returns it."""
    cls = module.class_of(found.step.function.function)
    init, keras = (cls.record.methods.get("__init__") if cls is not None else None), module.keras_prefix
    if cls is None or cls.super_init is None or init is None or keras is None:
        return None
    if any("metrics" in one.slots for one in cls.value.classes()) or isinstance(init.body[-1], records.Return):
        return None
    editor, made = module.editor(), dict[str, str]()
    for one in module.raw_logs:
        function = one.step.function.function
        values = _values(one)
        names = {name: f"{name}_tracker" for name in values if name.isidentifier()}
        if function.owner is not cls.record or len(names) < len(one.names):
            continue
        if any(attribute in cls.attributes for attribute in names.values()):
            continue
        owner, statement = function.parameters[0].name, records.statement_of(next(iter(values.values())))
        lines = [f"{owner}.{names[name]}.update_state({module.text(value)})" for name, value in values.items()]
        if statement is None or not editor.insert_before_statement(statement, lines):
            continue
        for name, value in values.items():
            editor.replace(value, f"{owner}.{names[name]}.result()")
        made.update(names)
        fixed.add(function)
    if found.step.function.function not in fixed:
        return None
    lines = [f'self.{attribute} = {keras}.metrics.Mean(name="{name}")' for name, attribute in made.items()]
    editor.insert_after_statement(init.body[-1], lines)  # at its end: Keras 2 counts them among the model's weights
    return editor.draft("Average the losses over the epoch", Applicability.UNSAFE)


def _values(found: RawLogs) -> dict[str, records.Expression]:
    """The tensors by the names under which they are returned, where the dictionary is written out."""
    logs = found.logs.site.record if found.logs.site is not None else None
    if logs is None or records.function_of(logs) is not found.step.function.function:
        return {}
    pairs = zip(logs.keys, logs.values, strict=True) if isinstance(logs, records.Dictionary) else ()
    keys = {str(key.value): value for key, value in pairs if isinstance(key, records.Constant)}
    return {name: keys[name] for name in found.names if name in keys}
