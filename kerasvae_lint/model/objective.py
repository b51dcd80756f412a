"""What the file's program trains, as a rule sees it: losses and their terms, Gaussian KLs, samples, their places."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import Factor, Form
from kerasvae_lint.keras.objective.gaussian import (
    GaussianKL,
    is_log_density,
    log_variance_of,
    match_kl,
    without_settings,
)
from kerasvae_lint.keras.objective.gaussian import Sample as SampleForm
from kerasvae_lint.keras.objective.losses import Part, variants
from kerasvae_lint.keras.objective.pairs import Pair, pairs, tensors
from kerasvae_lint.keras.objective.reading import LATENT
from kerasvae_lint.keras.objective.training import Loss, objective_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.model.posterior import Posterior
from kerasvae_lint.values.lattice import Computed, LibraryName, Site, leaves
from kerasvae_lint.values.unit import Unit


class KL:
    """A Gaussian KL, where the file computes it.

    Attributes:
        record: the expression that is the KL and nothing else; None where another file computes it.
        form: its mean, its log-variance, its sign.
    """

    def __init__(self, record: r.Expression | None, form: GaussianKL) -> None:
        self.record = record
        self.form = form

    @property
    def deviation(self) -> Form | None:
        """The standard deviation that it means; None where tfp hides it."""
        return f.exponential(f.scale(self.form.log_variance, 0.5)) if self.form.log_variance is not None else None


class Sample:
    """A reparameterized sample ``mean + scale * noise`` of the file.

    Attributes:
        record: the expression that draws it.
        form: its mean and its scale.
    """

    def __init__(self, record: r.Expression, form: SampleForm) -> None:
        self.record = record
        self.form = form

    def contradicts(self, kl: KL) -> bool:
        """True where the KL is over the same heads and means another standard deviation."""
        if kl.form.log_variance is None or kl.form.mean is None:
            return False
        scale = without_settings(self.form.scale)
        heads = tensors(scale)
        if not heads or heads != tensors(kl.form.log_variance):
            return False
        if any(isinstance(k, (f.Choice, f.Apply)) for k in (*scale.factors(), *kl.form.log_variance.factors())):
            return False
        difference = f.add(log_variance_of(scale), f.negate(kl.form.log_variance))
        return difference.number is None and bool(tensors(difference))


class Objective:
    """What the file's program trains.

    Args:
        program: the program, run.
        unit: the file.
    """

    def __init__(self, program: Program, unit: Unit) -> None:
        self._found = objective_of(program.machine, unit)
        self._machine = program.machine
        self.unit = unit

    @property
    def losses(self) -> list[Loss]:
        """Everything that training makes small."""
        return self._found.losses

    @cached_property
    def pairs(self) -> list[list[Pair]]:
        """The KLs of each loss with the reconstruction beside them; one list per KL, an entry for each variant."""
        return list(pairs(self._found))

    @cached_property
    def kls(self) -> list[KL]:
        """Every Gaussian KL that the program computes, each with its place in the file."""
        return [KL(self._own(found.site), found.kl) for found in self._found.kls]

    @cached_property
    def samples(self) -> list[Sample]:
        """The reparameterized samples that the file draws; each run of the code is another one."""
        found = [(self._own(found.site), found.sample) for found in self._found.samples]
        return [Sample(record, form) for record, form in found if record is not None]

    @cached_property
    def posterior(self) -> Posterior:
        """The posteriors over which the program has a KL, or from which it draws."""
        return Posterior(self._machine, self._found, self.unit)

    @cached_property
    def relative_entropies(self) -> list[tuple[r.Expression, Form, Form]]:
        """Where the file gives two tensors to Keras's divergence of probability distributions, and which."""
        found: list[tuple[r.Expression, Form, Form]] = []
        for event in self._machine.events:
            for value in event.result.alternatives():
                if not isinstance(value, Computed) or value.op != "kl_divergence" or len(value.operands) != 2:
                    continue
                own, factor = self._own(value.site), self._found.reader.form(value).factor
                if own is not None and isinstance(factor, f.Error):
                    first, second = factor.of
                    found.append((own, first, second))
        return found

    def owns(self, site: Site) -> bool:
        """True for a place in the file."""
        return site.unit is self.unit

    def _own(self, site: Site | None) -> r.Expression | None:
        own = site is not None and site.unit is self.unit and isinstance(site.record, r.Expression)
        return site.record if own else None  # type: ignore[union-attr,return-value]

    # places -------------------------------------------------------------------------------------
    def place(self, part: Part, loss: Loss) -> r.Expression | None:
        """Where the file computes the KL of a loss; of several places with that formula the one that goes into it."""
        key = part.kl.key if part.kl is not None else None
        found = [kl.record for kl in self.kls if kl.form.key == key and kl.record is not None]
        if len(found) > 1 and loss.value is not None:
            inside = {leaf.site.record for leaf in leaves(loss.value) if leaf.site is not None}
            found = [record for record in found if record in inside] or found
        return found[0] if found else None

    def made(self, factor: Factor) -> Computed | None:
        """What computed a reduction, an error, a layer's output."""
        return self._found.reader.made.get(factor)

    def place_of(self, factor: Factor) -> r.Expression | None:
        """Where the file computed it."""
        made = self.made(factor)
        return self._own(made.site) if made is not None else None

    def reduction(self, part: Part) -> r.Call | None:
        """The call in the file that reduces the latent axis of a KL."""
        step = part.latent_step
        if step is None or part.kl is None:
            return None
        if self.made(step) is not None:
            record = self.place_of(step)
            return record if isinstance(record, r.Call) else None
        for factor, made in self._found.reader.made.items():  # a sum of means was joined to the mean of a sum
            if isinstance(factor, f.Reduced) and (factor.kind, factor.axes) == (step.kind, step.axes):
                inner = match_kl(factor.of)
                record = self._own(made.site)
                if inner is not None and inner.key == part.kl.key and isinstance(record, r.Call):
                    return record
        return None

    def averaging(self, part: Part) -> r.Expression | None:
        """Where the file computes a reconstruction: the library's function, or the mean over what is spelt out."""
        if part.error is not None and self.made(part.error) is not None:
            return self.place_of(part.error)
        for step in part.reductions:
            if step.kind == "mean":
                record = self.place_of(step) or self._joined(part, step)
                record = record or self._masked(step)
                if record is not None:
                    return record
        for loss in self.losses:
            if any(part in variant for variant in loss.variants) and self.owns(loss.site):
                return self._own(loss.site)
        return None

    def _masked(self, step: f.Reduced) -> r.Expression | None:
        """The sum over what a mask left, of a mean that is a quotient of two sums."""
        inner = step.of.only
        for factor, made in self._found.reader.made.items():
            if isinstance(factor, f.Reduced) and (factor.kind, factor.axes) == ("sum", step.axes):
                only = factor.of.only
                if inner is not None and only is not None and inner.factors < only.factors:
                    return self._own(made.site)
        return None

    def _joined(self, part: Part, step: f.Reduced) -> r.Expression | None:
        """The call that averages an error whose mean was joined to that of the KL."""
        for factor, made in self._found.reader.made.items():
            if isinstance(factor, f.Reduced) and (factor.kind, factor.axes) == (step.kind, step.axes):
                inner = [other.error for variant in variants(factor.of) for other in variant]
                if part.error in inner:
                    return self._own(made.site)
        return None

    # expressions --------------------------------------------------------------------------------
    def forms(self, expression: r.Expression) -> list[Form]:
        """What an expression of the file is, in each run of it."""
        seen = self._machine.values.seen.get(expression, [])
        return [self._found.reader.form(value) for value in seen]

    def is_only_kl(self, expression: r.Expression) -> bool:
        """True for an expression that is a KL and nothing else, in every run."""
        found = [match_kl(form) for form in self.forms(expression)]
        return bool(found) and all(kl is not None and not kl.rest.terms for kl in found)

    def is_log_density(self, expression: r.Expression) -> bool:
        """True for the log-density of a sample, by a distribution or spelt out: half of a Monte Carlo KL."""
        found = self.forms(expression)
        return bool(found) and all(
            is_log_density(form) or any(isinstance(k, f.Error) and k.name == LATENT for k in form.factors())
            for form in found
        )

    def terms(self, expression: r.Expression) -> Iterator[Part | None]:
        """The one term that an expression is, in each run; None where it is several."""
        for form in self.forms(expression):
            found = variants(form)
            yield found[0][0] if len(found) == 1 and len(found[0]) == 1 else None

    def name_of(self, function: r.Expression) -> str:
        """The canonical name of a library function that an expression of the file is; else empty."""
        values = self._machine.values.seen.get(function, [])
        return next((value.name for value in values if isinstance(value, LibraryName)), "")


def exponent_of(scale: Form) -> float | None:
    """k of ``exp(k * head)``; 0 for the bare head; None for anything else."""
    factor = without_settings(scale).factor
    if isinstance(factor, f.Atom):
        return 0.0
    only = factor.of.only if isinstance(factor, f.Exp) else None
    if only is None or only.single is None or not isinstance(only.single[0], f.Atom) or only.single[1] != 1:
        return None
    return only.coefficient


def twin(call: r.Call, text: str, word: str) -> str | None:
    """``K.sum`` for ``K.mean``, ``tf.reduce_sum`` for ``tf.reduce_mean``…, as the file spells it."""
    func = call.func
    if not isinstance(func, r.Attribute):
        return None
    prefix = "reduce_" if func.attr.startswith("reduce_") else ""
    return f"{text[func.value.start : func.value.end]}.{prefix}{word}"
