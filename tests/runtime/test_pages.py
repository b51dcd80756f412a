"""The programs on the documentation's pages run, and hold what the pages say of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.running import needs_runtime

pytestmark = needs_runtime
PAGE = Path(__file__).resolve().parents[2] / "docs" / "training-flag.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_page_runs(number: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAMS[number]]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stderr[-2000:]


def test_there_are_programs_on_it() -> None:
    assert len(PROGRAMS) == 2
