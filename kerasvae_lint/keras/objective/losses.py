"""The terms of a loss: each with its sign, its factors and the reductions that it went through."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import (
    Apply,
    Choice,
    Divergence,
    Error,
    Form,
    Group,
    Log,
    Ordered,
    Reduced,
    Term,
)
from kerasvae_lint.keras.objective.gaussian import GaussianKL, match_kl

MAX_VARIANTS = 12
_MONOTONE = frozenset(
    {"maximum", "max", "minimum", "clip", "clip_by_value", "relu", "Modulo", "pow", "power", "softplus"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a loss: a KL, a reconstruction error, or something else.

    ``coefficient`` is its number with its sign (of a KL: how much of the textbook's KL is in the loss); ``settings``
    are the other factors, somebody's choice; ``reductions`` come innermost first; ``folded`` says that an ``abs``, a
    maximum or the like stands between it and the loss.
    """

    coefficient: float = 1.0
    settings: tuple[Form, ...] = ()
    reductions: tuple[Reduced, ...] = ()
    folded: bool = False
    kl: GaussianKL | None = None
    error: Error | None = None

    @property
    def plain(self) -> bool:
        """True if nobody chose a factor for it."""
        return not self.settings and not self.folded

    @property
    def latent(self) -> str | None:
        """How a KL's latent axis is reduced: sum, mean, None (not at all) or ``?``."""
        return self._kl_axes()[0]

    @property
    def latent_step(self) -> Reduced | None:
        """The reduction over a KL's latent axis."""
        return self._kl_axes()[2]

    @property
    def batch(self) -> str | None:
        """How the batch axis is reduced: sum, mean, None or ``?``."""
        return self._kl_axes()[1] if self.kl is not None else self._error_axes()[1]

    @property
    def features(self) -> str | None:
        """How an error's feature axes are reduced: sum, mean, ``mixed``, None or ``?``."""
        return self._error_axes()[0]

    def _kl_axes(self) -> tuple[str | None, str | None, Reduced | None]:
        latent: str | None = "sum" if self.kl is not None and self.kl.summed else None
        batch: str | None = None
        at: Reduced | None = None
        if self.kl is not None and self.kl.summed is None:
            return "?", "?", None
        for step in self.reductions:
            kind, axes = step.kind, step.axes
            if kind == "max" or axes == "?":
                return "?", "?", None
            if latent is None and axes != (0,):
                latent, at = kind, step
                if axes is None or (axes != "rest" and 0 in axes):
                    batch = batch or kind
            elif axes is None:
                batch = batch or kind
            elif axes == (0,) or (axes == (-1,) and batch is None):
                batch = kind
            elif axes not in {(1,), (-1,), "rest"}:
                return "?", "?", None
        return latent, batch, at

    def _error_axes(self) -> tuple[str | None, str | None]:
        error = self.error
        if error is None or error.per in {"event", "mixed"}:
            return "?", "?"
        if error.per == "all":
            return "mean", "mean"
        kinds: set[str] = {"mean"} if error.per == "feature" else set()
        batch: str | None = None
        for step in self.reductions:
            kind, axes = step.kind, step.axes
            if kind == "max" or axes == "?":
                return "?", "?"
            if axes is None:
                if not kinds:
                    kinds.add(kind)
                elif error.per == "feature" and kind == "sum":
                    return "?", "?"
                batch = batch or kind
            elif axes == "rest" or 0 not in axes:
                kinds.add(kind)
            elif axes == (0,):
                batch = kind
            else:
                kinds.add(kind)
                batch = kind
        return ("mixed" if len(kinds) > 1 else next(iter(kinds), None)), batch


Variant = tuple[Part, ...]


def variants(form: Form) -> list[Variant]:
    """The terms of a loss; one list for each way through its alternatives."""
    return [tuple(found) for found in _expand(form, Part())]


def _expand(form: Form, seen: Part) -> list[list[Part]]:
    found: list[list[Part]] = [[]]
    while (kl := match_kl(form)) is not None:
        found[0].append(replace(seen, coefficient=seen.coefficient * kl.scale, kl=kl))
        form = kl.rest
    entropy = _hand_written(form)
    if entropy:
        error = Error("cross-entropy", "element", (Form(entropy),))
        found = [[*parts, replace(seen, error=error)] for parts in found]
        form = Form(form.terms - entropy)
    for term in sorted(form.terms, key=lambda t: (t.coefficient, len(t.factors))):
        found = _join(found, _expand_term(term, seen))
    return found


def _join(left: list[list[Part]], right: list[list[Part]]) -> list[list[Part]]:
    return [[*a, *b] for a in left for b in right][:MAX_VARIANTS]


def _expand_term(term: Term, seen: Part) -> list[list[Part]]:
    cores = [factor for factor, exponent in term.factors if exponent == 1 and _factor_holds_core(factor)]
    squares = [factor for factor, exponent in term.factors if exponent == 2 and _is_difference(factor)]
    coefficient = seen.coefficient * term.coefficient
    if len(cores) + len(squares) != 1:
        return [[replace(seen, coefficient=coefficient)]] if term.factors else [[]]
    core = (cores or squares)[0]
    rest = [(factor, exponent) for factor, exponent in term.factors if factor != core]
    if isinstance(core, Reduced):
        core, rest = _masked_mean(core, rest)
    others = tuple(f.of(factor, exponent) for factor, exponent in rest)
    inner = replace(seen, coefficient=coefficient, settings=seen.settings + others)
    if squares:
        return [[replace(inner, error=Error("squared error", "element", f.parts(core)))]]
    return _into(core, inner)


def _masked_mean(core: Reduced, rest: list[tuple[f.Factor, float]]) -> tuple[Reduced, list[tuple[f.Factor, float]]]:
    """``sum(x * mask) / sum(mask)`` is a mean of ``x``."""
    only = core.of.only
    for pair in rest:
        count, exponent = pair
        mask = count.of.only if isinstance(count, Reduced) else None
        if not isinstance(count, Reduced) or exponent != -1 or mask is None or only is None:
            continue
        if (core.kind, core.axes) != ("sum", count.axes) or count.kind != "sum" or not mask.factors <= only.factors:
            continue
        left = Term(only.coefficient / mask.coefficient, only.factors - mask.factors)
        return Reduced("mean", core.axes, Form(Ordered({left}))), [other for other in rest if other is not pair]
    return core, rest


def _into(core: f.Factor, seen: Part) -> list[list[Part]]:
    match core:
        case Reduced():
            return _expand(core.of, replace(seen, reductions=(core, *seen.reductions)))
        case Group():
            return _expand(core.of, seen)
        case Choice():
            return [parts for form in core.of for parts in _expand(form, seen)][:MAX_VARIANTS]
        case Error():
            return [[replace(seen, error=core)]]
        case Divergence():
            return _expand(f.of(core), seen)
        case Apply() if core.name == "abs" and _is_difference(core, 1) and not _has_kl(core.of[0]):
            return [[replace(seen, error=Error("absolute error", "element", core.of))]]
        case Apply():
            folded = replace(seen, folded=True)
            return [parts for form in core.of if holds_core(form) for parts in _expand(form, folded)]
        case _:
            return [[seen]]


def _factor_holds_core(factor: f.Factor) -> bool:
    if isinstance(factor, (Error, Divergence)):
        return True
    if isinstance(factor, Apply):
        if factor.name == "abs" and _is_difference(factor, 1):
            return True
        return factor.name in {"abs", *_MONOTONE} and any(holds_core(form) for form in factor.of)
    if isinstance(factor, (Reduced, Group)):
        return holds_core(factor.of)
    return isinstance(factor, Choice) and any(holds_core(form) for form in factor.of)


def holds_core(form: Form) -> bool:
    if match_kl(form) is not None or _hand_written(form):
        return True
    return any(
        (exponent == 1 and _factor_holds_core(factor)) or (exponent == 2 and _is_difference(factor))
        for term in form.terms
        for factor, exponent in term.factors
    )


def _has_kl(form: Form) -> bool:
    return match_kl(form) is not None or any(
        isinstance(factor, (Reduced, Group)) and match_kl(factor.of) is not None for factor in form.factors()
    )


def _is_difference(factor: f.Factor, operands: int = 0) -> bool:
    """True for ``a - b``, two tensors."""
    if isinstance(factor, Apply) and operands:
        form = factor.of[0] if len(factor.of) == 1 else None
    else:
        form = factor.of if isinstance(factor, Group) else None
    if form is None or len(form.terms) != 2:
        return False
    first, second = form.terms
    return bool(first.factors) and bool(second.factors) and first.coefficient * second.coefficient < 0


def _hand_written(form: Form) -> Ordered[Term]:
    """The terms of a cross-entropy spelt out: ``x log y + (1 - x) log (1 - y)``."""
    found = [t for t in form.terms if len(t.factors) > 1 and any(isinstance(k, Log) for k, e in t.factors if e == 1)]
    return Ordered(found) if len(found) == 2 and len({t.coefficient for t in found}) == 1 else Ordered()
