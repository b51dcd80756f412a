"""The heads of a posterior: what makes the mean and the spread of KLs and samples, known by their use, not by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import Apply, Atom, Exp, Factor, Form
from kerasvae_lint.keras.objective.gaussian import log_variance_of, without_settings
from kerasvae_lint.keras.objective.pairs import tensors
from kerasvae_lint.keras.objective.training import Objective
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import Computed, LibraryObject

MAX_LINKS = 4
MEAN = "mean"
SPREAD = "spread"


@dataclass(frozen=True, eq=False, slots=True)
class Link:
    """One step in the making of a head: a layer's output, or a function's.

    Attributes:
        factor: the output as the algebra sees it.
        value: the output.
    """

    factor: Factor
    value: Computed

    @property
    def layer(self) -> LibraryObject | None:
        """The library's layer that gave it; None for functions and for layers of the project."""
        made = self.value.maker
        return made if self.value.op == "layer" and isinstance(made, LibraryObject) else None


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """A head of a posterior.

    Attributes:
        role: ``mean``, or ``spread`` for what is exponentiated to a variance or a scale.
        factor: the head as the algebra sees it.
        links: what made it, the last step first.
        multiple: the largest number that it is multiplied by before it is exponentiated to the variance; 1 for a mean.
    """

    role: str
    factor: Factor
    links: tuple[Link, ...]
    multiple: float = 1.0


def heads(machine: Interpreter, found: Objective) -> list[Head]:
    """The heads of all Gaussian KLs, and of all samples that are over the heads of a KL or are drawn in traced code."""
    known: dict[tuple[str, Factor], Head] = {}
    for role, factor, multiple in _factors(machine, found):
        head = known.get((role, factor))
        if head is None:
            links = tuple(_links(found, factor))
            if links:
                known[role, factor] = Head(role, factor, links, multiple)
        elif multiple > head.multiple:
            known[role, factor] = replace(head, multiple=multiple)
    return list(known.values())


def _factors(machine: Interpreter, found: Objective) -> Iterator[tuple[str, Factor, float]]:
    means: set[Form] = set()
    for kl in found.kls:
        if kl.kl.mean is not None and kl.kl.log_variance is not None:
            means |= {kl.kl.mean, kl.kl.log_variance}
            yield from _mean(kl.kl.mean)
            yield from _spread(f.exponential(kl.kl.log_variance))
    for sample in found.samples:
        function = r.function_of(sample.site.record)
        drawn = function is not None and TRACING in machine.executed.get(function, ())
        if drawn or sample.sample.mean in means:
            yield from _mean(sample.sample.mean)
            yield from _spread(f.power(without_settings(sample.sample.scale), 2.0))


def _mean(form: Form) -> Iterator[tuple[str, Factor, float]]:
    factor = form.factor
    if isinstance(factor, (Atom, Apply)):
        yield MEAN, factor, 1.0


def _spread(form: Form) -> Iterator[tuple[str, Factor, float]]:
    """What is exponentiated in a variance; nothing for a head that is the variance itself."""
    factor = form.factor
    only = factor.of.only if isinstance(factor, Exp) else None
    if only is not None and only.single is not None and only.single[1] == 1:
        inner = only.single[0]
        if isinstance(inner, (Atom, Apply)):
            yield SPREAD, inner, abs(only.coefficient)


def _links(found: Objective, factor: Factor) -> Iterator[Link]:
    for _ in range(MAX_LINKS):
        made = found.reader.made.get(factor)
        if made is None:
            return
        yield Link(factor, made)
        inner = found.reader.form(made.operands[0]).factor if made.operands else None
        if not isinstance(inner, (Atom, Apply)) or inner == factor:
            return
        factor = inner


def shared(found: Objective) -> Iterator[Computed]:
    """What is the mean and the log-variance of one KL or sample at once, each tensor once."""
    pairs = [(kl.kl.mean, kl.kl.log_variance) for kl in found.kls]
    pairs += [(sample.sample.mean, log_variance_of(sample.sample.scale)) for sample in found.samples]
    seen: set[Factor] = set()
    for mean, log_variance in pairs:
        factor = mean.factor if mean is not None else None
        if factor is None or log_variance is None or tensors(log_variance) != {factor} or factor in seen:
            continue
        seen.add(factor)
        made = found.reader.made.get(factor)
        if made is not None:
            yield made


def alike(machine: Interpreter, found: Objective, value: Computed) -> list[r.Expression]:
    """The calls or items that compute the same as ``value``, in its file, in source order."""
    number = found.reader.number(value)
    unit = value.site.unit if value.site is not None else None
    records: dict[r.Expression, None] = {}
    for record, seen in machine.values.seen.items():
        if not isinstance(record, (r.Call, r.Subscript)):
            continue
        for computed in seen:
            site = computed.site
            if isinstance(computed, Computed) and site is not None and site.record is record and site.unit is unit:
                if computed.op == value.op and found.reader.number(computed) == number:
                    records[record] = None
    return sorted(records, key=lambda record: record.start)
