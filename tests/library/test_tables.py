"""Every row of the library's tables says what the installed libraries say.

Libraries change from release to release: a package is asked only where the release is the one that its rows were
written from (``python tools/library.py`` writes them).
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import pytest

from kerasvae_lint.library import Entry, lookup
from kerasvae_lint.library.tables import ROWS, WRITTEN_FROM
from tools import library

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tensorflow", "tf_keras", "tensorflow_probability")),
    reason="needs the runtime extra",
)
TABLES = sorted(path.stem for path in library.TABLES.glob("*.py") if path.stem != "__init__")


@pytest.fixture(scope="module")
def current() -> frozenset[str]:
    """The roots (``keras``, ``tf``, …) whose packages are the releases that their rows were written from."""
    versions = library.installed()
    return frozenset(
        root
        for root, packages in library.PACKAGES.items()
        if all(versions.get(package) == WRITTEN_FROM.get(package, "") for package in packages)
    )


def _rows(table: str) -> dict[str, str]:
    rows: dict[str, str] = importlib.import_module(f"kerasvae_lint.library.tables.{table}").ROWS
    return rows


VOUCHED = [table for table in TABLES if any(name.split(".")[0] in library.PACKAGES for name in _rows(table))]


@pytest.mark.parametrize("table", VOUCHED)
def test_signatures_are_those_of_the_installed_libraries(table: str, current: frozenset[str]) -> None:
    rows = {name: row for name, row in _rows(table).items() if name.split(".")[0] in current}
    if not rows:
        pytest.skip("its packages are other releases than the rows were written from")
    stale = {name: row for name, row in rows.items() if library.refreshed(name, row) != row}
    assert not stale


@pytest.mark.parametrize("table", VOUCHED)
def test_other_names_name_the_same_thing(table: str, current: frozenset[str]) -> None:
    wrong = []
    for name, row in _rows(table).items():
        if not row.startswith("= ") or name.split(".")[0] not in current:
            continue
        own, target = library.signatures(name), library.signatures(row[2:])
        entry = lookup(name)
        assert entry is not None
        if own is None or not entry.checked:
            continue  # an old spelling
        # The other name may be missing in one of the Kerases; where it is, it takes what the name takes.
        said = [part for part in own[0].split(" | ") if part.strip() not in {"-", "tf.keras"}]
        there = target[0].split(" | ") if target is not None else []
        if not all(part.strip().removeprefix("tf.keras") in {p.strip() for p in there} | {""} for part in said):
            wrong.append((name, own, target))
    assert not wrong


def test_every_public_name_of_the_whole_packages_has_a_row(current: frozenset[str]) -> None:
    lacking = [name for name in library.missing() if name.split(".")[0] in current]
    assert not lacking


def test_the_tables_overlap_nowhere() -> None:
    assert sum(len(_rows(table)) for table in TABLES) == len(ROWS)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_read(table: str) -> None:
    for name in _rows(table):
        entry = lookup(name)
        assert isinstance(entry, Entry), name
        for signature in entry.signatures():
            names = [parameter.name for parameter in signature.parameters]
            assert len(set(names)) == len(names), name
            assert all(spelling.isidentifier() for spelling in names), name
