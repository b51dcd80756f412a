"""``kvlint verify``'s house: runs a model and asks it what the linter says of it.

The Python API is :func:`check_model`, :func:`assert_gradients_flow`, :class:`Watch` and :class:`ProbeCallback`; it
needs the extra ``kerasvae-lint[runtime]``. Importing this package imports neither NumPy nor any Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kerasvae_lint.runtime.callback import ProbeCallback
    from kerasvae_lint.runtime.check import assert_gradients_flow, check_model
    from kerasvae_lint.runtime.results import ModelResult, ProbeResult, VariableResult
    from kerasvae_lint.runtime.watcher import Watch

__all__ = [
    "ModelResult",
    "ProbeCallback",
    "ProbeResult",
    "VariableResult",
    "Watch",
    "assert_gradients_flow",
    "check_model",
]


def __getattr__(name: str) -> Any:
    if name in {"check_model", "assert_gradients_flow"}:
        from kerasvae_lint.runtime import check

        return getattr(check, name)
    if name == "ProbeCallback":
        from kerasvae_lint.runtime.callback import ProbeCallback

        return ProbeCallback
    if name == "Watch":
        from kerasvae_lint.runtime.watcher import Watch

        return Watch
    if name in __all__:
        from kerasvae_lint.runtime import results

        return getattr(results, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
