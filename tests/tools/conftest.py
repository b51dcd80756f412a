"""The documentation site, built once for all the tests of this folder."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the site's HTML; a warning fails the build."""
    if tuple(sys.version_info) < (3, 11):  # mypy checks for 3.10, where all that follows is unreachable
        pytest.skip("Zensical needs Python 3.11")
    if importlib.util.find_spec("zensical") is None:
        pytest.fail("the extra `docs` is not installed: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tools.website", "--output", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"
