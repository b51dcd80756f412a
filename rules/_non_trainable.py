"""The fix of trainable schedules."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.core import Draft
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import Variable


def non_trainable(model: SemanticModel, variable: Variable) -> Draft | None:
    """The fix that makes a variable non-trainable, right in both Kerases; None where its arguments can't be seen."""
    call = variable.node
    assert isinstance(call, cst.Call)
    if any(argument.star for argument in call.args):
        return None
    editor = Editor(model)
    if variable.maker == "keras.backend.variable":
        if not _retarget(model, editor, call):
            return None
    elif variable.maker == "add_weight" and model.flavour.keras2 and _positional(call) > 5:
        return None
    editor.add_argument(call, "trainable=False")
    return editor.draft("Make the variable non-trainable")


def _positional(call: cst.Call) -> int:
    return sum(1 for argument in call.args if argument.keyword is None)


def _retarget(model: SemanticModel, editor: Editor, call: cst.Call) -> bool:
    """``K.variable(value, dtype, name, constraint)`` → ``tf.Variable`` with the same arguments."""
    names = ("", "dtype", "name", "constraint")
    if _positional(call) > len(names) or not call.args:
        return False
    given = {argument.keyword.value for argument in call.args if argument.keyword is not None}
    for index, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == "value":
            editor.replace(argument.keyword, "initial_value")
        elif argument.keyword is None and index > 0:
            start = model.span(argument.value)[0]
            editor.edit(start, start, f"{names[index]}=")
            given.add(names[index])
    backend = model.text(call.func)
    editor.replace(call.func, f"{editor.tensorflow()}.Variable")
    first = call.args[0].value
    number = literal(first)
    if "dtype" not in given and not isinstance(number, float):
        if isinstance(number, int) and isinstance(first, cst.Integer):
            editor.replace(first, f"{model.text(first)}.0")
        else:
            prefix = backend.rpartition(".")[0]
            if not prefix:
                return False
            editor.add_argument(call, f"dtype={prefix}.floatx()")
    return True
