"""A wheel, an sdist and an editable install each hold the whole of kvlint, rules and all."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CODES = sorted(
    found.group(1)
    for path in (ROOT / "rules").glob("[!_]*.py")
    if (found := re.search(r'^    code = "(\w+)"$', path.read_text(encoding="utf-8"), re.MULTILINE))
)
# Whatever computes on tensors or brings something that does.
HEAVY = {"tensorflow", "tensorflow-cpu", "tf-keras", "keras", "numpy", "tensorflow-probability"}


MOST = 1_800_000
"""Bytes of the wheel: a quarter of it is the libraries' tables, a tenth the zip's own entries, for 600 small files."""


def test_there_are_rules() -> None:
    assert "KV101" in CODES


@pytest.mark.parametrize("install", ["from_wheel", "from_sdist", "editable"])
def test_every_rule_is_listed(install: str, request: pytest.FixtureRequest) -> None:
    environment: Environment = request.getfixturevalue(install)
    listed = environment.kvlint("rule", "--all")
    assert [code for code in CODES if code not in listed] == []


@pytest.mark.parametrize("install", ["from_wheel", "from_sdist", "editable"])
def test_every_recipe_is_printed(install: str, request: pytest.FixtureRequest) -> None:
    environment: Environment = request.getfixturevalue(install)
    there = sorted((ROOT / "kerasvae_lint" / "recipes").glob("[!_]*.py"))
    listed = [line.split()[0] for line in environment.kvlint("recipe").splitlines()]
    assert listed == [path.stem.replace("_", "-") for path in there]
    assert environment.kvlint("recipe", listed[0]) == there[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("install", ["from_wheel", "from_sdist"])
def test_nothing_plain_lands_in_site_packages(install: str, request: pytest.FixtureRequest) -> None:
    environment: Environment = request.getfixturevalue(install)
    where = environment.run("-c", "import kerasvae_lint; print(kerasvae_lint.__path__[0])").strip()
    assert not (Path(where).parent / "rules").exists()
    assert (Path(where) / "rules" / "__init__.py").exists()


def test_a_rule_added_to_a_checkout_is_there_at_once(editable: Environment, checkout: Path) -> None:
    """What an editable install is for: a new file in rules/ needs no second install."""
    added = checkout / "rules" / "added_later.py"
    added.write_text("WORD = 'found'\n", encoding="utf-8")
    program = "from kerasvae_lint.rules.added_later import WORD; print(WORD)"
    try:
        assert editable.run("-c", program).strip() == "found"
    finally:
        added.unlink()


def test_lint_only_install_is_light(from_wheel: Environment) -> None:
    packages = from_wheel.packages()
    assert "kerasvae-lint" in packages
    assert packages & HEAVY == set()
    assert packages - {"pip", "setuptools", "wheel"} <= {
        "kerasvae-lint",
        "click",
        "libcst",
        "pathspec",
        "tomli",
        # libcst's own needs
        "pyyaml",
        "pyyaml-ft",
        "typing-extensions",
        # click's, on Windows
        "colorama",
    }


def test_verify_says_what_a_lint_only_install_lacks(from_wheel: Environment, tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("print()\n", encoding="utf-8")
    command = [str(from_wheel.scripts / "kvlint"), "verify", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'kerasvae-lint[runtime]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_wheel_is_small_and_holds_the_package_alone(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    assert wheel.stat().st_size < MOST
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert "kerasvae_lint/py.typed" in archive.namelist()
    assert tops == {"kerasvae_lint", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_wheel_is_whole(distributions: Path) -> None:
    """The list of packages is written out by hand: no module may be missing from it."""
    expected = {path.relative_to(ROOT) for path in (ROOT / "kerasvae_lint").rglob("*.py")}
    expected |= {Path("kerasvae_lint", path.relative_to(ROOT)) for path in ROOT.glob("rules/*.py")}
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {Path(name) for name in archive.namelist() if name.endswith(".py")}
    assert held == expected


def test_version_is_told(from_wheel: Environment) -> None:
    told = from_wheel.kvlint("--version")
    installed = from_wheel.run("-c", "from importlib.metadata import version; print(version('kerasvae-lint'))")
    assert installed.strip() in told


def test_supported_pythons_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {line.rpartition(":: ")[2] for line in project["classifiers"] if ":: 3." in line}
    assert declared >= {"3.10", "3.11", "3.12", "3.13"}
    assert project["requires-python"] == ">=3.10"
