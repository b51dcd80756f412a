"""What the tests of the index share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasvae_lint.project import index
from tests.project.tree import Tree


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    made = Tree(tmp_path, monkeypatch)
    made.write("pyproject.toml", "")
    index.forget()
    yield made
    index.forget()
