"""kvlint: finds, explains and fixes the silent mistakes of Keras code.

The Python API: :func:`lint_source`, :func:`fix_source`, :func:`lint_paths` and :func:`networks`, over plain, picklable
data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasvae_lint.core import Finding, Settings
    from kerasvae_lint.run.api import (
        FixResult,
        LintError,
        LintResult,
        Network,
        fix_source,
        lint_paths,
        lint_source,
        networks,
    )

__version__ = "0.1.0"

__all__ = [
    "Finding",
    "FixResult",
    "LintError",
    "LintResult",
    "Network",
    "Settings",
    "__version__",
    "fix_source",
    "lint_paths",
    "lint_source",
    "networks",
]


def __getattr__(name: str) -> object:
    if name in {"Finding", "Settings"}:
        from kerasvae_lint import core

        return getattr(core, name)
    if name in __all__:
        from kerasvae_lint.run import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
