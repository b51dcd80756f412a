"""A small normal form for tensor expressions: sums of products over atoms, with reductions and their axes.

A :class:`Form` is a sum of :class:`Term`; a term is a number times powers of factors. What is equal by the rules of
arithmetic that matter here (commutativity, ``exp`` and ``log`` of products, ``sqrt`` and ``square`` as powers, numbers
pulled out of reductions) has the same form, however it was written. Shapes are not known; reductions keep their axes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from kerasvae_lint.keras.objective.terms import (
    Apply,
    Atom,
    Axes,
    Choice,
    Divergence,
    Error,
    Exp,
    Factor,
    Factors,
    Form,
    Group,
    Log,
    Ordered,
    Reduced,
    Term,
    parts,
)

__all__ = [
    "SMALL",
    "Apply",
    "Atom",
    "Axes",
    "Choice",
    "Divergence",
    "Error",
    "Exp",
    "Factor",
    "Factors",
    "Form",
    "Group",
    "Log",
    "Ordered",
    "Reduced",
    "Term",
    "add",
    "choose",
    "collect",
    "constant",
    "divide",
    "exponential",
    "logarithm",
    "multiply",
    "negate",
    "of",
    "parts",
    "power",
    "reduce",
    "scale",
    "without_epsilon",
]

SMALL = 1e-2
"""The largest constant that counts as one that keeps a number from zero."""
MAX_EXPONENT = 64.0


def _clean(value: float) -> float:
    return float(f"{value:.10g}") if math.isfinite(value) else value


def collect(terms: Iterable[Term]) -> Form:
    """A form from terms, like ones added up."""
    sums: dict[Factors, float] = {}
    for term in terms:
        sums[term.factors] = sums.get(term.factors, 0.0) + term.coefficient
    return Form(Ordered(Term(_clean(c), factors) for factors, c in sums.items() if abs(c) > 1e-12))


def constant(value: float) -> Form:
    """A number."""
    return collect([Term(float(value))])


def of(factor: Factor, exponent: float = 1.0, coefficient: float = 1.0) -> Form:
    """One factor as a form."""
    return Form(Ordered({Term(_clean(coefficient), Ordered({(factor, float(exponent))}))}))


def add(*forms: Form) -> Form:
    """A sum; reductions of the same kind along the same axes are joined."""
    terms: list[Term] = []
    reduced: dict[tuple[str, Axes], list[Form]] = {}
    for form in forms:
        for term in form.terms:
            single = term.single
            if single is not None and isinstance(single[0], Reduced) and single[1] == 1 and single[0].axes != "?":
                inner = single[0]
                reduced.setdefault((inner.kind, inner.axes), []).append(scale(inner.of, term.coefficient))
            else:
                terms.append(term)
    for (kind, axes), inners in reduced.items():
        joined = inners[0] if len(inners) == 1 else add(*inners)
        terms += reduce(kind, axes, joined).terms
    return collect(terms)


def scale(form: Form, number: float) -> Form:
    """A number times a form."""
    return collect(Term(term.coefficient * number, term.factors) for term in form.terms)


def negate(form: Form) -> Form:
    """Minus a form."""
    return scale(form, -1.0)


def _as_term(form: Form) -> Term:
    """A form as one term: several terms become a group."""
    return form.only or (Term(1.0, Ordered({(Group(form), 1.0)})) if form.terms else Term(0.0))


def _product(factors: Iterable[tuple[Factor, float]]) -> tuple[float, Factors]:
    """The product of powers: exponents added up, exponentials joined; the number that comes out of it."""
    exponents: dict[Factor, float] = {}
    powers: list[Form] = []
    for factor, exponent in factors:
        if isinstance(factor, Exp):
            powers.append(scale(factor.of, exponent))
        else:
            exponents[factor] = exponents.get(factor, 0.0) + exponent
    number = 1.0
    found = [(factor, _clean(e)) for factor, e in exponents.items() if abs(e) > 1e-12]
    if powers:
        total = add(*powers)
        if total.number is not None:
            number = math.exp(min(total.number, 700.0))
        else:
            found.append((Exp(total), 1.0))
    return number, Ordered(found)


def multiply(*forms: Form) -> Form:
    """A product; a number is multiplied in, anything else keeps a sum together as a group."""
    numbers = [form.number for form in forms if form.number is not None]
    rest = [form for form in forms if form.number is None]
    number = math.prod(numbers)
    if not rest or number == 0:
        return constant(number)
    if len(rest) == 1:
        return scale(rest[0], number)
    terms = [_as_term(form) for form in rest]
    more, factors = _product(pair for term in terms for pair in term.factors)
    return _unwrapped(Term(number * more * math.prod(term.coefficient for term in terms), factors))


def _unwrapped(term: Term) -> Form:
    """A term as a form; a group that nothing multiplies any more is opened."""
    single = term.single
    if single is not None and isinstance(single[0], Group) and single[1] == 1:
        return scale(single[0].of, term.coefficient)
    return collect([term])


def power(form: Form, exponent: float) -> Form:
    """A form to the power of a number."""
    if exponent == 1:
        return form
    if exponent == 0:
        return constant(1.0)
    number = form.number
    if number is not None:
        try:
            return constant(float(number**exponent))
        except (ZeroDivisionError, OverflowError, TypeError):
            return of(Apply("power", (form, constant(exponent))))
    if not abs(exponent) <= MAX_EXPONENT:
        return of(Apply("power", (form, constant(exponent))))
    term = _as_term(form if exponent == int(exponent) else without_epsilon(form))
    if term.coefficient < 0 and exponent != int(exponent):
        return of(Apply("power", (form, constant(exponent))))
    more, factors = _product((factor, e * exponent) for factor, e in term.factors)
    try:
        coefficient = more * term.coefficient**exponent
    except (OverflowError, ZeroDivisionError):
        return of(Apply("power", (form, constant(exponent))))
    return _unwrapped(Term(coefficient, factors))


def divide(left: Form, right: Form) -> Form:
    """A quotient."""
    return multiply(left, power(right, -1.0))


def without_epsilon(form: Form) -> Form:
    """A form without the small constant that keeps it from zero."""
    small = [term for term in form.terms if not term.factors and 0 < term.coefficient <= SMALL]
    if small and len(form.terms) == 2:
        return Form(form.terms - set(small))
    return form


def exponential(form: Form) -> Form:
    """``exp``: of a multiple of a logarithm, the power."""
    number = form.number
    if number is not None:
        return constant(math.exp(min(number, 700.0)))
    only = form.only
    if only is not None and only.single is not None and isinstance(only.single[0], Log) and only.single[1] == 1:
        return power(only.single[0].of, only.coefficient)
    return of(Exp(form))


def logarithm(form: Form) -> Form:
    """``log``: of a product, the sum of the logarithms."""
    number = form.number
    if number is not None:
        return constant(math.log(number)) if number > 0 else of(Apply("log", (form,)))
    form = without_epsilon(form)
    only = form.only
    if only is None:
        return of(Log(of(Group(form))))
    if only.coefficient <= 0:
        return of(Log(form))
    found = [constant(math.log(only.coefficient))]
    for factor, exponent in only.factors:
        inner = factor.of if isinstance(factor, Exp) else of(Log(of(factor)))
        found.append(scale(inner, exponent))
    return add(*found)


def reduce(kind: str, axes: Axes, form: Form) -> Form:
    """``sum`` or ``mean`` along axes; a number that multiplies everything is pulled out."""
    if form.number is not None and kind == "mean":
        return form
    only = form.only
    if only is not None and only.factors:
        return of(Reduced(kind, axes, Form(Ordered({Term(1.0, only.factors)}))), 1.0, only.coefficient)
    return of(Reduced(kind, axes, form))


def choose(forms: Iterable[Form]) -> Form:
    """One of several forms; the form itself where all are equal."""
    found = tuple(dict.fromkeys(forms))
    return found[0] if len(found) == 1 else of(Choice(found))
