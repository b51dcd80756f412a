"""What is uploaded is whole: an index takes it, its tests can be run from it, its types can be used."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment, outside

CONSUMER = """\
from collections.abc import Iterable
from pathlib import Path

from kerasvae_lint import Finding, FixResult, LintError, LintResult, Settings, fix_source, lint_paths, lint_source
from kerasvae_lint.core import Applicability, Fix, Position, Rule, TargetKeras


def rows(program: str) -> list[int]:
    settings = Settings(select=("KV1",), target_keras=TargetKeras.KERAS3)
    try:
        found: list[Finding] = lint_source(program, filename="vae.py", settings=settings)
    except LintError as error:
        place: Position | None = error.location
        return [place.row] if place is not None else []
    return [finding.location.row for finding in found]


def safe(findings: Iterable[Finding]) -> list[Fix]:
    return [f.fix for f in findings if f.fix is not None and f.fix.applicability is Applicability.SAFE]


def everything(folder: Path) -> tuple[int, str]:
    result: LintResult = lint_paths([folder], lambda name: Settings(preview=name.endswith("x")), cache=False, jobs=1)
    fixed: FixResult = fix_source("x = 1", unsafe=True)
    return result.files, fixed.text


def documented(rule: type[Rule]) -> str:
    return rule.code + rule.documentation()
"""
# Tests that need nothing but a lint-only install and pytest.
LIGHT = (
    "tests/test_floors.py",
    "tests/source",
    "tests/fixtures/test_findings.py",
    "tests/cli/test_explain.py",
)


def test_an_index_would_take_both(distributions: Path) -> None:
    """Metadata are right, and the long description can be rendered."""
    files = sorted(distributions.iterdir())
    assert [path.suffix for path in files] == [".whl", ".gz"] or [path.suffix for path in files] == [".gz", ".whl"]
    told = outside(sys.executable, "-m", "twine", "check", "--strict", *files, cwd=distributions)
    assert told.count("PASSED") == 2, told


def test_sdist_holds_every_file_of_the_repository(distributions: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a checkout knows its files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {name for name in listed.split("\0") if name and (ROOT / name).exists()}
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        held = {member.name.partition("/")[2] for member in opened.getmembers() if member.isfile()}
    assert sorted(tracked - held) == [], "add them to MANIFEST.in"
    made = {name for name in held if name.partition("/")[0].endswith(".egg-info")} | {"PKG-INFO", "setup.cfg"}
    untracked = {path for path in held - tracked - made if not (ROOT / path).exists()}
    assert sorted(untracked) == []


def test_tests_can_be_run_from_the_sdist(
    distributions: Path, new_environment: Callable[[str], Environment], tmp_path: Path
) -> None:
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    environment = new_environment("from-source")
    environment.pip_install("--editable", folder, "pytest>=8", "pytest-timeout")
    told = outside(environment.python, "-m", "pytest", "-q", *LIGHT, cwd=folder)
    assert " passed" in told, told


def mypy(environment: Environment, program: Path) -> subprocess.CompletedProcess[str]:
    """``mypy --strict`` on one file, with the packages of the environment and none of this project's settings."""
    options = ["--strict", "--config-file", "", "--python-executable", str(environment.python)]
    command = [sys.executable, "-m", "mypy", *options, str(program)]
    return subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False)


def test_types_are_usable_from_outside(from_wheel: Environment, tmp_path: Path) -> None:
    program = tmp_path / "consumer.py"
    program.write_text(CONSUMER, encoding="utf-8")
    done = mypy(from_wheel, program)
    assert done.returncode == 0, done.stdout
    program.write_text(CONSUMER.replace("cache=False", "cache=0.5"), encoding="utf-8")
    wrong = mypy(from_wheel, program)
    assert wrong.returncode == 1, wrong.stdout
    assert '"cache"' in wrong.stdout


def test_the_examples_program_runs(from_wheel: Environment, tmp_path: Path) -> None:
    """The same program at run time: every name that it imports is there."""
    program = tmp_path / "consumer.py"
    main = 'print(rows("x = ("), safe([]), everything(Path(".")))\n'
    program.write_text(f"{CONSUMER}\n\n{main}", encoding="utf-8")
    told = from_wheel.run(program)
    assert told.split() == ["[1]", "[]", "(0,", "'x", "=", "1')"], told


def test_no_address_is_named_that_is_not_there(from_wheel: Environment) -> None:
    """`kvlint rule` takes the site's address from the metadata: without one it names the page within the site."""
    told = from_wheel.kvlint("rule", "KV101").splitlines()[-1]
    urls = from_wheel.run(
        "-c", "from importlib.metadata import metadata as m; print(m('kerasvae-lint').get_all('Project-URL'))"
    )
    expected = "rules/KV101/" if "None" in urls else "/rules/KV101/"
    assert told.startswith("Page in the documentation: ")
    assert told.endswith(expected)
