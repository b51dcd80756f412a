"""In the parent: starts the child, watches its time, memory and processes, and reads what it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kerasvae_lint.core.interrupts import deferred
from kerasvae_lint.runtime import setting
from kerasvae_lint.runtime.options import Job, Options, options_to_dict
from kerasvae_lint.runtime.results import UNASKED, RunResult, run_from_dict
from kerasvae_lint.runtime.setting import UNSET, Setting
from kerasvae_lint.runtime.workspace import copy_folder, placed_in, roots, scratch, write_changed

MOST_PROCESSES = 200
START = 120.0
Progress = Callable[[int, str], None]


class NotInstalledError(Exception):
    """The runtime extra is missing."""


@dataclass(slots=True)
class Outcome:
    """What became of a job: a run, or the reason why there is none."""

    run: RunResult | None = None
    reason: str = ""
    environment: dict[str, Any] = field(default_factory=dict)

    def broken_off(self, reason: str) -> None:
        """The run ended before its time: what had failed by then is known."""
        if self.run is None:
            self.reason = self.reason or reason
            return
        for probe in (probe for model in self.run.models for probe in model.probes):
            if probe.message == UNASKED:
                probe.message = f"not asked: {reason}"


def missing(options: Options) -> str:
    """What has to be installed first; empty if everything is there."""
    backend = options.backend or "tensorflow"
    wanted = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}[backend]
    lacks = [name for name in (wanted, "numpy", "psutil", "wrapt") if find_spec(name) is None]
    if options.keras == "2" and find_spec("tf_keras") is None:
        lacks.append("tf_keras")
    if not lacks:
        return ""
    return f"kvlint verify runs models and needs {', '.join(lacks)}: pip install 'kerasvae-lint[runtime]'"


def run_jobs(jobs: list[Job], options: Options, progress: Progress | None = None) -> list[Outcome]:
    """Run all jobs, one after the other, each in a process of its own.

    Raises:
        NotInstalledError: the runtime extra is missing.
    """
    lack = missing(options)
    if lack:
        raise NotInstalledError(lack)
    outcomes = [Outcome() for _ in jobs]
    settings = [_setting(job) for job in jobs]
    waiting = list(range(len(jobs)))
    while waiting:
        first = settings[waiting[0]]
        together = waiting[:1] if first.late else [i for i in waiting if settings[i] == first]
        with scratch() as folder, _child(folder, [jobs[i] for i in together], options, first) as child:
            done = child.follow([outcomes[i] for i in together], _shifted(progress or silent, together))
            _fetch([jobs[i] for i in together], folder)
        over = set(together[: max(done, 1)])
        waiting = [i for i in waiting if i not in over]
    return outcomes


def _setting(job: Job) -> Setting:
    """What the job's program sets in its environment itself."""
    if job.text is None:
        return setting.of_factory(job.target, job.path)
    return setting.of_program(job.text, job.path, roots(Path(job.path).parent))


def silent(_index: int, _event: str) -> None:
    """Nobody is told."""


def _shifted(progress: Progress, numbers: list[int]) -> Progress:
    """``progress`` for a child that counts its own jobs."""
    return lambda index, event: progress(numbers[index], event)


@contextmanager
def _child(folder: Path, jobs: list[Job], options: Options, early: Setting) -> Iterator[_Child]:
    folders, elsewhere, placed = [], [], []
    for index, job in enumerate(jobs):
        copy = folder / f"run{index}"
        where = Path(job.path)
        home = where if job.text is None else where.parent
        copy_folder(home, copy)
        write_changed(job, home, copy)
        elsewhere.append([str(copy), *_roots(job, home, folder / f"roots{index}")])
        folders.append(str(copy))
        placed.append(_twin_in(placed_in(job, copy, where), folder / f"twin{index}"))
    (folder / "tmp").mkdir()
    reading, writing = os.pipe()
    spec = folder / "spec.json"
    body = {
        "options": options_to_dict(options),
        "jobs": [asdict(job) for job in placed],
        "folders": folders,
        "elsewhere": elsewhere,
        "pipe": writing,
    }
    spec.write_text(json.dumps(body), encoding="utf-8")
    child = None
    try:
        with deferred():
            child = _Child(_start(folder, spec, writing, options, early), reading, options)
        yield child
    finally:
        if child is not None:
            child.kill()


def _roots(job: Job, home: Path, copies: Path) -> list[str]:
    """Where imports may come from; a folder with changed files that the working copy does not hold is copied too."""
    found = []
    for number, root in enumerate(roots(home)):
        beside = [name for name, _ in job.changed if not Path(name).is_relative_to(home)]
        if any(Path(name).is_relative_to(root) for name in beside):
            copy_folder(Path(root), copies / str(number))
            write_changed(job, Path(root), copies / str(number))
            root = str(copies / str(number))
        found.append(root)
    return found


def _twin_in(job: Job, folder: Path) -> Job:
    """A record is written where the child may write, and fetched from there."""
    if not job.twin:
        return job
    folder.mkdir()
    return replace(job, twin=str(folder))


def _fetch(jobs: list[Job], folder: Path) -> None:
    for index, job in enumerate(jobs):
        if job.twin:
            shutil.copytree(folder / f"twin{index}", job.twin, dirs_exist_ok=True)


def _start(folder: Path, spec: Path, writing: int, options: Options, early: Setting) -> subprocess.Popen[bytes]:
    flag = "-P" if sys.version_info >= (3, 11) else "-E"
    try:
        return subprocess.Popen(
            [sys.executable, flag, "-m", "kerasvae_lint.runtime.worker", str(spec)],
            cwd=folder,
            env=child_environment(options, folder, early),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writing,),
            start_new_session=True,
        )
    finally:
        os.close(writing)


def child_environment(options: Options, folder: Path, early: Setting = UNSET) -> dict[str, str]:
    """The environment of the child: which Keras, backend and device, and nothing written at home.

    What the script sets itself is there from the start; the command line overrules it.
    """
    temporary = str(folder / "tmp")
    env = {
        **os.environ,
        "TMPDIR": str(folder),
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": temporary,
        "IPYTHONDIR": temporary,
        "XDG_CACHE_HOME": temporary,
        "CUDA_CACHE_PATH": temporary,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": str(options.seed % 2**32),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        **dict(early.early),
    }
    if options.keras:
        env["TF_USE_LEGACY_KERAS"] = "1" if options.keras == "2" else "0"
    if options.backend:
        env["KERAS_BACKEND"] = options.backend
    elif options.keras == "3":
        env["KERAS_BACKEND"] = dict(early.early).get("KERAS_BACKEND", "tensorflow")
    if options.device == "cpu":
        env |= {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    return env


class _Child:
    """A running child, its pipe, and the end of what it prints."""

    def __init__(self, process: subprocess.Popen[bytes], reading: int, options: Options) -> None:
        self.process, self.options = process, options
        self.pipe = os.fdopen(reading, "rb")
        self.tail = b""
        self.messages: list[dict[str, Any]] = []
        self.closed = False
        self.arrived = threading.Condition()
        self.pids: set[int] = set()
        for target in (self._drain, self._listen):
            threading.Thread(target=target, daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stdout is not None
        while chunk := self.process.stdout.read1(1 << 16):  # type: ignore[attr-defined]
            self.tail = (self.tail + chunk)[-8192:]

    def _listen(self) -> None:
        for line in self.pipe:
            with self.arrived:
                try:
                    self.messages.append(json.loads(line))
                except ValueError:
                    continue
                self.arrived.notify()
        with self.arrived:
            self.closed = True
            self.arrived.notify()

    def _next(self, seconds: float) -> dict[str, Any] | None:
        with self.arrived:
            if not self.messages and not self.closed:
                self.arrived.wait(seconds)
            return self.messages.pop(0) if self.messages else None

    def follow(self, outcomes: list[Outcome], progress: Progress) -> int:
        """Read until all jobs are done or the child is gone; how many are done with."""
        current, deadline, limit = 0, time.monotonic() + START, self._memory_limit()
        while current < len(outcomes):
            message = self._next(0.1)
            outcome = outcomes[current]
            if message is None:
                trouble = self._trouble(deadline, limit)
                if trouble or (self.closed and not self.messages):
                    outcome.broken_off(trouble or self._death(self.process.wait()))
                    return current + 1
                continue
            event = message["event"]
            if event == "start":
                deadline = time.monotonic() + self.options.timeout
                self.pids.add(int(message["pid"]))
            elif event == "result":
                outcome.run = run_from_dict(message["run"], message["run"]["source"])
                outcome.environment = message["environment"]
            elif event == "error":
                outcome.reason = message["reason"]
            elif event == "end":
                self._end_groups()
                outcome.broken_off(self._death(int(message["status"])))
                current += 1
                deadline = time.monotonic() + START
            progress(int(message["job"]), event)
        return len(outcomes)

    def _memory_limit(self) -> int:
        import psutil

        return self.options.memory_limit or int(psutil.virtual_memory().available * 0.8)

    def _trouble(self, deadline: float, limit: int) -> str:
        """Why the child must go, if it must."""
        if time.monotonic() > deadline:
            return f"still running after {self.options.timeout:g} s (--timeout)"
        family = self._family()
        if len(family) > MOST_PROCESSES:
            return f"it started more than {MOST_PROCESSES} processes"
        held = sum(_memory(process) for process in family)
        if held > limit:
            return f"it holds more than {limit / 2**30:.1f} GiB of memory (--memory-limit)"
        return ""

    def _family(self) -> list[Any]:
        import psutil

        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.Error:
            return []

    def _death(self, status: int) -> str:
        if status < 0:
            name = signal.Signals(-status).name
            words = {"SIGKILL": "was killed, perhaps for want of memory", "SIGSEGV": "crashed (segmentation fault)"}
            return f"the run {words.get(name, f'was ended by {name}')}{self._last_words()}"
        if status == 70:
            return f"the run ended without a word{self._last_words()}"
        return f"the script left the process with status {status} before it trained anything"

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.tail.decode(errors="replace").splitlines() if line.strip()]
        return f": {lines[-1][:160]}" if lines else ""

    def kill(self) -> None:
        """End the child with everything that it started; it is halted first, so that it starts nothing more."""
        with suppress(OSError):
            self.process.send_signal(getattr(signal, "SIGSTOP", signal.SIGTERM))
        for process in reversed(self._family()):
            self.pids.add(process.pid)
            with suppress(Exception):  # gone already
                process.kill()
        self.pids.add(self.process.pid)
        self._end_groups()
        self.process.wait()

    def _end_groups(self) -> None:
        """End what is left of the jobs' process groups, at once: the system gives a number to others later."""
        while self.pids:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pids.pop(), signal.SIGKILL)


def _memory(process: Any) -> int:
    try:
        return int(process.memory_info().rss)
    except Exception:  # gone already
        return 0
