"""What an optimizer keeps: its variables, and optimizers of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, done, left
from kerasvae_lint.model import Call, Module, kinds

_HINTS = {
    "set_weights": "assign to the variables of the optimizer, one by one",
    "get_slot": "the variables of an optimizer are in its `variables`, in the order of its `build`",
    "add_slot": "make variables in `build`, by `add_variable_from_reference`",
    "get_updates": "call `apply` with the gradients",
    "get_gradients": "take the gradients with a `tf.GradientTape`",
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
            editor = module.editor()
            if call.method == "variables":
                editor.edit(func.end, call.record.end, "")
                yield done(call.record, "`variables` of an optimizer is no method", editor)
            elif call.method == "get_weights":
                owner = module.text(func.value)
                editor.replace(call.record, f"[variable.numpy() for variable in {owner}.variables]")
                yield done(call.record, "`get_weights` of an optimizer is what its `variables` hold", editor)
            else:
                yield left(call.record, f"Optimizers have no `{call.method}` in Keras 3: {_HINTS[call.method]}.")
        for cls in module.classes:
            method = next((cls.record.methods[name] for name in _OWN if name in cls.record.methods), None)
            if method is not None and "optimizer" in cls.kinds and "update_step" not in cls.record.methods:
                what = "An optimizer has `build` and `update_step(gradient, variable, learning_rate)` in Keras 3"
                yield left(method, f"{what}: write `{cls.name}` with these.")


def _is_optimizer(call: Call, func: r.Attribute) -> bool:
    found = call.receivers
    if any("optimizer" in kinds(owner) for owner in found):
        return True
    if any(kinds(owner) for owner in found):
        return False
    word = func.value.attr if isinstance(func.value, r.Attribute) else getattr(func.value, "id", "")
    return word.rstrip("0123456789_") in {"optimizer", "opt"} or word.endswith("_optimizer")
