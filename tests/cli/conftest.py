"""A project with findings in it, and ways to run kvlint there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kerasvae_lint.cli.commands import kvlint

# Click 8.2 keeps the streams apart without being asked, and takes no such argument.
_OPTIONS: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}
RUNNER = CliRunner(**_OPTIONS)

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]

SAFE = """\
import tensorflow as tf


class Penalty(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)
        return inputs
"""
FIXED = SAFE.replace(", inputs=inputs", "")
UNSAFE = """\
import tensorflow as tf


class Measured(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()

    def call(self, inputs):
        self.add_metric(inputs, name="size")
        return inputs
"""
CLEAN = "import tensorflow as tf\n\nx = tf.constant(1)\n"
BROKEN = "import tensorflow as tf\nlayer = tf.keras.layers.Layer(\nself.add_loss(x, inputs=x)\n"


def notebook(*cells: str) -> str:
    """A notebook of these code cells."""
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, where the test stands."""
    (tmp_path / "pyproject.toml").write_text("[tool.kvlint]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:  # noqa: ARG001 - that is where it runs
    """Runs kvlint in this process."""

    def invoke(*arguments: str, stdin: str | bytes = b"") -> Result:
        result = RUNNER.invoke(kvlint, [*arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def process(project: Path) -> Process:
    """Runs kvlint as a user's shell does."""

    def start(
        *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "kerasvae_lint", *arguments],
            input=stdin,
            capture_output=True,
            env={**os.environ, **(environment or {})},
            cwd=project,
            check=False,
        )

    return start
