"""The Python API: what is public is there, plain and picklable, and does what its documentation says."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import kerasvae_lint
from kerasvae_lint import (
    FixResult,
    LintError,
    LintResult,
    Settings,
    fix_source,
    lint_paths,
    lint_source,
)
from kerasvae_lint.core import Position

SAFE = """\
import tensorflow as tf


class Penalty(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)
        return inputs
"""
UNSAFE = """\
import tensorflow as tf


class Measured(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()

    def call(self, inputs):
        self.add_metric(inputs, name="size")
        return inputs
"""
BROKEN = "import keras\nlayer = keras.layers.Dense(\n"


def test_everything_public_is_there() -> None:
    for name in kerasvae_lint.__all__:
        assert getattr(kerasvae_lint, name) is not None
    assert {"lint_source", "lint_paths", "fix_source"} <= set(kerasvae_lint.__all__)
    with pytest.raises(AttributeError, match="lint_sources"):
        getattr(kerasvae_lint, "lint_" + "sources")


def test_importing_it_imports_no_library() -> None:
    program = (
        "import sys, kerasvae_lint; print([n for n in ('libcst', 'click', 'pathspec', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_program_is_linted() -> None:
    (finding,) = lint_source(SAFE, filename="vae.py")
    assert (finding.code, finding.name, finding.filename) == ("KV602", "add-loss-inputs", "vae.py")
    assert finding.location.row == 6
    assert pickle.loads(pickle.dumps(finding)) == finding
    assert lint_source(SAFE, settings=Settings(ignore=("KV6",))) == []


def test_a_notebook_is_linted_by_its_name() -> None:
    cells = [{"cell_type": "markdown", "source": "# Title"}, {"cell_type": "code", "source": SAFE}]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    (finding,) = lint_source(text, filename="vae.ipynb")
    assert (finding.cell, finding.location.row) == (2, 6)


@pytest.mark.parametrize("function", [lint_source, fix_source])
def test_what_can_not_be_parsed_raises(function: object) -> None:
    assert callable(function)
    with pytest.raises(LintError) as raised:
        function(BROKEN)
    assert isinstance(raised.value.location, Position)
    assert len(str(raised.value).splitlines()) == 1


def test_a_program_is_fixed() -> None:
    done = fix_source(SAFE)
    assert isinstance(done, FixResult)
    assert done.text == SAFE.replace(", inputs=inputs", "")
    assert [finding.code for finding in done.fixed] == ["KV602"]
    assert done.remaining == []
    assert fix_source(done.text) == FixResult(done.text)


def test_unsafe_fixes_are_applied_only_when_asked_for() -> None:
    left = fix_source(UNSAFE)
    assert left.text == UNSAFE
    assert [finding.code for finding in left.remaining] == ["KV603"]
    done = fix_source(UNSAFE, unsafe=True)
    assert done.text != UNSAFE
    assert done.remaining == []


def test_folders_are_linted_and_nothing_is_raised(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "safe.py").write_text(SAFE, encoding="utf-8")
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "plain.py").write_text("x = 1\n", encoding="utf-8")
    result = lint_paths([tmp_path, tmp_path / "gone.py"], jobs=1)
    assert isinstance(result, LintResult)
    assert [(Path(f.filename).name, f.code) for f in result.findings] == [("safe.py", "KV602")]
    assert sorted(Path(problem.filename).name for problem in result.problems) == ["broken.py", "gone.py"]
    assert result.files == 3
    assert pickle.loads(pickle.dumps(result)) == result
    assert not (tmp_path / ".kvlint_cache").exists()


def test_settings_are_the_nearest_files_unless_given(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.kvlint]\nignore = ["KV602"]\n', encoding="utf-8")
    (tmp_path / "safe.py").write_text(SAFE, encoding="utf-8")
    (tmp_path / "other.py").write_text(SAFE, encoding="utf-8")
    assert lint_paths([tmp_path]).findings == []
    assert len(lint_paths([tmp_path], Settings()).findings) == 2
    chosen = lint_paths([tmp_path], lambda name: Settings(ignore=("KV6",) if name.endswith("other.py") else ()))
    assert [Path(finding.filename).name for finding in chosen.findings] == ["safe.py"]
