"""Runs every check of the recipes in this process and prints what became of each as JSON: one start of TensorFlow.

``python -m tests.recipes.checking 2|3``: the argument says which Keras ``tf.keras`` is.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback

MODULES = ("annealing", "mathematics", "tying")


def main(keras: str) -> None:
    """Print ``{check: null | error}``."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1" if keras == "2" else "0"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import tensorflow as tf

    assert hasattr(tf.keras, "ops") is (keras == "3")
    outcome: dict[str, str | None] = {}
    for name in MODULES:
        module = importlib.import_module(f"tests.recipes.{name}")
        for check, function in vars(module).items():
            if not check.startswith("check_"):
                continue
            tf.keras.utils.set_random_seed(0)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    function()
                outcome[check] = None
            except Exception as error:  # whatever a check raises is its result
                frames = [f for f in traceback.extract_tb(error.__traceback__) if "tests/recipes" in f.filename]
                outcome[check] = f"{type(error).__name__}: {error} ({name}.py:{frames[-1].lineno})"
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(sys.argv[1])
