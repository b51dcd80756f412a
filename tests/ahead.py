"""Work that is begun for every key as soon as one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Ahead(Generic[Key, Answer]):
    """``work(key)`` for each of ``keys``, two at a time: most of it waits for a child process."""

    def __init__(self, work: Callable[[Key], Answer], *keys: Key) -> None:
        self.work, self.keys = work, keys
        self.begun: dict[Key, Future[Answer]] = {}

    def __call__(self, key: Key) -> Answer:
        """The answer; the first to ask begins all."""
        if not self.begun:
            pool = ThreadPoolExecutor(max_workers=2)
            self.begun = {each: pool.submit(self.work, each) for each in self.keys}
            pool.shutdown(wait=False)
        return self.begun[key].result()
