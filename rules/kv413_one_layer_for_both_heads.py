"""KV413 one-layer-for-both-heads."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.literals import literal

from ._objective import same_head, twice


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per layer that is both heads."""
        for made in same_head(model):
            if made.layer is None or not isinstance(made.node, cst.Call):
                continue
            again = twice(model, made.node)
            yield Report(
                again or made.node,
                "One layer object makes both the mean and the log-variance: they are equal for every input, in Keras 2"
                " and 3. Make a layer for each.",
                ((made.node, "the same layer gives the other one here"),) if again is not None else (),
                _fix(model, again) if isinstance(again, cst.Call) else None,
            )


def _fix(model: SemanticModel, call: cst.Call) -> Draft | None:
    """The layer's own constructor in the place of its name."""
    if not isinstance(call.func, cst.Name) or model.function_at(call).name in {"call", "train_step", "test_step"}:
        return None
    bindings = model.resolver.bindings(call.func)
    made = bindings[0].value if len(bindings) == 1 and not bindings[0].path else None
    if not isinstance(made, cst.Call) or model.function_at(made) is not model.function_at(call):
        return None
    if any(a.star or (a.keyword is not None and a.keyword.value == "name") for a in made.args):
        return None
    if any(literal(a.value) is None and not isinstance(a.value, (cst.Name, cst.Attribute)) for a in made.args):
        return None
    editor = Editor(model)
    editor.replace(call.func, model.text(made))
    return editor.draft("Make a layer for each head", Applicability.UNSAFE)
