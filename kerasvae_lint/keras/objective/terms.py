"""What the normal form of a tensor expression is made of.

A :class:`Form` is a sum of :class:`Term`; a term is a number times powers of factors. What is equal by the rules of
arithmetic that matter here (commutativity, ``exp`` and ``log`` of products, ``sqrt`` and ``square`` as powers, numbers
pulled out of reductions) has the same form, however it was written. Shapes are not known; reductions keep their axes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

Axes = tuple[int, ...] | None | str
"""The axes of a reduction: None for all of them, ``"?"`` where they can't be told."""


Element = TypeVar("Element", bound=Hashable)


class Ordered(frozenset[Element]):
    """A frozen set that is walked in the order in which it was made, so that no answer hangs on hashes."""

    order: tuple[Element, ...]

    def __new__(cls, elements: Iterable[Element] = ()) -> Ordered[Element]:
        order = tuple(dict.fromkeys(elements))
        made = super().__new__(cls, order)
        made.order = order
        return made

    def __iter__(self) -> Iterator[Element]:
        return iter(self.order)

    def __sub__(self, other: Any) -> Ordered[Element]:
        return Ordered(element for element in self.order if element not in other)


@dataclass(frozen=True, slots=True)
class Atom:
    """Something that is not looked into, equal to another one if their ``key`` is.

    ``kind`` is ``tensor``, ``scalar`` (a setting, a weight, a shape), ``draw`` (a random draw) or ``data``.
    """

    key: Hashable
    kind: str = field(default="tensor", compare=False)
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Exp:
    """``exp`` of a form."""

    of: Form


@dataclass(frozen=True, slots=True)
class Log:
    """``log`` of a form."""

    of: Form


@dataclass(frozen=True, slots=True)
class Group:
    """A sum of several terms that stands in a product."""

    of: Form


@dataclass(frozen=True, slots=True)
class Apply:
    """Any other function: ``abs``, ``maximum``, ``softplus``…"""

    name: str
    of: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """``sum`` or ``mean`` (``kind``) of a form along ``axes``."""

    kind: str
    axes: Axes
    of: Form


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several forms: the arms of an ``if``."""

    of: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """A reconstruction term from a library function.

    ``per`` says what it has averaged already: ``element`` nothing, ``feature`` the last axis, ``all`` everything,
    ``event`` a log probability, of which nobody here knows.
    """

    name: str
    per: str
    of: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Divergence:
    """A Gaussian KL from tensorflow-probability: its mean and log-variance where known.

    ``summed`` says whether it is over the event already; None where the distribution is not in sight.
    """

    mean: Form | None
    log_variance: Form | None
    summed: bool | None
    key: Hashable


Factor = Atom | Exp | Log | Group | Apply | Reduced | Choice | Error | Divergence
Factors = Ordered[tuple[Factor, float]]


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient`` times the product of ``factor ** exponent``."""

    coefficient: float
    factors: Factors = field(default_factory=Ordered)

    @property
    def single(self) -> tuple[Factor, float] | None:
        """The only factor with its exponent, if there is just one."""
        return next(iter(self.factors)) if len(self.factors) == 1 else None


@dataclass(frozen=True, slots=True)
class Form:
    """A sum of terms; equal forms are equal expressions."""

    terms: Ordered[Term]

    @property
    def number(self) -> float | None:
        """The value of a form without factors."""
        if not self.terms:
            return 0.0
        only = self.only
        return only.coefficient if only is not None and not only.factors else None

    @property
    def only(self) -> Term | None:
        """The term of a form that has just one."""
        return next(iter(self.terms)) if len(self.terms) == 1 else None

    @property
    def factor(self) -> Factor | None:
        """The factor of a form that is one factor and nothing else."""
        only = self.only
        if only is None or only.coefficient != 1 or only.single is None or only.single[1] != 1:
            return None
        return only.single[0]

    def factors(self) -> Iterator[Factor]:
        """Every factor in this form, at any depth."""
        for term in self.terms:
            for factor, _ in term.factors:
                yield factor
                for inner in parts(factor):
                    yield from inner.factors()

    def atoms(self) -> Ordered[Atom]:
        """Every atom in this form, at any depth."""
        return Ordered(factor for factor in self.factors() if isinstance(factor, Atom))


def parts(factor: Factor) -> tuple[Form, ...]:
    """The forms inside a factor."""
    if isinstance(factor, (Apply, Choice, Error)):
        return factor.of
    if isinstance(factor, Divergence):
        return tuple(form for form in (factor.mean, factor.log_variance) if form is not None)
    return () if isinstance(factor, Atom) else (factor.of,)
