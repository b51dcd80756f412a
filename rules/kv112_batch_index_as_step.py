"""KV112 batch-index-as-step."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.fits import number
from kerasvae_lint.semantics.schedules.formulas import Hook, hook_of, uses

from ._schedules import is_learning_rate, is_read

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per value that is set from the batch's index."""
        for change in model.schedules.changes:
            hook = hook_of(model, change.function)
            if hook is None or hook.name not in _HOOKS or change.value is None or is_learning_rate(change):
                continue
            if _is_progress(change) or not uses(model, change.value, hook) or _one_epoch(model):
                continue
            found = _uses_in(model, hook.function, hook)
            if not found or any(_is_partial(model, use) for use in found) or not is_read(change):
                continue
            yield Report(
                change.node,
                f"`{hook.counter}` of `{hook.name}` begins at 0 in every epoch: this schedule starts again each time,"
                " in"
                " Keras 2 and 3. Count the steps of the whole training.",
                ((found[0], "the batch's index goes in here"),),
                _fix(model, change, hook, found),
            )


def _is_progress(change: Change) -> bool:
    """True where the hook only notes where it is: ``self.batch = batch``."""
    return isinstance(change.value, cst.Name)


def _one_epoch(model: SemanticModel) -> bool:
    fits = model.schedules.fits
    return bool(fits) and all(fit.epochs is None or number(model, fit.epochs) == 1 for fit in fits)


def _uses_in(model: SemanticModel, function: Function, hook: Hook) -> list[cst.Name]:
    """Where the hook uses its index."""
    return [
        use
        for use in model.facts.names.get(hook.counter, ())
        if model.function_at(use) is function and not isinstance(model.parent(use), cst.Param)
    ]


def _is_partial(model: SemanticModel, use: cst.Name) -> bool:
    """True if the index is one part of a count, or only asked about."""
    below: cst.CSTNode = use
    at = model.parent(use)
    while at is not None and not isinstance(at, (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Lambda)):
        if isinstance(at, cst.Comparison):
            return True
        if isinstance(at, cst.BinaryOperation):
            if isinstance(at.operator, (cst.Modulo, cst.FloorDivide)):
                return True
            other = at.left if at.right is below else at.right
            if isinstance(at.operator, cst.Add) and not isinstance(other, (cst.Integer, cst.Float)):
                return True
        below, at = at, model.parent(at)
    return isinstance(at, cst.AugAssign)


def _fix(model: SemanticModel, change: Change, hook: Hook, found: list[cst.Name]) -> Draft | None:
    receiver = hook.function.receiver
    if receiver is None or hook.function.owner is None or change.place != "callback":
        return None
    editor = Editor(model)
    for use in found:
        editor.replace(use, f"int({receiver}.model.optimizer.iterations)")
    return editor.draft("Count the optimizer's steps", Applicability.UNSAFE)
