"""The entry point: starts fast, ends cleanly."""

from __future__ import annotations

import contextlib
import os
import sys

INTERRUPTED = 130
CLOSED_PIPE = 141


def main() -> None:
    """Run ``kvlint`` with the arguments of the process and exit."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from kerasvae_lint import __version__

        print(f"kvlint {__version__}")
        return
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        status = CLOSED_PIPE
    except KeyboardInterrupt:
        status = INTERRUPTED
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    import click

    from kerasvae_lint.cli.commands import kvlint

    try:
        status = kvlint.main(arguments, prog_name="kvlint", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def _silence() -> None:
    """Nobody reads on: let what is still buffered go nowhere, without a word."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
