"""Targets, scales and metrics, fit and unfit: in Keras 2, and in Keras 3 on each backend that is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.runtime.running import Flavour, flavours, named, needs_runtime, told_by

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]
SCRIPT = Path(__file__).with_name("target_scenarios.py")
NAMES = re.findall(r"^def (\w+)\(\) -> tuple", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)

ASKED = flavours(SCRIPT)
outcomes = told_by(SCRIPT, ASKED)


@pytest.mark.parametrize("flavour", ASKED, ids=named)
@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str, flavour: Flavour) -> None:
    told = outcomes(flavour)
    if name not in told["found"]:
        pytest.skip(f"not seen on {flavour[1]}")
    answers = told["found"][name]
    failed = {probe: codes for probe, (verdict, _, codes) in answers.items() if verdict == "fail"}
    assert not [message for _, message, _ in answers.values() if "could not be asked" in message]
    if name not in told["sick"]:
        assert failed == {}, answers
        return
    probe, code = told["sick"][name]
    assert code in failed.get(probe, []), answers
    assert set(failed) == {probe}, answers
