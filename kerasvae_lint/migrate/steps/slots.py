"""What an optimizer keeps: its variables, and optimizers of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, done, left
from kerasvae_lint.model import Call, Editor, Module, kinds

_HINTS = {
    "set_weights": "assign to the variables of the optimizer, one by one",
    "get_slot": "the variables of an optimizer are in its `variables`, in the order of its `build`",
    "add_slot": "make variables in `build`, by `add_variable_from_reference`",
    "get_updates": "call `apply` with the gradients",
    "get_gradients": "take the gradients with a `tf.GradientTape`",
    "minimize": "take the gradients of the loss with a `tf.GradientTape`, and give them to `apply_gradients`",
}
_OWN = ("get_updates", "_resource_apply_dense", "_create_slots", "_resource_apply_sparse")


class Slots(Step):
    """``optimizer.get_weights()`` → ``[variable.numpy() for variable in optimizer.variables]``."""

    name = "slots"
    triggers = ("ptimizer", "get_updates", "slot")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call on an optimizer, and for each optimizer that is written as Keras 2 wanted it."""
        for call in module.method_calls("variables", "get_weights", *_HINTS):
            func = call.record.func
            if not isinstance(func, r.Attribute) or not _is_optimizer(call, func):
                continue
            if call.method == "minimize" and _is_of_tensorflow_1(module, func.value):
                continue
            editor = module.editor()
            if call.method == "variables":
                editor.edit(func.end, call.record.end, "")
                yield done(call.record, "`variables` of an optimizer is no method", editor)
            elif call.method == "get_weights":
                owner = module.text(func.value)
                editor.replace(call.record, f"[variable.numpy() for variable in {owner}.variables]")
                yield done(call.record, "`get_weights` of an optimizer is what its `variables` hold", editor)
            elif call.method == "minimize" and _minimized(module, call, editor):
                yield done(call.record, "`minimize` is `apply_gradients` of the tape's gradients", editor)
            else:
                yield left(call.record, f"Optimizers have no `{call.method}` in Keras 3: {_HINTS[call.method]}.")
        for record in module.code.walk():
            if isinstance(record, r.Attribute) and record.attr == "weights" and _holds_slots(module, record.value):
                editor = module.editor()
                editor.edit(record.end - len("weights"), record.end, "variables")
                yield done(record, "`weights` of an optimizer is `variables`", editor)
        for cls in module.classes:
            method = next((cls.record.methods[name] for name in _OWN if name in cls.record.methods), None)
            if method is not None and "optimizer" in cls.kinds and "update_step" not in cls.record.methods:
                what = "An optimizer has `build` and `update_step(gradient, variable, learning_rate)` in Keras 3"
                yield left(method, f"{what}: write `{cls.name}` with these.")


def _is_of_tensorflow_1(module: Module, owner: r.Expression) -> bool:
    """True for ``tf.train.AdamOptimizer(…)``, and for what may be one: it has a ``minimize``."""
    found = module.value(owner).alternatives()
    if any("optimizer" in kinds(one) and str(getattr(one, "name", "")).startswith("keras.") for one in found):
        return False
    return "tf.train." in module.source.text or "v1.train." in module.source.text


def _minimized(module: Module, call: Call, editor: Editor) -> bool:
    """``minimize(loss, variables, tape=tape)`` as what it does; False for a loss that is a function."""
    func = call.record.func
    plain = [a for a in call.record.arguments if a.name is None and not a.star]
    named = {a.name: a for a in call.record.arguments if a.name is not None}
    loss = named.pop("loss", None) or (plain.pop(0) if plain else None)
    variables = named.pop("var_list", None) or (plain.pop(0) if plain else None)
    tape = named.pop("tape", None)
    if loss is None or variables is None or tape is None or plain or named or not isinstance(func, r.Attribute):
        return False
    if not isinstance(variables.value, (r.Name, r.Attribute)):
        return False
    trained = module.text(variables.value)
    gradients = f"{module.text(tape.value)}.gradient({module.text(loss.value)}, {trained})"
    editor.replace(call.record, f"{module.text(func.value)}.apply_gradients(zip({gradients}, {trained}))")
    return True


def _holds_slots(module: Module, owner: r.Expression) -> bool:
    """True for an optimizer's object, and for ``model.optimizer``."""
    found = module.value(owner).alternatives()
    if any("optimizer" in kinds(one) for one in found):
        return True
    return isinstance(owner, r.Attribute) and owner.attr == "optimizer" and not any(kinds(one) for one in found)


def _is_optimizer(call: Call, func: r.Attribute) -> bool:
    found = call.receivers
    if any("optimizer" in kinds(owner) for owner in found):
        return True
    if any(kinds(owner) for owner in found):
        return False
    word = func.value.attr if isinstance(func.value, r.Attribute) else getattr(func.value, "id", "")
    return word.rstrip("0123456789_") in {"optimizer", "opt"} or word.endswith("_optimizer")
