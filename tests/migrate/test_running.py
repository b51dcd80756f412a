"""The migrated programs run in Keras 3: all of them in one process."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.migrate.programs import CASES, Case

RUNNABLE = [case for case in CASES if all(importlib.util.find_spec(name) for name in case.needs)]
PROGRAMS = Path(__file__).resolve().parent.parent / "fixtures" / "programs.py"

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="the runtime extra is not installed"),
    pytest.mark.timeout(900),
]


@cache
def _errors() -> dict[str, str | None]:
    done = subprocess.run(
        [sys.executable, str(PROGRAMS), "3", *(str(case.after) for case in RUNNABLE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, str | None] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("case", RUNNABLE, ids=lambda case: case.id)
def test_it_runs(case: Case) -> None:
    assert _errors()[str(case.after)] is None
