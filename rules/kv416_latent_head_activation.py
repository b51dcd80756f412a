"""KV416 latent-head-activation."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Ending, Head, Module, ending_of, library_class, records

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
    triggers = ("activation", "relu", "ReLU", "sigmoid", "tanh", "soft", "exponential")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per activation on a head."""
        seen: set[records.Record] = set()
        for head in module.objective.posterior.heads:
            ending = ending_of(head.links[0].value)
            site = ending.site if ending is not None else None
            if ending is None or site is None or not module.owns(site) or site.record in seen:
                continue
            words = _words(head, ending.name)
            if words is None:
                continue
            seen.add(site.record)
            what = "mean" if head.role == "mean" else "log-variance"
            yield Report(
                site.record,
                f"`{ending.name}` stands on the posterior's {what}: {words}, in Keras 2 and 3. Leave this head linear.",
                fix=_fix(module, ending),
            )


def _words(head: Head, name: str) -> str | None:
    """What the activation makes impossible; None for one that bounds nothing, and for a bound that is scaled away."""
    if head.role == "spread":
        if name in _FROM_ZERO:
            return "the standard deviation is never below 1"
        if head.multiple > 2:
            return None
        if name in _WITHIN_ONE:
            return "the standard deviation stays between 1 and a little more"
        return "the standard deviation stays close to 1" if name in _BETWEEN else None
    if name in _FROM_ZERO:
        return "no mean is ever negative, though the prior lies around 0"
    if name in _WITHIN_ONE:
        return "every mean lies between 0 and 1, though the prior lies around 0"
    return "every mean lies between -1 and 1" if name in _BETWEEN else None


def _fix(module: Module, ending: Ending) -> Draft | None:
    """Takes the argument away where it is written in the layer's own call, and no other one moves up."""
    if ending.layer is None or library_class(ending.layer) == "keras.layers.Activation":
        return None
    call = module.call_at(ending.layer.site.record) if ending.layer.site is not None else None
    given = call.written("activation") if call is not None else None
    if call is None or given is None or ending.site is None or given.value is not ending.site.record:
        return None
    if given.name is None and given is not call.record.arguments[-1]:
        return None
    editor = module.editor()
    editor.remove_argument(call.record, given)
    return editor.draft("Take the activation off the head", Applicability.UNSAFE)
