"""The settings of each file: the nearest ``pyproject.toml`` as it is now, with the workspace's own on top."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kerasvae_lint.core import Settings
from kerasvae_lint.lsp.options import Options
from kerasvae_lint.run import config
from kerasvae_lint.run.discovery import is_left_out
from kerasvae_lint.source.files import project_root

MAX_KNOWN = 512


@dataclass(frozen=True)
class Verdict:
    """How one file is linted. ``left_out``: not at all, as ``kvlint .`` would not meet it."""

    settings: Settings
    left_out: bool = False


class Configuration:
    """Reads settings when they are asked for; what is kept is given up as soon as a file behind it changes."""

    def __init__(self) -> None:
        self.options = Options()
        self.folders: tuple[str, ...] = ()
        self._seen: dict[str, tuple[tuple[str, int, int], ...]] = {}
        self._left_out: dict[tuple[str, str, tuple[str, ...]], bool] = {}

    def forget(self) -> None:
        """Read everything again."""
        config.forget()
        self._seen.clear()
        self._left_out.clear()

    def of(self, filename: str) -> Verdict:
        """The settings for a file.

        Raises:
            ConfigError: its ``pyproject.toml`` can't be meant.
        """
        if not self.options.enable:
            return Verdict(Settings(), True)
        self._look(os.path.dirname(os.path.abspath(filename)))
        settings, path = config.load(filename)
        top = str(path.parent) if path is not None else self._folder_of(filename)
        key = (filename, top, settings.all_excludes)
        if key not in self._left_out:
            if len(self._left_out) > MAX_KNOWN:
                self._left_out.clear()
            self._left_out[key] = is_left_out(filename, top, settings.all_excludes)
        return Verdict(self.options.on_top_of(settings), self._left_out[key])

    def _folder_of(self, filename: str) -> str:
        """The folder that the editor shows the file in; for files outside of all, the file's own project."""
        inside = [folder for folder in self.folders if filename.startswith(os.path.join(folder, ""))]
        return max(inside, key=len) if inside else str(project_root(filename))

    def _look(self, folder: str) -> None:
        """Notice without being told that one of the ``pyproject.toml`` or ``.gitignore`` around has changed."""
        found = []
        for place in (Path(folder), *Path(folder).parents):
            for name in ("pyproject.toml", ".gitignore"):
                try:
                    status = os.stat(place / name)
                except OSError:
                    continue
                found.append((str(place / name), status.st_mtime_ns, status.st_size))
        if self._seen.get(folder, tuple(found)) != tuple(found):
            self.forget()
        if len(self._seen) > MAX_KNOWN:
            self._seen.clear()
        self._seen[folder] = tuple(found)
