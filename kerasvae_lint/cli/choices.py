"""Settings from the command line, on top of those of each file's ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kerasvae_lint.core import Problem, Settings, TargetKeras

NOTHING = Settings(select=("-",))
"""For files whose configuration can't be read: no rule has this code, so nothing is done."""


@dataclass(slots=True)
class Choices:
    """What the options say; None or empty leaves a setting as ``pyproject.toml`` has it."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    target_keras: TargetKeras | None = None
    preview: bool | None = None
    config: Path | None = None
    problems: dict[str, Problem] = field(default_factory=dict)
    _merged: dict[Settings, Settings] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse options that no configuration could make right.

        Raises:
            ConfigError: an unknown code, a broken ``--config`` file.
        """
        from kerasvae_lint.run.config import read

        self._on_top_of((read(self.config) if self.config else None) or Settings())

    def settings_for(self) -> Callable[[str], Settings]:
        """A function from a file or folder to its settings; what is wrong goes to ``problems``."""
        from kerasvae_lint.run.config import ConfigError, load, read

        if self.config is not None:
            fixed = self._on_top_of(read(self.config) or Settings())
            return lambda _: fixed

        def nearest(filename: str) -> Settings:
            try:
                return self._on_top_of(load(filename)[0])
            except ConfigError as error:
                name, _, message = str(error).partition(": ")
                self.problems.setdefault(str(error), Problem(name, message))
                return NOTHING

        return nearest

    def _on_top_of(self, settings: Settings) -> Settings:
        from kerasvae_lint.run.config import merge

        if settings not in self._merged:
            self._merged[settings] = merge(
                settings,
                select=self.select or None,
                ignore=self.ignore or None,
                exclude=self.exclude or None,
                target_keras=self.target_keras,
                preview=self.preview,
            )
        return self._merged[settings]


def codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """``("kv101,KV3", "KV6")`` → ``("KV101", "KV3", "KV6")``."""
    parts = (part.strip().upper() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)


def patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    """Comma lists of file patterns, flat."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)
