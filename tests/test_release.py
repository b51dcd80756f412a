"""A release says what it is: the changelog and the version agree, and every dependency has its reason."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path

import pytest

from kerasvae_lint import __version__

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# A lint-only install brings these and no more: whoever adds one adds it to every user's environment.
LINT_ONLY = {"click", "libcst", "pathspec", "tomli"}
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def version(text: str) -> tuple[int, ...]:
    """``0.10.1`` → ``(0, 10, 1)``."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", text), f"{text} is no version"
    return tuple(map(int, text.split(".")))


def check_changelog(text: str, current: str) -> None:
    """Hold a changelog to its format, and its newest version to the package's.

    Raises:
        AssertionError: with what is wrong.
    """
    assert text.startswith("# Changelog\n")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads, "no section"
    released = heads[1:] if heads[0] == "[Unreleased]" else heads
    dates, versions = [], []
    for head in released:
        found = re.fullmatch(r"\[(\d\S*)\] - (\d{4}-\d\d-\d\d)", head)
        assert found, f"## {head}: write ## [1.2.3] - 2026-01-31, or [Unreleased] at the top"
        versions.append(version(found[1]))
        dates.append(datetime.date.fromisoformat(found[2]))
    assert versions == sorted(set(versions), reverse=True), "the newest version comes first"
    assert dates == sorted(dates, reverse=True), "the newest date comes first"
    if released:
        newest = ".".join(map(str, versions[0]))
        ahead = heads[0] == "[Unreleased]" and version(current) > versions[0]
        assert newest == current or ahead, f"the newest section is {newest}, kerasvae_lint.__version__ is {current}"
    else:
        assert version(current)[0] == 0, "a released version needs its section"
    kinds = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert set(kinds) <= KINDS, f"sections are {', '.join(sorted(KINDS))}"


def test_the_changelog_and_the_version_agree() -> None:
    check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__)


GOOD = "# Changelog\n\n## [Unreleased]\n### Added\n- x\n\n## [0.2.0] - 2026-02-01\n\n## [0.1.0] - 2026-01-01\n"


@pytest.mark.parametrize("current", ["0.2.0", "0.3.0"])
def test_a_good_changelog_passes(current: str) -> None:
    check_changelog(GOOD, current)


@pytest.mark.parametrize(
    ("text", "current"),
    [
        (GOOD, "0.1.0"),
        (GOOD.replace("## [Unreleased]\n### Added\n- x\n\n", ""), "0.3.0"),
        (GOOD.replace("2026-02-01", "2025-02-01"), "0.2.0"),
        (GOOD.replace("0.1.0", "0.2.1"), "0.2.0"),
        (GOOD.replace(" - 2026-01-01", ""), "0.2.0"),
        (GOOD.replace("Added", "New"), "0.2.0"),
        ("# Changelog\n", "0.1.0"),
        ("# Changelog\n\n## [Unreleased]\n", "1.0.0"),
    ],
)
def test_a_wrong_changelog_is_seen(text: str, current: str) -> None:
    with pytest.raises(AssertionError):
        check_changelog(text, current)


def name_of(requirement: str) -> str:
    """``tensorflow[and-cuda]>=2.16`` → ``tensorflow``."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0].lower().replace("_", "-")


def declared() -> dict[str, set[str]]:
    """Every package that pyproject.toml names, with the extras that bring it; ``""`` for an install without any."""
    found: dict[str, set[str]] = {}
    groups = {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    for extra, requirements in groups.items():
        for requirement in requirements:
            name = name_of(requirement)
            if name != "kerasvae-lint":
                found.setdefault(name, set()).add(extra)
    return found


def explained() -> dict[str, set[str]]:
    """Every package of the table in CONTRIBUTING.md, with the extras that its row names."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("\n## Dependencies\n")[2].partition("\n## ")[0]
    found: dict[str, set[str]] = {}
    for packages, where, why in re.findall(r"^\| ([^|(]+?)(?: \(([^|]*)\))? \| ([^|]+) \|$", table, re.MULTILINE):
        if packages == "package" or where == "in no extra":
            continue
        assert len(why) > 10, f"{packages}: say what it is for"
        for package in packages.split(", "):
            found.setdefault(name_of(package), set()).update(re.findall(r"`([\w-]+)`", where) or {""})
    return found


def test_every_dependency_has_its_reason() -> None:
    table = explained()
    missing = [
        f"add to the table Dependencies in CONTRIBUTING.md: | {name}{f' (extra `{extra}`)' if extra else ''} | why |"
        for name, extras in declared().items()
        for extra in sorted(extras)
        if name not in table or (extra not in table[name] and (not extra or extras.isdisjoint(table[name])))
    ]
    assert not missing, "\n".join(missing)


def test_no_reason_is_left_of_a_dependency_that_is_gone() -> None:
    known = declared()
    gone = [name for name, extras in explained().items() if not extras & known.get(name, set())]
    assert not gone, f"no longer in pyproject.toml: strike the rows of {', '.join(gone)} in CONTRIBUTING.md"


def test_a_lint_only_install_has_few_dependencies() -> None:
    found = {name for name, extras in declared().items() if "" in extras}
    assert found == LINT_ONLY, "make it an extra, and say with one line what to install where it is missing"


def test_every_extra_can_be_installed_by_name() -> None:
    for extra, requirements in PROJECT["optional-dependencies"].items():
        for requirement in requirements:
            for other in re.findall(r"^kerasvae-lint\[([\w-]+)\]", requirement):
                assert other in PROJECT["optional-dependencies"], f"{extra} asks for the extra {other}"
