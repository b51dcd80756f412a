"""A call written as a call of another function that means the same, by a row of the table of twins."""

from __future__ import annotations

import re

from kerasvae_lint.binding import records as r
from kerasvae_lint.library import NO_DEFAULT, OPAQUE, Signature, lookup
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.moving import parenthesized
from kerasvae_lint.model.spelling import keras_spelled

_ROW = re.compile(r"([\w.]+)\(([^{}]*)\)")
_HOLE = re.compile(r"\{(\w+)\}(\.?)")
_NEEDLESS = frozenset({"name"})
_RENAMED = {"std": "stddev", "dim": "axis", "keep_dims": "keepdims", "reduction_indices": "axis"}
"""What Keras 1 and TensorFlow 1 called them."""


def twin_of_row(row: str) -> str:
    """The twin's name for a message: ``keras.ops.clip``; the text itself where it is no plain function."""
    match = _ROW.fullmatch(row)
    name = match[1] if match is not None else re.sub(r"\{(\w+)\}", r"\1", row)
    return re.sub(r"(?<![\w.])ops\.", "keras.ops.", name)


def rewrite_name(module: Module, record: r.Expression, row: str, editor: Editor) -> bool:
    """The twin's name in place of a function that is only named; False where its arguments are others."""
    match = _ROW.fullmatch(row)
    targets = [_target(item) for item in match[2].split(", ")] if match is not None else []
    if match is None or any(default for _, _, default in targets):
        return False
    editor.replace(record, keras_spelled(module, editor, _whole(match[1])))
    return True


def rewrite_call(module: Module, call: Call, row: str, name: str, editor: Editor) -> bool:
    """The twin's call in place of a call of the library function ``name``; False where it can't be told."""
    entry = lookup(name)
    signature = entry.signature(2) if entry is not None else None
    given = _given(call, signature) if signature is not None else None
    if signature is None or given is None:
        return False
    match = _ROW.fullmatch(row)
    if match is None:
        return _fill(module, call, row, given, editor, signature)
    return _rename(module, call, match[1], [_target(item) for item in match[2].split(", ")], given, editor)


def _whole(name: str) -> str:
    return f"keras.{name}" if name.startswith("ops.") else name


def _target(item: str) -> tuple[str, str, str]:
    """``x_max=max_value|1`` → the new parameter, the old one, the value to write where it is absent."""
    body, _, default = item.partition("|")
    new, _, old = body.partition("=")
    return new.rstrip("!"), old or new, default


def _given(call: Call, signature: Signature) -> dict[str, r.Argument] | None:
    """The arguments by the old function's parameters, in order; None where they can't be told."""
    order = [p.name for p in signature.parameters if p.kind in {"positional", "positional-only"}]
    found: dict[str, r.Argument] = {}
    for index, argument in enumerate(call.record.arguments):
        if argument.star or (argument.name is None and index >= len(order)):
            return None
        name_given = argument.name or order[index]
        found[_RENAMED.get(name_given, name_given)] = argument
    return found


def _is_none(argument: r.Argument) -> bool:
    return isinstance(argument.value, r.Constant) and argument.value.value is None


def _rename(
    module: Module,
    call: Call,
    name: str,
    targets: list[tuple[str, str, str]],
    given: dict[str, r.Argument],
    editor: Editor,
) -> bool:
    """The new name, and the arguments as the new function takes them."""
    if any(old.endswith("!") and old.rstrip("!") not in given for _, old, _ in targets):
        return False
    targets = [(new, old.rstrip("!"), default) for new, old, default in targets]
    known = {old: (index, new) for index, (new, old, _) in enumerate(targets)}
    if "seed" in given and _draws_again(call, name, given["seed"]):
        del known["seed"]
    for old, argument in given.items():
        if old not in known:
            if old not in {*_NEEDLESS, "seed"} and not _is_none(argument):
                return False
            editor.remove_argument(call.record, argument)
    kept = {old: argument for old, argument in given.items() if old in known}
    in_place = all(a.name is not None or call.record.arguments.index(a) == known[old][0] for old, a in kept.items())
    absent = [(new, default) for new, old, default in targets if default and old not in given]
    spelled = keras_spelled(module, editor, _whole(name))
    if not in_place:
        texts = [f"{known[old][1]}={module.text(argument.value)}" for old, argument in kept.items()]
        texts += [f"{new}={_value(module, editor, default)}" for new, default in absent]
        editor.replace(call.record, f"{spelled}({', '.join(texts)})")
        return True
    editor.replace(call.record.func, spelled)
    for old, argument in kept.items():
        new = known[old][1]
        if argument.name is not None and argument.name != new:
            editor.edit(argument.start, argument.start + len(argument.name), new)
    for new, default in absent:
        editor.add_argument(call.record, f"{new}={_value(module, editor, default)}")
    return True


def _draws_again(call: Call, name: str, seed: r.Argument) -> bool:
    """True where a number as ``seed`` has to go: Keras 3 draws the same from it each time, Keras 2 went on."""
    if not name.startswith("keras.random.") or not isinstance(seed.value, (r.Constant, r.Name, r.Attribute)):
        return False
    return r.function_of(call.record) is not None


def _value(module: Module, editor: Editor, text: str) -> str:
    """A default to write: a name of Keras as the file spells it."""
    return keras_spelled(module, editor, text) if text.startswith("keras.") else text


def _fill(
    module: Module, call: Call, row: str, given: dict[str, r.Argument], editor: Editor, signature: Signature
) -> bool:
    """A text with the arguments put into its braces."""
    holes = {match[1] for match in _HOLE.finditer(row)}
    if any(old not in holes and old not in _NEEDLESS and not _is_none(a) for old, a in given.items()):
        return False

    def filled(match: re.Match[str]) -> str:
        argument = given.get(match[1])
        if argument is not None:
            text = module.text(argument.value)
            return (parenthesized(text, argument.value) if match[2] else text) + match[2]
        parameter = signature.get(match[1])
        if parameter is None or parameter.default in (NO_DEFAULT, OPAQUE):
            raise KeyError(match[1])
        return repr(parameter.default) + match[2]

    try:
        text = _HOLE.sub(filled, _spelled_in(module, row, editor))
    except KeyError:
        return False
    editor.replace(call.record, text)
    return True


def _spelled_in(module: Module, row: str, editor: Editor) -> str:
    """A row's names of Keras as this file writes them."""

    def spelled(match: re.Match[str]) -> str:
        if match[1] == "np.":
            alias = editor.module_alias(("numpy",)) or editor.add_import("np", "import numpy as np")
            return f"{alias}."
        name = "keras.ops" if match[1] == "ops." else "keras"
        return f"{keras_spelled(module, editor, name)}."

    return re.sub(r"(?<![\w.])(ops\.|keras\.|np\.)", spelled, row)
