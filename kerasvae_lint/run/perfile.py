"""Which rules ``per-file-ignores`` take away for a file."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable

from kerasvae_lint.core import Settings


def ignored_codes(filename: str, settings: Settings, codes: Iterable[str]) -> set[str]:
    """Those of ``codes`` that are not for this file."""
    pairs = settings.all_per_file_ignores
    if not pairs:
        return set()
    path = os.path.abspath(filename).replace(os.sep, "/")
    prefixes = [prefix for pattern, ignored in pairs if matches(path, pattern) for prefix in ignored]
    return {code for code in codes if any(prefix == "ALL" or code.startswith(prefix) for prefix in prefixes)}


def matches(path: str, pattern: str) -> bool:
    """True if a pattern means an absolute path: by the file's name, or by the last folders of its path.

    ``*`` matches slashes too, ``**/`` also no folder at all, and a leading ``!`` turns the pattern round.
    """
    if pattern.startswith("!"):
        return not matches(path, pattern[1:])
    for form in {pattern, pattern.replace("**/", "")}:
        form = form.removeprefix("./")
        anchored = form if form.startswith("/") or form[1:2] == ":" else f"*/{form}"
        if fnmatch.fnmatch(path, anchored) or fnmatch.fnmatch(path.rpartition("/")[2], form):
            return True
    return False
