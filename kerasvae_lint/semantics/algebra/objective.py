"""What the module trains: its losses with their terms, its Gaussian KLs, its reparameterized samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra import tables
from kerasvae_lint.semantics.algebra.forms import Factor, Form
from kerasvae_lint.semantics.algebra.gaussian import GaussianKL, Sample, match_kl, match_sample
from kerasvae_lint.semantics.algebra.losses import Part, Variant, variants
from kerasvae_lint.semantics.algebra.results import Frame, Pack
from kerasvae_lint.semantics.algebra.translator import Made, Shared, Translator
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.facts import CallFacts, ClassFacts, Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import FunctionObject, Instance

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel


@dataclass(frozen=True, eq=False, slots=True)
class Loss:
    """Something that training makes small.

    ``kind`` is ``add_loss``, ``compiled`` (a function or string given to ``compile``), ``tape`` (differentiated by a
    tape or an optimizer) or ``returned`` (a function that nobody in sight calls: its sign is not known).
    """

    kind: str
    node: cst.BaseExpression
    form: Form
    variants: tuple[Variant, ...]
    function: Function | None = None

    def parts(self, kind: str) -> Iterator[Part]:
        """Its parts that are a ``kl`` or an ``error``, in every variant."""
        for variant in self.variants:
            for part in variant:
                if getattr(part, kind) is not None:
                    yield part


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """Where something was seen: an expression in a module."""

    model: SemanticModel
    node: cst.BaseExpression


@dataclass(eq=False, slots=True)
class Objective:
    """What a module trains."""

    losses: list[Loss] = field(default_factory=list)
    kls: dict[GaussianKL, list[Place]] = field(default_factory=dict)
    samples: dict[Sample, list[Place]] = field(default_factory=dict)
    made: dict[Factor, Made] = field(default_factory=dict)
    translator: Translator | None = None

    def kl_node(self, kl: GaussianKL, model: SemanticModel) -> cst.BaseExpression | None:
        """Where ``model`` computes a KL."""
        for other, places in self.kls.items():
            if other.key == kl.key:
                for place in places:
                    if place.model is model:
                        return place.node
        return None

    def form(self, node: cst.BaseExpression) -> Form:
        """The form of any expression of the module."""
        assert self.translator is not None
        return self.translator.form(node)


def objective_of(model: SemanticModel) -> Objective:
    """Work out what ``model`` trains."""
    found = Objective()

    def watch(where: SemanticModel, node: cst.BaseExpression, form: Form) -> None:
        kl = match_kl(form)
        if kl is not None and not kl.rest.terms:
            _note(found.kls.setdefault(kl, []), where, node)
        sample = match_sample(form)
        if sample is not None:
            _note(found.samples.setdefault(sample, []), where, node)

    shared = Shared(watch)
    translator = Translator(model, shared)
    found.translator, found.made = translator, shared.made
    if not telling(model) and not borrows_a_sampler(model):
        return found
    for kind, node, form, function in _sinks(model, translator):
        found.losses.append(Loss(kind, node, form, tuple(variants(form)), function))
    _look_at_the_rest(model, translator)
    _returned(model, translator, found)
    return found


def _note(places: list[Place], model: SemanticModel, node: cst.BaseExpression) -> None:
    if all(place.node is not node for place in places):
        places.append(Place(model, node))


def _sinks(model: SemanticModel, t: Translator) -> Iterator[tuple[str, cst.BaseExpression, Form, Function | None]]:
    for call in model.method_calls("add_loss"):
        given = argument(call.node, 0, "losses", "loss")
        if given is not None:
            for node in given.elements if isinstance(given, (cst.List, cst.Tuple)) else [None]:
                value = node.value if node is not None else given
                yield "add_loss", value, _lambda_body(model, t, value), call.function
    for call in model.method_calls("gradient", "get_gradients", "compute_gradients", "minimize"):
        given = argument(call.node, 0, "target", "loss")
        if given is not None and isinstance(call.node.func, cst.Attribute):
            for node in given.elements if isinstance(given, (cst.List, cst.Tuple)) else [None]:
                value = node.value if node is not None else given
                yield "tape", value, _lambda_body(model, t, value), call.function
    for call in model.calls_to("tf.gradients", "keras.backend.gradients"):
        if call.node.args:
            yield "tape", call.node.args[0].value, t.form(call.node.args[0].value), call.function
    for call in model.method_calls("compile"):
        yield from _compiled(model, t, call)
    for call in model.calls_to(*_REGULARIZERS):
        yield "add_loss", call.node, _regularizer(t, call.node), call.function


_REGULARIZERS = ("tfp.layers.KLDivergenceRegularizer", "tfp.layers.KLDivergenceAddLoss")


def _regularizer(t: Translator, node: cst.Call) -> Form:
    """tfp's KL on a distribution layer: summed over the event, averaged over the batch, times its ``weight``."""
    kl = f.of(f.Divergence(None, None, True, ("kl", node)))
    weight = argument(node, 3, "weight")
    found = f.reduce("mean", (0,), kl)
    return found if weight is None else f.multiply(t.form(weight), found)


def _lambda_body(model: SemanticModel, t: Translator, node: cst.BaseExpression) -> Form:
    function = model.facts.function_of.get(node) if isinstance(node, cst.Lambda) else None
    if function is None and isinstance(node, (cst.Name, cst.Attribute)):
        for value in model.values(node):
            if isinstance(value, FunctionObject) and value.function is not None:
                function = value.function
    if function is None:
        return t.form(node)
    return single(t.returned(model.owner_of(function), function, Frame(model.class_at(node), {}, 1)))


def single(found: Form | Pack) -> Form:
    """A result as one form; of a pack nothing is known."""
    return found if isinstance(found, Form) else f.of(f.Atom(("pack", id(found)), "tensor", ""))


def _compiled(
    model: SemanticModel, t: Translator, call: CallFacts
) -> Iterator[tuple[str, cst.BaseExpression, Form, Function | None]]:
    given = argument(call.node, 1, "loss")
    if given is None:
        return
    if isinstance(given, (cst.List, cst.Tuple, cst.Dict)):
        nodes = [element.value for element in given.elements]
    else:
        nodes = [given]
    for node in nodes:
        yield from _one_compiled(model, t, node)


def _one_compiled(
    model: SemanticModel, t: Translator, node: cst.BaseExpression
) -> Iterator[tuple[str, cst.BaseExpression, Form, Function | None]]:
    word = literal(node)
    named = tables.error_string(word) if isinstance(word, str) else tables.error_function(model.name(node) or "")
    if named is not None:
        per = "all" if named[1] == "feature" else named[1]
        yield "compiled", node, f.of(f.Error(named[0], per, ())), None
        return
    if isinstance(node, cst.Call):
        name = tables.error_class(model.name(node.func) or "")
        if name is not None:
            yield "compiled", node, f.of(f.Error(name, "all", ())), None
            return
    for value in model.values(node):
        function: Function | None = None
        owner, cls = model, None
        if isinstance(value, FunctionObject) and value.function is not None:
            function = value.function
            owner = model.owner_of(function)
        elif isinstance(value, Instance) and value.cls is not None:
            method = value.cls.method("call")
            if method is not None:
                owner, function, cls = method[0].model, method[1], value.cls
        if function is not None:
            form = single(t.returned(owner, function, Frame(cls or model.class_at(node), {}, 1)))
            yield "compiled", node, form, function


_TELLING = frozenset(
    {"exp", "log", "softplus", "exponential", "kl_divergence", "kld", "KLDivergence"}
    | {"KLDivergenceRegularizer", "KLDivergenceAddLoss", "kullback_leibler_divergence"}
)


_DRAWING = frozenset(
    {"random_normal", "normal", "truncated_normal", "randn", "standard_normal", "random_normal_variable"}
)


def telling(model: SemanticModel, words: frozenset[str] = _TELLING) -> set[Function]:
    """The functions that call what no KL can do without."""
    return {call.function for call in model.facts.calls if _last(call.node.func) in words}


_SAMPLER = re.compile(r"(?<![pn])[Ss]ampl(e|er|ing)(?![A-Za-z]*\dD)|[Rr]eparam")


def borrows_a_sampler(model: SemanticModel) -> bool:
    """True if something that is named like a sampler, and not made here, is called or given to a Lambda."""
    if model.project is None or _SAMPLER.search(model.source.text) is None:
        return False
    imported = [n for n, found in model.facts.root.scope.bindings.items() if found and found[-1].kind == "import"]
    if any(_SAMPLER.search(name) for name in imported):
        return True
    return "Lambda(self." in model.source.text and any(cls.mro()[-1].model is not model for cls in model.classes)


def _last(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _look_at_the_rest(model: SemanticModel, t: Translator) -> None:
    """Translate what may make a KL or a sample and what may use one, so that none goes unseen."""
    chosen = telling(model, _TELLING | _DRAWING)
    chosen |= {g.parent for g in chosen if g.parent is not None and g.parent is not model.facts.root}
    chosen |= {call.function for call in model.facts.calls if _takes_heads(model, call, chosen)}
    for call in model.facts.calls:
        if call.function in chosen:
            definition = model.resolver.definition(call.node.func)
            if definition is None or not isinstance(definition[1], ClassFacts):
                t.result(call.node, Frame(model.class_at(call.node)))
    for function in (function for function in model.facts.functions if function in chosen):
        for node in function.returns:
            t.result(node, Frame(model.class_at(node)))
        for bindings in function.scope.bindings.values():
            for binding in bindings:
                if binding.value is not None and binding.kind in {"assign", "annotated"}:
                    t.result(binding.value, Frame(model.class_at(binding.value)))


def _takes_heads(model: SemanticModel, call: CallFacts, chosen: set[Function]) -> bool:
    """True for a call on two tensors at once, or of a function of this module that is chosen."""
    func = call.node.func
    first = call.node.args[0].value if call.node.args else None
    if isinstance(first, (cst.List, cst.Tuple)) and len(first.elements) in {2, 3}:
        return all(isinstance(element.value, (cst.Name, cst.Attribute, cst.Call)) for element in first.elements)
    if isinstance(func, cst.Call) and _last(func.func) == "Lambda":
        return True
    if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
        name = func.attr.value
        return any(function.name == name and function.owner is not None for function in chosen)
    definition = model.resolver.definition(func) if isinstance(func, cst.Name) else None
    return definition is not None and definition[1] in chosen


def _returned(model: SemanticModel, t: Translator, found: Objective) -> None:
    """Functions that return a KL and a reconstruction together, and that no loss in sight has used."""
    keys = {part.kl.key for loss in found.losses for part in loss.parts("kl") if part.kl is not None}
    for function in model.facts.functions if found.kls else ():
        for node in function.returns:
            form = single(t.result(node, Frame(model.class_at(node))))
            terms = tuple(variants(form))
            kls = [part for variant in terms for part in variant if part.kl is not None]
            errors = [part for variant in terms for part in variant if part.error is not None]
            if kls and errors and not any(part.kl is not None and part.kl.key in keys for part in kls):
                found.losses.append(Loss("returned", node, form, terms, function))
