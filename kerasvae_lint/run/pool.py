"""Many files: one after the other here, or in several processes once that pays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerasvae_lint.core import Problem, Settings, interrupts

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from kerasvae_lint.run.engine import FileResult

PARALLEL_BYTES = 600_000
CHUNK_BYTES = 120_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file with the settings it is linted by."""

    filename: str
    settings: Settings
    size: int


Lint = Callable[[Job], "FileResult"]
Make = Callable[[], Lint]
"""Makes what lints files in one process; a function that a process can import."""

_lint: Lint | None = None
"""In a worker: what it lints with."""


def _lint_job(job: Job) -> FileResult:
    assert _lint is not None
    return _lint(job)


def _lint_chunk(jobs: list[Job]) -> list[FileResult]:
    return [_lint_job(job) for job in jobs]


def run(jobs: list[Job], workers: int, make: Make) -> Iterator[tuple[Job, FileResult]]:
    """Results in the order of ``jobs``; nothing is remembered from one run to the next."""
    if workers < 2 or sum(job.size for job in jobs) < PARALLEL_BYTES or len(jobs) < 2:
        lint = make()
        for job in jobs:
            yield job, lint(job)
        return
    yield from _parallel(jobs, workers, make)


def _parallel(jobs: list[Job], workers: int, make: Make) -> Iterator[tuple[Job, FileResult]]:
    from concurrent.futures.process import BrokenProcessPool

    chunks = _chunks(jobs)
    done = 0
    try:
        with _processes(workers, make) as pool:
            with _undisturbed():
                answers = pool.map(_lint_chunk, chunks)
            for chunk, results in zip(chunks, answers, strict=True):
                yield from zip(chunk, results, strict=True)
                done += 1
    except BrokenProcessPool:
        for chunk in chunks[done:]:
            for job in chunk:
                yield job, _alone(job, make)


@contextmanager
def _processes(count: int, make: Make) -> Iterator[ProcessPoolExecutor]:
    """Processes that are gone after this block: once their work is done, or at once if it ends by an exception."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children

    others = set(active_children())
    with _safe_path():  # what keeps track of semaphores is a process too
        pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(make,))
    try:
        yield pool
    except BaseException:
        for process in set(active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started here never hear of Ctrl-C, which a terminal sends to all: the parent ends them.

    Nor do they import anything from the current folder, which is what is linted.
    """
    if not hasattr(signal, "pthread_sigmask"):
        with interrupts.deferred(), _safe_path():
            yield
        return
    with interrupts.deferred(), _safe_path():
        old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)


@contextmanager
def _safe_path() -> Iterator[None]:
    """A Python that is started here leaves the current folder out of its import path, from Python 3.11 on."""
    old = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if old is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = old


def _begin(make: Make) -> None:
    """In a worker, first of all: it obeys its parent, does not outlive it, and gets what it lints with."""
    global _lint
    from multiprocessing import parent_process
    from threading import Thread

    for number in interrupts.SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:

        def end() -> None:
            parent.join()
            os._exit(1)

        Thread(target=end, daemon=True).start()
    _lint = make()


def _alone(job: Job, make: Make) -> FileResult:
    """A file in a process of its own, after one of its chunk killed the worker."""
    from concurrent.futures.process import BrokenProcessPool

    from kerasvae_lint.run.engine import FileResult

    try:
        with _processes(1, make) as pool:
            with _undisturbed():
                answer = pool.submit(_lint_job, job)
            return answer.result()
    except BrokenProcessPool:
        return FileResult(problems=[Problem(job.filename, "the parser crashed on this file", unread=True)])


def _chunks(jobs: list[Job]) -> list[list[Job]]:
    chunks: list[list[Job]] = []
    size = CHUNK_BYTES
    for job in jobs:
        if size >= CHUNK_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(job)
        size += job.size
    return chunks


def workers_for(jobs: int | None) -> int:
    """How many processes to use."""
    return jobs if jobs is not None else min(os.cpu_count() or 1, 8)
