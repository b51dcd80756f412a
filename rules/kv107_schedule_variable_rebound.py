"""KV107 schedule-variable-rebound."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.owners import VARIABLE, made_as
from kerasvae_lint.semantics.schedules.tracing import runs_eagerly
from kerasvae_lint.semantics.values import Value, Variable

from ._live_schedule import assign_instead
from ._schedules import always_the_same, asks_for_type, place

_OBJECTS = frozenset({"layer", "instance", "function", "container", "distribution"})


class ScheduleVariableRebound(Rule):
    """`self.model.beta = 0.3` replaces the variable; the traced step keeps the old one.

    ## What it finds
    An attribute that the class makes as a variable and traced code reads, overwritten by host code during training
    with a number, a tensor or a new variable. Not where the code asks `isinstance` first, nor under `run_eagerly=True`.

    ## Why it bites
    The compiled step reads the variable that it was traced with. The assignment only hangs something else on the
    attribute: measured 0, 0, 0 for a float and for a new variable, where `.assign` gives 0, 1, 2.

    ## Bad
    ```python
    self.model.beta = min(1.0, epoch / 10)
    ```

    ## Good
    ```python
    self.model.beta.assign(min(1.0, epoch / 10))
    ```

    ## Fix
    Safe: `.assign`, `.assign_add`; of a new variable its first value.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV107"
    name = "schedule-variable-rebound"
    triggers = ("Callback", "fit(", "fit_generator(", "train_on_batch(", "def set_", ".setter")
    fixable = "sometimes"
    probes = ("schedule", "reaction")
    recipe = "kl-annealing"
    project_wide = True

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per store that replaces a schedule's variable."""
        if model.schedules.eager:
            return
        for change in model.schedules.stores:
            assert change.store is not None
            if asks_for_type(change) or (always_the_same(change) and change.place == "between"):
                continue
            owners = model.schedules.owners(change)
            made = [made_as(cls, attribute) for cls, attribute in owners]
            if not made or any(kind != VARIABLE for kind, _ in made) or runs_eagerly(owners[0][0].model):
                continue
            cls, attribute = owners[0]
            values = model.values(change.value) if change.value is not None else ()
            if any(value.kind in _OBJECTS for value in values) or _is_kept(values, made[0][1]):
                continue
            reads = model.schedules.reads(cls, attribute)
            if not reads:
                continue
            variable = next(value for value in made[0][1] if isinstance(value, Variable))
            made_at = place(model, cls.model, variable.node) if cls.model.owns(variable.node) else change.node
            yield Report(
                change.node,
                f"`{attribute}` of {cls.name} is a variable: this replaces it, and the compiled step keeps reading"
                " the old"
                " one, in Keras 2 and 3. Assign it instead.",
                (
                    (made_at, "the variable is made here"),
                    (place(model, reads[0][0], reads[0][1].node), "and read here"),
                ),
                _fix(model, change, values),
            )


def _is_kept(values: tuple[Value, ...], made: list[Value]) -> bool:
    """True where the new value is the variable itself: ``self.beta = self.beta.assign(…)``."""
    old = {value.node for value in made if isinstance(value, Variable)}
    return any(isinstance(value, Variable) and value.node in old for value in values)


def _fix(model: SemanticModel, change: Change, values: tuple[Value, ...]) -> Draft | None:
    store = change.store
    if store is None or change.value is None:
        return None
    editor = Editor(model)
    new = [value for value in values if isinstance(value, Variable)]
    if not new:
        return editor.draft("Assign the variable") if assign_instead(editor, store) else None
    call = change.value
    if len(values) != 1 or new[0].node is not call or not isinstance(call, cst.Call) or store.kind != "assign":
        return None
    first = call.args[0] if call.args else None
    if (
        first is None
        or first.star
        or (first.keyword is not None and first.keyword.value not in {"initial_value", "value"})
    ):
        return None
    statement = model.statement_of(store.node)
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    editor.replace(statement, f"{model.text(store.node)}.assign({model.text(first.value)})")
    return editor.draft("Assign the variable")
