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
from kerasvae_lint.source.disk import read_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_BYTES = 8_000_000
KEYS = (
    "select",
    "extend-select",
    "ignore",
    "extend-ignore",
    "per-file-ignores",
    "extend-per-file-ignores",
    "exclude",
    "extend-exclude",
    "target-keras",
    "preview",
    "baseline",
)


class ConfigError(Exception):
    """A setting that can't be meant; one line, with the nearest right name."""


def load(path: str | os.PathLike[str]) -> tuple[Settings, Path | None]:
    """The settings for a file or folder, and the ``pyproject.toml`` that they come from.

    Raises:
        ConfigError: the file is no TOML, or holds unknown or wrong settings.
    """
    at = Path(os.path.abspath(path))
    return _nearest(at if at.is_dir() else at.parent)


def forget() -> None:
    """Drop what is known of ``pyproject.toml`` files: one may have been changed."""
    _nearest.cache_clear()


@cache
def _nearest(folder: Path) -> tuple[Settings, Path | None]:
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            settings = read(path)
            if settings is not None:
                return settings, path
    return Settings(), None


def read(path: Path) -> Settings | None:
    """The settings in one file; None if it has no ``[tool.kvlint]``."""
    table = table_of(path)
    if table is None:
        return None
    try:
        settings = from_table(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    if settings.baseline:
        settings = replace(settings, baseline=os.path.abspath(path.parent / settings.baseline))
    return settings


def table_of(path: Path) -> dict[str, Any] | None:
    """``[tool.kvlint]`` of one file as it stands there, if it does.

    Raises:
        ConfigError: the file can't be read, or ``tool.kvlint`` is no table.
    """
    try:
        data = tomllib.loads(read_file(path, MAX_BYTES).decode())
    except (OSError, ValueError, RecursionError) as error:  # what is no TOML, no UTF-8, a number without end
        raise ConfigError(f"{path}: {str(error).splitlines()[0]}") from None
    table = data.get("tool", {}).get("kvlint") if isinstance(data.get("tool", {}), dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{path}: tool.kvlint must be a table")
    return table


def from_table(table: dict[str, Any]) -> Settings:
    """Settings from a parsed table.

    Raises:
        ConfigError: unknown keys, wrong types, unknown rule codes.
    """
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"unknown setting {key!r}{hint(key, KEYS)}")
    settings = Settings(
        select=_strings(table, "select"),
        extend_select=_strings(table, "extend-select"),
        ignore=_strings(table, "ignore"),
        extend_ignore=_strings(table, "extend-ignore"),
        exclude=_strings(table, "exclude"),
        extend_exclude=_strings(table, "extend-exclude"),
        per_file_ignores=_per_file(table, "per-file-ignores"),
        extend_per_file_ignores=_per_file(table, "extend-per-file-ignores"),
        target_keras=_target(table.get("target-keras")),
        preview=_bool(table, "preview"),
        baseline=_string(table, "baseline"),
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
        *settings.extend_select,
        *settings.ignore,
        *settings.extend_ignore,
        *(code for _, ignored in settings.all_per_file_ignores for code in ignored),
    ]
    if not codes:
        return
    from kerasvae_lint.run.registry import known_prefixes

    known = known_prefixes()
    for code in codes:
        if code not in known:
            raise ConfigError(f"unknown rule {code!r}{_code_hint(code)}")


def _code_hint(word: str) -> str:
    """The code that was meant, also where its rule's name was given."""
    from kerasvae_lint.run.registry import UNUSED, all_rules

    names = {UNUSED[1]: UNUSED[0], **{rule.name: code for code, rule in all_rules().items()}}
    near = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.75)
    if near:
        return f"; did you mean {names[near[0]]!r} ({near[0]})?"
    family = [code for code in all_rules() if code.startswith(word[:3])]
    if word[3:].isdigit() and len(word) == 5 and family:
        nearest = min(family, key=lambda code: (abs(_number(code) - _number(word)), code))
        return f"; did you mean {nearest!r}?"
    return hint(word.upper(), [*all_rules(), UNUSED[0]], 0.75)


def _number(code: str) -> int:
    """The digits of a code within its family; other packs' codes can have other shapes."""
    return int(code[3:]) if code[3:].isdigit() else 0


def hint(word: str, choices: list[str] | tuple[str, ...], cutoff: float = 0.5) -> str:
    """``; did you mean 'select'?`` if one of the choices is near to the word."""
    near = difflib.get_close_matches(word, choices, n=1, cutoff=cutoff)
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


def _string(table: dict[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{key!r} must be a string")
    return value


def _per_file(table: dict[str, Any], key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(f"{key!r} must be a table of pattern = [codes]")
    return tuple((pattern, _strings(value, pattern)) for pattern in value)


def _target(value: object) -> TargetKeras | None:
    if value is None:
        return None
    try:
        return TargetKeras(str(value))
    except ValueError:
        raise ConfigError(f"'target-keras' must be 2, 3 or both, not {value!r}") from None
