"""The programs that build the networks of keras.applications, run for real and compared with Keras's own."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import kerasvae_lint
from tests.runtime.running import needs_runtime

FOLDER = Path(kerasvae_lint.__file__).parent / "backbones"
FILES = sorted(path for path in FOLDER.glob("*.py") if path.name != "__init__.py")

# With the top at the network's own size; without it, the sides of a free, an odd and an even size.
CALLS: tuple[dict[str, Any], ...] = (
    {},
    {"include_top": False},
    {"include_top": False, "input_shape": [97, 110, 3], "pooling": "avg"},
)


def builders(path: Path) -> list[str]:
    """The networks of a file: its functions with capital names, as they stand, the smallest first."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0].isupper()]


NETWORKS = [(path.stem, name) for path in FILES for name in builders(path)]
SMALLEST = [builders(path)[0] for path in FILES]

# Run by a Python of its own, so that neither this process nor the tests' other Keras is touched.
PROGRAM = """
import inspect, json, sys
from pathlib import Path

import keras

order = json.load(sys.stdin)


def layers_of(build, options):
    keras.backend.clear_session()
    options = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    with keras.StatelessScope(initialize_variables=False):  # no weight is filled: four times as quick
        model = build(weights=None, **options)
    found = [[type(layer).__name__, layer.name, layer.output.shape, layer.count_params()] for layer in model.layers]
    return [model.name, *found]


def parameters(build):
    return [[parameter.name, repr(parameter.default)] for parameter in inspect.signature(build).parameters.values()]


answer = {"signatures": {}, "layers": {}}
for path in order["files"]:
    names = {"__name__": "backbone"}
    exec(compile(Path(path).read_text(encoding="utf-8"), path, "exec", dont_inherit=True), names)
    for name, build in list(names.items()):
        if not name[0].isupper() or not inspect.isfunction(build):
            continue
        real = getattr(keras.applications, name)
        answer["signatures"][name] = [parameters(build), parameters(real)]
        if name in order["run"]:
            calls = order["calls"]
            answer["layers"][name] = [[layers_of(build, call), layers_of(real, call)] for call in calls]
json.dump(answer, sys.stdout)
"""


@lru_cache(maxsize=1)
def answer() -> dict[str, Any]:
    """What the program says of all files: ours and Keras's, side by side."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow"}
    environment = {key: value for key, value in os.environ.items() if key != "TF_USE_LEGACY_KERAS"} | quiet
    order = {"files": [str(path) for path in FILES], "run": SMALLEST, "calls": CALLS}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_file_builds_a_network() -> None:
    assert FILES
    assert all(builders(path) for path in FILES)


@needs_runtime
@pytest.mark.parametrize(("family", "name"), NETWORKS)
def test_takes_the_arguments_of_the_real_one(family: str, name: str) -> None:
    ours, real = answer()["signatures"][name]
    assert ours == real, family


@needs_runtime
@pytest.mark.parametrize("call", range(len(CALLS)))
@pytest.mark.parametrize("name", SMALLEST)
def test_has_the_layers_of_the_real_one(name: str, call: int) -> None:
    ours, real = answer()["layers"][name][call]
    differing = [pair for pair in zip(ours, real, strict=False) if pair[0] != pair[1]]
    assert differing[:3] == []
    assert len(ours) == len(real)
