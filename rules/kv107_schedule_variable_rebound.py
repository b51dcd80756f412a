"""KV107 schedule-variable-rebound."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Change, Module, Owner, assign_instead, is_variable, records


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per store that replaces a schedule's variable."""
        if module.schedules.is_eager:
            return
        for change in module.changes.attributes:
            if change.asks_for_type or change.keeps_variable or change.is_object:
                continue
            if change.is_constant and not change.is_repeated:
                continue
            if not all(owner.is_variable for owner in change.owners):
                continue
            owner = change.owners[0]
            if owner.reads and not module.schedules.runs_eagerly(owner.cls):
                yield _report(module, change, owner)


def _report(module: Module, change: Change, owner: Owner) -> Report:
    made = owner.variables[0].site
    notes = [(module.place(made), "the variable is made here")] if made is not None else []
    notes.append((module.place(owner.reads[0]), "and read here"))
    return Report(
        change.record,
        f"`{owner.attribute}` of {owner.cls.name} is a variable: this replaces it, and the compiled step keeps reading"
        " the old one, in Keras 2 and 3. Assign it instead.",
        tuple(notes),
        _fix(module, change, owner),
    )


def _fix(module: Module, change: Change, owner: Owner) -> Draft | None:
    editor = module.editor()
    if change.word != owner.attribute:
        return None
    new = [value for value in change.value.alternatives() if is_variable(value)]
    if not new:
        return editor.draft("Assign the variable") if assign_instead(editor, change.record) else None
    statement = change.record.parent
    call = statement.value if isinstance(statement, records.Assign) else None
    if not isinstance(statement, records.Assign) or statement.targets != (change.record,):
        return None
    if not isinstance(call, records.Call) or new[0].site is None or new[0].site.record is not call:
        return None
    first = call.arguments[0] if call.arguments else None
    if first is None or first.star or first.name not in {None, "initial_value", "value", "initializer"}:
        return None
    editor.replace(statement, f"{module.text(change.record)}.assign({module.text(first.value)})")
    return editor.draft("Assign the variable")
