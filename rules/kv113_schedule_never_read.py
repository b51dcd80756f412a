"""KV113 schedule-never-read."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import (
    HOST,
    TRACING,
    Attribute,
    Class,
    Instance,
    LibraryObject,
    Module,
    Setting,
    depends_on,
    is_count_of,
    is_learning_rate,
    is_python,
    is_scalar,
    is_variable,
    is_warm_up,
    number_of,
    records,
    trainable,
)


class ScheduleNeverRead(Rule):
    """A callback sets a variable, or an attribute, that no loss reads; the loss reads one that nobody sets.

    ## What it finds
    A variable that a callback makes, or is handed, and sets during training, which nothing but host code gets hold of:
    beside an attribute of the same name of a layer or model that traced code reads and nobody ever sets, or alone. The
    other side of it: a variable that starts at 0, that a loss is multiplied by, and that only one function has. And an
    attribute for a warm-up that a callback sets and nothing in the project reads. Not: counters, a copy of what another
    schedule sets, a variable that any other code gets.

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
    triggers = ("ariable(", "on_epoch_", "batch_begin", "batch_end")
    companions = ("allback", "add_loss", "compile(")
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per variable or attribute that is set for nobody."""
        seen: set[records.Record] = set()
        for variable in module.objects("variable"):
            if variable.site is None or variable.site.record in seen or not is_scalar(variable):
                continue
            found = _of_variable(module, variable)
            if found is not None:
                seen.add(variable.site.record)
                yield found
        for setting in module.schedules.settings:
            if setting.record not in seen and _is_set_for_nobody(module, setting):
                seen.add(setting.record)
                yield Report(
                    setting.record,
                    f"Nothing in the project reads the `{setting.attribute}` that this sets: no loss changes with it,"
                    " in Keras 2 and 3. Let the loss read it, as a non-trainable variable, and assign that.",
                )


def _of_variable(module: Module, variable: LibraryObject) -> Report | None:
    schedules = module.schedules
    every = [s for s in schedules.settings_of_variable(variable) if not is_learning_rate(s)]
    handed = schedules.handed_to_schedulers(variable)
    if not every and not handed:
        return _of_zero(module, variable)
    if not module.unread.is_kept_by_callbacks(variable, handed):
        return None
    assert variable.site is not None
    made = variable.site.record
    own = [setting for setting in every if setting.unit is module.unit]
    for setting in own:
        twin = _twin(module, setting, made)
        if twin is not None:
            return _beside(setting, made, *twin)
    if not all(_is_schedule(module, setting) for setting in every):
        return None
    told = "nothing else gets hold of it: no loss changes with it, in Keras 2 and 3. Give the loss the same variable."
    if own:
        return Report(
            own[0].record,
            f"This sets a variable, and {told}",
            ((made, "the variable that is set is made here"),),
        )
    sites = [*handed, *(write.site for write in schedules.writes_of(variable))]
    return Report(
        made,
        f"A callback sets this variable, and {told}",
        tuple((module.place(site), "the callback that sets it") for site in sites[:1]),
    )


def _is_schedule(module: Module, setting: Setting) -> bool:
    """True for a value that follows the epochs or batches by a formula, in a hook that sets nothing else."""
    follows = depends_on(setting.value, setting.hook) and not is_count_of(setting.value, setting.hook)
    return follows and not module.schedules.sets_more(setting)


# twins ------------------------------------------------------------------------------------------
def _beside(setting: Setting, made: records.Record, cls: Class, attribute: Attribute) -> Report:
    return Report(
        setting.record,
        f"This sets a variable that only host code reads; the loss reads the `{attribute.name}` of {cls.name},"
        " another one, which stays at its start, in Keras 2 and 3. Give both the same variable.",
        (
            (made, "the variable that is set is made here"),
            *((read.site.record, "traced code reads the other one here") for read in attribute.read_in(TRACING)[:1]),
        ),
    )


def _twin(module: Module, setting: Setting, made: records.Record) -> tuple[Class, Attribute] | None:
    """The attribute of the same name of a layer or model of the file that traced code reads and nobody sets."""
    found = []
    for cls in module.classes:
        attribute = cls.attributes.get(setting.attribute)
        if cls.is_layer and "callback" not in cls.kinds and attribute is not None and attribute.is_traced:
            if not _is_set(module, attribute, made):
                found.append((cls, attribute))
    return found[0] if len(found) == 1 else None


def _is_set(module: Module, attribute: Attribute, made: records.Record) -> bool:
    """True if host code sets the attribute of the class, or it can be the very variable, or anything unknown."""
    value = attribute.value
    if value is None or attribute.written_in(HOST):
        return True
    for member in value.alternatives():
        if isinstance(member, LibraryObject) and is_variable(member):
            same = member.site is None or member.site.record is made
            if same or any(write.phase == HOST for write in member.writes.get("value", ())):
                return True
        elif not is_python(member):
            return True
    return any(_may_be(setting, attribute.name) for setting in module.schedules.settings)


def _may_be(setting: Setting, name: str) -> bool:
    """True if a hook sets something of that name of an object that nobody knows."""
    known = all(isinstance(m, (LibraryObject, Instance)) for m in setting.obj.alternatives())
    return setting.attribute == name and not known


# attributes, and zeros --------------------------------------------------------------------------
def _is_set_for_nobody(module: Module, setting: Setting) -> bool:
    """True for an attribute for a warm-up that follows the epochs or batches, and that nothing reads."""
    if setting.access is None or setting.is_augmented or not setting.hook.is_repeated or is_learning_rate(setting):
        return False
    if not is_warm_up(setting.attribute) or not is_python(setting.value) or not _is_schedule(module, setting):
        return False
    return not module.unread.is_attribute_read(setting)


def _of_zero(module: Module, variable: LibraryObject) -> Report | None:
    """The loss's side: a factor that starts at 0 and that nobody but the loss gets hold of."""
    if variable.name != "keras.backend.variable" and trainable(variable) is not False:
        return None
    start = next((variable.arguments[n] for n in ("value", "initial_value") if n in variable.arguments), None)
    start = start or next(iter(variable.positional), None)
    factor = module.unread.weighs_for_ever(variable) if start is not None and number_of(start) == 0 else None
    if factor is None or variable.site is None:
        return None
    return Report(
        variable.site.record,
        "The loss is weighted by this variable, and nobody else gets hold of it: it stays at 0 and what it weighs"
        " never counts, in Keras 2 and 3. Take the variable that the callback sets.",
        ((factor, "the loss takes it here"),),
    )
