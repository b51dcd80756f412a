"""The heads of a posterior: the layers behind the mean and the spread of samples and KLs, known by their use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.forms import Apply, Atom, Exp, Factor, Form, Ordered
from kerasvae_lint.semantics.algebra.objective import borrows_a_sampler
from kerasvae_lint.semantics.algebra.results import Frame, Thunk
from kerasvae_lint.semantics.arguments import argument

if TYPE_CHECKING:
    from kerasvae_lint.semantics.algebra.gaussian import Sample
    from kerasvae_lint.semantics.algebra.translator import Made
    from kerasvae_lint.semantics.model import SemanticModel

MAX_LINKS = 4


@dataclass(frozen=True, eq=False, slots=True)
class Link:
    """One step in the making of a head: a layer's output, or a function's; the last step comes first."""

    factor: Factor
    made: Made

    @property
    def layer(self) -> str:
        """The canonical name of the layer's class, or an empty string."""
        return self.made.layer.name if self.made.layer is not None else ""

    @property
    def constructor(self) -> cst.Call | None:
        """The call that made the layer."""
        node = self.made.layer.node if self.made.layer is not None else None
        return node if isinstance(node, cst.Call) else None


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """A head of a posterior; ``role`` is ``mean`` or ``spread`` (what is exponentiated to a variance or a scale)."""

    role: str
    factor: Factor
    links: tuple[Link, ...]


def heads(model: SemanticModel) -> list[Head]:
    """The heads in this module: of Gaussian KLs, and of samples that a layer or a Lambda draws."""
    found: dict[tuple[str, Factor], Head] = {}
    text = model.source.text
    own = any(word in text for word in ("exp(", "kl_divergence")) or ("Lambda(" in text and "sampl" in text)
    if not own and not borrows_a_sampler(model):
        return []
    for role, factor in _factors(model):
        links = tuple(_links(model, factor))
        if links and (role, factor) not in found:
            found[role, factor] = Head(role, factor, links)
    return list(found.values())


def _factors(model: SemanticModel) -> Iterator[tuple[str, Factor]]:
    objective = model.objective
    known: set[Form] = set()
    for kl in objective.kls:
        if kl.mean is not None and kl.log_variance is not None:
            known |= {kl.mean, kl.log_variance}
            yield from _mean(kl.mean)
            yield from _spread(f.exponential(kl.log_variance))
    traced = model.schedules.tracing.functions if objective.samples else ()
    for sample, places in objective.samples.items():
        drawn = any(place.model is not model or model.function_at(place.node) in traced for place in places)
        if sample.mean in known or drawn:
            yield from _mean(sample.mean)
            yield from _spread(scale_of(sample))


def scale_of(sample: Sample) -> Form:
    """A sample's scale without the factors that are settings (the standard deviation of the noise)."""
    only = sample.scale.only
    if only is None:
        return sample.scale
    kept = Ordered((k, e) for k, e in only.factors if not isinstance(k, Atom) or k.kind == "tensor")
    return Form(Ordered({f.Term(1.0, kept)}))


def _mean(form: Form) -> Iterator[tuple[str, Factor]]:
    factor = form.factor
    if isinstance(factor, (Atom, Apply)):
        yield "mean", factor


def _spread(form: Form) -> Iterator[tuple[str, Factor]]:
    """The exponentiated head of a scale or a variance; nothing for a head that is the scale itself."""
    factor = form.factor
    only = factor.of.only if isinstance(factor, Exp) else None
    if only is not None and only.single is not None and only.single[1] == 1:
        inner = only.single[0]
        if isinstance(inner, (Atom, Apply)):
            yield "spread", inner


def _links(model: SemanticModel, factor: Factor) -> Iterator[Link]:
    made = model.objective.made.get(factor)
    for _ in range(MAX_LINKS):
        if made is None or not isinstance(made.node, cst.Call):
            return
        yield Link(factor, made)
        translator = model.objective.translator
        given = argument(made.node, 0, "inputs", "x", "features")
        if given is None or translator is None:
            return
        form = translator.there(made.model).form(given, made.frame)
        inner = form.factor
        if not isinstance(inner, (Atom, Apply)) or inner == factor:
            return
        factor, made = inner, model.objective.made.get(inner)


def in_frame(model: SemanticModel, node: cst.BaseExpression, frame: Frame | None) -> cst.BaseExpression:
    """An expression, or what the calls that lead here give for it where it is a helper's parameter."""
    for _ in range(8):
        if frame is None or not isinstance(node, cst.Name):
            break
        bindings = model.resolver.bindings(node)
        if len(bindings) != 1 or bindings[0].kind != "parameter":
            break
        function = model.facts.function_of.get(bindings[0].node)
        given = frame.arguments.get((function, node.value)) if function is not None else None
        if not isinstance(given, Thunk) or given.model is not model:
            break
        node, frame = given.node, given.frame
    return node
