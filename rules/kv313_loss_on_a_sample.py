"""KV313 loss-on-a-sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import LossOnDraw


class LossOnASample(Rule):
    """`mse` on the output of a distribution layer compares one draw: the scale is trained to 0.

    ## What it finds
    A model whose output is a distribution layer of tfp, compiled with a loss of Keras, or with a function that only
    computes with the output as a tensor. Not: a layer that hands on something else (`convert_to_tensor_fn=…mean`),
    a distribution whose scale is a fixed number, a loss that asks for `log_prob`, metrics.

    ## Why it bites
    Where a tensor is needed, a distribution layer gives a sample. The squared error of a sample is the error of the
    mean plus the variance, so training makes the variance 0. Measured where the true deviation is 0.5: it ends at
    0.06, and with `-log_prob` at 0.49. A draw of a Bernoulli or categorical distribution has no gradient at all.

    ## Bad
    ```python
    model = tf.keras.Sequential([layers.Dense(2), tfp.layers.IndependentNormal(1)])
    model.compile("adam", "mse")
    ```

    ## Good
    ```python
    model.compile("adam", lambda y, d: -d.log_prob(y))
    ```

    ## Fix
    Unsafe, it is another loss: the negative log-likelihood.

    ## Keras 2 and Keras 3
    Keras 2 (`tf_keras`): tfp's layers don't run in Keras 3.
    """

    code = "KV313"
    name = "loss-on-a-sample"
    triggers = ("DistributionLambda", "Independent", "MultivariateNormalTriL", "Mixture", "OneHotCategorical")
    fixable = "sometimes"
    probes = ("loss",)
    preview = True
    recipe = "learned-normal"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per loss of a compile."""
        for found in module.losses_on_draws:
            if found.drawn.fixed and not found.drawn.is_discrete:
                continue
            call = module.call_at(found.loss.use.record)
            written = call.written("loss", at=1) if call is not None else None
            yield Report(
                written.value if written is not None else found.loss.use.record,
                _message(found),
                module.notes("the layer that gives a distribution", found.drawn.layer),
                _fix(module, call, written),
            )


def _message(found: LossOnDraw) -> str:
    name = found.loss.name.rpartition(".")[2]
    what = f"`{name}`" if name else "This loss"
    if found.drawn.is_discrete:
        return (
            f"{what} gets a draw from the output's distribution, and a draw of a {found.drawn.family} distribution has"
            " no gradient, in Keras 2: nothing is learned. Minimize `-d.log_prob(y)`."
        )
    return (
        f"{what} gets one draw from the output's distribution: training makes the draws less noisy until the scale is"
        " 0, in Keras 2. Minimize `-d.log_prob(y)`."
    )


def _fix(module: Module, call: Call | None, written: records.Argument | None) -> Draft | None:
    if call is None or written is None or not isinstance(written.value, (records.Constant, records.Attribute)):
        return None
    editor = module.editor()
    editor.replace(written.value, "lambda y, d: -d.log_prob(y)")
    return editor.draft("Minimize the negative log-likelihood", Applicability.UNSAFE)
