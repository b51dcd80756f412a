"""KV105 callback-not-passed."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Call,
    Fit,
    Instance,
    Module,
    Setting,
    Value,
    goes_nowhere,
    kinds,
    library_class,
    records,
)

_ONCE = ("train_begin", "train_end", "on_test", "on_predict")
_WATCHERS = frozenset(
    f"keras.callbacks.{name}"
    for name in ("CSVLogger", "EarlyStopping", "LearningRateScheduler", "ModelCheckpoint", "ReduceLROnPlateau")
)
_OF_KERAS = frozenset({"trainable", "stop_training", "history"})


class CallbackNotPassed(Rule):
    """A schedule's callback is made, and the `fit` beside it never gets it.

    ## What it finds
    A callback that sets a variable or an attribute of the model, made in the same function as a `fit` that is not given
    it, and never used again; also through a list that only ever collects. And a schedule, an EarlyStopping, a
    ModelCheckpoint and their like that a statement of its own makes and drops. Not: a callback that goes anywhere else.

    ## Why it bites
    The weight stays at its start for the whole training, without a word: a KL warm-up from 0 trains a plain
    autoencoder.

    ## Bad
    ```python
    warm_up = KLWarmUp(beta)
    model.fit(x, x, epochs=50)
    ```

    ## Good
    ```python
    model.fit(x, x, epochs=50, callbacks=[warm_up])
    ```

    ## Fix
    Unsafe, where there is one `fit`: the callback is added to its list.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV105"
    name = "callback-not-passed"
    triggers = ("fit(", "fit_generator(")
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per callback that goes nowhere."""
        fits = {fit.site.record: fit for fit in module.schedules.fits}
        for call in module.all_calls if fits else ():
            beside = [fit for record, fit in fits.items() if records.function_of(record) is call.function]
            later = [fit for fit in beside if fit.site.record.start > call.record.end]
            if not later or not all(fit.run.complete for fit in later):
                continue
            statement = records.statement_of(call.record)
            if isinstance(statement, records.Assign):
                found = _forgotten(module, call, statement, later)
            else:
                found = _dropped(module, call, statement, later) if later == beside else None
            if found is not None:
                yield found


def _forgotten(module: Module, call: Call, statement: records.Assign, fits: list[Fit]) -> Report | None:
    """The finding for a schedule that gets a name which nobody uses."""
    name = statement.targets[0]
    if statement.value is not call.record or len(statement.targets) != 1 or not isinstance(name, records.Name):
        return None
    made = _callback(call)
    if made is None or not _is_dead(module, name) or not _is_schedule(module, made):
        return None
    what = "what it should set stays at its start for the whole training"
    return _report(name, made, what, fits, _fix(module, name, fits[0]) if len(fits) == 1 else None)


def _dropped(module: Module, call: Call, statement: records.Statement | None, fits: list[Fit]) -> Report | None:
    """The finding for a callback that a statement makes and drops: not for one that is only tried, or shown."""
    if not isinstance(statement, records.ExpressionStatement):
        return None
    if isinstance(statement.parent, (records.With, records.Try)):
        return None
    value = statement.value
    alone = value.items[0] if isinstance(value, records.Display) and len(value.items) == 1 else value
    made = _callback(call)
    if alone is not call.record or made is None or (module.source.cells is not None and call.function is None):
        return None
    if call.name not in _WATCHERS and not _is_schedule(module, made):
        return None
    return _report(call.record, made, "it does nothing", fits, None)


def _report(at: records.Record, made: Value, what: str, fits: list[Fit], fix: Draft | None) -> Report:
    label = made.cls.name if isinstance(made, Instance) else library_class(made).rpartition(".")[2]
    return Report(
        at,
        f"This {label} is made, and no `fit` gets it: {what}, in Keras 2 and 3. Add it to the callbacks.",
        tuple((_func(fit), "this `fit` is not given it") for fit in fits),
        fix,
    )


def _func(fit: Fit) -> records.Record:
    record = fit.site.record
    return record.func if isinstance(record, records.Call) else record


def _is_dead(module: Module, name: records.Name) -> bool:
    """True if nobody does anything with a name: in a file that lists its names for others, they may."""
    home = records.home_of(name)
    if home is None or (home.kind == "module" and module.around is not None and "__all__" in home.bound):
        return False
    inside = records.function_of(name)
    return (home.kind == "module") == (inside is None) and goes_nowhere(module.code, name)


def _callback(call: Call) -> Value | None:
    """The callback that a call makes: itself, or by a helper that does nothing but return it."""
    for made in call.result.alternatives():
        if "callback" in kinds(made) and made.site is not None:
            if made.site.record is call.record or isinstance(made.site.record.parent, records.Return):
                return made
    return None


def _is_schedule(module: Module, callback: Value) -> bool:
    """True if the hooks of a callback set something of a model's."""
    return any(_lasts(setting) for setting in module.schedules.settings_of(callback))


def _lasts(setting: Setting) -> bool:
    """True for what a hook sets again and again, but for what Keras itself asks it to set."""
    if any(word in setting.hook.name for word in _ONCE):
        return False
    return setting.access is None or setting.attribute not in _OF_KERAS


def _fix(module: Module, name: records.Name, fit: Fit) -> Draft | None:
    call = module.call_at(fit.site.record)
    if call is None:
        return None
    editor = module.editor()
    given = call.written("callbacks")
    if given is None:
        editor.add_argument(call.record, f"callbacks=[{name.id}]")
    elif isinstance(given.value, records.Constant) and given.value.value is None:
        editor.replace(given.value, f"[{name.id}]")
    elif isinstance(given.value, records.Display) and given.value.kind == "list":
        items = given.value.items
        if items:
            editor.insert_after(items[-1], f", {name.id}")
        else:
            editor.replace(given.value, f"[{name.id}]")
    else:
        return None
    return editor.draft("Give it to `fit`", Applicability.UNSAFE)
