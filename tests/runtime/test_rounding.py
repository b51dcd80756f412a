"""Two passes of one model differ in their last bits on a GPU: no probe takes that for an effect. Imitated on a CPU."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.running import FLAVOURS, Flavour, flavours, named, needs_runtime, told_by

pytestmark = [needs_runtime, pytest.mark.timeout(900)]
SCRIPT = Path(__file__).with_name("rounding_scenarios.py")

ASKED = flavours(SCRIPT, FLAVOURS[:2])
outcomes = told_by(SCRIPT, ASKED, 800)


@pytest.mark.parametrize("flavour", ASKED, ids=named)
def test_verdicts_are_as_without_rounding(flavour: Flavour) -> None:
    told = outcomes(flavour)
    wrong = {}
    for name, probes in told["found"].items():
        failed = {probe for probe, (verdict, _) in probes.items() if verdict == "fail"} - {"left as it was"}
        expected = told["sick"].get(name)
        if (expected not in failed) if expected else failed:
            wrong[name] = probes
    assert wrong == {}
