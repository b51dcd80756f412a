"""What ``verify`` says of programs after public reports: the faulty ones fail the right probe, their twins none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ahead import Ahead
from tests.runtime.reports import PROGRAMS
from tests.runtime.running import needs_runtime

if TYPE_CHECKING:
    from kerasvae_lint.runtime.launch import Outcome

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]


def _outcomes(flavour: tuple[str, int]) -> dict[str, Outcome]:
    """One child process for all programs of a Keras, a fork for each."""
    import tempfile
    from pathlib import Path

    from kerasvae_lint.runtime.launch import run_jobs
    from kerasvae_lint.runtime.options import Job, Options

    keras, fit = flavour
    wanted = {name: p for name, p in PROGRAMS.items() if keras in p.keras and p.fit == fit}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "program.py")
        jobs = [Job(name, "original", p.text, path, probes=p.asked) for name, p in wanted.items()]
        return dict(zip(wanted, run_jobs(jobs, Options(keras=keras, fit=fit, device="cpu")), strict=True))


outcomes = Ahead(_outcomes, *((keras, fit) for fit in (1, 2) for keras in ("2", "3")))


@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_verdicts(name: str, keras: str) -> None:
    program = PROGRAMS[name]
    if keras not in program.keras:
        pytest.skip(f"not for Keras {keras}")
    outcome = outcomes((keras, program.fit))[name]
    assert outcome.run is not None, outcome.reason
    failed = {probe.probe: probe.message for probe in outcome.run.failed}
    if program.fails:
        assert program.fails in failed, [probe for model in outcome.run.models for probe in model.probes]
        assert program.fails == "build" or "build" not in failed, failed
    else:
        assert failed == {}
    assert not [p.message for m in outcome.run.models for p in m.probes if "could not be asked" in p.message]
