"""Gaussian KL divergences and reparameterized samples, known by their algebra.

The KL of N(mean, variance) from N(0, 1) is ``0.5 * (mean² + variance - 1 - log variance)`` per dimension
(Kingma and Welling 2014, appendix B). Whether the code holds a log-variance, a variance, a standard deviation or its
logarithm, and what it calls it, does not matter: the term that stands for the variance and the term that stands for its
logarithm have to fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import Atom, Divergence, Exp, Form, Group, Ordered, Term

_OTHER_DRAWS = re.compile(r"uniform|categorical|bernoulli|binomial|gamma|poisson|rand$|shuffle|randint|dropout|choice")


@dataclass(frozen=True, slots=True)
class GaussianKL:
    """``scale`` times the KL of N(``mean``, exp(``log_variance``)) from N(0, 1), per element.

    ``scale`` is 1 for the textbook's KL, negative for its opposite; ``rest`` is what else the sum held (the constant
    excepted). ``summed`` is True for a tfp divergence that is summed over the event already, None where the
    distribution is not in sight. The forms are None where tfp hides them.
    """

    mean: Form | None
    log_variance: Form | None
    scale: float
    rest: Form
    summed: bool | None = False

    @property
    def key(self) -> tuple[Form | None, Form | None]:
        """What tells this KL from another one."""
        return self.mean, self.log_variance


@dataclass(frozen=True, slots=True)
class Sample:
    """``mean + scale * draw``."""

    mean: Form
    scale: Form
    draw: Atom


def match_kl(form: Form) -> GaussianKL | None:
    """The Gaussian KL in a sum, or None."""
    for term in form.terms:
        single = term.single
        if single is not None and isinstance(single[0], Divergence) and single[1] == 1:
            found = single[0]
            rest = Form(form.terms - {term})
            return GaussianKL(found.mean, found.log_variance, term.coefficient, rest, found.summed)
    if len(form.terms) < 3:
        return None
    for variance in form.terms:
        log_variance = _log_of(variance)
        if log_variance is None or log_variance.number is not None:
            continue
        linear = f.scale(log_variance, -variance.coefficient)
        if not _contains(form, linear):
            continue
        left = form.terms - linear.terms - {variance}
        for square in left:
            mean = _root(square)
            if mean is None or abs(square.coefficient - variance.coefficient) > 1e-9 or _uses(mean, log_variance):
                continue
            rest = Form(Ordered(t for t in left - {square} if t.factors))
            return GaussianKL(mean, log_variance, 2 * variance.coefficient, rest)
    return None


def _log_of(term: Term) -> Form | None:
    """The logarithm of what a term multiplies by its coefficient, if that can be a variance."""
    if not term.factors:
        return None
    if len(term.factors) > 1 and not any(isinstance(factor, Exp) for factor, _ in term.factors):
        return None
    return f.logarithm(Form(Ordered({Term(1.0, term.factors)})))


def _root(term: Term) -> Form | None:
    """The mean, of a term that is a multiple of its square."""
    single = term.single
    if single is None or single[1] != 2:
        return None
    factor = single[0]
    return factor.of if isinstance(factor, Group) else f.of(factor)


def _contains(form: Form, part: Form) -> bool:
    found = {term.factors: term.coefficient for term in form.terms}
    return all(abs(found.get(t.factors, 0.0) - t.coefficient) < 1e-9 for t in part.terms if t.factors) and any(
        t.factors for t in part.terms
    )


def _uses(mean: Form, log_variance: Form) -> bool:
    """True where the square is the variance's own."""
    return f.logarithm(f.power(mean, 2.0)) == log_variance


def is_log_density(form: Form) -> bool:
    """True where a sum holds the log-density of a normal distribution whose variance is computed, spelt out.

    It is ``-0.5 * ((x - mean)² * exp(-log_variance) + log_variance + log 2π)``, reduced or not.
    """
    for term in form.terms:
        spread = [factor for factor, exponent in term.factors if isinstance(factor, Exp) and exponent == 1]
        square = [factor for factor, exponent in term.factors if isinstance(factor, Group) and exponent == 2]
        if len(spread) == 1 and square and _contains(form, f.scale(spread[0].of, -term.coefficient)):
            return True
        inner = [form for factor, _ in term.factors if not isinstance(factor, Exp) for form in f.parts(factor)]
        if any(is_log_density(part) for part in inner):
            return True
    return False


def match_sample(form: Form) -> Sample | None:
    """The reparameterized sample that a sum is, or None."""
    drawn = [(term, factor) for term in form.terms for factor, e in term.factors if _is_draw(factor) and e == 1]
    if len(drawn) != 1 or len(form.terms) < 2:
        return None
    term, draw = drawn[0]
    assert isinstance(draw, Atom)
    rest = Form(form.terms - {term})
    if any(_is_draw(factor) for factor in rest.factors()):
        return None
    factors = Ordered(pair for pair in term.factors if pair[0] != draw)
    scale = Form(Ordered({Term(term.coefficient, factors)}))
    single = Term(1.0, factors).single
    if single is not None and isinstance(single[0], Group) and single[1] == 1:
        scale = f.scale(single[0].of, term.coefficient)
    if rest.number is not None or not scale.atoms():
        return None
    return Sample(rest, scale, draw)


def _is_draw(factor: f.Factor) -> bool:
    """True for a draw that can be one from a normal distribution."""
    return isinstance(factor, Atom) and factor.kind == "draw" and not _OTHER_DRAWS.search(factor.label)


def log_variance_of(scale: Form) -> Form:
    """The log-variance that a scale means."""
    return f.scale(f.logarithm(scale), 2.0)


def without_settings(form: Form) -> Form:
    """A scale without the factors that are settings, such as the standard deviation of the noise."""
    only = form.only
    if only is None:
        return form
    kept = Ordered((k, e) for k, e in only.factors if not isinstance(k, Atom) or k.kind != "scalar")
    return Form(Ordered({Term(1.0, kept)})) if kept else form
