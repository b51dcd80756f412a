"""What a program trains: its losses with their terms, its Gaussian KLs, its reparameterized samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras import training
from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import Error, Form, Reduced
from kerasvae_lint.keras.objective.gaussian import GaussianKL, Sample, is_log_density, match_kl, match_sample
from kerasvae_lint.keras.objective.losses import Part, Variant, variants
from kerasvae_lint.keras.objective.reading import LATENT, Reader, reduced_by
from kerasvae_lint.keras.tensors import is_callable
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Partial,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import Arguments, CallEvent

_DIFFERENTIATED = frozenset({"gradient", "get_gradients", "compute_gradients", "minimize"})
_GRADIENTS = frozenset({"tf.gradients", "keras.backend.gradients"})
_REGULARIZERS = frozenset({"tfp.layers.KLDivergenceRegularizer", "tfp.layers.KLDivergenceAddLoss"})
_LOSS_NAMES = re.compile(r"loss|elbo|objective|cost", re.IGNORECASE)
_SUMS = frozenset({"add", "subtract", "add_n", "multiply", "divide", "negative", "kl_divergence", "identity", "draw"})
_MAKES_ONE = re.compile(r"exp|log|kl|div|rand|normal|sampl|draw|distrib|softplus", re.I)
"""Words of the functions one of which makes a part of every KL and of every sample."""


@dataclass(frozen=True, eq=False, slots=True)
class Loss:
    """Something that training makes small, in one run of the code.

    Attributes:
        kind: ``add_loss``, ``compiled`` (a function or string given to ``compile``), ``tape`` (differentiated by a tape
            or an optimizer) or ``returned`` (by a function that nobody in sight calls: its sign is not known).
        site: where it is handed over.
        form: what it is.
        variants: its terms; one list for each way through its alternatives.
        function: the function that hands it over, or is handed over.
        maker: the function in which its last operation stands, where that is another one.
        value: what it was computed as; None for a regularizer.
    """

    kind: str
    site: Site
    form: Form
    variants: tuple[Variant, ...]
    function: r.Function | None = None
    maker: r.Function | None = None
    value: Value | None = None

    @property
    def kls(self) -> Iterator[Part]:
        """Its terms that are a KL, in every variant."""
        return (part for variant in self.variants for part in variant if part.kl is not None)

    @property
    def errors(self) -> Iterator[Part]:
        """Its terms that compare two tensors, in every variant."""
        return (part for variant in self.variants for part in variant if part.error is not None)

    @property
    def holds_a_sampled_kl(self) -> bool:
        """True for a Monte Carlo KL: log-densities of a sample, by a distribution or spelt out."""
        return is_log_density(self.form) or any(_is_sampled(term) for term in self.form.terms)

    @property
    def adds_layer_losses(self) -> bool:
        """True if ``model.losses`` are added to it, with no factor that somebody chose."""
        return _adds_losses(self.form)


@dataclass(frozen=True, eq=False, slots=True)
class FoundKL:
    """A Gaussian KL and an expression that computes it and nothing else."""

    kl: GaussianKL
    site: Site


@dataclass(frozen=True, eq=False, slots=True)
class FoundSample:
    """A reparameterized sample and an expression that computes it."""

    sample: Sample
    site: Site


@dataclass(eq=False, slots=True)
class Objective:
    """What a program trains.

    Attributes:
        reader: what read the values.
        losses: everything that training makes small, in order of the program.
        kls: the Gaussian KLs, the innermost expression first.
        samples: the reparameterized samples, the innermost expression first.
        compiled: how many models are compiled; None if that can't be told.
    """

    reader: Reader
    losses: list[Loss] = field(default_factory=list)
    kls: list[FoundKL] = field(default_factory=list)
    samples: list[FoundSample] = field(default_factory=list)
    compiled: int | None = 0


def objective_of(machine: Interpreter, unit: Unit) -> Objective:
    """Work out what a program trains; ``unit`` is the file that is asked about."""
    found = Objective(Reader())
    for loss in _losses(machine, found.reader, unit):
        found.losses.append(loss)
    _look_for_formulas(machine, found)
    found.losses += _returned(machine, found, unit)
    models = {_identity(run.model) for run in training.runs(machine) if run.method == "compile"}
    found.compiled = None if None in models else len(models)
    return found


def _identity(model: Value) -> object:
    """What tells a compiled model from another one; None for a mere parameter."""
    members = model.alternatives()
    if any(isinstance(member, Unknown) and member.reason == "parameter" for member in members):
        return None
    return frozenset(member.name if isinstance(member, Unknown) else member.key for member in members)


# losses -----------------------------------------------------------------------------------------
def _losses(machine: Interpreter, reader: Reader, unit: Unit) -> Iterator[Loss]:
    for event in list(machine.events):
        call = event.call
        if call is None:
            continue
        for kind, site, value in _sinks(machine, event, call):
            form = reader.form(value)
            yield Loss(kind, site, form, tuple(variants(form)), event.function, _maker_of(value), value)
        for member in event.result.alternatives():
            if isinstance(member, LibraryObject) and member.name in _REGULARIZERS and member.site is not None:
                if member.site.record is call:
                    form = _regularizer(reader, member)
                    yield Loss("add_loss", event.site, form, tuple(variants(form)), event.function)
    for compiled in training.compiled_losses_of(machine):
        form = _compiled_form(reader, compiled)
        function = _function_of(machine, compiled.given)
        yield Loss(
            "compiled", _compiled_site(compiled, unit), form, tuple(variants(form)), function, None, compiled.value
        )


def _sinks(machine: Interpreter, event: CallEvent, call: r.Call) -> Iterator[tuple[str, Site, Value]]:
    """What a call hands over to be made small."""
    callee = event.callee
    name = call.func.attr if isinstance(call.func, r.Attribute) else ""
    if isinstance(callee, LibraryName):
        if callee.name in _GRADIENTS and event.arguments.positional:
            yield "tape", _argument_site(event, call, "ys", "loss"), event.arguments.positional[0]
        return
    if isinstance(callee, FunctionValue) and callee.function.name == name:
        return  # the project's own, whose body is run
    if name == "add_loss":
        given, kind = event.arguments.get(0, "losses", "loss"), "add_loss"
        names: tuple[str, ...] = ("losses", "loss")
    elif name in _DIFFERENTIATED:
        given, kind = event.arguments.get(0, "target", "loss"), "tape"
        names = ("target", "loss")
    else:
        return
    if given is None:
        return
    site = _argument_site(event, call, *names)
    items = given.items if isinstance(given, ListObject) else given
    for value in items.items if isinstance(items, Tuple) else (given,):
        if is_callable(value):
            with machine.in_phase(TRACING):
                value = machine.call(value, Arguments(), event.site)
        yield kind, _item_site(site, value), value


def _argument_site(event: CallEvent, call: r.Call, *names: str) -> Site:
    """The expression that a call hands over."""
    written = next((a.value for a in call.arguments if a.name in names), None)
    if written is None and call.arguments and call.arguments[0].name is None and not call.arguments[0].star:
        written = call.arguments[0].value
    return Site(event.site.unit, written if written is not None else call)


def _maker_of(value: Value) -> r.Function | None:
    """The function that a value's last operation stands in."""
    found = {r.function_of(member.site.record) for member in value.alternatives() if member.site is not None}
    return found.pop() if len(found) == 1 else None


def _item_site(site: Site, value: Value) -> Site:
    """Of a list that is written out, the item."""
    if isinstance(site.record, r.Display) and value.site is not None:
        for item in site.record.items:
            if item.start <= value.site.record.start and value.site.record.end <= item.end:
                return Site(site.unit, item)
    return site


def _regularizer(reader: Reader, made: LibraryObject) -> Form:
    """tfp's KL on a distribution layer: summed over the event, averaged over the batch, times its ``weight``."""
    kl = f.of(f.Divergence(None, None, True, ("kl", id(made))))
    weight = made.arguments.get("weight")
    found = f.reduce("mean", (0,), kl)
    return found if weight is None else f.multiply(reader.form(weight), found)


def _compiled_form(reader: Reader, compiled: training.CompiledLoss) -> Form:
    entry = lookup(compiled.name) if compiled.name else None
    if entry is None or entry.makes not in {"loss", "lossfunction"}:
        return reader.form(compiled.value)
    if isinstance(compiled.given, LibraryObject):
        per = reduced_by(compiled.given)
        per = "all" if per == "feature" else per
    else:
        per = "class" if entry.reduced == "class" else "all"
    return f.of(Error(entry.operation, per, ()))


def _compiled_site(compiled: training.CompiledLoss, unit: Unit) -> Site:
    """Where a ``compile`` is given its loss: what is written there, else what was given."""
    call = compiled.use.record
    if compiled.use.unit is unit and isinstance(call, r.Call):
        written = next((a.value for a in call.arguments if a.name == "loss"), None)
        plain = [a for a in call.arguments if a.name is None and not a.star]
        if written is None and len(plain) > 1:
            written = plain[1].value
        if written is not None:
            inside = written.start <= compiled.site.record.start and compiled.site.record.end <= written.end
            return compiled.site if inside and compiled.site.unit is unit else Site(unit, written)
    return compiled.site


def _function_of(machine: Interpreter, value: Value) -> r.Function | None:
    """The function that a callable runs."""
    for member in value.alternatives():
        at: Value | None = member
        while isinstance(at, Partial):
            at = at.callee
        if isinstance(at, Instance):
            at = machine.method(at, "call") or machine.method(at, "__call__")
        if isinstance(at, FunctionValue):
            return at.function
    return None


def _returned(machine: Interpreter, found: Objective, unit: Unit) -> list[Loss]:
    """What functions return that no loss in sight has used: a KL with a reconstruction, or a loss without a KL."""
    used = {part.kl.key for loss in found.losses for part in loss.kls if part.kl is not None}
    called = {event.callee.function for event in machine.events if isinstance(event.callee, FunctionValue)}
    made: list[Loss] = []
    for function in unit.module.functions:
        is_alone = function not in called and _LOSS_NAMES.search(function.name) is not None
        if not found.kls and not is_alone:
            continue
        for record in function.walk():
            if not isinstance(record, r.Return) or record.value is None or r.function_of(record) is not function:
                continue
            for value in machine.values.seen.get(record.value, ()):
                if isinstance(value, (Computed, Union)):
                    form = found.reader.form(value)
                    loss = Loss(
                        "returned", Site(unit, record.value), form, tuple(variants(form)), function, None, value
                    )
                    kls = {part.kl.key for part in loss.kls if part.kl is not None}
                    if any(True for _ in loss.errors) and (not used & kls if kls else is_alone):
                        made.append(loss)
    return made


# formulas ---------------------------------------------------------------------------------------
def _look_for_formulas(machine: Interpreter, found: Objective) -> None:
    """Find every expression that is a KL or a sample and nothing else."""
    if not any(_MAKES_ONE.search(getattr(event.callee, "name", "")) for event in machine.events):
        return
    kls: list[FoundKL] = []
    samples: list[FoundSample] = []
    for record, values in machine.values.seen.items():
        if not isinstance(record, (r.Binary, r.Call)):
            continue
        for value in values:
            for member in value.alternatives():
                site = member.site
                if not isinstance(member, Computed) or member.op not in _SUMS or site is None:
                    continue
                form = found.reader.form(member)
                here = Site(site.unit, record) if site.record is record else None
                kl = match_kl(form)
                if kl is not None and not kl.rest.terms:
                    kls += [FoundKL(part, here or site) for part in (kl, *_parts_of(found.reader, kl))]
                sample = match_sample(form)
                if sample is not None:
                    samples.append(FoundSample(sample, here or site))
    found.kls += sorted(kls, key=lambda kl: _size(kl.site))
    found.samples += sorted(samples, key=lambda sample: _size(sample.site))


def _parts_of(reader: Reader, kl: GaussianKL) -> Iterator[GaussianKL]:
    """The KLs of the heads that a KL takes concatenated."""
    means = reader.joined(kl.mean) if kl.mean is not None else []
    log_variances = reader.joined(kl.log_variance) if kl.log_variance is not None else []
    if means != [kl.mean] and len(means) == len(log_variances):
        for mean, log_variance in zip(means, log_variances, strict=True):
            yield replace(kl, mean=mean, log_variance=log_variance)


def _size(site: Site) -> int:
    return site.record.end - site.record.start


# forms ------------------------------------------------------------------------------------------
def _is_sampled(term: f.Term) -> bool:
    for factor, _ in term.factors:
        if isinstance(factor, Error):
            if factor.name == LATENT:
                return True
        elif isinstance(factor, f.Atom):
            if factor.kind == "draw":
                return True
        elif any(_is_sampled(inner) for form in f.parts(factor) for inner in form.terms):
            return True
    return False


def _adds_losses(form: Form) -> bool:
    for term in form.terms:
        single = term.single
        if single is None or single[1] != 1 or term.coefficient != 1:
            continue
        factor = single[0]
        if isinstance(factor, f.Atom) and factor.label == "losses":
            return True
        if isinstance(factor, (Reduced, f.Group)) and _adds_losses(factor.of):
            return True
        if isinstance(factor, f.Choice) and any(_adds_losses(one) for one in factor.of):
            return True
    return False
