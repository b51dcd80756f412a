"""``python -m kerasvae_lint``."""

import os
import sys


def _leave_folder() -> None:
    """Take the current folder off the import path, where ``-m`` puts it first.

    It is what is linted: a ``click.py`` or the rules of a plug-in that lie there must not be run.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:
        return
    if not getattr(sys.flags, "safe_path", False) and sys.path and os.path.realpath(sys.path[0] or here) == here:
        del sys.path[0]


if __name__ == "__main__":
    _leave_folder()

    from kerasvae_lint.cli.main import main

    main()
