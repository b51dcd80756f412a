"""A callback that keeps an eye on a real training run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult

SHARE = 0.04


class ProbeCallback:
    """Every ``every`` batches: do all trainable variables still move, and are they finite?

    A variable that has not moved in two looks, while others have, gets no gradient. Looking costs a copy of the
    watched numbers; while looks have taken more than 4 % of the training time so far, the next ones are put off.
    Works with ``fit`` of Keras 2 and Keras 3; a variable that is moved by nobody on purpose is made non-trainable.

    Args:
        every: batches between looks.
        report: called with each :class:`ProbeResult` that fails; prints it by default.
        sample: numbers watched in each variable, at most.

    Attributes:
        results: everything found so far.
        seconds: time spent looking.
    """

    def __init__(
        self, every: int = 100, report: Callable[[ProbeResult], None] | None = None, sample: int = 4096
    ) -> None:
        if every < 1:
            raise ValueError("every must be 1 or more")
        self.every, self.report, self.sample = every, report or _print, sample
        self.results: list[ProbeResult] = []
        self.seconds = 0.0
        self.model: Any = None
        self.params: dict[str, Any] = {}
        self._batches = 0
        self._last: dict[int, Any] = {}
        self._still: dict[int, int] = {}
        self._started = 0.0
        self._told: set[str] = set()

    async_safe = False
    _supports_tf_logs = False

    def _implements_train_batch_hooks(self) -> bool:
        return True

    def _implements_test_batch_hooks(self) -> bool:
        return False

    _implements_predict_batch_hooks = _implements_test_batch_hooks

    def __getattr__(self, name: str) -> Any:
        # Keras 2 and Keras 3 call hooks by name on whatever they are given; those not written here do nothing.
        if name.startswith("on_"):
            return _nothing
        raise AttributeError(name)

    def set_model(self, model: Any) -> None:
        """Keras tells which model it trains."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Keras tells epochs and steps."""
        self.params = params

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin to count."""
        self._started = time.perf_counter()
        self._batches = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look, if it is time."""
        self._batches += 1
        if self._batches % self.every:
            return
        spent = time.perf_counter() - self._started
        if self._last and self.seconds > SHARE * spent:
            return
        begun = time.perf_counter()
        self._look()
        self.seconds += time.perf_counter() - begun

    def on_train_end(self, logs: Any = None) -> None:
        """A last word on what was watched."""
        if not self.results:
            self.results.append(
                ProbeResult("gradients", PASS if self._last else SKIP, f"{len(self._last)} variables move")
            )

    def _look(self) -> None:
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        now: dict[int, Any] = {}
        names: dict[int, str] = {}
        for raw in self.model.trainable_variables:
            variable = Variable(raw)
            value = variable.read().reshape(-1)
            step = max(1, value.size // self.sample)
            now[id(raw)], names[id(raw)] = np.array(value[::step]), variable.path
        for key, value in now.items():
            if not np.isfinite(value).all():
                self._tell("loss", f"`{names[key]}` is not finite after {self._batches} batches", ["KV307", "KV516"])
        self._compare(now, names)
        self._last = now

    def _compare(self, now: dict[int, Any], names: dict[int, str]) -> None:
        still = [key for key in now if key in self._last and np.array_equal(now[key], self._last[key])]
        for key in now:
            self._still[key] = self._still.get(key, 0) + 1 if key in still else 0
        stuck = [key for key, looks in self._still.items() if looks >= 2]
        if stuck and len(stuck) < len(now):
            shown = ", ".join(f"`{names[key]}`" for key in stuck[:4] if key in names)
            self._tell("gradients", f"{shown} did not move in {2 * self.every} batches", ["KV301", "KV303"])

    def _tell(self, probe: str, message: str, codes: list[str], figures: dict[str, Any] | None = None) -> None:
        if message in self._told:
            return
        self._told.add(message)
        result = ProbeResult(probe, FAIL, message, codes, {**(figures or {}), "batches": self._batches})
        self.results.append(result)
        self.report(result)


def _print(result: ProbeResult) -> None:
    codes = f" ({', '.join(result.codes)})" if 0 < len(result.codes) <= 3 else ""
    print(f"kvlint: {result.probe}: {result.message}{codes}")


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None
