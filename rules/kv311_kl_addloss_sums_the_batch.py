"""KV311 kl-addloss-sums-the-batch."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Module, Tuple, constant


class KlAddlossSumsTheBatch(Rule):
    """`KLDivergenceAddLoss` with an exact KL, or without a reduction, sums it over the batch.

    ## What it finds
    `tfp.layers.KLDivergenceAddLoss` with `use_exact_kl=True`, or with `test_points_reduce_axis=()`. Not: its default,
    a mean over all test points; a `weight`, by which it may be divided.

    ## Why it bites
    What the layer adds is summed over whatever axes are left, the batch among them, while a compiled loss is a mean
    over it. Measured: a KL of 2.4 is 2.4 for a batch of one sample and 38.8 for 16. The posterior collapses, and the
    more so the larger the batch.

    ## Bad
    ```python
    layer = tfpl.KLDivergenceAddLoss(prior, use_exact_kl=True)
    ```

    ## Good
    ```python
    layer = tfpl.KLDivergenceAddLoss(prior)
    ```

    ## Fix
    Unsafe: the argument goes, and the KL is estimated, averaged, from draws. To keep it exact add the mean of
    `tfd.kl_divergence(posterior, prior)` by `add_loss`.

    ## Keras 2 and Keras 3
    Keras 2 (`tf_keras`): tfp's layers don't run in Keras 3.

    ## References
    - tensorflow/probability issue 1215
    """

    code = "KV311"
    name = "kl-addloss-sums-the-batch"
    triggers = ("KLDivergenceAddLoss",)
    fixable = "sometimes"
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call."""
        for call in module.calls("tfp.layers.KLDivergenceAddLoss"):
            if call.is_given("weight") != "absent":
                continue
            exact, axis = call.argument("use_exact_kl"), call.argument("test_points_reduce_axis")
            is_exact = exact is not None and constant(exact) is True
            if not is_exact and not (isinstance(axis, Tuple) and not axis.items and axis.rest is None):
                continue
            word = "use_exact_kl" if is_exact else "test_points_reduce_axis"
            what = "an exact KL" if is_exact else "a KL that nothing reduces"
            yield Report(
                call,
                f"`KLDivergenceAddLoss` sums {what} over the batch, in Keras 2: its weight grows with the batch size."
                " Leave the default, which averages, or add the mean of the KL by `add_loss`.",
                (),
                _fix(module, call, word),
            )


def _fix(module: Module, call: Call, word: str) -> Draft | None:
    written = call.written(word)
    if written is None or written.name is None:
        return None
    editor = module.editor()
    editor.remove_argument(call.record, written)
    return editor.draft(f"Leave out `{word}`", Applicability.UNSAFE)
