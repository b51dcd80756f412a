"""KV113 schedule-never-read."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import ClassInfo, SemanticModel
from kerasvae_lint.semantics.scalars import is_scalar_variable
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.owners import OTHER, has_attribute, made_as
from kerasvae_lint.semantics.schedules.tracing import given
from kerasvae_lint.semantics.values import Variable

from ._schedules import is_learning_rate, place

_READERS = frozenset({"set_value", "get_value", "print", "float", "int", "str", "format", "round"})


class ScheduleNeverRead(Rule):
    """A callback writes a variable of its own; the loss reads a twin of the same name that nobody writes.

    ## What it finds
    A variable that a callback makes, or is handed, and writes during training, which nothing but host code reads,
    beside an attribute of the same name of a layer or model that traced code reads and nobody ever sets.

    ## Why it bites
    The two have only the name in common. The callback's rises as planned, and prints so; the loss's stays at its start.

    ## Bad
    ```python
    layer = KLDivergence(beta=K.variable(0.0))
    warm_up = WarmUp(beta=K.variable(0.0))
    ```

    ## Good
    ```python
    beta = tf.Variable(0.0, trainable=False)
    layer = KLDivergence(beta=beta)
    warm_up = WarmUp(beta=beta)
    ```

    ## Fix
    None: which of the two is meant to start where, the code can't say. Give both the same variable.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV113"
    name = "schedule-never-read"
    triggers = ("set_value", ".assign")
    probes = ("schedule",)
    recipe = "kl-annealing"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per variable that is written for nobody."""
        seen: set[cst.CSTNode] = set()
        for change in model.schedules.writes:
            if change.place not in {"callback", "lambda"} or is_learning_rate(change):
                continue
            variable = _only(model, change)
            if variable is None or variable.node in seen or _is_used(model, change, variable):
                continue
            twin = _twin(model, change, variable)
            if twin is None:
                continue
            seen.add(variable.node)
            cls, attribute = twin
            reads = model.schedules.reads(cls, attribute)
            yield Report(
                change.node,
                f"This sets a variable that only host code reads; the loss reads the `{attribute}` of {cls.name},"
                " another"
                " one, which stays at its start, in Keras 2 and 3. Give both the same variable.",
                (
                    (variable.node, "the variable that is set is made here"),
                    (place(model, reads[0][0], reads[0][1].node), "traced code reads the other one here"),
                ),
            )


def _only(model: SemanticModel, change: Change) -> Variable | None:
    """The one variable of this module that a write is of."""
    values = model.values(change.target)
    if len(values) != 1 or not isinstance(values[0], Variable) or not model.owns(values[0].node):
        return None
    return values[0] if is_scalar_variable(values[0]) and values[0].maker != "attribute" else None


def _is_used(model: SemanticModel, change: Change, variable: Variable) -> bool:
    """True if anything but a callback's host code gets hold of the variable."""
    nodes: list[cst.BaseExpression] = [load.node for loads in model.facts.loads.values() for load in loads]
    nodes += [use for uses in model.facts.names.values() for use in uses]
    for node in nodes:
        if not any(v.node is variable.node for v in model.values(node) if isinstance(v, Variable)):
            continue
        function = model.function_at(node)
        owner = model.class_at(node)
        if function in model.schedules.tracing.functions or (owner is not None and "callback" not in owner.kinds):
            return True
        if owner is None and not _is_handed_to_callback(model, node):
            return True
    return not _made_for_callback(model, change, variable)


def _is_handed_to_callback(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True where a name outside of classes only makes the variable, writes or prints it, or gives it to a callback."""
    at: cst.CSTNode | None = node
    while at is not None and not isinstance(at, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
        at = model.parent(at)
        if isinstance(at, cst.Call):
            func = at.func
            name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
            if name in _READERS or name.startswith("assign"):
                return True
            made = model.constructed(at)
            return bool(made) and all("callback" in cls.kinds for cls in made)
        if isinstance(at, cst.FormattedString):
            return True
    return isinstance(at, cst.Assign) and any(target.target is node for target in at.targets)


def _made_for_callback(model: SemanticModel, change: Change, variable: Variable) -> bool:
    """True if the variable is made in the callback, in the call that makes it, or under a name."""
    function = model.function_at(variable.node)
    owner = model.class_at(variable.node)
    if owner is not None:
        return "callback" in owner.kinds
    return function is not None and change.place in {"callback", "lambda"}


def _twin(model: SemanticModel, change: Change, variable: Variable) -> tuple[ClassInfo, str] | None:
    """The attribute of the same name of a layer or model that traced code reads and nobody sets."""
    names = {change.attribute}
    found = []
    for cls in model.classes:
        if not cls.is_layer or "callback" in cls.kinds:
            continue
        for name in names:
            if not has_attribute(cls, name) or made_as(cls, name)[0] == OTHER or not model.schedules.reads(cls, name):
                continue
            if not _is_set(model, cls, name, variable):
                found.append((cls, name))
    return found[0] if len(found) == 1 else None


def _is_set(model: SemanticModel, cls: ClassInfo, name: str, variable: Variable) -> bool:
    """True if host code sets the attribute of the class, or it can be the very variable."""
    _, values = made_as(cls, name)
    made = {value.node for value in values}
    if variable.node in made or any(value.kind == "unknown" for value in values):
        return True
    if any(value.kind == "parameter" for value in values) and not _is_given_other(model, cls, name):
        return True
    for change in model.schedules.changes:
        if change.attribute != name:
            continue
        if change.store is not None:
            if any(owner is cls for owner, _ in model.schedules.owners(change)):
                return True
            continue
        targets = model.values(change.target)
        if any(not isinstance(v, Variable) or v.node in made for v in targets):
            return True
    writes = [w for w in model.writes if w.place != "traced"]
    return any(isinstance(v, Variable) and v.node in made for w in writes for v in model.values(w.target))


def _is_given_other(model: SemanticModel, cls: ClassInfo, name: str) -> bool:
    """True if every object of the class that the module makes is left with the default of its parameter."""
    init = cls.method("__init__")
    calls = [call.node for call in model.facts.calls if cls in model.constructed(call.node)]
    return init is not None and bool(calls) and all(given(init[1], call, name) is None for call in calls)
