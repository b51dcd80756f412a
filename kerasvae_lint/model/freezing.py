"""The fix that takes a variable out of the optimizer's hands: it is made non-trainable."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Draft
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module
from kerasvae_lint.values.lattice import LibraryObject

_BACKEND_PARAMETERS = ("", "dtype", "name", "constraint")
"""The parameters of ``K.variable``, as `tf.Variable` calls them; the first needs no name."""
_TRAINABLE_AT = 5
"""How many parameters of Keras 2's ``add_weight`` stand before ``trainable``."""


def make_non_trainable(module: Module, variable: LibraryObject) -> Draft | None:
    """The fix that makes a variable non-trainable, right in both Kerases; None where its arguments can't be seen."""
    call = variable.site.record if variable.site is not None else None
    if not isinstance(call, r.Call) or any(
        argument.star or argument.name == "trainable" for argument in call.arguments
    ):
        return None
    editor = module.editor()
    if variable.name == "keras.backend.variable":
        if not _as_tensorflow_variable(module, editor, call):
            return None
    elif variable.name == "add_weight" and module.flavour.keras2 and _positional(call) > _TRAINABLE_AT:
        return None
    editor.add_argument(call, "trainable=False")
    return editor.draft("Make the variable non-trainable")


def _positional(call: r.Call) -> int:
    return sum(1 for argument in call.arguments if argument.name is None)


def _as_tensorflow_variable(module: Module, editor: Editor, call: r.Call) -> bool:
    """``K.variable(value, dtype, name, constraint)`` → ``tf.Variable`` with the same arguments."""
    if _positional(call) > len(_BACKEND_PARAMETERS) or not call.arguments:
        return False
    given = {argument.name for argument in call.arguments}
    for index, argument in enumerate(call.arguments):
        if argument.name == "value":
            editor.edit(argument.start, argument.start + len("value"), "initial_value")
        elif argument.name is None and index > 0:
            start = module.spelled_from(argument)
            editor.edit(start, start, f"{_BACKEND_PARAMETERS[index]}=")
            given.add(_BACKEND_PARAMETERS[index])
    backend = module.text(call.func)
    editor.replace(call.func, f"{editor.tensorflow()}.Variable")
    first = call.arguments[0].value
    number = first.operand if isinstance(first, r.Unary) else first
    literal = number.value if isinstance(number, r.Constant) else None
    if "dtype" not in given and not isinstance(literal, float):
        if isinstance(literal, int) and number is first:
            editor.replace(first, f"{module.text(first)}.0")
        else:
            prefix = backend.rpartition(".")[0]
            if not prefix:
                return False
            editor.add_argument(call, f"dtype={prefix}.floatx()")
    return True
