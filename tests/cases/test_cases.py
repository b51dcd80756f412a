"""Programs that a kind of mistake, or of false alarm, was learned from: each folder is a rule's.

``# expect`` marks the lines on which the rule of the folder must speak; it must be silent on all others. A case of
several files is a folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kerasvae_lint import Settings, lint_paths

HERE = Path(__file__).resolve().parent
CASES = sorted(path for path in HERE.glob("KV*/*") if path.suffix == ".py" or (path.is_dir() and path.name[0] != "_"))


def _wanted(path: Path) -> set[tuple[str, int]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {(path.name, row) for row, line in enumerate(lines, 1) if "# expect" in line}


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(case: Path, tmp_path: Path) -> None:
    """Alone in a project of its own, so that no other case is searched for what it may use."""
    code = case.parent.name
    files = sorted(case.rglob("*.py")) if case.is_dir() else [case]
    for path in files:
        target = tmp_path / path.relative_to(case.parent)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    result = lint_paths([tmp_path], Settings(select=(code,), preview=True), jobs=1)
    assert not result.problems
    found = {(Path(finding.filename).name, finding.location.row) for finding in result.findings}
    assert found == set().union(*(_wanted(path) for path in files))


def test_there_are_cases() -> None:
    assert CASES
    assert any(_wanted(path) for path in CASES if path.suffix == ".py")
