"""KV402 std-variance-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.gaussian import GaussianKL, Sample, log_variance_of
from kerasvae_lint.semantics.algebra.objective import Place

from ._objective import tensors


class StdVarianceMismatch(Rule):
    """Sampling and KL read the same tensor differently: as a standard deviation here, as a log-variance there.

    ## What it finds
    A reparameterized sample `mean + scale * noise` and a Gaussian KL over the same head, where the scale is not the
    standard deviation that the KL means: `exp(log_var)` for `exp(0.5 * log_var)`, no `exp` at all, half of a logarithm
    of the standard deviation. Judged by the algebra, whatever the names say.

    ## Why it bites
    The posterior that is sampled is not the one that the KL measures: the ELBO is no bound any more, and the noise has
    the variance's size.

    ## Bad
    ```python
    z = mean + K.exp(log_var) * epsilon
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    ```

    ## Good
    ```python
    z = mean + K.exp(0.5 * log_var) * epsilon
    ```

    ## Fix
    Unsafe: `exp(0.5 * x)` in the sampler, which changes what a trained model means.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 3283
    - another view: keras-team/keras pull request 9972 (the head learns either scale)
    """

    code = "KV402"
    name = "std-variance-mismatch"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per sampler that disagrees with a KL over the same head."""
        objective = model.objective
        seen: set[cst.CSTNode] = set()
        for sample, places in objective.samples.items():
            place = _sampler(model, places)
            if place is None or place in seen:
                continue
            for kl in objective.kls:
                if not _disagree(sample, kl):
                    continue
                where = objective.kl_node(kl, model)
                seen.add(place)
                yield Report(
                    place,
                    f"The sample takes {_words(sample.scale)} as its standard deviation, the KL takes"
                    f" {_kl_words(kl, sample)}: they are different posteriors, in Keras 2 and 3. Make them agree.",
                    ((where, "the KL reads it here"),) if where is not None else (),
                    _fix(model, place, sample, kl),
                )
                break


def _sampler(model: SemanticModel, places: list[Place]) -> cst.BaseExpression | None:
    own = [place.node for place in places if place.model is model]
    return next((node for node in own if isinstance(node, cst.BinaryOperation)), own[0] if own else None)


def _disagree(sample: Sample, kl: GaussianKL) -> bool:
    """True where both are functions of the same heads, and of different meaning."""
    if kl.log_variance is None or kl.mean is None:
        return False
    scale = _without_settings(sample.scale)
    heads = tensors(scale)
    if not heads or heads != tensors(kl.log_variance):
        return False
    if any(isinstance(k, (f.Choice, f.Apply)) for k in (*scale.factors(), *kl.log_variance.factors())):
        return False
    difference = f.add(log_variance_of(scale), f.negate(kl.log_variance))
    return difference.number is None and tensors(difference) != frozenset()


def _without_settings(form: f.Form) -> f.Form:
    """A scale without the factors that are settings, such as the standard deviation of the noise."""
    only = form.only
    if only is None:
        return form
    kept = f.Ordered((k, e) for k, e in only.factors if not isinstance(k, f.Atom) or k.kind != "scalar")
    return f.Form(f.Ordered({f.Term(1.0, kept)})) if kept else form


def _exponent(scale: f.Form) -> float | None:
    """k of ``exp(k * head)``; 0 for the bare head."""
    factor = _without_settings(scale).factor
    if isinstance(factor, f.Atom):
        return 0.0
    only = factor.of.only if isinstance(factor, f.Exp) else None
    if only is None or only.single is None or not isinstance(only.single[0], f.Atom) or only.single[1] != 1:
        return None
    return only.coefficient


def _words(scale: f.Form) -> str:
    exponent = _exponent(scale)
    if exponent is None:
        return "one function of its head"
    if exponent == 0:
        return "the head itself"
    return "exp(head)" if exponent == 1 else f"exp({exponent:g} * head)"


def _kl_words(kl: GaussianKL, sample: Sample) -> str:
    assert kl.log_variance is not None
    deviation = f.exponential(f.scale(kl.log_variance, 0.5))
    exponent = _exponent(deviation)
    if exponent is None or _exponent(sample.scale) is None:
        return "another"
    return _words(deviation)


def _fix(model: SemanticModel, place: cst.BaseExpression, sample: Sample, kl: GaussianKL) -> Draft | None:
    """``exp(x)`` → ``exp(0.5 * x)`` where the KL reads ``x`` as a log-variance."""
    assert kl.log_variance is not None
    if _exponent(sample.scale) != 1 or _exponent(f.exponential(f.scale(kl.log_variance, 0.5))) != 0.5:
        return None
    exponentials = [
        call.node
        for call in model.facts.calls
        if call.function is model.function_at(place)
        and (model.name(call.node.func) or "").rpartition(".")[2] == "exp"
        and len(call.node.args) == 1
    ]
    if len(exponentials) != 1:
        return None
    argument = exponentials[0].args[0].value
    text = model.text(argument)
    editor = Editor(model)
    editor.replace(argument, f"0.5 * {text}" if isinstance(argument, (cst.Name, cst.Attribute)) else f"0.5 * ({text})")
    return editor.draft("Halve the log-variance in the sampler", Applicability.UNSAFE)
