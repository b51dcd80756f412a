"""KV112 batch-index-as-step."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Hook, Module, Setting, is_count_of, is_curve_of, is_learning_rate, records

_HOOKS = frozenset({"on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"})


class BatchIndexAsStep(Rule):
    """The `batch` of a batch hook used as a global step: the schedule starts again in every epoch.

    ## What it finds
    A value that `on_train_batch_begin` (`on_batch_end`, …) sets to something computed from its own `batch` argument,
    often misnamed `step` or `epoch`. Not: a sum with a count of one's own (`self.epoch * steps + batch`), a
    comparison, a remainder, a training of one epoch.

    ## Why it bites
    Keras counts batches from 0 in each epoch: a warm-up over 10,000 steps becomes a saw-tooth that never gets past one
    epoch's share, and with `steps_per_execution` only some of the numbers are seen.

    ## Bad
    ```python
    def on_train_batch_begin(self, batch, logs=None):
        K.set_value(self.beta, min(1.0, batch / 10000))
    ```

    ## Good
    ```python
    K.set_value(self.beta, min(1.0, int(self.model.optimizer.iterations) / 10000))
    ```

    ## Fix
    Unsafe, in a callback class: the optimizer's `iterations`, which go on from epoch to epoch (and from `fit` to
    `fit`).

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV112"
    name = "batch-index-as-step"
    triggers = ("batch_begin", "batch_end")
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per value that is set from the batch's index."""
        schedules = module.schedules
        if schedules.fits and all(fit.is_one_epoch for fit in schedules.fits):
            return
        seen: set[records.Record] = set()
        for setting in schedules.settings:
            hook = setting.hook
            if hook.name not in _HOOKS or setting.record in seen or setting.is_augmented or is_learning_rate(setting):
                continue
            if _is_progress(setting) or not is_curve_of(setting.value, hook) or not schedules.is_read(setting):
                continue
            found = _uses_in(hook)
            if not found or any(_is_partial(use) for use in found):
                continue
            seen.add(setting.record)
            yield Report(
                setting.record,
                f"`{hook.counter.name}` of `{hook.name}` begins at 0 in every epoch: this schedule starts again each"
                " time, in Keras 2 and 3. Count the steps of the whole training.",
                ((found[0], "the batch's index goes in here"),),
                _fix(module, setting, found),
            )


def _is_progress(setting: Setting) -> bool:
    """True where the hook only notes where it is: ``self.batch = batch``."""
    return is_count_of(setting.value, setting.hook)


def _uses_in(hook: Hook) -> list[records.Name]:
    """Where the hook uses its index."""
    return [
        record
        for statement in hook.function.body
        for record in statement.walk()
        if isinstance(record, records.Name) and record.id == hook.counter.name
    ]


def _is_partial(use: records.Name) -> bool:
    """True if the index is one part of a count, or only asked about."""
    below: records.Record = use
    at = use.parent
    while isinstance(at, (records.Expression, records.Argument)):
        if isinstance(at, records.Comparison):
            return True
        if isinstance(at, records.Binary):
            if at.operator in {"%", "//"}:
                return True
            other = at.left if at.right is below else at.right
            if at.operator == "+" and not isinstance(other, records.Constant):
                return True
        below, at = at, at.parent
    return isinstance(at, records.Augmented)


def _fix(module: Module, setting: Setting, found: list[records.Name]) -> Draft | None:
    hook = setting.hook
    if not hook.is_method or any(records.function_of(use) is not hook.function for use in found):
        return None
    receiver = hook.function.parameters[0].name
    editor = module.editor()
    for use in found:
        editor.replace(use, f"int({receiver}.model.optimizer.iterations)")
    return editor.draft("Count the optimizer's steps", Applicability.UNSAFE)
