"""KV110 early-stopping-during-warmup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra.calling import constructor
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.fits import Fit, keyword, number
from kerasvae_lint.semantics.schedules.owners import words
from kerasvae_lint.semantics.schedules.tracing import is_true
from kerasvae_lint.semantics.sites import kept_arguments
from kerasvae_lint.semantics.values import Variable, variables_in

from ._schedules import callback_name, is_learning_rate, is_temperature, is_warm_up, place

_STOPPERS = {
    "keras.callbacks.EarlyStopping": "EarlyStopping",
    "keras.callbacks.ReduceLROnPlateau": "ReduceLROnPlateau",
    "keras.callbacks.ModelCheckpoint": "ModelCheckpoint",
}
_SCHEDULERS = ("sched", "anneal", "warm", "ramp")


@dataclass(frozen=True, eq=False)
class _Watcher:
    """A callback that compares the loss of epochs."""

    model: SemanticModel
    call: cst.Call
    kind: str
    monitor: str


class EarlyStoppingDuringWarmup(Rule):
    """One `fit` anneals a weight of the loss and stops, or keeps the best epoch, by that same loss.

    ## What it finds
    A `fit` whose callbacks hold both a schedule of a weight that the loss reads and an EarlyStopping, ReduceLROnPlateau
    or ModelCheckpoint(save_best_only=True) that monitors `loss` or `val_loss` (the default). Not: another monitor
    (`val_rec_loss`), `start_from_epoch`, schedules of the learning rate or of a temperature.

    ## Why it bites
    The loss rises because its weight rises, so the early epochs look best. Measured on a small VAE, 6 seeds, 40 epochs
    of warm-up: training stops at epochs 12 to 17 and the weights kept are those at a KL weight of 0.15 to 0.28, almost
    a plain autoencoder's.

    ## Bad
    ```python
    model.fit(x, x, callbacks=[KLWarmUp(40), EarlyStopping("val_loss", patience=5, restore_best_weights=True)])
    ```

    ## Good
    ```python
    stopping = EarlyStopping("val_loss", patience=5, restore_best_weights=True, start_from_epoch=40)
    ```

    ## Fix
    None: monitor a loss with a fixed weight, or begin to compare after the warm-up.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/tf-keras issue 517
    """

    code = "KV110"
    name = "early-stopping-during-warmup"
    triggers = ("EarlyStopping", "ReduceLROnPlateau", "save_best_only")
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per `fit` that compares losses of different weights."""
        for fit in model.schedules.fits:
            if fit.argument is None:
                continue
            watchers = list(_watchers(model, fit))
            found = _schedule(model, fit) if watchers else None
            if found is None:
                continue
            owner, call, label = found
            watcher = next((w for w in watchers if not _is_handed(owner, call, w)), None)
            if watcher is None:
                continue
            yield Report(
                fit.call.node.func,
                f"{watcher.kind} compares `{watcher.monitor}` between epochs while {label} changes the loss's own"
                " weight:"
                " the first epochs of the warm-up look best, in Keras 2 and 3. Monitor a loss of fixed weight, or start"
                " after the warm-up.",
                (
                    (place(model, owner, call), f"{label} sets the weight"),
                    (place(model, watcher.model, watcher.call), f"{watcher.kind} watches `{watcher.monitor}`"),
                ),
            )


def _watchers(model: SemanticModel, fit: Fit) -> Iterator[_Watcher]:
    for owner, call, cls, name in model.schedules.made_callbacks(fit.elements):
        bases = [name] if cls is None else cls.all_library_bases()
        kind = next((_STOPPERS[base] for base in bases if base in _STOPPERS), None)
        if kind is None or any(a.star for a in call.args):
            continue
        if kind == "ModelCheckpoint" and not is_true(keyword(call, "save_best_only")):
            continue
        start = keyword(call, "start_from_epoch")
        if start is not None and number(owner, start) != 0:
            continue
        monitor = _monitor(owner, call, kind)
        if monitor in {"loss", "val_loss"}:
            yield _Watcher(owner, call, kind, monitor)


def _is_handed(model: SemanticModel, call: cst.Call, watcher: _Watcher) -> bool:
    """True if the schedule is given the watcher: it can make it begin anew when the warm-up ends."""
    given = [value for argument in call.args for value in _inside(argument.value)]
    return any(value is watcher.call or constructor(model, value) is watcher.call for value in given)


def _inside(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, (cst.List, cst.Tuple)):
        for element in node.elements:
            yield from _inside(element.value)
    else:
        yield node


def _monitor(model: SemanticModel, call: cst.Call, kind: str) -> str:
    given = keyword(call, "monitor")
    position = 1 if kind == "ModelCheckpoint" else 0
    if given is None and len(call.args) > position and call.args[position].keyword is None:
        given = call.args[position].value
    if given is None:
        return "val_loss"
    found = literal(given)
    if found is None:
        values = model.values(given)
        found = getattr(values[0], "value", None) if len(values) == 1 else None
    return found if isinstance(found, str) else "?"


def _schedule(model: SemanticModel, fit: Fit) -> tuple[SemanticModel, cst.Call, str] | None:
    """The callback of a ``fit`` that sets a weight of its loss."""
    for owner, call, cls, name in model.schedules.made_callbacks(fit.elements):
        if name in _STOPPERS or name.endswith("LearningRateScheduler"):
            continue
        label = callback_name(owner, call, cls)
        if cls is not None and "callback" in cls.kinds:
            if any(_weighs(change) for change in cls.model.schedules.changes_by(cls)) or _sets_given(owner, call):
                return owner, call, label
            continue
        if name.endswith("LambdaCallback"):
            inside = [c for c in owner.schedules.changes if c.place == "lambda" and _stands_in(owner, c, call)]
            if any(_weighs(change) for change in inside):
                return owner, call, label
        elif any(word in label.lower() for word in _SCHEDULERS) and _gets_weight(owner, call):
            return owner, call, label
    return None


def _sets_given(model: SemanticModel, call: cst.Call) -> bool:
    """True if a callback of another file sets a variable it is given here, of which a loss is made here."""
    return any(
        isinstance(value, Variable) and model.owns(value.node) and _enters_loss(model, value.node)
        for handed in model.schedules.handed
        if handed.call is call
        for value in model.values(handed.given)
    )


def _stands_in(model: SemanticModel, change: Change, call: cst.Call) -> bool:
    at: cst.CSTNode | None = change.node
    while at is not None and at is not call:
        at = model.parent(at)
    given = {a.value.value for a in call.args if isinstance(a.value, cst.Name)}
    return at is call or change.function.name in given


def _weighs(change: Change) -> bool:
    """True if a change is of a weight of the loss: a variable or an attribute that a loss reads, named like one."""
    if is_learning_rate(change) or any(is_temperature(word) for word in words(change.target)):
        return False
    model = change.model
    if change.store is not None:
        owners = model.schedules.owners(change)
        reads = [load for cls, name in owners for _, load in model.schedules.reads(cls, name)]
        return any(_in_loss(load.function) for load in reads)
    variables = {v.node for v in model.values(change.target) if isinstance(v, Variable)}
    if any(_enters_loss(model, node) for node in variables if model.owns(node)):
        return True
    return not variables and is_warm_up(change.attribute)


def _enters_loss(model: SemanticModel, variable: cst.CSTNode) -> bool:
    """True if traced code that makes a loss reads the variable."""
    tracing = model.schedules.tracing
    losses = {f for f in tracing.functions if _in_loss(f) or f in tracing.objectives}
    for load in (load for loads in model.facts.loads.values() for load in loads):
        if load.function in losses and any(v.node is variable for v in model.values(load.node)):
            return True
    for use in (use for uses in model.facts.names.values() for use in uses):
        if model.function_at(use) in losses and any(v.node is variable for v in model.values(use)):
            return True
    return _weighs_elsewhere(model, variable)


def _weighs_elsewhere(model: SemanticModel, variable: cst.CSTNode) -> bool:
    """True if a layer whose class stands in another file is given the variable and makes a loss of it."""
    return any(
        cls.is_layer
        and cls.model is not model
        and any(value.node is variable for value in model.values(given))
        and any(_in_loss(load.function) for _, load in cls.model.self_loads(cls, attribute))
        for call in model.facts.calls
        if call.node.args
        for cls in model.constructed(call.node)
        for attribute, given in kept_arguments(cls, call.node)
    )


def _in_loss(function: Function) -> bool:
    """True for the functions in which a loss is made: a loss, a step, what calls ``add_loss``."""
    name = function.name
    if "loss" in name or name.endswith("_step") or "elbo" in name or name == "<lambda>":
        return True
    funcs = [call.node.func for call in function.calls]
    return any(isinstance(func, cst.Attribute) and func.attr.value == "add_loss" for func in funcs)


def _gets_weight(model: SemanticModel, call: cst.Call) -> bool:
    """True if the call is given a non-trainable variable that a loss of this module reads."""
    for argument in call.args:
        for variable in variables_in(model.values(argument.value)):
            if variable.trainable is False and model.owns(variable.node) and _enters_loss(model, variable.node):
                return True
    return False
