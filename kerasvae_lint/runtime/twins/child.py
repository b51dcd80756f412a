"""In the child: runs one program to its training, writes the record, and lets it run on to its end.

The old program runs with what ``kvlint verify`` does for scripts of old; the new one as it stands, and no old name is
answered.
"""

from __future__ import annotations

import json
import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kerasvae_lint.runtime import guard, old, probing, script, setting, standins
from kerasvae_lint.runtime.capture import Capture
from kerasvae_lint.runtime.feed import feed_of, named_for
from kerasvae_lint.runtime.framework import Framework
from kerasvae_lint.runtime.probing import Done, Failed, Task
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.twins import alike, record
from kerasvae_lint.runtime.twins.alike import Source
from kerasvae_lint.runtime.twins.results import ALONE, END, ENDED, RAISED, RUNNING


def perform(task: Task, done: Done, failed: Failed) -> None:
    """Run the job; ``done`` and ``failed`` do not return, but where ``leave`` is False."""
    guard.guard(os.environ["TMPDIR"])
    probing.seed_everything(task.options)
    source = Source(task.options.seed)
    alike.install(source)
    run = _Run(task, source, done)
    capture = Capture(task.options, run.ready)
    capture.install()
    run.capture = capture
    setting.hold(list(setting.NAMES), "the proof")
    text = task.job.text or ""
    if task.options.keras == "2":
        from kerasvae_lint.runtime import legacy

        legacy.install()
    if not task.job.plain:
        old.install(text)
    standins.install(task.options.synthetic)
    if task.options.synthetic:
        from kerasvae_lint.runtime import synthetic

        synthetic.install(task.options.seed, text)
    if task.job.target.endswith(".ipynb"):
        from kerasvae_lint.runtime import notebook

        notebook.prepare()
    _script(task, run, failed)


def _script(task: Task, run: _Run, failed: Failed) -> None:
    job, options = task.job, task.options
    try:
        script.run(job.path, job.text or "", options.arguments, task.elsewhere, options.synthetic, plain=job.plain)
    except script.ScriptError as error:
        if run.recorded:
            run.end(RAISED, str(error), error.rows)
        if run.capture.tapes or run.capture.by_batch:
            run.stopped = (str(error), error.rows)
        else:
            failed(str(error), rows=error.rows)
    if run.recorded:
        run.end(ENDED)
    subjects = list(run.capture.by_batch.values()) or run.capture.taped()
    if not subjects:
        failed("it never trains anything")
    run.capture.finish(subjects)
    run.end(RAISED, *run.stopped) if run.stopped else run.end(ENDED)


class _Run:
    """One program on its way: record first, then on to the end, each ``fit`` a batch."""

    def __init__(self, task: Task, source: Source, done: Done) -> None:
        self.task, self.source, self.done = task, source, done
        self.capture: Any = None
        self.recorded = False
        self.stopped: tuple[str, list[int]] | None = None
        self.inside = False
        self.environment: dict[str, Any] = {}
        self.folder = Path(task.job.twin)
        self.lock = threading.Lock()

    def ready(self, subjects: list[Subject]) -> None:
        """The training begins."""
        kept = record.Kept()
        against = record.read(Path(self.task.job.against)) if self.task.job.against else None
        if self.task.job.source == ALONE:
            kept.body["subjects"] = []  # nothing to hold it against: only whether it runs is asked
        else:
            record.Recorder(kept, self.source, against).record(subjects)
        kept.write(self.folder)
        self.recorded = True
        self.environment = probing.environment(self.task.options, subjects[0])
        if not self.task.job.seconds:
            self.end(RUNNING)
        self.done([], self.environment, leave=False)
        self.capture.later = self
        clock = threading.Timer(self.task.job.seconds, self.end, (RUNNING,))
        clock.daemon = True
        clock.start()

    def end(self, how: str, reason: str = "", rows: list[int] | None = None) -> None:
        """Say how the program ended; nothing follows."""
        with self.lock:
            body = {"how": how, "reason": reason, "rows": rows or []}
            (self.folder / END).write_text(json.dumps(body), encoding="utf-8")
            self.done([], self.environment)

    def fit(self, original: Any, model: Any, given: dict[str, Any]) -> Any:
        """One batch in place of the training, with the callbacks."""
        if self.inside:
            return original(**given)
        self.inside = True
        try:
            x = given.get("x", given.get("generator"))
            feed = feed_of(x, given.get("y"), given.get("sample_weight"), given.get("batch_size"), count=1)
            arguments = feed.fit_arguments(Framework.of(model) or self.capture.framework)
            if given.get("validation_data") is not None or given.get("validation_split"):
                arguments["validation_data"] = (arguments["x"], arguments.get("y"))
            if given.get("callbacks") is not None:
                arguments["callbacks"] = _able(given["callbacks"])
            history = original(model, **named_for(original, arguments), verbose=0)
            if not self.task.job.plain and isinstance(getattr(history, "history", None), dict):
                history.history = _Named(history.history)
            return history
        finally:
            self.inside = False

    def script_ended(self) -> None:
        """Said by :func:`_script`."""


def _able(callbacks: Any) -> Any:
    """Those that can work here: TensorBoard's writes by a package that may not be installed."""
    if not isinstance(callbacks, list | tuple) or find_spec("tensorboard") is not None:
        return callbacks
    return [callback for callback in callbacks if "TensorBoard" not in {cls.__name__ for cls in type(callback).__mro__}]


class _Named(dict[str, Any]):
    """A history that answers ``acc`` too, as Keras called it until 2.3 where ``accuracy`` was asked for."""

    def __missing__(self, key: str) -> Any:
        for short, long in (("acc", "accuracy"), ("accuracy", "acc")):
            other = key.removesuffix(short) + long
            if key.endswith(short) and other in self:
                return self[other]
        raise KeyError(key)
