"""Small programs before and after: the text, the report, and that a second migration changes nothing."""

from __future__ import annotations

import pytest

from kerasvae_lint.migrate import Kind
from tests.migrate.programs import CASES, Case, told

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@each
def test_a_program_becomes_what_it_should(case: Case) -> None:
    migration = case.migrated()
    assert not migration.problems
    assert migration.after.decode() == case.after.read_bytes().decode()
    assert told(migration) == case.report.read_text(encoding="utf-8")


@each
def test_a_second_migration_changes_nothing(case: Case) -> None:
    again = case.migrated(case.after.read_bytes())
    assert not again.changed
    assert {line.message for line in again.of(Kind.LEFT)} == {line.message for line in case.migrated().of(Kind.LEFT)}
