"""The numbers that data hold: between which two they lie, how far they surely go, and what arithmetic makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Range:
    """Between which numbers data lie.

    Attributes:
        lowest: no number is lower; minus infinity if there is no bound.
        highest: no number is higher; infinity if there is no bound.
        met: True if both ends occur; False if it is only sure that nothing is beyond them.
        reached: how low and how high some numbers go for sure, in a fair share of the data too; None if that is not
            known, and the ends themselves if they are met.
    """

    lowest: float
    highest: float
    met: bool = False
    reached: tuple[float, float] | None = None

    def __str__(self) -> str:
        return f"{self.lowest:g}..{self.highest:g}"

    @property
    def is_bounded(self) -> bool:
        """True if both ends are numbers."""
        return math.isfinite(self.lowest) and math.isfinite(self.highest)

    @property
    def sure(self) -> tuple[float, float] | None:
        """How low and how high some of the numbers go for sure; None if that is not known."""
        return (self.lowest, self.highest) if self.met else self.reached

    def exceeds(self, lowest: float, highest: float) -> bool:
        """True if some numbers surely lie outside of other limits, by more than a rounding error."""
        slack = 1e-6 * max(1.0, *(abs(end) for end in (lowest, highest) if math.isfinite(end)))
        if self.lowest > highest + slack or self.highest < lowest - slack:
            return True
        sure = self.sure
        return sure is not None and (sure[0] < lowest - slack or sure[1] > highest + slack)

    def loose(self, keeps: bool = False) -> Range:
        """The same for a part of the data: the ends need not occur in it.

        Args:
            keeps: True if the part is a fair share, which goes as far as the whole does.
        """
        return Range(self.lowest, self.highest, False, self.sure if keeps else None)

    def through(self, function: Callable[[float], float]) -> Range | None:
        """What a function makes of it that only rises, or only falls; None where it gives no number."""
        try:
            ends = function(self.lowest), function(self.highest)
            reached = None if self.reached is None else (function(self.reached[0]), function(self.reached[1]))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
        if any(map(math.isnan, ends)) or (reached is not None and any(map(math.isnan, reached))):
            return None
        sure = None if reached is None else (min(reached), max(reached))
        return Range(min(ends), max(ends), self.met, sure)

    def plus(self, number: float) -> Range:
        """What adding a number makes of it."""
        return self.through(lambda n: n + number) or EVERYWHERE

    def times(self, number: float) -> Range | None:
        """What multiplying with a number makes of it; None for 0 times something without bounds."""
        return self.through(lambda n: n * number)

    def over(self, number: float) -> Range | None:
        """What dividing by a number makes of it."""
        if number == 0 or not math.isfinite(number):
            return None
        return self.through(lambda n: n / number)

    def minus_from(self, number: float) -> Range:
        """What ``number - data`` makes of it."""
        return self.through(lambda n: number - n) or EVERYWHERE

    def clipped(self, lowest: float | None, highest: float | None) -> Range:
        """What clipping makes of it: an end that is cut off occurs if something was beyond it and occurs."""

        def cut(number: float) -> float:
            raised = number if lowest is None else max(number, lowest)
            return raised if highest is None else min(raised, highest)

        return self.through(cut) or EVERYWHERE

    def truncated(self) -> Range:
        """What a cast to whole numbers makes of it."""
        return self.through(lambda n: float(math.trunc(n)) if math.isfinite(n) else n) or EVERYWHERE


EVERYWHERE = Range(-math.inf, math.inf)
"""Any numbers at all."""
STANDARD = Range(-math.inf, math.inf, False, (-0.3, 0.3))
"""What was brought to mean 0 and standard deviation 1: some numbers lie on either side of 0."""


def join(one: Range | None, other: Range | None) -> Range | None:
    """The range of data that come from both; None if one of them is not known."""
    if one is None or other is None:
        return None
    both = one.sure, other.sure
    known = [ends for ends in both if ends is not None]
    reached = (min(low for low, _ in known), max(high for _, high in known)) if known else None
    found = Range(min(one.lowest, other.lowest), max(one.highest, other.highest), one.met and other.met)
    return found if found.met else replace(found, reached=reached)


def inner(lowest: float, highest: float) -> tuple[float, float]:
    """How far numbers surely go that lie all over from one to the other."""
    margin = (highest - lowest) / 20
    return lowest + margin, highest - margin


def summed(one: Range, other: Range) -> Range:
    """The range of the sum of data that have nothing to do with each other."""
    found = Range(one.lowest + other.lowest, one.highest + other.highest)
    sides = one.sure, other.sure
    if sides[0] is None or sides[1] is None:
        return found
    wide, narrow = sorted((sides[0], sides[1]), key=lambda ends: ends[0] - ends[1])
    middle = (narrow[0] + narrow[1]) / 2
    return replace(found, reached=(wide[0] + middle, wide[1] + middle))


__all__ = ["EVERYWHERE", "STANDARD", "Range", "inner", "join", "summed"]
