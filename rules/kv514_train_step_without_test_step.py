"""KV514 train-step-without-test-step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, is_none, records

if TYPE_CHECKING:
    from kerasvae_lint.model import TrainingStep

_JUDGES = frozenset({"evaluate", "evaluate_generator", "test_on_batch"})


class TrainStepWithoutTestStep(Rule):
    """A model with a `train_step` and no `test_step` that is validated: Keras's own knows no loss for it.

    ## What it finds
    `fit` with `validation_data` or `validation_split`, and `evaluate`, of a model whose class has a `train_step` and no
    `test_step`, and that is compiled without a loss.
    Not: a loss in `compile`; a `compute_loss` of one's own; models that add a loss or hold a regularizer; a class with
    a base that can't be seen.

    ## Why it bites
    Validation runs Keras's own `test_step`, with the loss of `compile`. Measured without one: in Keras 2 `evaluate`
    gives 0.0 and `val_loss` is 0.0 in every epoch, so that EarlyStopping and ModelCheckpoint go by a constant; Keras 3
    raises "No loss to compute" at the end of the first epoch. Without a `call`, both raise NotImplementedError there.

    ## Bad
    ```python
    class VAE(keras.Model):
        def train_step(self, data): ...

    vae.compile("adam")
    vae.fit(x, validation_data=(x_val, None), callbacks=[EarlyStopping("val_loss")])
    ```

    ## Good
    ```python
    class VAE(keras.Model):
        def train_step(self, data): ...

        def test_step(self, data):
            self.loss_tracker.update_state(self.loss_of(data, training=False))
            return {"loss": self.loss_tracker.result()}
    ```

    ## Fix
    None: what the validation is to compute is yours to say; mostly it is the `train_step` without tape and optimizer.

    ## Keras 2 and Keras 3
    Silent in Keras 2, ValueError in Keras 3.

    ## References
    - keras-team/keras-io issues 38, 232, 509
    - keras-team/keras issues 15361, 14705
    """

    code = "KV514"
    name = "train-step-without-test-step"
    triggers = ("validation_data", "validation_split", ".evaluate(", "test_on_batch")
    fixable = "no"
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call that validates such a model."""
        seen: set[records.Record] = set()
        for training in module.trainings:
            step = module.step_without_test(training.model)
            if step is None:
                continue
            for done in training.steps:
                place = _validates(done)
                compiled = training.compiled_for(done)
                if place is None or not module.owns(done.site) or place in seen or compiled is None:
                    continue
                if not compiled.complete or not _is_without(compiled, "loss"):
                    continue
                if module.flavour.only2 and not _is_without(compiled, "metrics"):
                    continue
                seen.add(place)
                yield Report(
                    place,
                    "This model has a `train_step` and no `test_step`, and `compile` got no loss: in Keras 2 what is"
                    " validated is 0.0 for ever, Keras 3 raises. Write the `test_step`.",
                    ((module.place(step), "its training step"),),
                )


def _is_without(compiled: TrainingStep, name: str) -> bool:
    given = compiled.arguments.get(name)
    return given is None or is_none(given)


def _validates(step: TrainingStep) -> records.Record | None:
    """The argument, or the call, by which a step validates; None if it does not."""
    call = step.site.record
    if step.method in _JUDGES:
        return call
    for name in ("validation_data", "validation_split") if step.trains else ():
        given = step.arguments.get(name)
        if given is None or is_none(given):
            continue
        written = call.arguments if isinstance(call, records.Call) else ()
        return next((argument for argument in written if argument.name == name), call)
    return None
