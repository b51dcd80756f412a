"""Settings that change what a lint run finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TargetKeras(Enum):
    """Which Keras the code is for: ``--target-keras 2|3|both``."""

    KERAS2 = "2"
    KERAS3 = "3"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``[tool.kvlint]`` and the command line say; frozen, picklable, part of the cache key.

    ``select`` and ``ignore`` hold codes or prefixes of codes (``KV``, ``KV3``, ``KV301``) or ``ALL``.
    An empty ``select`` means all stable rules, and with ``preview`` the preview rules too.
    What an ``extend_`` setting holds is added to what its namesake holds.
    ``target_keras`` of None means: work it out from the code and the project's pins.
    ``baseline`` is the absolute path of a file of findings that are known and not reported; empty for none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = ()
    target_keras: TargetKeras | None = None
    preview: bool = False
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    extend_per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extend_exclude: tuple[str, ...] = ()
    baseline: str = ""

    @property
    def all_excludes(self) -> tuple[str, ...]:
        """``exclude`` and ``extend_exclude``."""
        return (*self.exclude, *self.extend_exclude)

    @property
    def all_per_file_ignores(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """``per_file_ignores`` and ``extend_per_file_ignores``."""
        return (*self.per_file_ignores, *self.extend_per_file_ignores)
