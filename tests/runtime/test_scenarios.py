"""Healthy models fail no probe, sick ones fail theirs: in Keras 2, and in Keras 3 on each backend that is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.runtime.running import Flavour, flavours, named, needs_runtime, told_by

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]
SCRIPT = Path(__file__).with_name("scenarios.py")
FILES = (SCRIPT, *(SCRIPT.with_name(f"{name}_scenarios.py") for name in ("schedule", "inline")))
TEXT = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
NAMES = re.findall(r"^def (\w+)\(\) -> tuple", TEXT, re.MULTILINE)

ASKED = flavours(SCRIPT)
outcomes = told_by(SCRIPT, ASKED)


@pytest.mark.parametrize("flavour", ASKED, ids=named)
@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str, flavour: Flavour) -> None:
    told = outcomes(flavour)
    probes = told["found"][name]
    failed = {probe: message for probe, (verdict, message) in probes.items() if verdict == "fail"}
    expected = told["sick"].get(name)
    if expected is None:
        assert failed == {}
    else:
        assert expected in failed, probes
    assert not [message for _, message in probes.values() if "could not be asked" in message]


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_an_output_that_never_moves_is_no_broadcast(flavour: Flavour) -> None:
    _, message = outcomes(flavour)["found"]["softmax_of_one_on_numbers"]["loss"]
    assert "broadcast" not in message


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_what_is_undone_leaves_no_moments(flavour: Flavour) -> None:
    for first, second in outcomes(flavour)["twice"].values():
        assert first == pytest.approx(second, rel=1e-5)
