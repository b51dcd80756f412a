"""The entry point: starts fast, ends cleanly."""

from __future__ import annotations

import contextlib
import os
import sys

CLOSED_PIPE = 141


def main() -> None:
    """Run ``kvlint`` with the arguments of the process and exit."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from kerasvae_lint import __version__

        print(f"kvlint {__version__}")
        return
    try:
        status = _heard(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        status = CLOSED_PIPE
    except KeyboardInterrupt:
        status = _stopped()
    sys.exit(status)


def _heard(arguments: list[str]) -> int:
    """Run, ready for signals; what comes before, while Python imports this much, is a ``KeyboardInterrupt``."""
    from kerasvae_lint.core import interrupts

    interrupts.install()
    try:
        return _run(arguments)
    except interrupts.Stopped:
        return _stopped()


def _run(arguments: list[str]) -> int:
    import click

    from kerasvae_lint.cli import completion
    from kerasvae_lint.cli.commands import kvlint

    completion.register()
    out = sys.stdout
    try:
        status = kvlint.main(arguments, prog_name="kvlint", standalone_mode=False)
    except click.ClickException as error:
        from kerasvae_lint.report.look import printable

        vars(error)["message"] = "\n".join(map(printable, error.message.split("\n")))
        error.show()
        return 2
    except click.Abort:
        raise KeyboardInterrupt from None
    except SystemExit:
        if sys.stdout is not out:  # Click has put another in its place, since nobody reads this one any more
            raise BrokenPipeError from None
        raise
    return status if isinstance(status, int) else 0


def _stopped() -> int:
    """One line about the signal; the exit status. From here on nothing is left to be stopped."""
    import signal

    from kerasvae_lint.core import interrupts

    number = interrupts.received() or signal.SIGINT
    for other in interrupts.SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    words = {signal.SIGINT: "Interrupted", signal.SIGTERM: "Terminated"}
    with contextlib.suppress(OSError, ValueError):
        if number in words:
            # The terminal has written ^C where the cursor was.
            plain = not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb"
            sys.stderr.write(f"{'' if plain else chr(13) + chr(27) + '[K'}{words[signal.Signals(number)]}\n")
            sys.stderr.flush()
    try:
        sys.stdout.flush()
    except OSError:
        _silence()
    return 128 + number


def _silence() -> None:
    """Nobody reads on: let what is still buffered go nowhere, without a word."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
            continue
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
