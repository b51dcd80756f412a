"""How a file writes a name of Keras 3 that a fix puts into it."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module

_OPS = ("keras.ops", "tensorflow.keras.ops", "keras.src.ops")


def keras_spelled(module: Module, editor: Editor, name: str) -> str:
    """``keras.ops.exp`` as this file writes it; what has to be imported for it is."""
    if name == "keras.ops" or name.startswith("keras.ops."):
        return _ops(module, editor) + name[len("keras.ops") :]
    return _keras(module, editor) + name[len("keras") :]


def _ops(module: Module, editor: Editor) -> str:
    alias = editor.module_alias(_OPS)
    if alias is not None:
        return alias
    if not is_bound(module, "ops"):
        return editor.add_import("ops", "from keras import ops")
    return f"{_keras(module, editor)}.ops"


def _keras(module: Module, editor: Editor) -> str:
    if module.keras_prefix is not None and _is_plain(module):
        return module.keras_prefix
    if not is_bound(module, "keras"):
        return editor.add_import("keras", "import keras")
    return f"{editor.tensorflow()}.keras"


def _is_plain(module: Module) -> bool:
    """True if the file's own name for Keras is bound once, by an import at its top level."""
    name = (module.keras_prefix or "").partition(".")[0]
    bound = [alias for statement in module.code.imports for alias in statement.aliases if alias.bound == name]
    return bool(bound) and name in module.code.scope.bound


def is_bound(module: Module, name: str) -> bool:
    """True if any scope of the file binds a name."""
    if name in module.code.scope.bound:
        return True
    return any(name in function.scope.bound for function in module.code.functions) or any(
        alias.bound == "*" and not alias.target.startswith(("keras", "tensorflow"))
        for statement in module.code.imports
        for alias in statement.aliases
    )


def dotted(record: r.Expression) -> str:
    """``a.b.c`` as it is written; empty for anything else."""
    names: list[str] = []
    at = record
    while isinstance(at, r.Attribute):
        names.append(at.attr)
        at = at.value
    return ".".join([at.id, *reversed(names)]) if isinstance(at, r.Name) else ""
