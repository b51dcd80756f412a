"""A fact is known whatever way it goes, and its sound twin is never accused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.matrix.cells import WAYS, arrives, cells, program
from tests.matrix.programs import Fact, Way

CELLS = list(cells())


@pytest.mark.parametrize(("fact", "way"), CELLS, ids=[f"{fact.name}-{way.name}" for fact, way in CELLS])
def test_a_fact_arrives_and_its_twin_does_not(fact: Fact, way: Way, tmp_path: Path) -> None:
    for twin in (False, True):
        made = program(fact, way, twin)
        for name, text in made.files.items():
            compile(text, name, "exec")
        assert arrives(fact, made, tmp_path / str(twin)) is not twin


def test_the_matrix_is_as_large_as_it_says() -> None:
    facts = Counter(fact.name for fact, _ in CELLS)
    assert len(facts) >= 8
    assert min(facts.values()) >= 40
    assert len({way.name for way in WAYS}) == len(WAYS)
