"""A contributor's path: a rule begun from the template is found by the tests, which say what is left to write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("kerasvae_lint", "rules", "fixtures", "tests", "tools", "docs", "benchmarks", "pyproject.toml", "README.md")
TESTS = ("tests/rules/test_finished.py", "tests/fixtures/test_findings.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository, copied, with its own rules as ``kerasvae_lint.rules``."""
    for part in PARTS:
        source, target = ROOT / part, tmp_path / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    (tmp_path / "kerasvae_lint" / "rules").symlink_to(tmp_path / "rules", target_is_directory=True)
    return tmp_path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``python ARGUMENTS`` in the copy."""
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def run_tests(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """The tests of one rule."""
    return python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, "-k", code)


def test_from_empty_to_green(copy: Path) -> None:
    begun = python(copy, "tools/new_rule.py", "KV901", "dropout-of-everything")
    assert begun.returncode == 0, begun.stderr
    folder = copy / "fixtures" / "KV901-dropout-of-everything"
    assert sorted(path.name for path in folder.iterdir()) == ["bad.py", "clean.py", "fixed.py"]
    assert "Dropout(0.0)" in (folder / "fixed.py").read_text(encoding="utf-8")
    rule = copy / "rules" / "kv901_dropout_of_everything.py"
    for line in begun.stdout.splitlines():
        if line.startswith("wrote "):
            assert (copy / line.removeprefix("wrote ")).is_file()

    first = run_tests(copy, "KV901")
    assert first.returncode == 1
    assert re.findall(r"^FAILED \S+::(\w+)", first.stdout, re.MULTILINE) == ["test_nothing_is_left_to_write"]
    for place in ("rules/kv901_dropout_of_everything.py:12: ", "KV901-dropout-of-everything/bad.py:1: "):
        assert place in first.stdout, first.stdout
    assert " passed" in first.stdout

    for path in (rule, *folder.iterdir()):
        text = re.sub(r"  # TODO.*", "", path.read_text(encoding="utf-8"))
        path.write_text(text.replace("TODO: ", ""), encoding="utf-8")
    done = run_tests(copy, "KV901")
    assert done.returncode == 0, done.stdout

    stale = python(copy, "tools/docs.py", "--check")
    assert stale.returncode == 1
    assert "run python tools/docs.py" in stale.stderr
    assert python(copy, "tools/docs.py").returncode == 0
    assert "KV901-dropout-of-everything" not in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "| [KV901](rules/README.md#kv901-dropout-of-everything)" in (copy / "README.md").read_text(encoding="utf-8")


def test_the_walk_in_contributing_ends_green(copy: Path) -> None:
    """The program and the rule that CONTRIBUTING.md shows, as a reader would put them in."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    bad, body = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert python(copy, "tools/new_rule.py", "KV901", "frozen-moving-statistics").returncode == 0
    rule = copy / "rules" / "kv901_frozen_moving_statistics.py"
    head = rule.read_text(encoding="utf-8").partition("    triggers = ")[0]
    rule.write_text(re.sub(r"TODO: |  # TODO", "", head) + body, encoding="utf-8")
    folder = copy / "fixtures" / "KV901-frozen-moving-statistics"
    (folder / "bad.py").write_text(bad, encoding="utf-8")
    clean = bad.replace("momentum=1.0)  # expect: KV901", "momentum=0.9)")
    frozen = "frozen = tf.keras.layers.BatchNormalization(momentum=1.0, trainable=False)\nmodel ="
    (folder / "clean.py").write_text(clean.replace("model =", frozen, 1), encoding="utf-8")
    assert python(copy, "tools/new_rule.py", "KV901", "--fixed").returncode == 0
    assert "momentum=0.99" in (folder / "fixed.py").read_text(encoding="utf-8")
    done = run_tests(copy, "KV901")
    assert done.returncode == 0, done.stdout
    lint = python(copy, "-m", "ruff", "check", "--fix", "--quiet", str(rule))
    assert lint.returncode == 0, lint.stdout
    assert python(copy, "-m", "ruff", "format", "--check", str(rule)).returncode == 0


def test_the_template_is_house_code(copy: Path) -> None:
    assert python(copy, "tools/new_rule.py", "KV901", "dropout-of-everything").returncode == 0
    path = "rules/kv901_dropout_of_everything.py"
    for command in (["check"], ["format", "--check"]):
        done = python(copy, "-m", "ruff", *command, path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_fixed_programs_are_written_anew(copy: Path) -> None:
    assert python(copy, "tools/new_rule.py", "KV901", "dropout-of-everything").returncode == 0
    folder = copy / "fixtures" / "KV901-dropout-of-everything"
    bad = (folder / "bad.py").read_text(encoding="utf-8").replace("Dropout(1.0)", "Dropout(rate=1)")
    (folder / "bad_keyword.py").write_text(bad, encoding="utf-8")
    done = python(copy, "tools/new_rule.py", "KV901", "--fixed")
    assert done.stdout.splitlines() == [
        f"wrote fixtures/KV901-dropout-of-everything/{n}.py" for n in ("fixed", "fixed_keyword")
    ]
    assert "Dropout(rate=0.0)" in (folder / "fixed_keyword.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["KV101", "another-name"], "KV101 exists already: trainable-schedule"),
        (["KV199", "trainable-schedule"], "the name trainable-schedule is taken by KV101"),
        (["KV19", "the-name"], "'KV19' is no code"),
        (["kv199", "the-name"], "'kv199' is no code"),
        (["KV099", "the-name"], "'KV099' is no code"),
        (["KV199", "The-Name"], "'The-Name' is no name"),
        (["KV199", "name"], "'name' is no name"),
        (["KV199", "the_name"], "'the_name' is no name"),
        (["KV199", "--fixed"], "fixtures/ has no bad program of KV199"),
        (["KV199"], "give the new rule's name"),
        (["KV199", "the-name", "--fixed"], "give the new rule's name"),
    ],
)
def test_what_is_no_new_rule_is_refused(arguments: list[str], why: str) -> None:
    before = sorted(path.name for part in ("rules", "fixtures") for path in (ROOT / part).iterdir())
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "new_rule.py", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert why in done.stderr.splitlines()[-1]
    assert sorted(path.name for part in ("rules", "fixtures") for path in (ROOT / part).iterdir()) == before


def test_a_file_that_is_there_is_kept(copy: Path) -> None:
    there = copy / "fixtures" / "KV901-dropout-of-everything" / "clean.py"
    there.parent.mkdir()
    there.write_text("mine = 1\n", encoding="utf-8")
    done = python(copy, "tools/new_rule.py", "KV901", "dropout-of-everything")
    assert done.returncode == 2
    assert "clean.py exists already" in done.stderr
    assert there.read_text(encoding="utf-8") == "mine = 1\n"
    assert not list((copy / "rules").glob("kv901*"))
