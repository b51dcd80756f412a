"""The installed rule packs' code, without importing it: what the cache must know of the rules."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "kvlint.rules"
BUILTIN = "kerasvae_lint.rules"


class RulePackError(Exception):
    """A rule pack that can't be loaded; one line."""


def pack_names() -> list[str]:
    """The modules that hold rules: the built-in pack first, then what the entry points name."""
    return list(dict.fromkeys([BUILTIN, *sorted(point.value for point in entry_points(group=GROUP))]))


@cache
def fingerprint() -> str:
    """A hash over the source of every rule pack."""
    total = hashlib.sha256()
    for value in pack_names():
        total.update(value.encode())
        try:
            spec = importlib.util.find_spec(value.partition(":")[0])
        except (ImportError, ValueError):
            continue
        if spec is None:
            continue
        folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
        files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
        if not files and spec.origin is not None:
            files = [Path(spec.origin)]
        for path in files:
            total.update(str(path).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
