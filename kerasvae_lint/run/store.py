"""The caches of one run, a cache for each project and set of settings that it meets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Problem, Settings
from kerasvae_lint.project import Index, Indexes
from kerasvae_lint.project.folder import folder_for
from kerasvae_lint.run.cache import Cache, salt
from kerasvae_lint.run.entries import Entry
from kerasvae_lint.run.reading import read
from kerasvae_lint.source.files import project_root, searched_folder

if TYPE_CHECKING:
    from kerasvae_lint.run.engine import FileResult
    from kerasvae_lint.run.pool import Job


class Store:
    """The caches of all projects and settings that one run meets."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._caches: dict[tuple[Path, str], Cache] = {}
        self._salts: dict[Settings, str] = {}
        self._folders: dict[str, Path] = {}
        self._roots: dict[str, Path] = {}
        self.indexes = Indexes(kept=enabled)

    def _cache(self, filename: str, settings: Settings) -> Cache:
        folder = os.path.dirname(os.path.abspath(filename))
        if folder not in self._folders:
            self._folders[folder] = folder_for(folder)
        if settings not in self._salts:
            from kerasvae_lint import __version__
            from kerasvae_lint.run.packs import fingerprint

            self._salts[settings] = salt(settings, fingerprint(), __version__)
        key = (self._folders[folder], self._salts[settings])
        if key not in self._caches:
            self._caches[key] = Cache(*key)
        return self._caches[key]

    def _index(self, filename: str) -> Index:
        folder = os.path.dirname(os.path.abspath(filename))
        if folder not in self._roots:
            self._roots[folder] = project_root(filename)
        return self.indexes.of(searched_folder(filename, self._roots[folder]))

    def get(self, filename: str, data: bytes, settings: Settings) -> Entry | None:
        if not self.enabled:
            return None
        cache = self._cache(filename, settings)
        return cache.get(
            Cache.key(filename, data),
            filename,
            lambda: self._index(filename).digest(),
            lambda search: self._index(filename).finds(os.path.abspath(filename), search),
        )

    def put(self, filename: str, data: bytes, settings: Settings) -> None:
        if self.enabled:
            self._cache(filename, settings).put(Cache.key(filename, data), Entry((), (), {}, None))

    def put_result(self, job: Job, result: FileResult) -> None:
        if not self.enabled:
            return
        data = read(job.filename)
        if isinstance(data, Problem):
            return
        digest = self._index(job.filename).digest() if result.searched else None
        cache = self._cache(job.filename, job.settings)
        entry = Entry(tuple(result.findings), tuple(result.problems), result.consulted, digest, result.searched)
        cache.put(Cache.key(job.filename, data), entry)

    def save(self) -> None:
        for cache in self._caches.values():
            cache.save()
        self.indexes.save()
