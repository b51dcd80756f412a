"""Functions of ``keras.backend`` that Keras 3 lacks."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Kind, Remark, Step, done, left
from kerasvae_lint.model import Module
from kerasvae_lint.model.backend import OldBackend, old_backend, twin_name, twin_of

_NEEDLESS = frozenset({"set_session", "manual_variable_initialization", "reset_uids"})
"""Settings that nothing needs any more; as a statement they go."""


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
            yield _remark(module, use)


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
