"""KV412 add-loss-per-sample-kl."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Loss, Module, Variant, records, twin


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per `add_loss` of a per-sample KL."""
        given: dict[records.Record, list[Loss]] = {}
        for loss in module.objective.losses:
            if loss.kind == "add_loss" and module.owns(loss.site):
                given.setdefault(loss.site.record, []).append(loss)
        for place, losses in given.items():
            variants = [variant for loss in losses for variant in loss.variants]
            if variants and all(_is_per_sample(variant) for variant in variants):
                yield Report(
                    place,
                    "`add_loss` gets a KL per sample: it is summed over the batch and grows with its size, in Keras 3"
                    " as shown, in Keras 2 behind a displayed mean. Give it the mean.",
                    fix=_fix(module, place, losses[0]),
                )


def _is_per_sample(variant: Variant) -> bool:
    return bool(variant) and all(
        part.kl is not None and part.batch is None and part.latent in {"sum", "mean"} for part in variant
    )


def _fix(module: Module, place: records.Record, loss: Loss) -> Draft | None:
    for part in loss.kls:
        for step in part.reductions:
            reduction = module.objective.place_of(step)
            mean = twin(reduction, module.source.text, "mean") if isinstance(reduction, records.Call) else None
            if mean is not None and not mean.startswith("np."):
                editor = module.editor()
                editor.replace(place, f"{mean}({module.text(place)})")
                return editor.draft("Give the mean over the batch", Applicability.UNSAFE)
    return None
