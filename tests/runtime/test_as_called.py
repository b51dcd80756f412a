"""The user's call of ``fit`` is tried with a step as large as the user's own."""

from __future__ import annotations

from typing import Any

import pytest

from kerasvae_lint.runtime.probes.as_called import shortened

np = pytest.importorskip("numpy")


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"x": np.zeros((600, 2)), "y": np.zeros(600), "epochs": 9}, 32),
        ({"x": [np.zeros((600, 2)), np.zeros((600, 3))], "steps_per_epoch": 20}, 32),
        ({"x": np.zeros((600, 2)), "batch_size": 7, "validation_split": 0.1}, 7),
    ],
)
def test_never_all_samples_at_once(given: dict[str, Any], size: int) -> None:
    arguments = shortened(given, None)
    assert arguments["batch_size"] == size
    assert arguments["steps_per_epoch"] == arguments["epochs"] == 1
    assert arguments.get("validation_steps") == (1 if "validation_split" in given else None)
