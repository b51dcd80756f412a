"""Functions of ``keras.backend`` that Keras 3 lacks, and what a call of one is in Keras 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.keras.guards import is_guarded
from kerasvae_lint.library.moves import door_names, names, place_of, root_of
from kerasvae_lint.library.moves.twins import BACKEND, HINTS, ORDERINGS, RANDOM
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.rewriting import rewrite_call, rewrite_name, twin_of_row
from kerasvae_lint.model.spelling import keras_spelled
from kerasvae_lint.values.lattice import LibraryName

_PREFIX = "keras.backend."
_ONLY_GRAPHS = frozenset({"gradients"})
"""What the door still has, and what fails outside a graph of TensorFlow 1."""


@dataclass(frozen=True, slots=True)
class OldBackend:
    """A use of a function of ``keras.backend`` that Keras 3's own lacks.

    Attributes:
        name: the function's.
        at: where it is used: the call, or the bare name.
        call: the call; None where it is only named.
        in_door: True if ``tf.keras.backend`` of Keras 3 still has it.
        through_door: True if this file asks ``tf.keras`` for it.
    """

    name: str
    at: r.Expression
    call: Call | None
    in_door: bool
    through_door: bool

    @property
    def draws(self) -> bool:
        """True if it draws random numbers: what means the same draws others."""
        return self.name in RANDOM

    @property
    def hint(self) -> str:
        """What to do where nothing means the same."""
        return HINTS.get(_PREFIX + self.name, "Write it with `keras.ops`")


def old_backend(module: Module) -> list[OldBackend]:
    """The uses in a file, in source order."""
    return sorted(_uses(module), key=lambda use: use.at.start)


def is_optional(use: OldBackend) -> bool:
    """True for code that asks first whether there is such a function, or which version runs."""
    return is_guarded(use.at, {use.name})


def _uses(module: Module) -> Iterator[OldBackend]:
    seen: set[r.Record] = set()
    for call in module.all_calls:
        spelled = module.value(call.record.func)
        found = _lacking(spelled) if isinstance(spelled, LibraryName) else None
        if found is not None and not isinstance(call.record.func, r.Call):
            seen.add(call.record.func)
            yield OldBackend(found[0], call.record, call, *found[1:])
    for record in module.code.walk():
        if isinstance(record, (r.Attribute, r.Name)) and record not in seen and _is_read(record):
            value = module.value(record)
            found = _lacking(value) if isinstance(value, LibraryName) else None
            if found is not None:
                yield OldBackend(found[0], record, None, *found[1:])


def _is_read(record: r.Expression) -> bool:
    parent = record.parent
    if isinstance(parent, r.Assign) and record in parent.targets:
        return False
    return not isinstance(parent, r.Delete)


def _lacking(value: LibraryName) -> tuple[str, bool, bool] | None:
    """The name, whether the door has it, and whether it is asked there."""
    if not value.name.startswith(_PREFIX) or value.name in names():
        return None
    place, root = place_of(value.spelling), root_of(value.spelling)
    name = (place.name if place is not None else value.name).removeprefix(_PREFIX)
    if "." in name or (name not in BACKEND and _PREFIX + name not in HINTS and _PREFIX + name not in door_names()):
        return None
    in_door = _PREFIX + name in door_names() and name not in _ONLY_GRAPHS
    return name, in_door, root is not None and root[0] == "tensorflow.keras"


def twin_of(
    module: Module,
    use: OldBackend,
    message: str,
    *,
    door: bool = True,
    applicability: Applicability = Applicability.SAFE,
) -> Draft | None:
    """A fix that writes what means the same in Keras 3; None where nothing does.

    Args:
        module: the file.
        use: the use.
        message: what the fix says of itself.
        door: let a function that has no twin come from ``tf.keras.backend``.
        applicability: of a twin that draws no random numbers.
    """
    row = BACKEND.get(use.name)
    editor = module.editor()
    if row is not None and _write(module, use, row, editor):
        return editor.draft(message, Applicability.UNSAFE if use.draws else applicability)
    if not door or not use.in_door or use.through_door:
        return None
    editor = module.editor()
    function = use.call.record.func if use.call is not None else use.at
    editor.replace(function, f"{editor.tensorflow()}.keras.backend.{use.name}")
    return editor.draft(message)


def twin_name(use: OldBackend) -> str:
    """The twin's name for a message; empty where there is none."""
    return twin_of_row(BACKEND.get(use.name, ""))


def _write(module: Module, use: OldBackend, row: str, editor: Editor) -> bool:
    if use.call is None:
        return rewrite_name(module, use.at, row, editor)
    if use.name in {"set_image_dim_ordering", "image_dim_ordering"}:
        return _orderings(module, use.call, row, editor)
    return rewrite_call(module, use.call, row, _PREFIX + use.name, editor)


def _orderings(module: Module, call: Call, row: str, editor: Editor) -> bool:
    """``image_dim_ordering() == "th"`` and its like: the words change too."""
    func = call.record.func
    new = row.partition("(")[0].rpartition(".")[2]
    if isinstance(func, r.Attribute):
        editor.edit(func.end - len(func.attr), func.end, new)
    else:
        editor.replace(func, keras_spelled(module, editor, f"keras.backend.{new}"))
    words: list[r.Record] = [argument.value for argument in call.record.arguments]
    if isinstance(call.record.parent, r.Comparison):
        words += [
            part for operand in call.record.parent.operands for part in operand.walk() if isinstance(part, r.Constant)
        ]
    for word in words:
        if not isinstance(word, r.Constant) or word.value not in ORDERINGS:
            if word in [argument.value for argument in call.record.arguments]:
                return False
            continue
        quote = editor.text[word.start]
        editor.replace(word, f"{quote}{ORDERINGS[str(word.value)]}{quote}")
    parent = call.record.parent
    return isinstance(parent, (r.Comparison, r.ExpressionStatement))
