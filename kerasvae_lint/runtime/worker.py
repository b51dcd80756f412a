"""The child process: ``python -m kerasvae_lint.runtime.worker SPEC`` runs each job in a fork of its own.

What it says goes to the pipe whose number the spec names, one JSON object a line; what the scripts print
goes wherever standard output goes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from kerasvae_lint.runtime.options import Job, Options, options_from_dict
from kerasvae_lint.runtime.results import FAIL, ModelResult, ProbeResult, RunResult, run_to_dict
from kerasvae_lint.runtime.words import first_line


class Channel:
    """Lines of JSON to the parent."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def say(self, **message: Any) -> None:
        """One line, whole."""
        data = (json.dumps(message) + "\n").encode()
        while data:
            data = data[os.write(self.descriptor, data) :]


def _job(body: dict[str, Any]) -> Job:
    findings = tuple((code, row) for code, row in body.pop("findings"))
    changed = tuple((path, text) for path, text in body.pop("changed"))
    return Job(**{**body, "findings": findings, "probes": tuple(body["probes"]), "changed": changed})


def main(spec_path: str) -> None:
    """Read what is to be done and do it, one job after the other."""
    spec = json.loads(Path(spec_path).read_text())
    options = options_from_dict(spec["options"])
    channel = Channel(spec["pipe"])
    jobs = [_job(job) for job in spec["jobs"]]
    if len(jobs) > 1:  # one that sets its environment too late for a preload stands alone
        preload(options)
    for index, job in enumerate(jobs):
        folder = spec["folders"][index]
        if not hasattr(os, "fork"):
            work(index, job, options, channel, folder, spec["elsewhere"][index])
            continue
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                work(index, job, options, channel, folder, spec["elsewhere"][index])
            finally:
                os._exit(70)
        _, status = os.waitpid(child, 0)
        channel.say(job=index, event="end", status=os.waitstatus_to_exitcode(status))


def preload(options: Options) -> None:
    """Import once what every job will import; nothing is run, so that forks are clean."""
    import numpy  # noqa: F401

    wanted = {"jax": ["jax", "keras"], "torch": ["torch", "keras"]}.get(options.backend or "", ["tensorflow"])
    if options.keras and wanted == ["tensorflow"]:
        wanted.append("tf_keras" if options.keras == "2" else "keras")
    for name in wanted:
        try:
            __import__(name)
        except ImportError:
            continue


def work(index: int, job: Job, options: Options, channel: Channel, folder: str, elsewhere: list[str]) -> None:
    """One job, to its end: says ``result`` or ``error`` and leaves the process."""
    from kerasvae_lint.runtime import probing, said

    started = time.monotonic()

    def done(models: list[ModelResult], environment: dict[str, Any], leave: bool = True) -> None:
        run = RunResult(job.source, models, time.monotonic() - started, notes=said.said())
        channel.say(job=index, event="result", run=run_to_dict(run), environment=environment)
        if leave:
            _leave()

    def failed(reason: str, place: str = "", rows: list[int] | None = None) -> None:
        if place:
            answer = ProbeResult("build", FAIL, reason, [], {"rows": rows or []})
            done([ModelResult(place, [], [answer])], probing.environment(options))
        channel.say(job=index, event="error", reason=reason)
        _leave()

    channel.say(job=index, event="start", pid=os.getpid())
    os.chdir(folder)
    try:
        task = probing.Task(job, options, folder, elsewhere, lambda probe: channel.say(job=index, event=probe))
        if job.twin:
            from kerasvae_lint.runtime.twins import child

            child.perform(task, done, failed)
        else:
            probing.perform(task, done, failed)
    except MemoryError:
        failed("out of memory")
    except BaseException as error:  # ours or the user's: the parent gets one line of it
        import traceback

        traceback.print_exc()
        failed(first_line(error, 300))


def _leave() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
