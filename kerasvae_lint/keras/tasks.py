"""Tasks: what one output of a model is trained for, with its activation, its loss, its metrics and its targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kerasvae_lint.keras.crossentropy import truth_of
from kerasvae_lint.keras.data import Data
from kerasvae_lint.keras.methods import name_of
from kerasvae_lint.keras.model_outputs import ModelOutput, ModelOutputs
from kerasvae_lint.keras.training import trains_as_keras_does
from kerasvae_lint.keras.trainings import Chosen, Training, TrainingStep
from kerasvae_lint.values.lattice import Computed, Site

REGRESSIONS = frozenset(
    {
        *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "huber", "log_cosh"),
        *("mean_squared_logarithmic_error", "logcosh", "huber_loss"),
    }
)
"""The losses that take outputs for plain numbers: a distance to the target."""
CROSSENTROPIES = frozenset(
    {
        *("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"),
        *("binary_focal_crossentropy", "categorical_focal_crossentropy"),
    }
)
"""The losses that take outputs for probabilities, or with ``from_logits=True`` for logits."""
_MOST = 16


@dataclass(eq=False)
class Task:
    """What one output of a model is trained for by one ``compile``.

    Attributes:
        training: what is done with the model.
        compiled: the ``compile``.
        output: the output; its ``ending`` is the last activation, ``units`` the size of the last axis.
        loss: the loss of that output; None if it has none, or it can't be told which.
        metrics: its metrics, and those given without saying for which output.
        index: which of the model's outputs it is, counted from 0.
        is_only: True if the model has one output.
        is_standard: True if the model trains as Keras does: no step or ``compute_loss`` of its own.
    """

    training: Training
    compiled: TrainingStep
    output: ModelOutput
    loss: Chosen | None
    metrics: tuple[Chosen, ...]
    index: int
    is_only: bool
    is_standard: bool

    @property
    def activation(self) -> str:
        """The name of the last activation, ``linear`` for none; empty if it can't be told."""
        return self.output.ending.name if self.output.ending is not None else ""

    @property
    def loss_name(self) -> str:
        """The library loss's word, ``mean_squared_error``; empty for an own one, and if it can't be told."""
        return self.loss.name if self.loss is not None and not self.loss.own else ""

    @property
    def is_regression(self) -> bool:
        """True if the loss is a distance between numbers."""
        return self.loss_name in REGRESSIONS

    @property
    def takes_logits(self) -> bool | None:
        """Whether the loss is a cross-entropy of logits; None if it is no cross-entropy, or that can't be told."""
        if self.loss is None or self.loss_name not in CROSSENTROPIES:
            return None
        return truth_of(self.loss.arguments.get("from_logits"), self.loss.complete)

    @cached_property
    def fits(self) -> tuple[TrainingStep, ...]:
        """The ``fit``s, and trainings by batch, that go by this ``compile``."""
        return tuple(
            step
            for step in self.training.fits
            if step.method != "loop" and self.training.compiled_for(step) is self.compiled
        )

    @cached_property
    def targets(self) -> tuple[Data, ...]:
        """What this output is compared with, once for each ``fit``; a ``fit`` that gives no targets gives none."""
        return tuple(self._own(step.y) for step in self.fits if self._has(step.y))

    @cached_property
    def validation_targets(self) -> tuple[Data, ...]:
        """What it is compared with in validation and in ``evaluate``."""
        found = [step.validation[1] for step in self.fits]
        found += [s.y for s in self.training.steps if s.method == "evaluate" and s.order > self.compiled.order]
        return tuple(self._own(given) for given in found if self._has(given))

    def _has(self, given: tuple[Data, ...]) -> bool:
        return bool(given) and (len(given) > self.index if not self.is_only else len(given) == 1)

    def _own(self, given: tuple[Data, ...]) -> Data:
        return given[0 if self.is_only else self.index]

    @property
    def reconstructs(self) -> bool:
        """True if some ``fit`` is given its inputs for targets."""
        return any(
            target.value is given.value
            for step in self.fits
            if self._has(step.y)
            for target in (self._own(step.y),)
            for given in step.x
        )

    # places -------------------------------------------------------------------------------------
    @property
    def loss_site(self) -> Site:
        """Where the loss is written; the ``compile`` if it comes from elsewhere."""
        return _site_of(self.loss) or self.compiled.site

    @property
    def ending_site(self) -> Site | None:
        """Where the last activation is written, or the layer that has none."""
        return self.output.ending.site if self.output.ending is not None else None

    def site_of(self, chosen: Chosen) -> Site:
        """Where a metric is written; the ``compile`` if it comes from elsewhere."""
        return _site_of(chosen) or self.compiled.site


def _site_of(chosen: Chosen | None) -> Site | None:
    return chosen.value.site if chosen is not None and chosen.value is not None else None


def tasks_of(trainings: list[Training], outputs: ModelOutputs) -> list[Task]:
    """The tasks of all models that are compiled, in order of their ``compile``."""
    found = [task for training in trainings for task in _tasks(training, outputs)]
    return sorted(found, key=lambda task: (task.compiled.order, task.index))


def _tasks(training: Training, outputs: ModelOutputs) -> Iterator[Task]:
    mine = [output for output in outputs.every if output.network.model.key == training.model.key][:_MOST]
    standard = trains_as_keras_does(training.model)
    for step in training.steps:
        if step.method != "compile":
            continue
        for index, output in enumerate(mine):
            word = _name(output)
            loss = _one_of(step.losses, index, len(mine), word)
            metrics = step.metrics_of(index, len(mine), word)
            yield Task(training, step, output, loss, metrics, index, len(mine) == 1, standard)


def _one_of(losses: tuple[Chosen, ...], index: int, count: int, word: str) -> Chosen | None:
    """The loss of one output of several: by its name, by its place, or the one for all."""
    if any(loss.key for loss in losses):
        return next((loss for loss in losses if word and loss.key == word), None)
    if len(losses) == 1:
        return losses[0]
    return losses[index] if len(losses) == count else None


def _name(output: ModelOutput) -> str:
    """The name of the layer that gives an output, as the code gives it; empty if it gives none."""
    layer = output.value.maker if isinstance(output.value, Computed) else None
    return (name_of(layer) or "") if layer is not None else ""


__all__ = ["CROSSENTROPIES", "REGRESSIONS", "Task", "tasks_of"]
