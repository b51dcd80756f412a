"""Data: where what a model is given comes from and what was done to it, as far as the code says so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from kerasvae_lint.keras.plain import Shapely
from kerasvae_lint.keras.ranges import Range
from kerasvae_lint.library.shapes.datasets import Order
from kerasvae_lint.library.shapes.dims import Shape
from kerasvae_lint.values.lattice import Site, Value

Encoding = Literal["integers", "one-hot", "multi-hot", ""]
"""How labels are written: as numbers, one column for each class with a single 1, or with any number of 1s."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where data come from.

    Attributes:
        kind: ``keras.datasets.mnist``, ``make_classification``, ``array`` (literals, ``zeros``, ``arange``),
            ``random``, ``read_csv``, ``file``, ``image file``, ``image_dataset_from_directory``, ``generator``,
            ``tf.data``, ``tensorflow_datasets``, ``predict``, ``input`` (of a model), ``several``, or ``unknown``.
        name: the canonical name of the function that gives them; empty if there is none.
        part: ``x`` or ``y``; empty if that is not known.
        split: ``train`` or ``test``, if the source itself is split.
        value: the value that stands for the source.
    """

    kind: str
    name: str = ""
    part: str = ""
    split: str = ""
    value: Value | None = field(default=None, compare=False, repr=False)

    @property
    def is_known(self) -> bool:
        """True if it can be told where the data come from."""
        return self.kind != "unknown"


UNKNOWN_SOURCE = Source("unknown")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to data.

    Attributes:
        kind: ``scaled`` (and shifted), ``standardised``, ``one-hot``, ``multi-hot``, ``encoded``, ``split``,
            ``selected`` (rows or columns), ``shuffled``, ``reshaped``, ``cast``, ``clipped``, ``padded``, ``resized``,
            ``concatenated``, ``repeated``, ``batched``, ``cached``, ``taken``, ``skipped``, ``filtered``, ``mapped``,
            ``augmented``, ``compared``, ``computed`` (a function of each number), ``learned`` (a layer's output),
            ``unknown`` for what nobody follows.
        site: where.
        detail: how, in words: ``/ 255``, ``train``, ``float32``.
        by: who decides how: the scaler object, the array whose mean or maximum it is, the order that a shuffling
            uses, the call that splits.
        parts: of ``concatenated`` the pieces.
    """

    kind: str
    site: Site | None = field(default=None, compare=False)
    detail: str = ""
    by: Value | None = field(default=None, compare=False, repr=False)
    parts: tuple[Data, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Data:
    """What is known of data. None, or an empty word, always means that it can't be told.

    Attributes:
        value: the value that they are.
        source: where they come from.
        steps: what was done to them, in order.
        range: between which numbers they lie.
        is_integer: True if all are whole numbers, False if some are not.
        dtype: of the numbers, as the library names it.
        classes: of labels how many classes there are.
        encoding: how labels are written.
        order: how the samples follow each other: ``sorted`` class after class, or ``mixed``.
        is_sure: False if there are several ways to get here that differ: the steps are those that all of them share.
    """

    value: Value = field(compare=False, repr=False)
    source: Source = UNKNOWN_SOURCE
    steps: tuple[Step, ...] = ()
    range: Range | None = None
    is_integer: bool | None = None
    dtype: str = ""
    classes: int | None = None
    encoding: Encoding = ""
    order: Order = ""
    is_sure: bool = True
    shapes: Shapely | None = field(default=None, compare=False, repr=False)

    @property
    def shape(self) -> Shape | None:
        """The shape; None if not even the number of axes is known."""
        found = self.shapes.of(self.value) if self.shapes is not None else None
        return found if isinstance(found, tuple) else None

    @property
    def is_known(self) -> bool:
        """True if it is known where they come from and everything that was done to them."""
        return self.source.is_known and self.is_sure and not self.did("unknown", "learned")

    @property
    def is_one_hot(self) -> bool | None:
        """Whether each label is a row with a single 1."""
        return self.encoding == "one-hot" if self.encoding else None

    @property
    def is_shuffled(self) -> bool | None:
        """Whether the samples stand in no order: they come so, or were shuffled."""
        return {"mixed": True, "sorted": False, "": None}[self.order]

    @property
    def is_image(self) -> bool:
        """True for images as the code says: their source gives images, or they have an axis of colours."""
        return self.source.part == "x" and (self.source.kind in IMAGES or "image" in self.source.kind)

    @property
    def split(self) -> str:
        """``train`` or ``test``, as the source or the last split says; empty if there is no split."""
        last = next((step.detail for step in reversed(self.steps) if step.kind == "split" and step.detail), "")
        return last or self.source.split

    def did(self, *kinds: str) -> tuple[Step, ...]:
        """The steps of these kinds."""
        return tuple(step for step in self.steps if step.kind in kinds)

    @property
    def is_scaled(self) -> bool | None:
        """Whether anything changed the scale of the numbers; None where a step can't be followed."""
        if self.did("scaled", "standardised"):
            return True
        return False if self.is_known and not self.did("computed", "compared") else None

    # how steps make new data --------------------------------------------------------------------
    def then(self, step: Step, value: Value, **changes: object) -> Data:
        """These data after one more step."""
        return replace(self, value=value, steps=(*self.steps, step), **changes)  # type: ignore[arg-type]

    def forgotten(self, step: Step, value: Value) -> Data:
        """The same after a step of which it is not known what it makes of the numbers."""
        return self.then(
            step, value, range=None, is_integer=None, dtype="", classes=None, encoding="", shapes=self.shapes
        )

    def part_of(self, step: Step, value: Value, fair: bool = False) -> Data:
        """Some of the samples.

        Args:
            step: what picks them.
            value: they.
            fair: True if nothing of what they are decides which are picked.
        """
        return self.then(step, value, range=self.range.loose(fair) if self.range is not None else None)


IMAGES = frozenset(
    {
        *("keras.datasets.mnist", "keras.datasets.fashion_mnist", "keras.datasets.cifar10", "keras.datasets.cifar100"),
        *("load_digits", "fetch_olivetti_faces", "image_dataset_from_directory"),
        *("flow_from_directory", "flow_from_dataframe"),
    }
)
"""The sources whose inputs are images."""


def merged(value: Value, ways: list[Data], shapes: Shapely) -> Data:
    """What is sure of data that come one way or another."""
    first = ways[0]
    if all(way == first for way in ways[1:]):
        return replace(first, value=value)
    steps = tuple(_shared(ways))
    ranges = [way.range for way in ways]
    found: Range | None = None
    if all(part is not None for part in ranges):
        known = [part for part in ranges if part is not None]
        low, high = min(part.lowest for part in known), max(part.highest for part in known)
        sure = [ends for ends in (part.sure for part in known) if ends is not None]
        reached = (max(end for end, _ in sure), min(end for _, end in sure)) if len(sure) == len(known) else None
        found = Range(low, high, all(part == known[0] for part in known) and known[0].met, reached)
    source = first.source if all(way.source == first.source for way in ways) else UNKNOWN_SOURCE
    return Data(
        value,
        source,
        steps,
        found,
        first.is_integer if all(way.is_integer is first.is_integer for way in ways) else None,
        first.dtype if all(way.dtype == first.dtype for way in ways) else "",
        first.classes if all(way.classes == first.classes for way in ways) else None,
        first.encoding if all(way.encoding == first.encoding for way in ways) else "",
        first.order if all(way.order == first.order for way in ways) else "",
        False,
        shapes,
    )


def _shared(ways: list[Data]) -> Iterator[Step]:
    for column in zip(*(way.steps for way in ways), strict=False):
        if any(step != column[0] for step in column[1:]):
            return
        yield column[0]


def spelled(number: object) -> str:
    """A number as it is written: ``255``, ``127.5``."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def is_whole(number: float) -> bool:
    """True for whole numbers."""
    return math.isfinite(number) and float(number).is_integer()


__all__ = ["IMAGES", "UNKNOWN_SOURCE", "Data", "Encoding", "Range", "Source", "Step", "is_whole", "merged", "spelled"]
