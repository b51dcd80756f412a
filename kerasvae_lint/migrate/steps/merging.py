"""``merge(…, mode=…)`` of Keras 1."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import keras_calls
from kerasvae_lint.migrate.step import Remark, Step, done, left
from kerasvae_lint.model import Call, Editor, Module, constant
from kerasvae_lint.model.spelling import is_bound, keras_spelled

_MODES = {
    "sum": "add",
    "concat": "concatenate",
    "mul": "multiply",
    "ave": "average",
    "max": "maximum",
    "dot": "dot",
    "cos": "dot",
}


class Merging(Step):
    """``merge([a, b], mode="concat", concat_axis=1)`` → ``concatenate([a, b], axis=1)``."""

    name = "merging"
    triggers = ("merge", "Merge")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call."""
        for call, callee, place in keras_calls(module):
            if callee.spelling.rpartition(".")[2] == "merge" and place.name.endswith(".merge"):
                yield _remark(module, call)


def _remark(module: Module, call: Call) -> Remark:
    record = call.record
    given = {a.name: a for a in record.arguments if a.name is not None}
    plain = [a for a in record.arguments if a.name is None and not a.star]
    inputs = given.get("inputs") or (plain[0] if plain else None)
    mode = given.get("mode") or (plain[1] if len(plain) > 1 else None)
    word = constant(module.value(mode.value)) if mode is not None else "sum"
    today = _MODES.get(word) if isinstance(word, str) else None
    if inputs is not None and mode is not None and isinstance(mode.value, r.Lambda):
        editor = module.editor()
        given_shape = f", output_shape={module.text(given['output_shape'].value)}" if "output_shape" in given else ""
        layer = function_of_layers(module, editor, "Lambda")
        editor.replace(record, f"{layer}({module.text(mode.value)}{given_shape})({module.text(inputs.value)})")
        return done(record, "`merge` with a function is a `keras.layers.Lambda`", editor)
    if inputs is None or today is None:
        return left(record, "`merge` is gone: a `keras.layers.Lambda` of the function, called on the list, does it.")
    arguments = [module.text(inputs.value)]
    axis = given.get("concat_axis" if word == "concat" else "dot_axes")
    if axis is not None and word in {"concat", "dot", "cos"}:
        arguments.append(f"{'axis' if word == 'concat' else 'axes'}={module.text(axis.value)}")
    elif word in {"dot", "cos"}:
        arguments.append("axes=-1")
    if word == "cos":
        arguments.append("normalize=True")
    if "name" in given:
        arguments.append(f"name={module.text(given['name'].value)}")
    editor = module.editor()
    editor.replace(record, f"{function_of_layers(module, editor, today)}({', '.join(arguments)})")
    return done(record, f"`merge` is `keras.layers.{today}`", editor)


def function_of_layers(module: Module, editor: Editor, name: str) -> str:
    """How the file writes a name of ``keras.layers``."""
    for statement in module.code.imports:
        for alias in statement.aliases:
            if (
                alias.bound == name
                and alias.target.startswith(("keras.", "tensorflow."))
                and r.function_of(alias) is None
            ):
                return name
    layers = editor.module_alias(("keras.layers", "tensorflow.keras.layers"))
    if layers is not None:
        return f"{layers}.{name}"
    homes = {statement.module for statement in module.code.imports if statement.module is not None}
    home = next((one for one in ("keras.layers", "tensorflow.keras.layers") if one in homes), None)
    if home is not None and not is_bound(module, name):
        return editor.add_import(name, f"from {home} import {name}")
    if module.keras_prefix is not None:
        return keras_spelled(module, editor, f"keras.layers.{name}")
    if not is_bound(module, name):
        return editor.add_import(name, f"from keras.layers import {name}")
    return keras_spelled(module, editor, f"keras.layers.{name}")
