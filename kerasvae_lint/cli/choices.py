"""Settings from the command line, on top of those of each file's ``pyproject.toml``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kerasvae_lint.core import Problem, Settings, TargetKeras

NOTHING = Settings(select=("-",))
"""For files whose configuration can't be read: no rule has this code, so nothing is done."""

PerFile = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(slots=True)
class Choices:
    """What the options say; None or empty leaves a setting as ``pyproject.toml`` has it.

    ``updating`` says that baselines are going to be written: they need not be there. ``stopped`` are the files and
    folders whose settings can't be used, so that no rule looks at them.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: PerFile = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    extend_per_file_ignores: PerFile = ()
    target_keras: TargetKeras | None = None
    preview: bool | None = None
    baseline: str = ""
    config: Path | None = None
    updating: bool = False
    problems: dict[str, Problem] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    _merged: dict[Settings, Settings] = field(default_factory=dict)

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Choices:
        """The choices among a command's ``options``, which are taken out of them.

        Raises:
            ConfigError: ``--per-file-ignores`` that is no list of PATTERN:CODES.
        """
        target, baseline = options.pop("target_keras"), options.pop("baseline")
        return cls(
            select=codes(options.pop("select")),
            ignore=codes(options.pop("ignore")),
            exclude=patterns(options.pop("exclude")),
            per_file_ignores=per_file("--per-file-ignores", options.pop("per_file_ignores")),
            extend_select=codes(options.pop("extend_select")),
            extend_ignore=codes(options.pop("extend_ignore")),
            extend_exclude=patterns(options.pop("extend_exclude")),
            extend_per_file_ignores=per_file("--extend-per-file-ignores", options.pop("extend_per_file_ignores")),
            target_keras=TargetKeras(target) if target else None,
            preview=options.pop("preview"),
            baseline=os.path.abspath(baseline) if baseline else "",
            config=options.pop("config"),
            updating=options.get("update_baseline", False),
        )

    def check(self) -> None:
        """Refuse options that no configuration could make right.

        Raises:
            ConfigError: an unknown code, a broken ``--config`` file, a baseline that can't be used.
        """
        from kerasvae_lint.run.config import read

        self._check_baseline(self._on_top_of((read(self.config) if self.config else None) or Settings()))

    def settings_for(self) -> Callable[[str], Settings]:
        """A function from a file or folder to its settings; what is wrong goes to ``problems``."""
        from kerasvae_lint.run.config import ConfigError, load, read

        if self.config is not None:
            fixed = self._on_top_of(read(self.config) or Settings())
            return lambda _: fixed

        def nearest(filename: str) -> Settings:
            try:
                settings = self._on_top_of(load(filename)[0])
                self._check_baseline(settings)
                return settings
            except ConfigError as error:
                name, _, message = str(error).partition(": ")
                self.problems.setdefault(str(error), Problem(name, message))
                self.stopped.add(filename)
                return NOTHING

        return nearest

    def given(self) -> dict[str, Any]:
        """The settings that the command line sets, by the names of their fields."""
        own = {
            "select": self.select or None,
            "ignore": self.ignore or None,
            "exclude": self.exclude or None,
            "per_file_ignores": self.per_file_ignores or None,
            "target_keras": self.target_keras,
            "preview": self.preview,
            "baseline": self.baseline or None,
        }
        return {name: value for name, value in own.items() if value is not None}

    def added(self) -> dict[str, tuple[Any, ...]]:
        """The settings that the command line adds to."""
        names = ("extend_select", "extend_ignore", "extend_exclude", "extend_per_file_ignores")
        return {name: value for name in names if (value := getattr(self, name))}

    def _on_top_of(self, settings: Settings) -> Settings:
        """``--select`` names all rules that are to run, so it takes the file's ``extend-select`` away too."""
        from kerasvae_lint.run.config import merge

        if settings not in self._merged:
            base = replace(settings, extend_select=()) if self.select else settings
            added = {name: (*getattr(base, name), *value) for name, value in self.added().items()}
            self._merged[settings] = merge(base, **self.given(), **added)
        return self._merged[settings]

    def _check_baseline(self, settings: Settings) -> None:
        if settings.baseline and not (self.updating and not os.path.exists(settings.baseline)):
            from kerasvae_lint.run.baseline import load

            load(settings.baseline)


def codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """``("kv101,KV3", "KV6")`` → ``("KV101", "KV3", "KV6")``."""
    parts = (part.strip().upper() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)


def patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    """Comma lists of file patterns, flat."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)


def per_file(option: str, values: tuple[str, ...]) -> PerFile:
    """``("tests/*:KV1,KV203,old.py:ALL",)`` → ``(("tests/*", ("KV1", "KV203")), ("old.py", ("ALL",)))``.

    Raises:
        ConfigError: a code before any pattern, a pattern without codes.
    """
    from kerasvae_lint.run.config import ConfigError

    found: list[tuple[str, tuple[str, ...]]] = []
    for part in patterns(values):
        pattern, colon, code = (piece.strip() for piece in part.rpartition(":"))
        if colon and pattern:
            found.append((pattern, codes((code,))))
        elif found and not colon:
            found[-1] = (found[-1][0], (*found[-1][1], *codes((part,))))
        else:
            found.append((part, ()))
    for pattern, ignored in found:
        if not ignored:
            raise ConfigError(f"{option} takes PATTERN:CODES, such as 'tests/*:KV101', not {pattern!r}")
    return tuple(found)
