"""What a library's name means: asked by canonical name, read from the tables' rows on demand.

A row is one line of data::

    "keras.layers.Dense": "layer Dense(units, activation=None) | (units, activation=None, lora_rank=None)"

First what calling it makes (``layer``), then what it computes, in one word for all libraries, then its signature.
Where the two Kerases differ, Keras 3's signature stands behind the bar, ``-`` where one of them does not have it, and
``tf.keras`` before the signature where Keras 3 has it only under that name. Behind ``~`` stands what an older release
took instead: TensorFlow 1, or Keras 1 and early Keras 2. ``; reduces feature`` says which axes a loss has averaged;
``; unchecked`` that no installed library vouches for the row. ``= name`` is another name for the same thing.
A word without parentheses has a signature that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE, LibraryParameter, Signature, parse_signature
from kerasvae_lint.library.tables import ROWS

# Where a module's function is the same as one of another module.
_FOLDED = {
    "keras.ops.numpy.": "keras.ops.",
    "keras.ops.nn.": "keras.ops.",
    "keras.ops.linalg.": "keras.ops.",
    "keras.objectives.": "keras.losses.",
    "keras.layers.merge.": "keras.layers.",
    "keras.utils.np_utils.": "keras.utils.",
    "keras.utils.vis_utils.": "keras.utils.",
    "keras.utils.data_utils.": "keras.utils.",
    "keras.utils.generic_utils.": "keras.utils.",
    "keras.saving.": "keras.models.",
    "keras.optimizers.legacy.": "keras.optimizers.",
    "keras.optimizers.experimental.": "keras.optimizers.",
    "keras.layers.experimental.": "keras.layers.",
    "tf.optimizers.": "keras.optimizers.",
    "tf.initializers.": "keras.initializers.",
    "tf.losses.": "keras.losses.",
    "tf.metrics.": "keras.metrics.",
    "tf.contrib.distributions.": "tfp.distributions.",
    "tf.distributions.": "tfp.distributions.",
    "jnp.": "np.",
    "tf.experimental.numpy.": "np.",
}
_TRACED_NUMPY = ("jnp.", "tf.experimental.numpy.")


class Entry:
    """What a library's function or class takes and does.

    Attributes:
        name: its canonical name.
        makes: what a call of it gives: ``tensor``, ``layer``, ``random``, ``host``, …
        operation: what it computes, the same word for the same mathematics in every library.
        reduced: of a loss, what it has averaged: ``feature``, ``class``, ``all``; ``element`` for nothing; else empty.
        checked: False if no installed library vouches for its signatures.
        only_tf_keras: True if Keras 3 has it as ``tf.keras.…`` and not as ``keras.…``.
    """

    def __init__(self, name: str, row: str) -> None:
        self.name = name
        self.row = row
        self.reduced = ""
        self.checked = True
        body, *notes = row.split("; ")
        for note in notes:
            word, _, value = note.partition(" ")
            if word == "reduces":
                self.reduced = value
            elif word == "unchecked":
                self.checked = False
        self.makes, _, body = body.partition(" ")
        end = next((index for index, char in enumerate(body) if char in "( "), len(body))
        self.operation = body[:end]
        newer, _, older = body[end:].partition(" ~ ")
        first, _, second = newer.partition(" | ")
        self._texts = (first.strip(), second.strip() or first.strip(), older.strip())
        self.only_tf_keras = second.startswith("tf.keras")

    def __repr__(self) -> str:
        return f"<{self.name}: {self.row}>"

    def _signature(self, which: int) -> Signature | None:
        text = self._texts[which].removeprefix("tf.keras") or self._texts[0]
        return parse_signature(text[1:-1], self.makes, self.operation) if text.startswith("(") else None

    @cached_property
    def keras2(self) -> Signature | None:
        """What it takes in Keras 2; None if it has no such name there, or nobody knows."""
        return self._signature(0)

    @cached_property
    def keras3(self) -> Signature | None:
        """What it takes in Keras 3. Other libraries' functions take the same beside either Keras."""
        return self._signature(1)

    @cached_property
    def older(self) -> Signature | None:
        """What it took in TensorFlow 1, or in Keras 1, where that was something else."""
        return self._signature(2)

    def stands_in(self, keras: int) -> bool:
        """True if that Keras (2 or 3) has it; a name that only old releases of Keras had counts as Keras 2's."""
        if keras == 3 and not self.checked and self.name.startswith("keras."):
            return False
        return self._texts[0 if keras == 2 else 1] != "-"

    def signature(self, keras: int | None = None) -> Signature | None:
        """What it takes in that Keras; if it is not known which, in Keras 2 first."""
        if keras == 2:
            return self.keras2
        if keras == 3:
            return self.keras3
        return self.keras2 or self.keras3 or self.older

    def signatures(self) -> Iterator[Signature]:
        """All that it takes or took somewhere, the likeliest first, each once."""
        seen = []
        for which, text in enumerate(self._texts):
            if text not in seen and (found := (self.keras2, self.keras3, self.older)[which]) is not None:
                seen.append(text)
                yield found

    def parameter(self, name: str, keras: int | None = None) -> LibraryParameter | None:
        """The parameter of that name or role: in that Keras, or wherever there is one."""
        signatures = self.signatures() if keras is None else (self.signature(keras),)
        known = [signature for signature in signatures if signature is not None]
        return next(
            (found for s in known if (found := s.get(name))),
            next((found for s in known if (found := s.with_role(name))), None),
        )

    def default(self, parameter: str, keras: int | None = None) -> object:
        """The default of the parameter of that name or role.

        ``NO_DEFAULT`` if it has none; ``OPAQUE`` if no literal says it, or if it is not known which Keras it is and
        they differ.
        """
        if keras is not None:
            found = self.parameter(parameter, keras)
            return NO_DEFAULT if found is None else found.default
        values = [
            found.default
            for number in (2, 3)
            if (found := self.parameter(parameter, number)) is not None and found.default is not NO_DEFAULT
        ]
        if not values:
            older = self.parameter(parameter)
            return NO_DEFAULT if older is None else older.default
        same = all(type(value) is type(values[0]) and value == values[0] for value in values)
        return values[0] if same else OPAQUE


@lru_cache(maxsize=4096)
def lookup(name: str) -> Entry | None:
    """What the tables know about a canonical name, aliases followed."""
    row = ROWS.get(name)
    if row is not None:
        return lookup(row[2:]) if row.startswith("= ") else Entry(name, row)
    for prefix, home in _FOLDED.items():
        if name.startswith(prefix) and (found := lookup(home + name[len(prefix) :])) is not None:
            if prefix in _TRACED_NUMPY and found.makes == "array":
                return Entry(name, f"tensor {found.row.partition(' ')[2]}")
            return found
    if name.startswith("keras.applications.") and name.count(".") == 3:
        last = name.rpartition(".")[2]
        return lookup(f"keras.applications.{last}")
    return None


def known_names() -> Iterator[str]:
    """Every name that has a row."""
    return iter(ROWS)
