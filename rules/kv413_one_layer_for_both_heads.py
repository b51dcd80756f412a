"""KV413 one-layer-for-both-heads."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import TRACING, Module, Value, records


class OneLayerForBothHeads(Rule):
    """One layer object makes both the mean and the log-variance: they are equal.

    ## What it finds
    A Gaussian KL or a reparameterized sample whose mean and log-variance are the output of one layer object, called on
    one input. Not: a helper that makes a layer at each call, a body that both heads share.

    ## Why it bites
    The two outputs are the same numbers for every input: a code far from the origin is also a code without precision,
    and half of the head's weights do nothing.

    ## Bad
    ```python
    head = Dense(latent_dim)
    mean, log_var = head(hidden), head(hidden)
    ```

    ## Good
    ```python
    mean, log_var = Dense(latent_dim)(hidden), Dense(latent_dim)(hidden)
    ```

    ## Fix
    Unsafe: a second layer like the first, where it is made outside of `call`.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV413"
    name = "one-layer-for-both-heads"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per layer that is both heads."""
        for head in module.objective.posterior.shared_heads:
            if head.value.op != "layer":
                continue
            first, again = head.places[0], head.places[1] if len(head.places) > 1 else None
            yield Report(
                again or first,
                "One layer object makes both the mean and the log-variance: they are equal for every input, in Keras 2"
                " and 3. Make a layer for each.",
                ((first, "the same layer gives the other one here"),) if again is not None else (),
                _fix(module, again, head.value.maker) if isinstance(again, records.Call) else None,
            )


def _fix(module: Module, call: records.Call, layer: Value | None) -> Draft | None:
    """The layer's own constructor in the place of its name."""
    function = records.function_of(call)
    made = layer.site.record if layer is not None and module.owns(layer.site) and layer.site is not None else None
    if not isinstance(call.func, records.Name) or not isinstance(made, records.Call):
        return None
    if function is not None and TRACING in module.phases(function):
        return None
    statement = made.parent
    if not isinstance(statement, records.Assign) or records.function_of(made) is not function:
        return None
    if [module.text(target) for target in statement.targets] != [call.func.id]:
        return None
    if any(a.star or a.name == "name" or not _is_plain(a.value) for a in made.arguments):
        return None
    editor = module.editor()
    editor.replace(call.func, module.text(made))
    return editor.draft("Make a layer for each head", Applicability.UNSAFE)


def _is_plain(value: records.Expression) -> bool:
    """True for a number, a string or a name: written a second time, it means the same."""
    return isinstance(value, (records.Constant, records.Name, records.Attribute))
