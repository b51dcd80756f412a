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
    ``target_keras`` of None means: work it out from the code and the project's pins.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = ()
    target_keras: TargetKeras | None = None
    preview: bool = False
