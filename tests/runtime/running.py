"""``kvlint verify`` as a user runs it, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ahead import Ahead

FLAVOURS = [("2", "tensorflow"), ("3", "tensorflow"), ("3", "jax"), ("3", "torch")]
"""Which Keras on which backend the scenarios are asked in, and below it their names in tests."""
IDS = ["2", "3-tensorflow", "3-jax", "3-torch"]

needs_runtime = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("tensorflow", "tf_keras", "psutil", "wrapt")),
    reason="the runtime extra is not installed",
)


@dataclass(frozen=True)
class Answer:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON on standard output."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Its targets."""
        found: list[dict[str, Any]] = self.report["targets"]
        return found

    def verdicts(self, run: int = 0) -> dict[str, str]:
        """Of the first model of the first target: probe → verdict."""
        return {p["probe"]: p["verdict"] for p in self.targets[0]["runs"][run]["models"][0]["probes"]}


def verify(*arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> Answer:
    """Run it."""
    command = [sys.executable, "-m", "kerasvae_lint", "verify", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=400, env=env, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def told_by(
    script: Path, flavours: list[tuple[str, str]] = FLAVOURS, timeout: int = 1400
) -> Ahead[tuple[str, str], dict[str, Any]]:
    """What the probes say of every model of a file of scenarios, by flavour; one process for each that is installed."""

    def outcomes(flavour: tuple[str, str]) -> dict[str, Any]:
        command = [sys.executable, str(script), *flavour]
        root = Path(__file__).parents[2]
        run = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=root, check=False)
        assert run.returncode == 0, run.stderr[-3000:]
        found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
        return found

    return Ahead(outcomes, *(one for one in flavours if importlib.util.find_spec(one[1]) is not None))


def written(folder: Path, text: str, name: str = "program.py") -> Path:
    """A program in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
