"""``[tool.kvlint]`` of the nearest ``pyproject.toml``."""

from __future__ import annotations

import difflib
import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from kerasvae_lint.core import Settings, TargetKeras

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEYS = ("select", "ignore", "per-file-ignores", "exclude", "target-keras", "preview")


class ConfigError(Exception):
    """A setting that can't be meant; one line, with the nearest right name."""


def load(path: str | os.PathLike[str]) -> tuple[Settings, Path | None]:
    """The settings for a file or folder, and the ``pyproject.toml`` that they come from.

    Raises:
        ConfigError: the file is no TOML, or holds unknown or wrong settings.
    """
    at = Path(os.path.abspath(path))
    return _nearest(at if at.is_dir() else at.parent)


@cache
def _nearest(folder: Path) -> tuple[Settings, Path | None]:
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            settings = read(path)
            if settings is not None:
                return settings, path
    return Settings(), None


def forget() -> None:
    """Read each ``pyproject.toml`` anew when it is next asked for: a process that lives long sees them change."""
    _nearest.cache_clear()


def read(path: Path) -> Settings | None:
    """The settings in one file; None if it has no ``[tool.kvlint]``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {str(error).splitlines()[0]}") from None
    table = data.get("tool", {}).get("kvlint") if isinstance(data.get("tool", {}), dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tool.kvlint must be a table")
    try:
        return from_table(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def from_table(table: dict[str, Any]) -> Settings:
    """Settings from a parsed table.

    Raises:
        ConfigError: unknown keys, wrong types, unknown rule codes.
    """
    for key in table:
        if key not in _KEYS:
            raise ConfigError(f"unknown setting {key!r}{_hint(key, _KEYS)}")
    settings = Settings(
        select=_strings(table, "select"),
        ignore=_strings(table, "ignore"),
        exclude=_strings(table, "exclude"),
        per_file_ignores=_per_file(table.get("per-file-ignores", {})),
        target_keras=_target(table.get("target-keras")),
        preview=_bool(table, "preview"),
    )
    check_codes(settings)
    return settings


def merge(settings: Settings, **given: Any) -> Settings:
    """``settings`` with the command line's own on top; None leaves a setting as it is."""
    merged = replace(settings, **{key: value for key, value in given.items() if value is not None})
    check_codes(merged)
    return merged


def check_codes(settings: Settings) -> None:
    """Refuse codes that no rule has.

    Raises:
        ConfigError: with the nearest right code.
    """
    codes = [
        *settings.select,
        *settings.ignore,
        *(c for _, cs in settings.per_file_ignores for c in cs),
    ]
    if not codes:
        return
    from kerasvae_lint.run.registry import all_rules, known_prefixes

    known = known_prefixes()
    for code in codes:
        if code not in known:
            raise ConfigError(f"unknown rule {code!r}{_hint(code, list(all_rules()))}")


def _hint(word: str, choices: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _strings(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{key!r} must be a list of strings")
    return tuple(value)


def _bool(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{key!r} must be true or false")
    return value


def _per_file(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ConfigError("'per-file-ignores' must be a table of pattern = [codes]")
    return tuple((pattern, _strings(value, pattern)) for pattern in value)


def _target(value: object) -> TargetKeras | None:
    if value is None:
        return None
    try:
        return TargetKeras(str(value))
    except ValueError:
        raise ConfigError(f"'target-keras' must be 2, 3 or both, not {value!r}") from None
