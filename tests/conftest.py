"""For all tests: Ctrl-C counts, also in the background of a script, which has it ignored; and what runs together."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = Path(__file__).resolve().parent
TOGETHER = (
    "fixtures/test_programs.py",
    "packaging",
    "recipes/test_recipes.py",
    "runtime/test_proof.py",
    "runtime/test_scenarios.py",
    "test_action.py",
    "test_precommit.py",
    "tools",
)
"""Folders and files whose tests share something that takes long to make."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--dist loadgroup``, one worker gets all tests of such a place, begun before the others."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        path = item.path.relative_to(HERE)
        group = next((place for place in TOGETHER if path.is_relative_to(place)), None)
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))
