"""TensorFlow's functions where they get a functional model's tensors, and what stands for them in Keras 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.library import lookup
from kerasvae_lint.library.moves import door_names, root_of
from kerasvae_lint.library.moves.tensorflow import TENSORFLOW
from kerasvae_lint.library.moves.twins import BACKEND, RANDOM
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.rewriting import rewrite_call, twin_of_row
from kerasvae_lint.values.lattice import Instance

_COMPUTES = frozenset({"tensor", "random", "lossfunction", "shape", "variable"})
_LETS_BE = frozenset(
    {
        *("tf.is_tensor", "tf.gradients", "tf.cond", "tf.constant", "tf.range", "tf.zeros", "tf.ones", "tf.fill"),
        *("keras.backend.int_shape", "keras.backend.is_keras_tensor", "keras.backend.is_sparse"),
        *("keras.backend.get_uid", "keras.backend.eval", "keras.backend.get_value", "keras.backend.to_dense"),
    }
)
"""What does not compute with the tensor, or fails for another reason."""
_BACKEND = "keras.backend."


@dataclass(frozen=True, slots=True)
class EagerCall:
    """A call of one of TensorFlow's functions on a functional model's tensor.

    Attributes:
        call: the call.
        name: the function, as it is spelled in messages.
        key: its canonical name.
        row: what means the same in Keras 3, a row of the tables of twins; empty where nothing does.
    """

    call: Call
    name: str
    key: str
    row: str

    @property
    def twin(self) -> str:
        """The name of what means the same."""
        return twin_of_row(self.row) if self.row else ""

    def rewritten(self, module: Module) -> Draft | None:
        """A fix that calls the twin in its place."""
        editor = module.editor()
        if not self.row or not rewrite_call(module, self.call, self.row, self.key, editor):
            return None
        return editor.draft(f"Use `{self.twin}`", Applicability.UNSAFE)


def eager_calls(module: Module) -> Iterator[list[EagerCall]]:
    """These calls of a file, those of one statement together, in the order in which they run."""
    found: dict[r.Record, list[EagerCall]] = {}
    for call in module.symbolic_calls:
        one = _eager(call)
        if one is not None and not _is_in_layer(call):
            found.setdefault(r.statement_of(call.record) or call.record, []).append(one)
    for calls in found.values():
        yield sorted(calls, key=lambda one: one.call.events[0].order)


def _eager(call: Call) -> EagerCall | None:
    entry = lookup(call.name)
    if entry is None or entry.makes not in _COMPUTES or entry.name in _LETS_BE:
        return None
    if call.name.startswith("tf."):
        word = call.spelling.partition(".")[2]
        return EagerCall(call, f"tf.{word}", entry.name, TENSORFLOW.get(entry.name, ""))
    if not call.name.startswith(_BACKEND):
        return None
    root, name = root_of(call.spelling), call.name.removeprefix(_BACKEND)
    if root is None or root[0] != "tensorflow.keras" or call.name not in door_names():
        return None  # the backend of Keras itself has none of these
    row = BACKEND.get(name, "")
    plain = "{" not in row and row.startswith("ops.") and name not in RANDOM and name != "shape"
    return EagerCall(call, f"tf.{_BACKEND}{name}", call.name, row if plain else "")


def _is_in_layer(call: Call) -> bool:
    """True in the methods of a class that may be a layer, as far as can be told: its ``call`` gets real tensors."""
    for event in call.events:
        owner = event.receiver.cls if isinstance(event.receiver, Instance) else None
        if owner is not None and owner.is_open and any("call" in cls.slots for cls in owner.classes()):
            return True
    return False
