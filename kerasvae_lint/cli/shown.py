"""``kvlint check --show-settings``: every setting as TOML, each with where it comes from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from kerasvae_lint.cli.check import STDIN, Request
from kerasvae_lint.cli.choices import NOTHING
from kerasvae_lint.cli.output import look_for, problem_line, write
from kerasvae_lint.core import Problem, Settings, TargetKeras

DEFAULT, OPTION = "default", "command line"


def show_settings(request: Request) -> int:
    """Print the settings of each group of files that share them; the exit status."""
    settings_for = request.choices.settings_for()
    groups: dict[tuple[Settings, Path | None], list[str]] = {}
    problems: list[Problem] = []
    for name in _names(request, problems):
        settings = settings_for(name)
        if settings != NOTHING:
            groups.setdefault((settings, _file_for(request, name)), []).append(name)
    look = look_for(sys.stderr)
    for number, ((settings, path), names) in enumerate(groups.items()):
        head = [*([""] if number else []), f"# For {', '.join(look.path(name) for name in names)}"]
        write(sys.stdout, [*head, *_lines(request, settings, path)])
    problems += request.choices.problems.values()
    write(sys.stderr, (problem_line(problem, look) for problem in problems))
    return 2 if problems else 0


def _names(request: Request, problems: list[Problem]) -> Iterator[str]:
    """The paths that were asked for, and the folders below them that have settings of their own."""
    from kerasvae_lint.run.discovery import discover

    if request.paths == (STDIN,):
        yield request.stdin_filename or "."
        return
    settings_for = request.choices.settings_for()
    yield from (path for path in request.paths if os.path.exists(path))
    own: dict[str, None] = {}
    for item in discover(list(request.paths), lambda folder: settings_for(folder).all_excludes):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        path = None if request.choices.config else _file_for(request, item)
        if path is not None and not any(_file_for(request, given) == path for given in request.paths):
            own.setdefault(os.path.relpath(path.parent))
    yield from own


def _file_for(request: Request, name: str) -> Path | None:
    from kerasvae_lint.run.config import ConfigError, load

    if request.choices.config is not None:
        return request.choices.config
    try:
        return load(name)[1]
    except ConfigError:
        return None


def _lines(request: Request, settings: Settings, path: Path | None) -> Iterator[str]:
    from kerasvae_lint.run.config import KEYS, table_of
    from kerasvae_lint.run.registry import UNUSED, is_selected, selected

    look = look_for(sys.stdout)
    table = (table_of(path) or {}) if path is not None else {}
    file = look.path(str(path))
    given, added = request.choices.given(), request.choices.added()
    made: list[tuple[str, str]] = []
    for key in KEYS:
        name = key.replace("-", "_")
        sources = [file] if key in table and name not in given else []
        if key == "extend-select" and "select" in given:
            sources = []
        if name in given or name in added:
            sources.append(OPTION)
        made.append((_toml(key, getattr(settings, name)), " and ".join(sources) or DEFAULT))
    width = max(len(text) for text, _ in made if len(text) <= 40)
    yield "[tool.kvlint]"
    yield from (f"{text:<{width}}  # {source}" for text, source in made)
    on = [*([UNUSED[0]] if is_selected(UNUSED[0], settings) else []), *selected(settings)]
    yield f"# {len(on)} rules run:"
    yield from ("#   " + " ".join(on[start : start + 12]) for start in range(0, len(on), 12))


def _toml(key: str, value: object) -> str:
    if isinstance(value, TargetKeras):
        return f"{key} = {_string(value.value)}"
    if isinstance(value, bool):
        return f"{key} = {str(value).lower()}"
    if isinstance(value, str) and value:
        return f"{key} = {_string(value)}"
    if not isinstance(value, tuple):
        return f"# {key}: {'judged by the code' if key == 'target-keras' else 'none'}"
    if key.endswith("per-file-ignores"):
        merged: dict[str, tuple[str, ...]] = {}
        for pattern, codes in value:
            merged[pattern] = (*merged.get(pattern, ()), *codes)
        pairs = ", ".join(f"{_string(pattern)} = {_list(codes)}" for pattern, codes in merged.items())
        return f"{key} = {{ {pairs} }}" if pairs else f"{key} = {{}}"
    return f"{key} = {_list(value)}"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_string, values))}]"


def _string(value: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
