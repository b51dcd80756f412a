"""KV105 callback-not-passed."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Binding, Function
from kerasvae_lint.semantics.schedules.fits import Fit
from kerasvae_lint.semantics.schedules.tracing import classes_in

from ._schedules import callback_name


class CallbackNotPassed(Rule):
    """A schedule's callback is made, and the `fit` beside it never gets it.

    ## What it finds
    A callback that sets a variable or an attribute of the model, made in the same function as a `fit` that is not given
    it, and never used again; also through a list that only ever collects. Not: a callback that goes anywhere else.

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per callback that goes nowhere."""
        fits = model.schedules.fits
        if not fits:
            return
        for scope_function in dict.fromkeys(fit.call.function for fit in fits):
            beside = [fit for fit in fits if fit.call.function is scope_function]
            for name, bindings in scope_function.scope.bindings.items():
                if len(bindings) != 1 or bindings[0].path or bindings[0].value is None:
                    continue
                yield from _check(model, scope_function, beside, name, bindings[0])


def _check(model: SemanticModel, function: Function, fits: list[Fit], name: str, binding: Binding) -> Iterator[Report]:
    call = binding.value
    if not isinstance(call, cst.Call):
        return
    cls = _schedule(model, call)
    if cls is None or not _goes_nowhere(model, function, name):
        return
    later = [fit for fit in fits if fit.call.order > binding.order]
    if not later or any(fit.splatted for fit in later):
        return
    label = callback_name(model, call, cls if isinstance(cls, ClassInfo) else None)
    yield Report(
        binding.node,
        f"This {label} is made, and no `fit` gets it: what it should set stays at its start for the whole training, in"
        " Keras 2 and 3. Add it to the callbacks.",
        tuple((fit.call.node.func, "this `fit` is not given it") for fit in later),
        _fix(model, name, later[0]) if len(later) == 1 else None,
    )


def _schedule(model: SemanticModel, call: cst.Call) -> ClassInfo | str | None:
    """The callback class that ``call`` makes an object of, if its hooks set something of a model's."""
    for cls in classes_in(model.values(call)):
        if "callback" in cls.kinds and cls.model.schedules.changes_by(cls):
            return cls
    if not (model.name(call.func) or "").endswith("LambdaCallback"):
        return None
    given = {function for function in model.facts.functions if _within(model, function, call)}
    return "LambdaCallback" if any(change.function in given for change in model.schedules.changes) else None


def _within(model: SemanticModel, function: Function, call: cst.Call) -> bool:
    """True for the lambdas and functions that the call gets."""
    at: cst.CSTNode | None = function.node
    while at is not None and at is not call:
        at = model.parent(at)
    if at is call:
        return True
    return any(isinstance(a.value, cst.Name) and a.value.value == function.name for a in call.args)


def _goes_nowhere(model: SemanticModel, function: Function, name: str, depth: int = 0) -> bool:
    """True if nothing is done with a name, or it is only collected in a list that goes nowhere."""
    for use in model.facts.names.get(name, ()):
        found = model.resolver.scope_at(use).lookup(name)
        if found is None or found[0] is not function.scope:
            continue
        into = _collected_in(model, use)
        if into == name:
            continue
        if into is None or depth > 3 or not _goes_nowhere(model, function, into, depth + 1):
            return False
    if function is model.facts.root and model.project is not None:
        return not _lists_names(model)
    return True


def _lists_names(model: SemanticModel) -> bool:
    """True if the module lists its names for others."""
    return "__all__" in model.facts.root.scope.bindings


def _collected_in(model: SemanticModel, use: cst.Name) -> str | None:
    """The name of the list that a name is put into."""
    at = model.parent(use)
    if isinstance(at, cst.Element):
        display = model.parent(at)
        statement = model.parent(display) if display is not None else None
        if isinstance(display, (cst.List, cst.Tuple)):
            if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
                target = statement.targets[0].target
                return target.value if isinstance(target, cst.Name) else None
            if isinstance(statement, cst.AugAssign) and isinstance(statement.target, cst.Name):
                return statement.target.value
    if isinstance(at, cst.Attribute) and at.attr.value in {"append", "extend"}:
        call = model.parent(at)
        if isinstance(call, cst.Call) and isinstance(model.parent(call), cst.Expr):
            return use.value
    if isinstance(at, cst.Arg):
        call = model.parent(at)
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value == "append":
            return call.func.value.value if isinstance(call.func.value, cst.Name) else None
    return None


def _fix(model: SemanticModel, name: str, fit: Fit) -> Draft | None:
    editor = Editor(model)
    if fit.argument is None:
        editor.add_argument(fit.call.node, f"callbacks=[{name}]")
    elif isinstance(fit.argument, cst.List):
        elements = fit.argument.elements
        if elements:
            editor.insert_after(elements[-1].value, f", {name}")
        else:
            editor.replace(fit.argument, f"[{name}]")
    else:
        return None
    return editor.draft("Give it to `fit`", Applicability.UNSAFE)
