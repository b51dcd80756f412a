"""The numbers that data hold: between which two they lie, and what arithmetic makes of that."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """Between which numbers data lie.

    Attributes:
        lowest: no number is lower; minus infinity if there is no bound.
        highest: no number is higher; infinity if there is no bound.
        met: True if both ends occur; False if it is only sure that nothing is beyond them.
    """

    lowest: float
    highest: float
    met: bool = False

    def __str__(self) -> str:
        return f"{self.lowest:g}..{self.highest:g}"

    @property
    def is_bounded(self) -> bool:
        """True if both ends are numbers."""
        return math.isfinite(self.lowest) and math.isfinite(self.highest)

    def loose(self) -> Range:
        """The same for a part of the data: the ends need not occur in it."""
        return Range(self.lowest, self.highest)

    def plus(self, number: float) -> Range:
        """What adding a number makes of it."""
        return Range(self.lowest + number, self.highest + number, self.met)

    def times(self, number: float) -> Range | None:
        """What multiplying with a number makes of it; None for 0 times something without bounds."""
        ends = self.lowest * number, self.highest * number
        return None if any(map(math.isnan, ends)) else Range(min(ends), max(ends), self.met)

    def over(self, number: float) -> Range | None:
        """What dividing by a number makes of it."""
        if number == 0 or not math.isfinite(number):
            return None
        ends = self.lowest / number, self.highest / number
        return Range(min(ends), max(ends), self.met)

    def minus_from(self, number: float) -> Range:
        """What ``number - data`` makes of it."""
        return Range(number - self.highest, number - self.lowest, self.met)

    def clipped(self, lowest: float | None, highest: float | None) -> Range:
        """What clipping makes of it: an end that is cut off occurs if something was beyond it and occurs."""
        low = self.lowest if lowest is None else min(max(self.lowest, lowest), math.inf if highest is None else highest)
        high = self.highest if highest is None else max(min(self.highest, highest), low)
        return Range(low, high, self.met)

    def truncated(self) -> Range:
        """What a cast to whole numbers makes of it."""
        low, high = (float(math.trunc(n)) if math.isfinite(n) else n for n in (self.lowest, self.highest))
        return Range(low, high, self.met)


def join(one: Range | None, other: Range | None) -> Range | None:
    """The range of data that come from both; None if one of them is not known."""
    if one is None or other is None:
        return None
    return Range(min(one.lowest, other.lowest), max(one.highest, other.highest), one.met and other.met)


__all__ = ["Range", "join"]
