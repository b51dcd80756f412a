"""Linting one snapshot, in the worker's thread: never raises for what is in it."""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass, field

from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.snapshot import Snapshot
from kerasvae_lint.lsp.surroundings import Surroundings
from kerasvae_lint.run.config import ConfigError
from kerasvae_lint.run.pipeline import Pipeline

log = logging.getLogger(__name__)

_INTERNAL = "internal error in "
_WARM_UP = """\
import tensorflow as tf
from tensorflow.keras import backend as K


class Weighted(tf.keras.layers.Layer):
    def build(self, shape):
        self.kernel = K.transpose(self.tied_to.kernel)
        self.beta = self.add_weight(name="beta", shape=())

    def call(self, mean, log_var):
        noise = tf.random.normal(tf.shape(mean))
        self.add_loss(self.beta * -0.5 * tf.reduce_mean(1 + log_var - mean**2 - tf.exp(log_var)))
        return mean + tf.exp(0.5 * log_var) * noise
"""


@dataclass(frozen=True)
class Outcome:
    """What linting a snapshot gave.

    Attributes:
        snapshot: what was linted, without the cells that can't be parsed.
        problems: what could not be done and is the text's fault.
        complaint: why the settings can't be meant; nothing was linted then.
        failures: what could not be done and is kvlint's fault; for the log.
        consulted: other files that the answer rests on.
        searched: the answer rests on all files of the project.
    """

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    complaint: str | None = None
    failures: tuple[str, ...] = ()
    consulted: frozenset[str] = frozenset()
    searched: bool = False


class Analyst:
    """Lints one snapshot after the other; not to be called from two threads at once."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.surroundings = Surroundings()

    def warm_up(self) -> None:
        """Import and compile what linting needs; from then on the worker collects litter when nobody waits for it."""
        from kerasvae_lint.source import Source

        try:
            Pipeline(Settings()).lint(Source("warm-up.py", _WARM_UP))
        except Exception:  # what is wrong will be said of the first file
            log.exception("warming up failed")
        gc.collect()
        gc.freeze()
        gc.disable()

    def __call__(self, snapshot: Snapshot) -> Outcome:
        """Lint a snapshot by the settings of its place."""
        try:
            verdict = self.configuration.of(snapshot.filename)
        except ConfigError as error:
            return Outcome(snapshot, complaint=str(error))
        except Exception as error:
            log.exception("settings of %s", snapshot.filename)
            return Outcome(snapshot, failures=(f"{snapshot.filename}: {type(error).__name__}: {error}",))
        if verdict.left_out:
            return Outcome(snapshot, verdict.settings)
        try:
            return self._lint(snapshot, verdict.settings)
        except Exception as error:  # a mistake of kvlint's must not cost the editor its server
            log.exception("linting %s", snapshot.filename)
            text = f"{snapshot.filename}: {type(error).__name__}: {error}"
            return Outcome(snapshot, verdict.settings, failures=(text,))

    def _lint(self, snapshot: Snapshot, settings: Settings) -> Outcome:
        pipeline = Pipeline(settings, projects=self.surroundings.project, consulted=self.surroundings.note)
        data = snapshot.source.text.encode("utf-8", "surrogatepass")
        try:
            result = pipeline.lint_open(snapshot.source, data, thorough=True)
        except ConfigError as error:
            return Outcome(snapshot, settings, complaint=str(error))
        return Outcome(
            snapshot.without(problem.cell for problem in result.problems if problem.cell is not None),
            settings,
            tuple(result.findings),
            tuple(problem for problem in result.problems if not problem.message.startswith(_INTERNAL)),
            failures=tuple(f"{p.filename}: {p.message}" for p in result.problems if p.message.startswith(_INTERNAL)),
            consulted=result.consulted,
            searched=result.searched,
        )
