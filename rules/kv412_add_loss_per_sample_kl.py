"""KV412 add-loss-per-sample-kl."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra.losses import Variant
from kerasvae_lint.semantics.algebra.objective import Loss

from ._objective import twin


class AddLossPerSampleKl(Rule):
    """`add_loss` gets a KL for each sample: it counts as many times as the batch has samples.

    ## What it finds
    `add_loss(kl)` where the KL is reduced over the latent axis and not over the batch. Not: a whole loss of one number
    per sample, whose balance stays right.

    ## Why it bites
    Keras 3 sums what `add_loss` is given. Keras 2 shows the mean and trains on the sum (and refuses the vector beside a
    compiled loss). Measured with 16 samples: the KL's gradient is 16 times too large, and changes with the batch size.

    ## Bad
    ```python
    self.add_loss(-0.5 * ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=-1))
    ```

    ## Good
    ```python
    self.add_loss(ops.mean(kl))
    ```

    ## Fix
    Unsafe: its mean over the batch, which trains another balance.

    ## Keras 2 and Keras 3
    Both train on the sum; only Keras 3 shows it.
    """

    code = "KV412"
    name = "add-loss-per-sample-kl"
    triggers = ("add_loss",)
    fixable = "sometimes"
    probes = ("loss",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per `add_loss` of a per-sample KL."""
        for loss in model.objective.losses:
            if loss.kind == "add_loss" and loss.variants and all(_per_sample(variant) for variant in loss.variants):
                yield Report(
                    loss.node,
                    "`add_loss` gets a KL per sample: it is summed over the batch and grows with its size, in Keras 3"
                    " as shown, in Keras 2 behind a displayed mean. Give it the mean.",
                    fix=_fix(model, loss),
                )


def _per_sample(variant: Variant) -> bool:
    return bool(variant) and all(
        part.kl is not None and part.batch is None and part.latent in {"sum", "mean"} for part in variant
    )


def _fix(model: SemanticModel, loss: Loss) -> Draft | None:
    for part in loss.parts("kl"):
        for step in part.reductions:
            made = model.objective.made.get(step)
            if made is None or made.model is not model or not isinstance(made.node, cst.Call):
                continue
            mean = twin(model, made.node, "mean")
            if mean is not None and not mean.startswith("np."):
                editor = Editor(model)
                editor.replace(loss.node, f"{mean}({model.text(loss.node)})")
                return editor.draft("Give the mean over the batch", Applicability.UNSAFE)
    return None
