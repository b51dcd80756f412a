"""KV114 loss-weight-snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Access,
    Call,
    LossWeight,
    Module,
    Setting,
    constant,
    is_python,
    kinds,
    mentions,
    parenthesized,
    records,
)


class LossWeightSnapshot(Rule):
    """`loss_weights=[1.0, 0.5 * beta]`: the product is computed once, and the variable forgotten.

    ## What it finds
    An element of `loss_weights` that is computed from a variable (a product, a difference, a cast, `K.get_value`),
    where host code sets the variable during training; and the number of an attribute or global that a callback sets.
    Not: the variable itself, which is live, and a `compile` that is called again each time.

    ## Why it bites
    Outside of the graph `0.5 * beta` is a number by the time `compile` gets it. The callback sets the variable, and the
    loss keeps the weight that it started with; measured, the loss stays the same to the last digit.

    ## Bad
    ```python
    model.compile("adam", ["mse", "mse"], loss_weights=[1.0, 0.5 * beta])
    ```

    ## Good
    ```python
    model.compile("adam", ["mse", "mse"], loss_weights=[1.0, beta])  # and beta.assign(0.5 * …)
    ```

    ## Fix
    Unsafe, where the variable has no other use and is multiplied by a number: the variable itself, and the number at
    every write and at its start.

    ## Keras 2 and Keras 3
    The same in both. A variable as a loss weight works in Keras 2 and from Keras 3.8 on.
    """

    code = "KV114"
    name = "loss-weight-snapshot"
    triggers = ("loss_weights",)
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-layer"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per weight that is a copy."""
        seen: set[records.Record] = set()
        for call in module.method_calls("compile") if not module.flavour.graph else ():
            if module.has_own_compile(call):
                continue
            for weight in module.schedules.loss_weights(call):
                found = _found(module, call, weight) if weight.record not in seen else None
                if found is not None:
                    seen.add(weight.record)
                    yield found


def _found(module: Module, call: Call, weight: LossWeight) -> Report | None:
    schedules, text = module.schedules, module.text(weight.record)
    writes = [write for variable in weight.copied for write in schedules.writes_of(variable)]
    writes = [write for write in writes if not schedules.compiles_after(call, write)]
    handed = [site for variable in weight.copied for site in schedules.handed_to_schedulers(variable)]
    if writes or handed:
        return Report(
            weight.record,
            f"`{text}` is computed once, before `compile` gets it: setting the variable changes no loss, in Keras 2 and"
            " 3. Give the variable itself, and scale what is assigned.",
            ((module.place(writes[0].site if writes else handed[0]), "host code sets the variable here"),),
            _fix(module, weight, writes) if writes else None,
        )
    setting = _number(module, call, weight)
    if setting is None:
        return None
    return Report(
        weight.record,
        f"`{text}` is read once, before `compile` gets it: setting `{setting.attribute}` changes no loss, in Keras 2"
        " and 3. Make it a non-trainable variable, give that to `compile`, and assign it.",
        ((setting.record, "host code sets the number here"),),
    )


def _number(module: Module, call: Call, weight: LossWeight) -> Setting | None:
    """Where a hook sets the number that a weight was computed from."""
    if not weight.read or not is_python(weight.value):
        return None
    for setting in module.schedules.settings:
        if setting.access is None or not setting.hook.is_repeated:
            continue
        if any(obj is setting.obj and name == setting.attribute for obj, name in weight.read):
            if not module.schedules.compiles_after(call, setting.access):
                return setting
    return None


def _fix(module: Module, weight: LossWeight, writes: list[Access]) -> Draft | None:
    """``c * variable`` → the variable, with the factor at every write and at the start."""
    product, variable = weight.record, weight.copied[0]
    if not isinstance(product, records.Binary) or product.operator != "*" or len(weight.copied) != 1:
        return None
    sides = ((product.left, product.right), (product.right, product.left))
    found = [(c, v) for c, v in sides if isinstance(c, records.Constant) and isinstance(v, records.Name)]
    made = variable.site.record if variable.site is not None and module.owns(variable.site) else None
    if len(found) != 1 or not isinstance(made, records.Call) or not made.arguments or made.arguments[0].star:
        return None
    factor, name = found[0]
    scale, start = constant(module.value(factor)), constant(module.value(made.arguments[0].value))
    if not isinstance(scale, (int, float)) or not isinstance(start, (int, float)):
        return None
    calls = [write.site.record for write in writes if module.owns(write.site)]
    if len(calls) != len(variable.writes["value"]) or not _has_no_other_use(module, name, calls):
        return None
    editor = module.editor()
    editor.replace(product, name.id)
    if start:
        editor.replace(made.arguments[0].value, repr(float(start * scale)))
    for record in dict.fromkeys(calls):
        value = _assigned(record, name)
        if value is None:
            return None
        editor.replace(value, f"{module.text(factor)} * {parenthesized(module.text(value), value)}")
    return editor.draft("Give the variable itself", Applicability.UNSAFE)


def _assigned(record: records.Record, name: records.Name) -> records.Expression | None:
    """The new value in ``name.assign(value)`` or ``K.set_value(name, value)``."""
    if not isinstance(record, records.Call) or not isinstance(record.func, records.Attribute):
        return None
    target: records.Expression = record.func.value
    values = [argument.value for argument in record.arguments if not argument.star]
    if record.func.attr != "assign" and values:
        target, *values = values
    return values[0] if len(values) == 1 and isinstance(target, records.Name) and target.id == name.id else None


def _has_no_other_use(module: Module, name: records.Name, writes: list[records.Record]) -> bool:
    """True if the name stands in the weights, in writes and in constructors of callbacks only."""
    for use in mentions(module.code, name.id):
        if use is name or any(module.stands_in(use, write) for write in writes):
            continue
        parent = use.parent
        if isinstance(parent, records.Assign) and use in parent.targets:
            continue
        call = module.call_at(parent.parent) if isinstance(parent, records.Argument) and parent.parent else None
        if call is None or "callback" not in kinds(call.result):
            return False
    return True
