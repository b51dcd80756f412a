"""KV312 predict-draws-samples."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

_DROPPED = frozenset({"batch_size", "verbose"})


class PredictDrawsSamples(Rule):
    """`predict` of a model that ends in a distribution layer gives one random draw.

    ## What it finds
    `predict` of a compiled model whose output is a distribution layer of tfp that hands on its sample. Not: predictions
    in a loop or of the same data again, which collect draws on purpose; a layer with `convert_to_tensor_fn=…mean`;
    `model(x)`, which gives the distribution itself; a model that is never compiled, a decoder that generates.

    ## Why it bites
    `predict` needs arrays, so each distribution becomes a draw: the numbers differ on every call, and an error computed
    from them holds the noise of the distribution on top of the model's own error.

    ## Bad
    ```python
    y_hat = model.predict(x_test)
    ```

    ## Good
    ```python
    y_hat = model(x_test).mean().numpy()
    ```

    ## Fix
    Unsafe: the mean of the distribution, of all samples at once, in place of a draw.

    ## Keras 2 and Keras 3
    Keras 2 (`tf_keras`): tfp's layers don't run in Keras 3.

    ## References
    - tensorflow/probability issues 427, 1299
    """

    code = "KV312"
    name = "predict-draws-samples"
    triggers = ("DistributionLambda", "Independent", "MultivariateNormalTriL", "Mixture", "OneHotCategorical")
    fixable = "sometimes"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per prediction."""
        for found in module.drawn_predictions:
            yield Report(
                found.call,
                "The model ends in a distribution layer, so `predict` gives one draw: other numbers on every call, in"
                " Keras 2. Ask the distribution that `model(x)` gives for its `mean()`.",
                module.notes("the layer that gives a distribution", found.drawn.layer),
                _fix(module, found.call),
            )


def _fix(module: Module, call: records.Call) -> Draft | None:
    if not isinstance(call.func, records.Attribute) or not call.arguments:
        return None
    first, *others = call.arguments
    if first.star or first.name is not None or any(argument.name not in _DROPPED for argument in others):
        return None
    editor = module.editor()
    editor.replace(call, f"{module.text(call.func.value)}({module.text(first.value)}).mean().numpy()")
    return editor.draft("Ask for the mean", Applicability.UNSAFE)
