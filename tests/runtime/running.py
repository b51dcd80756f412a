"""``kvlint verify`` as a user runs it, in a process of its own."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ahead import Ahead

Flavour = tuple[str, str]
"""A Keras and a backend: ``("3", "jax")``."""
FLAVOURS = [("2", "tensorflow"), ("3", "tensorflow"), ("3", "jax"), ("3", "torch")]
EVERY = "KVLINT_EVERY_FLAVOUR"
"""Set to anything, the scenarios are asked in all flavours that are installed; else in one of them by turns."""
RUNTIME = Path(__file__).parents[2] / "kerasvae_lint" / "runtime"

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


def flavours(script: Path, among: list[Flavour] = FLAVOURS) -> list[Flavour]:
    """In which flavours a file of scenarios is asked. Whose turn it is changes with it and the runtime checker."""
    there = [flavour for flavour in among if importlib.util.find_spec(flavour[1]) is not None]
    if os.environ.get(EVERY) or len(there) < 2:
        return there
    text = hashlib.sha256(script.read_bytes())
    for path in sorted(RUNTIME.rglob("*.py")):
        text.update(path.read_bytes())
    return [there[int.from_bytes(text.digest()[:4], "big") % len(there)]]


def named(flavour: Flavour) -> str:
    """Its name in tests."""
    return flavour[0] if flavour[0] == "2" else "-".join(flavour)


def told_by(script: Path, asked: list[Flavour], timeout: int = 1400) -> Ahead[Flavour, dict[str, Any]]:
    """What the probes say of every model of a file of scenarios, by flavour; a process for each."""

    def outcomes(flavour: Flavour) -> dict[str, Any]:
        command = [sys.executable, str(script), *flavour]
        root = Path(__file__).parents[2]
        run = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=root, check=False)
        assert run.returncode == 0, run.stderr[-3000:]
        found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
        return found

    return Ahead(outcomes, *asked)


def written(folder: Path, text: str, name: str = "program.py") -> Path:
    """A program in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
