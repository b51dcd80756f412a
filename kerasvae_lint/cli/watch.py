"""``kvlint check --watch``: lints, waits until a file changes that matters, and lints again."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from kerasvae_lint.cli.check import STDIN, Request, answer_to, tell
from kerasvae_lint.cli.choices import NOTHING
from kerasvae_lint.cli.output import folded, is_plain, look_for, write
from kerasvae_lint.core import interrupts
from kerasvae_lint.run import config
from kerasvae_lint.run.snapshot import Snapshot, matters, take

if TYPE_CHECKING:
    from collections.abc import Generator

FORMATS = frozenset({"text", "concise"})
NAMED = 3
QUIET_MS = 50
LONGEST_MS = 1600
TICK_MS = 250


class CantWatchError(Exception):
    """What was asked for makes no sense with ``--watch``, or can't be had; one line."""


def watch(request: Request) -> int:
    """Lint after every change, until a signal ends it.

    Raises:
        CantWatchError: watchfiles is missing, or an option does not go with watching.
    """
    _refuse(request)
    state, changed = _state(request), list[str]()
    while True:
        _lint(request, state, changed)
        state, changed = _wait(request, state)


def _refuse(request: Request) -> None:
    from importlib.util import find_spec

    if STDIN in request.paths:
        raise CantWatchError("--watch needs files and folders, not standard input")
    if request.diff:
        raise CantWatchError("--watch and --diff don't go together")
    if request.outputs:
        raise CantWatchError("--watch and --output-file don't go together")
    if request.format not in FORMATS:
        raise CantWatchError("--watch prints text or concise, nothing else (--output-format)")
    missing = next((path for path in request.paths if not os.path.exists(path)), None)
    if missing is not None:
        raise CantWatchError(f"--watch: {missing}: no such file or directory")
    if find_spec("watchfiles") is None:
        raise CantWatchError("--watch needs watchfiles: pip install 'kerasvae-lint[watch]'")


def _lint(request: Request, state: Snapshot, changed: list[str]) -> None:
    """Lint everything (the cache knows what is as it was), and say what is found; what it writes goes to ``state``."""
    started = time.perf_counter()
    config.forget()
    request = replace(request, choices=replace(request.choices, problems={}))
    if not is_plain(sys.stdout):
        click.clear()
    _say(request, f"{time.strftime('%H:%M:%S')}  {_named(changed)}")
    try:
        answer = answer_to(request)
    except config.ConfigError as error:
        write(sys.stderr, [f"error: {error}"])
        ending = "Watching"
    else:
        tell(request, answer, started)
        sys.stdout.flush()
        for change in answer.changes:
            state.add(os.path.abspath(change.filename))
        count = answer.result.files
        ending = f"{time.perf_counter() - started:.2f} s. Watching {count} file{'' if count == 1 else 's'}"
    _say(request, f"{ending}; Ctrl-C ends it.")


def _state(request: Request) -> Snapshot:
    file = request.choices.config
    extra = [str(file)] if file else []
    try:
        return take(request.paths, request.choices.settings_for(), extra)
    except config.ConfigError:
        return take(request.paths, lambda _: NOTHING, extra)


def _wait(request: Request, state: Snapshot) -> tuple[Snapshot, list[str]]:
    """Until something is not as in ``state``; how it is now, and what that is.

    Files are compared once the watching has begun, so that nothing is lost that was saved while kvlint was linting.
    """
    folders = state.folders
    polling: bool | None = None
    while True:
        try:
            found = _watched(request, state, folders, polling)
        except FileNotFoundError:
            time.sleep(TICK_MS / 1000)  # a folder went as it was about to be watched
            found = _state(request)
        except OSError as error:
            if polling:
                raise CantWatchError(f"--watch: {error}") from None
            _say(request, "The system can't watch so many folders: they are looked at now and then instead.")
            polling = True
            continue
        changed = found.changes(state)
        if changed:
            return found, changed
        folders = found.folders


def _watched(request: Request, state: Snapshot, folders: set[str], polling: bool | None) -> Snapshot:
    """The state as soon as it is another, or other folders are to be watched."""
    events = _events(folders, polling)
    first = True
    try:
        for event in events:
            if event or first:
                first = False
                config.forget()
                now = _state(request)
                if now.changes(state) or now.folders != folders:
                    return now
    except KeyboardInterrupt:
        interrupts.stop()
    finally:
        events.close()
    raise AssertionError("watchfiles stopped by itself")


def _events(folders: set[str], polling: bool | None) -> Generator[set[tuple[Any, str]], None, None]:
    """What happens in these folders and matters; nothing, now and then. Folders that are ignored are not watched.

    Only Linux counts the folders: elsewhere the system watches whole trees at no cost.
    """
    from watchfiles import watch

    whole = sys.platform in {"darwin", "win32"} and not polling
    real = folders | {os.path.realpath(folder) for folder in folders}
    return watch(
        *sorted(folders),
        watch_filter=lambda _, path: matters(path, real),
        debounce=LONGEST_MS,
        step=QUIET_MS,
        rust_timeout=TICK_MS,
        yield_on_timeout=True,
        force_polling=polling,
        recursive=whole,
        ignore_permission_denied=True,
    )


def _named(changed: list[str]) -> str:
    if not changed:
        return "Linting"
    look = look_for(sys.stderr)
    names = ", ".join(look.path(name) for name in changed[:NAMED])
    more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
    return f"Changed: {names}{more}"


def _say(request: Request, line: str) -> None:
    if not request.quiet:
        write(sys.stderr, folded([line], sys.stderr))
