"""When to lint, or read: after the typing has stopped, one text at a time, the newest text only."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from kerasvae_lint.lsp.snapshot import Snapshot

log = logging.getLogger(__name__)

STACK = 64 * 1024 * 1024
"""Of the worker's thread: deep code recurses deep, and other systems give threads a tenth of what a program has."""
LITTER = 20_000
"""So many new objects are worth collecting; the collector itself is off, so that nobody waits for it."""
REST = 0.3
"""Seconds in which nothing was asked, before the litter is collected."""
T = TypeVar("T")


class Worker:
    """One thread beside the event loop: there is one parser to keep busy, and Python runs one thread at a time."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "kvlint")
        self.busy = 0
        self._tidied = 0
        self._tidying: asyncio.TimerHandle | None = None
        before = threading.stack_size()
        try:
            threading.stack_size(STACK)
            self._executor.submit(int).result()
        except ValueError:
            log.debug("threads have the system's stack")
        finally:
            threading.stack_size(before)

    def start(self, job: Callable[[], object]) -> None:
        """Run ``job`` in the thread when its turn comes; nobody waits for it."""
        self._executor.submit(self._counted, job)

    async def do(self, job: Callable[[], T]) -> T:
        """Run ``job`` in the thread; one that is cancelled before it starts is dropped."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._executor, self._counted, job)
        litter = 0 if gc.isenabled() else gc.get_count()[0]
        if litter > LITTER:
            if self._tidying is not None:
                self._tidying.cancel()
            self._tidying = loop.call_later(REST if litter < 20 * LITTER else 0, self._start_to_tidy)
        return answer

    def _start_to_tidy(self) -> None:
        with contextlib.suppress(RuntimeError):  # the executor has been ended
            self.start(self._tidy)

    def _tidy(self) -> None:
        """Collect what the last job left; now and then look at what has lived on, too."""
        self._tidied += 1
        gc.collect(2 if self._tidied % 20 == 0 else 1)

    def _counted(self, job: Callable[[], T]) -> T:
        self.busy += 1
        try:
            return job()
        finally:
            self.busy -= 1

    def end(self) -> None:
        """Take no more; what runs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)


@dataclass
class _Text(Generic[T]):
    """What is known and under way of one open program."""

    outcome: T | None = None
    made_for: tuple[object, ...] = ()
    task: asyncio.Task[None] | None = None
    task_for: tuple[object, ...] | None = None


class Schedule(Generic[T]):
    """Keeps each open program's findings (or networks) as new as its text. All methods belong to the event loop.

    Args:
        worker: where linting is done.
        snapshot: gives the newest text of a program by its address, None once it is closed.
        lint: what to do in the worker; its answer is the outcome.
        done: called with each outcome that is still the newest.
    """

    def __init__(
        self,
        worker: Worker,
        snapshot: Callable[[str], Snapshot | None],
        lint: Callable[[Snapshot], T],
        done: Callable[[T], None],
    ) -> None:
        self._worker = worker
        self._snapshot = snapshot
        self._lint = lint
        self._done = done
        self._texts: dict[str, _Text[T]] = {}
        self._epoch = 0

    def request(self, uri: str, delay: float = 0.0) -> None:
        """Lint a program in ``delay`` seconds; an earlier request that is not done yet is dropped."""
        text = self._texts.setdefault(uri, _Text())
        if text.task is not None:
            text.task.cancel()
        text.task_for = None
        text.task = asyncio.get_running_loop().create_task(self._run(uri, text, delay))

    async def _run(self, uri: str, text: _Text[T], delay: float) -> None:
        if delay > 0:
            await asyncio.sleep(delay)
        snapshot = self._snapshot(uri)
        if snapshot is None:
            return
        key = text.task_for = (self._epoch, snapshot.key)
        outcome = await self._worker.do(lambda: self._lint(snapshot))
        if self._texts.get(uri) is text:
            text.outcome, text.made_for = outcome, key
            self._done(outcome)

    async def outcome(self, uri: str) -> T | None:
        """The outcome for the newest text, linted now if need be; None if the program is closed meanwhile."""
        while True:
            text, snapshot = self._texts.get(uri), self._snapshot(uri)
            if text is None or snapshot is None:
                return None
            key = (self._epoch, snapshot.key)
            if text.made_for == key:
                return text.outcome
            if text.task is None or text.task.done() or text.task_for != key:
                self.request(uri)
            assert text.task is not None
            task = text.task
            await asyncio.wait([task])
            if not task.cancelled() and task.exception() is not None:
                return None

    async def asked(self, uri: str) -> T | None:
        """The same for a program that nothing was requested of so far."""
        if self._snapshot(uri) is not None:
            self._texts.setdefault(uri, _Text())
        return await self.outcome(uri)

    def last(self, uri: str) -> T | None:
        """The last outcome, be it for an older text."""
        text = self._texts.get(uri)
        return text.outcome if text is not None else None

    def close(self, uri: str) -> None:
        """Forget a program."""
        text = self._texts.pop(uri, None)
        if text is not None and text.task is not None:
            text.task.cancel()

    def relint(self, concerned: Callable[[T], bool] = lambda _: True) -> None:
        """Lint all open programs again whose last outcome ``concerned`` picks; nothing old is believed any more."""
        for uri in self.doubt(concerned):
            self.request(uri)

    def doubt(self, concerned: Callable[[T], bool] = lambda _: True) -> list[str]:
        """Believe no outcome any more that ``concerned`` picks; the programs that had one, or have none so far."""
        self._epoch += 1
        doubted = []
        for uri, text in self._texts.items():
            if text.outcome is None or concerned(text.outcome):
                doubted.append(uri)
            else:
                text.made_for = (self._epoch, text.made_for[1])
        return doubted

    def end(self) -> None:
        """Drop everything that is under way."""
        for uri in list(self._texts):
            self.close(uri)
