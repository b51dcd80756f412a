"""Healthy models fail no probe, sick ones fail theirs: in Keras 2, and in Keras 3 on each backend that is installed."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ahead import Ahead
from tests.runtime.running import needs_runtime

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]
SCRIPT = Path(__file__).with_name("scenarios.py")
FILES = (SCRIPT, SCRIPT.with_name("schedule_scenarios.py"))
TEXT = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
NAMES = re.findall(r"^def (\w+)\(\) -> tuple", TEXT, re.MULTILINE)
FLAVOURS = [("2", "tensorflow"), ("3", "tensorflow"), ("3", "jax"), ("3", "torch")]


def _outcomes(flavour: tuple[str, str]) -> dict[str, Any]:
    """What every probe said of every model; one process for all."""
    root = SCRIPT.parents[2]
    command = [sys.executable, str(SCRIPT), *flavour]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1400, cwd=root, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


outcomes = Ahead(_outcomes, *(flavour for flavour in FLAVOURS if importlib.util.find_spec(flavour[1]) is not None))


@pytest.mark.parametrize(("version", "backend"), FLAVOURS, ids=["2", "3-tensorflow", "3-jax", "3-torch"])
@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str, version: str, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    told = outcomes((version, backend))
    probes = told["found"][name]
    failed = {probe: message for probe, (verdict, message) in probes.items() if verdict == "fail"}
    expected = told["sick"].get(name)
    if expected is None:
        assert failed == {}
    else:
        assert expected in failed, probes
    assert not [message for _, message in probes.values() if "could not be asked" in message]
