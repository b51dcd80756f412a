"""Functions of ``keras.backend`` that Keras 3 lacks."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import is_for_keras3
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.model import Module
from kerasvae_lint.model.backend import OldBackend, old_backend, twin_name, twin_of

_NEEDLESS = frozenset({"set_session", "manual_variable_initialization", "reset_uids"})
"""Settings that nothing needs any more; as a statement they go."""


_MADE = frozenset({"variable", "zeros", "ones", "random_normal_variable", "random_uniform_variable"})
_LISTED = frozenset({"trainable_weights", "_trainable_weights"})


class Backend(Step):
    """``K.mean(x)`` → ``ops.mean(x)``."""

    name = "backend"
    triggers = ("backend",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each use."""
        uses = old_backend(module)
        functions = any(use.name == "function" for use in uses) and "gradients" not in module.source.text
        for use in uses:
            if functions and use.name in {"function", "learning_phase"}:
                continue  # a step of its own
            if _is_trained_now(module, use):
                yield differs(
                    use.at,
                    f"a layer trains a `K.{use.name}` that it has as an attribute, and in Keras before 2.3 only if it"
                    " was among its `trainable_weights`; `trainable=False` keeps it as it is",
                )
            yield _remark(module, use)


def _is_trained_now(module: Module, use: OldBackend) -> bool:
    """True for ``self.a = K.zeros(…)`` of a layer in standalone Keras that says nothing of training it."""
    statement = use.at.parent
    if use.name not in _MADE or use.through_door or not isinstance(statement, r.Assign):
        return False
    target, cls = statement.targets[0], module.class_of(statement)
    if cls is None or not cls.is_layer or not isinstance(target, r.Attribute) or is_for_keras3(module):
        return False
    listed = [
        item.attr
        for record in cls.record.walk()
        if isinstance(record, r.Assign) and any(getattr(t, "attr", "") in _LISTED for t in record.targets)
        for item in record.value.walk()
        if isinstance(item, r.Attribute)
    ]
    return target.attr not in listed


def _remark(module: Module, use: OldBackend) -> Remark:
    parent = use.at.parent
    if use.name in _NEEDLESS and isinstance(parent, r.ExpressionStatement):
        editor = module.editor()
        editor.delete_statement(parent, collapse=True)
        return done(use.at, f"`K.{use.name}` is not needed: there are no sessions", editor, Kind.NEEDLESS)
    draft = twin_of(module, use, f"`K.{use.name}` is gone")
    if draft is None:
        if use.through_door and use.in_door:
            return Remark(Kind.DIFFERS, use.at, f"`tf.keras.backend.{use.name}` stays, in Keras 3 on TensorFlow alone")
        return left(use.at, f"Keras 3 has no `K.{use.name}`. {use.hint}.")
    what = (
        f"`K.{use.name}` is `{twin_name(use)}` in Keras 3"
        if twin_name(use)
        else f"`K.{use.name}` is in `tf.keras.backend` alone"
    )
    if use.draws:
        return Remark(Kind.DIFFERS, use.at, f"{what}; it draws other numbers", draft)
    return Remark(Kind.DONE, use.at, what, draft)
