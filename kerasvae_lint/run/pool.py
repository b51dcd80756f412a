"""Many files: triaged and looked up in the cache here, parsed in several processes once that pays."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kerasvae_lint.core import Problem, Settings
from kerasvae_lint.run.cache import Cache, Entry
from kerasvae_lint.run.triage import has_trigger, mentions_field

if TYPE_CHECKING:
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
    return has_trigger(data, _words(settings))


@lru_cache(maxsize=16)
def _words(settings: Settings) -> frozenset[str]:
    from kerasvae_lint.run import registry

    words = {word for rule in registry.selected(settings).values() for word in rule.triggers}
    return frozenset(words | {"kvlint:", "noqa: KV", "noqa:KV"})


def run(jobs: list[Job], workers: int) -> Iterator[tuple[Job, FileResult]]:
    """Results in the order of ``jobs``; nothing is remembered from one run to the next."""
    _state.clear()
    if workers < 2 or sum(job.size for job in jobs) < PARALLEL_BYTES or len(jobs) < 2:
        for job in jobs:
            yield job, lint_job(job)
        return
    yield from _parallel(jobs, workers)


def _parallel(jobs: list[Job], workers: int) -> Iterator[tuple[Job, FileResult]]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    chunks = _chunks(jobs)
    done = 0
    try:
        with ProcessPoolExecutor(workers) as pool:
            for chunk, results in zip(chunks, pool.map(lint_chunk, chunks), strict=True):
                yield from zip(chunk, results, strict=True)
                done += 1
    except BrokenProcessPool:
        for chunk in chunks[done:]:
            for job in chunk:
                yield job, _alone(job)


def _alone(job: Job) -> FileResult:
    """A file in a process of its own, after one of its chunk killed the worker."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    from kerasvae_lint.run.engine import FileResult

    try:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(lint_job, job).result()
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
    return Entry(tuple(result.findings), tuple(result.problems), result.consulted, digest)


__all__ = ["Cache", "Job", "entry_of", "lint_job", "needs_parsing", "read", "run", "workers_for"]
