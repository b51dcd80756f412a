"""``kvlint server``: from the first byte to the exit status."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys

from kerasvae_lint.lsp.features import server

ENDED = 0
CUT_OFF = 1
INTERRUPTED = 130


def serve(log_level: str = "warning") -> int:
    """Speak the protocol over standard input and output until the editor ends it; the exit status.

    Standard output is the protocol's alone: whatever else is printed goes to standard error.
    """
    logging.basicConfig(
        level=log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.getLogger().level, logging.WARNING))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))  # the thread that reads can't be woken
    made = server()
    made.worker.start(made.analyst.warm_up)
    made.start_io(sys.stdin.buffer, out)
    with contextlib.suppress(OSError, ValueError):
        out.close()
    status = ENDED if made.was_shut_down else CUT_OFF
    if made.worker.busy:
        sys.stderr.flush()
        os._exit(status)  # nobody waits for the lint that still runs
    return status
