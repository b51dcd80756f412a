"""What the editor's own settings say, on top of ``pyproject.toml``."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kerasvae_lint.core import Settings, TargetKeras
from kerasvae_lint.run.config import ConfigError, merge

SECTION = "kvlint"
MODES = ("onType", "onSave")


@dataclass(frozen=True)
class Options:
    """Workspace settings; None leaves a setting as ``pyproject.toml`` has it.

    Attributes:
        unsafe: "Fix all" of one rule makes the unsafe fixes too.
        debounce: how long nobody must have typed before linting, in seconds.
        on_type: lint while typing; else when a file is opened and saved.
        inlay_hints: show the shapes that layers give.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    preview: bool | None = None
    target_keras: TargetKeras | None = None
    unsafe: bool = False
    debounce: float = 0.2
    enable: bool = True
    on_type: bool = True
    inlay_hints: bool = True

    def on_top_of(self, settings: Settings) -> Settings:
        """``settings`` as the workspace wants them."""
        return merge(
            settings, select=self.select, ignore=self.ignore, preview=self.preview, target_keras=self.target_keras
        )


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError("must be true or false")
    return value


def _codes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError("must be a list of codes")
    return tuple(item.strip() if item == "all" else item.strip().upper() for item in value)


def _target(value: Any) -> TargetKeras:
    try:
        return TargetKeras(str(value))
    except ValueError:
        raise ConfigError("must be 2, 3 or both") from None


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 60_000:
        raise ConfigError("must be milliseconds, from 0 to 60000")
    return value / 1000


def _mode(value: Any) -> bool:
    if value not in MODES:
        raise ConfigError(f"must be one of {', '.join(MODES)}")
    return bool(value == MODES[0])


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "select": ("select", _codes),
    "ignore": ("ignore", _codes),
    "preview": ("preview", _flag),
    "targetKeras": ("target_keras", _target),
    "unsafeFixes": ("unsafe", _flag),
    "debounce": ("debounce", _seconds),
    "enable": ("enable", _flag),
    "run": ("on_type", _mode),
    "inlayHints": ("inlay_hints", _flag),
}


def read(raw: object, before: Options | None = None) -> tuple[Options, list[str]]:
    """Options from what a client sends, and a line for each thing in it that can't be meant.

    A wrong setting is left at what it was in ``before``; the others count.
    """
    table = _table(raw)
    options = Options()
    wrong: list[str] = []
    for key, value in table.items():
        if key not in _READERS:
            near = difflib.get_close_matches(key, _READERS, n=1, cutoff=0.5)
            wrong.append(f"unknown setting {key!r}{f'; did you mean {near[0]!r}?' if near else ''}")
            continue
        if value is None:
            continue
        name, reader = _READERS[key]
        try:
            given: dict[str, Any] = {name: reader(value)}
            changed = replace(options, **given)
            changed.on_top_of(Settings())
            options = changed
        except ConfigError as error:
            text = str(error)
            wrong.append(f"{key!r} {text}" if text.startswith("must") else f"{key!r}: {text}")
            options = replace(options, **{name: getattr(before or Options(), name)})
    return options, wrong


def _table(raw: object) -> dict[str, Any]:
    """The table of kvlint's settings, whether it comes bare or under its name."""
    for _ in range(3):
        if not isinstance(raw, dict):
            return {}
        inner = next((raw[key] for key in (SECTION, "settings") if isinstance(raw.get(key), dict)), None)
        if inner is None:
            return {key: value for key, value in raw.items() if key not in {SECTION, "settings"} or value is not None}
        raw = inner
    return raw if isinstance(raw, dict) else {}
