"""Where a probability under a distribution goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    LibraryObject,
    ListObject,
    Parameter,
    Site,
    Tuple,
    Unknown,
    Value,
    leaves,
    plainly,
)

MAX_STEPS = 24
_CLIPS = frozenset({"clip", "maximum", "minimum", "relu"})
_CARRIERS = frozenset({"cast", "reshape", "squeeze", "expand_dims", "identity", "flatten", "transpose", "convert"})
_CARRIERS |= {"convert_to_tensor", "split", "unstack", "getitem", "batch_flatten"}
_EPSILONS = frozenset({"eps", "epsilon", "tiny", "small", "delta"})


@dataclass(frozen=True, eq=False, slots=True)
class Probability:
    """A ``distribution.prob(x)`` that a value goes back to.

    Attributes:
        site: the call of ``prob``.
        clipped: True if a clip or ``+ eps`` stands between.
        mixed: True if other terms came in.
        direct: False if it was reshaped, cast or taken apart on the way, or is one of several things.
    """

    site: Site
    clipped: bool = False
    mixed: bool = False
    direct: bool = True


def probability(value: Value, *, tfp: bool) -> Probability | None:
    """The ``prob`` that a value is made from, or None.

    Args:
        value: what is asked about.
        tfp: whether ``prob`` of something that nobody knows is a distribution's: where the file imports tfp.
    """
    return _probability(value, tfp, MAX_STEPS)


def _probability(value: Value, tfp: bool, steps: int) -> Probability | None:
    if steps == 0:
        return None
    members = value.alternatives()
    if len(members) > 1:
        every = [_probability(member, tfp, steps - 1) for member in members]
        known = [one for one in every if one is not None]
        if not known:
            return None
        same = len(known) == len(every) and len({one.site.record for one in known}) == 1
        return known[0] if same else replace(known[0], direct=False)
    if not isinstance(value, Computed):
        return None
    if _is_prob(value, tfp):
        return Probability(value.site) if value.site is not None else None
    if value.op in _CLIPS:
        return _first(value.operands[:2], tfp, steps, clipped=True)
    if value.op in _CARRIERS:
        found = _first(value.operands[:1], tfp, steps)
        return replace(found, direct=False) if found is not None else None
    if value.op in {"add", "multiply"}:
        terms = [operand for operand in value.operands if not _is_small(operand)]
        if value.op == "add" and len(terms) == 1:
            return _first(tuple(terms), tfp, steps, clipped=True)
        return _first(value.operands, tfp, steps, mixed=True)
    return None


def _first(
    operands: tuple[Value, ...], tfp: bool, steps: int, *, clipped: bool = False, mixed: bool = False
) -> Probability | None:
    for operand in operands:
        found = _probability(operand, tfp, steps - 1)
        if found is not None:
            return replace(found, clipped=found.clipped or clipped, mixed=found.mixed or mixed)
    return None


def _is_prob(value: Computed, tfp: bool) -> bool:
    """True for what a distribution's ``prob`` gives."""
    if not value.operands or not isinstance(value.site.record if value.site is not None else None, r.Call):
        return False
    maker = value.maker
    if value.op == "prob":
        return maker is not None and "distribution" in kinds(maker) and not _is_written_out(value, maker)
    if value.op != "call":
        return False
    if isinstance(maker, Unknown):
        return tfp and maker.name == "prob"
    named = maker.options.get("name") if isinstance(maker, Computed) and maker.op == "attribute" else None
    return tfp and isinstance(named, Constant) and named.value == "prob"


def _is_written_out(value: Computed, maker: Value) -> bool:
    """True for the probability of a number under a distribution whose parameters are numbers, too: it never moves."""
    given = maker.arguments.values() if isinstance(maker, LibraryObject) and maker.complete else ()
    return bool(given) and all(
        isinstance(leaf, (Constant, Tuple, ListObject)) or (isinstance(leaf, Computed) and leaf.op == "constant")
        for part in (*value.operands, *given)
        for leaf in leaves(part)
    )


def _is_small(value: Value) -> bool:
    """True for an epsilon: a number, ``K.epsilon()``, a parameter whose name says so."""
    plain = plainly(value)
    if isinstance(plain, Constant):
        return isinstance(plain.value, (int, float))
    if isinstance(plain, Computed):
        return plain.op in _EPSILONS or (plain.op in {"cast", "constant"} and all(map(_is_small, plain.operands)))
    return isinstance(plain, (Parameter, Unknown)) and plain.name.lower().strip("_") in _EPSILONS
