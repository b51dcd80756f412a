"""Learning, layers and monitors: in Keras 2, and in Keras 3 on each backend that is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.runtime.running import Flavour, flavours, named, needs_runtime, told_by

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]
SCRIPT = Path(__file__).with_name("learning_scenarios.py")
NAMES = re.findall(r"^ *def (\w+)\(\) -> tuple", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)

ASKED = flavours(SCRIPT)
outcomes = told_by(SCRIPT, ASKED)


@pytest.mark.parametrize("flavour", ASKED, ids=named)
@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str, flavour: Flavour) -> None:
    told = outcomes(flavour)
    if name not in told["found"]:
        pytest.skip(f"not to be had on {flavour[1]}")
    answers = told["found"][name]
    assert not [message for _, message, _ in answers.values() if "could not be asked" in message]
    failed = {probe: codes for probe, (verdict, _, codes) in answers.items() if verdict == "fail"}
    expected = told["sick"].get(name, {})
    assert set(failed) == set(expected), answers
    for probe, code in expected.items():
        assert code in failed[probe] or (not code and not failed[probe]), answers


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_one_time_step_is_a_note(flavour: Flavour) -> None:
    answers = outcomes(flavour)["found"]["sequences_of_one_step"]
    assert "one time step" in answers["gradients"][1]
    assert "recurrent_kernel" in answers["gradients"][1]


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_what_is_only_slow_is_a_note(flavour: Flavour) -> None:
    answers = outcomes(flavour)["found"]["rate_that_is_slow"]
    assert "not better than that yet" in answers["learning"][1]


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_the_last_weights_are_a_note(flavour: Flavour) -> None:
    answers = outcomes(flavour)["found"]["logged_by_another_callback"]
    assert "restore_best_weights" in answers["monitors"][1]
