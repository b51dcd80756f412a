"""An Input put in front of a layer that told the model's input itself."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves import place_of
from kerasvae_lint.model import Editor, Module
from kerasvae_lint.model.spelling import is_bound, keras_spelled

LAYERS = place_of("keras.layers")


def input_in_front(module: Module, editor: Editor, layer: r.Call, arguments: str) -> bool:
    """Put ``Input(arguments)`` in front of a layer that a Sequential begins with; False where that can't be seen.

    The layer stands alone in an ``add``, or among others in a list.
    """
    parent = layer.parent
    if isinstance(parent, r.Display) and parent.kind == "list":
        return _in_list(module, editor, layer, parent, arguments)
    if not isinstance(parent, r.Argument) or not isinstance(parent.parent, r.Call):
        return False
    outer = parent.parent
    statement = outer.parent
    if (
        isinstance(outer.func, r.Attribute)
        and outer.func.attr == "add"
        and len(outer.arguments) == 1
        and isinstance(statement, r.ExpressionStatement)
    ):
        start = editor.line_start(statement.start)
        indent = editor.indent_at(statement.start)
        if editor.text[start : statement.start] != indent:
            return False
        name = _input(module, editor)
        line = f"{indent}{module.text(outer.func)}({name}({arguments})){editor.newline}"
        editor.edit(start, start, line)
        return True
    return False


def _in_list(module: Module, editor: Editor, layer: r.Call, items: r.Display, arguments: str) -> bool:
    if items.items[0] is not layer or not isinstance(items.parent, r.Argument):
        return False
    start = editor.line_start(layer.start)
    indent = editor.indent_at(layer.start)
    text = f"{_input(module, editor)}({arguments}),"
    alone = editor.text[start : layer.start] == indent
    editor.edit(layer.start, layer.start, f"{text}{editor.newline}{indent}" if alone else f"{text} ")
    return True


def _input(module: Module, editor: Editor) -> str:
    """How the file writes ``keras.Input``."""
    for statement in module.code.imports:
        if r.function_of(statement) is not None:
            continue
        for alias in statement.aliases:
            place = place_of(alias.target)
            if place is not None and place.name in {"keras.Input", "keras.layers.Input"} and alias.whole:
                return alias.bound
            if alias.bound == "*" and place_of(alias.target.rstrip("*.")) == LAYERS:
                return "Input"
    if module.keras_prefix is not None:
        return keras_spelled(module, editor, "keras.Input")
    layers = editor.module_alias(("keras.layers", "tensorflow.keras.layers"))
    if layers is not None:
        return f"{layers}.Input"
    if not is_bound(module, "Input"):
        return editor.add_import("Input", "from keras import Input")
    return keras_spelled(module, editor, "keras.Input")
