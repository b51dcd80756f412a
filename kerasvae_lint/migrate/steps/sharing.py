"""One optimizer for two models, as GANs have it: in Keras 3 it knows the variables of one model only."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import assigned
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Call, Module
from kerasvae_lint.values.lattice import LibraryObject


class Sharing(Step):
    """``b.compile(optimizer=o)`` after ``a.compile(optimizer=o)`` → ``o.from_config(o.get_config())`` for ``b``."""

    name = "sharing"
    triggers = ("compile",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each model but the first that is compiled with an optimizer, in one function."""
        first: dict[tuple[int, str], str] = {}
        for call in sorted(module.all_calls, key=lambda call: call.record.start):
            func = call.record.func
            if not isinstance(func, r.Attribute) or func.attr != "compile":
                continue
            given = _optimizer(call)
            if given is None or not _is_optimizer(module, given):
                continue
            model = module.text(func.value)
            owner = first.setdefault((id(r.function_of(given)), module.text(given)), model)
            if owner != model:
                editor = module.editor()
                name = module.text(given)
                editor.replace(given, f"{name}.from_config({name}.get_config())")
                said = f"an optimizer knows one model's variables in Keras 3: `{model}` gets one of its own, made alike"
                yield done(given, said, editor)


def _optimizer(call: Call) -> r.Expression | None:
    given = next((a.value for a in call.record.arguments if a.name == "optimizer"), None)
    if given is None and call.record.arguments:
        first = call.record.arguments[0]
        given = first.value if first.name is None and not first.star else None
    return given if isinstance(given, r.Name | r.Attribute) else None


def _is_optimizer(module: Module, expression: r.Expression) -> bool:
    """True for a name of an optimizer's object, not of its class or of a string."""
    owners = module.value(expression).alternatives()
    if owners and all(isinstance(owner, LibraryObject) and "optimizers" in owner.name for owner in owners):
        return True
    if not isinstance(expression, r.Name):
        return False
    values = assigned(module, expression)
    return bool(values) and all(
        isinstance(value, r.Call) and "optimizers" in str(getattr(module.value(value.func), "spelling", ""))
        for value in values
    )
