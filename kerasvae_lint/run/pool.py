"""Many files: triaged and looked up in the cache here, parsed in several processes once that pays."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kerasvae_lint.core import Problem, Settings, interrupts
from kerasvae_lint.run.cache import Cache, Entry
from kerasvae_lint.run.triage import has_trigger, mentions_field

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from kerasvae_lint.run.engine import FileResult
    from kerasvae_lint.semantics import Project

PARALLEL_BYTES = 600_000
CHUNK_BYTES = 120_000
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file with the settings it is linted by."""

    filename: str
    settings: Settings
    size: int


def read(filename: str) -> bytes | Problem:
    """The bytes of a file, or why not."""
    try:
        with open(filename, "rb") as file:
            return file.read()
    except OSError as error:
        return Problem(filename, f"can't be read: {(error.strerror or str(error)).lower()}")


_state: dict[str, Project] = {}


def forget() -> None:
    """Drop what is known of the project's files: some have just been changed."""
    _state.clear()


def lint_job(job: Job) -> FileResult:
    """Lint one file; runs in a worker or here."""
    from kerasvae_lint.run import registry
    from kerasvae_lint.run.engine import FileResult, lint_data
    from kerasvae_lint.semantics import Project

    data = read(job.filename)
    if isinstance(data, Problem):
        return FileResult(problems=[data])
    if _size(data, job.filename) > MAX_BYTES:
        return FileResult(problems=[Problem(job.filename, f"larger than {MAX_BYTES // 1_000_000} MB: left out")])
    project = _state.setdefault("project", Project())
    return lint_data(data, job.filename, job.settings, registry.selected(job.settings), project)


def _size(data: bytes, filename: str) -> int:
    """How much there is to parse: a notebook's code alone, since most of a large one is pictures."""
    if len(data) > MAX_BYTES and filename.endswith(".ipynb"):
        from kerasvae_lint.source import SourceError, decode

        with contextlib.suppress(SourceError):
            return len(decode(data, filename).text)
    return len(data)


def lint_chunk(jobs: list[Job]) -> list[FileResult]:
    """Lint several files in one worker."""
    return [lint_job(job) for job in jobs]


def needs_parsing(data: bytes, settings: Settings) -> bool:
    """True unless triage can tell that no selected rule has anything to say."""
    if not mentions_field(data):
        return False
    return any(
        has_trigger(data, triggers) and (not companions or has_trigger(data, companions))
        for triggers, companions in _words(settings)
    )


@lru_cache(maxsize=16)
def _words(settings: Settings) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """``(triggers, companions)`` to look for, the most common first; rules without companions as one."""
    from kerasvae_lint.run import registry

    rules = registry.selected(settings).values()
    alone = {word for rule in rules if not rule.companions for word in rule.triggers}
    pairs = {(rule.triggers, rule.companions) for rule in rules if rule.companions}
    return ((*sorted(alone), "kvlint:", "noqa: KV", "noqa:KV"), ()), *sorted(pairs)


def run(jobs: list[Job], workers: int) -> Iterator[tuple[Job, FileResult]]:
    """Results in the order of ``jobs``; nothing is remembered from one run to the next."""
    _state.clear()
    if workers < 2 or sum(job.size for job in jobs) < PARALLEL_BYTES or len(jobs) < 2:
        for job in jobs:
            yield job, lint_job(job)
        return
    yield from _parallel(jobs, workers)


def _parallel(jobs: list[Job], workers: int) -> Iterator[tuple[Job, FileResult]]:
    from concurrent.futures.process import BrokenProcessPool

    chunks = _chunks(jobs)
    done = 0
    try:
        with _processes(workers) as pool:
            with _undisturbed():
                answers = pool.map(lint_chunk, chunks)
            for chunk, results in zip(chunks, answers, strict=True):
                yield from zip(chunk, results, strict=True)
                done += 1
    except BrokenProcessPool:
        for chunk in chunks[done:]:
            for job in chunk:
                yield job, _alone(job)


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are gone after this block: once their work is done, or at once if it ends by an exception."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children

    others = set(active_children())
    pool = ProcessPoolExecutor(count, initializer=_begin)
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
    """Processes that are started here never hear of Ctrl-C, which a terminal sends to all: the parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        with interrupts.deferred():
            yield
        return
    with interrupts.deferred():
        old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _begin() -> None:
    """In a worker, first of all: it obeys its parent, and does not outlive it."""
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


def _alone(job: Job) -> FileResult:
    """A file in a process of its own, after one of its chunk killed the worker."""
    from concurrent.futures.process import BrokenProcessPool

    from kerasvae_lint.run.engine import FileResult

    try:
        with _processes(1) as pool:
            with _undisturbed():
                answer = pool.submit(lint_job, job)
            return answer.result()
    except BrokenProcessPool:
        return FileResult(problems=[Problem(job.filename, "the parser crashed on this file")])


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


def entry_of(result: FileResult, digest: str | None) -> Entry:
    """A result as the cache keeps it."""
    return Entry(tuple(result.findings), tuple(result.problems), result.consulted, digest, result.searched)


__all__ = ["Cache", "Job", "entry_of", "lint_job", "needs_parsing", "read", "run", "workers_for"]
