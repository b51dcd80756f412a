"""A callback that asks the probes of a real ``fit``, from what it shows, and tells at the first epoch's end."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from kerasvae_lint.runtime.callback import ProbeCallback
from kerasvae_lint.runtime.results import PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.running import Running, arguments_of_fit, subject_of, with_all_labels
from kerasvae_lint.runtime.words import first_line

ASKED = ("targets", "metrics", "monitors", "learning", "layers")
"""What a running fit can be asked without a step of its own."""
JUDGED = 64
"""Samples whose way through the layers is looked at, before the first step and at the first epoch's end."""


class Watch(ProbeCallback):
    """Put among the callbacks of ``fit``, it asks the probes of ``kvlint verify`` that need no training of their own.

    At the end of the first epoch: do targets, loss and output suit each other, do the metrics measure what their
    names say, are the values that callbacks go by logged, are all predictions the same, are layers dead or equal?
    Every ``every`` batches, as :class:`ProbeCallback`: does every trainable variable move, and is it finite?

    Nothing is changed: no weight, no statistic, no seed of Keras. Data is looked at in a hundred samples or so, taken
    from arrays at even distances; a ``tf.data`` data set is begun once more for four batches; a generator is left
    alone. The probes are asked once, at a fixed cost of about ten passes over these samples; looking at the variables
    is put off where it has taken 4 % of the training time.

    Args:
        every: batches between looks at the variables.
        report: called with each :class:`ProbeResult` that fails; prints it by default.
        sample: numbers watched in each variable, at most.
        names: of the probes to ask; all of targets, metrics, monitors, learning and layers if empty.

    Attributes:
        results: everything found so far, what passes included.
        seconds: time spent looking at the variables.
        asking: time spent asking the probes.
    """

    def __init__(
        self,
        every: int = 100,
        report: Callable[[ProbeResult], None] | None = None,
        sample: int = 4096,
        names: Collection[str] = (),
    ) -> None:
        super().__init__(every, report, sample)
        unknown = sorted(set(names) - set(ASKED))
        if unknown:
            raise ValueError(f"no such probe: {', '.join(unknown)} (a watcher asks {', '.join(ASKED)})")
        self.names = tuple(names) or ASKED
        self.asking = 0.0
        self._given: dict[str, Any] = {}
        self._subject: Running | None = None
        self._trial: Any = None
        self._left: list[str] = []
        self._logs: set[str] = set()

    def on_train_begin(self, logs: Any = None) -> None:
        """See what ``fit`` was given, and the model before its first step."""
        super().on_train_begin(logs)
        begun = time.perf_counter()
        self._left, self._subject, self._trial = list(self.names), None, None
        self._given = arguments_of_fit(self.model)
        if self.model is not None and getattr(self.model, "built", False):
            self._quietly(self._prepare)
        self.asking += time.perf_counter() - begun

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Ask what is not asked yet."""
        if not self._left:
            return
        begun = time.perf_counter()
        self._logs = set(logs or {})
        if self._subject is None:
            self._quietly(self._prepare)
        if self._subject is None:
            self._left = []
        while self._left:
            self._hear(self._ask(self._left.pop(0)))
        self.asking += time.perf_counter() - begun

    def _prepare(self) -> None:
        """The model as a subject; a look at it before it is trained, if it is not yet."""
        from kerasvae_lint.runtime.probes.trial import Trial, seen

        self._subject = subject = subject_of(self.model, self._given)
        assert subject.feed is not None
        batches = subject.feed.batches
        trial = Trial(subject.feed, batches[: max(1, JUDGED // batches[0].size)])
        if not self._batches and {"learning", "layers"} & set(self.names):
            with subject.undone():
                trial.before = seen(subject, trial.batches)
            trial.start = subject.kernels()
        self._trial = trial

    def _ask(self, name: str) -> ProbeResult:
        from kerasvae_lint.runtime.probes import layers, learning, metrics, monitors, targets
        from kerasvae_lint.runtime.probes.gradients import Steps
        from kerasvae_lint.runtime.probes.rehearsal import Rehearsal

        subject = self._subject
        assert subject is not None
        if name in {"learning", "layers"} and not self._trial.steps:
            self._quietly(self._finish_trial)
        questions: dict[str, Callable[[], ProbeResult]] = {
            "targets": lambda: targets.ask(subject),
            "metrics": lambda: metrics.ask(subject),
            "monitors": lambda: monitors.ask(subject),
            "learning": lambda: learning.ask_of(subject, with_all_labels(subject, self._given), self._trial),
            "layers": lambda: layers.ask(subject, Steps(), Rehearsal()),
        }
        subject.notes["logs"] = self._logs
        try:
            return questions[name]()
        except Exception as error:  # a watcher must not end a training
            return ProbeResult(name, SKIP, f"could not be asked: {first_line(error)}")

    def _finish_trial(self) -> None:
        from kerasvae_lint.runtime.probes.trial import seen

        subject, trial = self._subject, self._trial
        assert subject is not None
        with subject.undone():
            trial.after = seen(subject, trial.batches)
        trial.middle, trial.end, trial.steps = trial.after, subject.kernels(), self._batches
        subject.notes["trial"] = trial

    def _quietly(self, do: Callable[[], None]) -> None:
        try:
            if hasattr(self.model, "jax_state_sync") and self._batches:
                self.model.jax_state_sync()
            do()
        except Exception as error:  # a watcher must not end a training
            self._left = []
            self.results.append(ProbeResult("watch", SKIP, f"only the variables are watched: {first_line(error)}"))

    def _hear(self, result: ProbeResult) -> None:
        if result.failed:
            self._tell(result.probe, result.message, result.codes, result.figures)
        else:
            self.results.append(result)

    def on_train_end(self, logs: Any = None) -> None:
        """A last word on what was watched."""
        if not any(result.probe == "gradients" for result in self.results):
            verdict = PASS if self._last else SKIP
            self.results.append(ProbeResult("gradients", verdict, f"{len(self._last)} variables move"))
        self._subject = self._trial = None
        self._given = {}
