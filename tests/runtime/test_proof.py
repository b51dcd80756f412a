"""Every rule is proven by the runtime checker: its bad programs fail the probes that it names, fixed ones pass all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerasvae_lint.run.registry import all_rules
from tests.ahead import Ahead
from tests.fixtures.collect import Program, programs
from tests.runtime.running import needs_runtime

if TYPE_CHECKING:
    from kerasvae_lint.runtime.launch import Outcome

pytestmark = [needs_runtime, pytest.mark.timeout(1500)]
BAD, FIXED = programs("bad*.py"), programs("fixed*.py")


def _outcomes(keras: str) -> dict[str, Outcome]:
    """One child process for all programs, a fork for each."""
    from kerasvae_lint.runtime.launch import run_jobs
    from kerasvae_lint.runtime.options import Job, Options

    bad = [p for p in BAD if p.fails_in(keras)]
    wanted = bad + [p for p in FIXED if p.runs_in(keras)]
    asked = {p.id: all_rules()[p.id[:5]].probes for p in bad}
    jobs = [Job(p.id, "original", p.text, str(p.path), probes=tuple(asked.get(p.id, ()))) for p in wanted]
    return dict(zip((p.id for p in wanted), run_jobs(jobs, Options(keras=keras, device="cpu")), strict=True))


outcomes = Ahead(_outcomes, "2", "3")


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_every_rule_names_probes(code: str) -> None:
    from kerasvae_lint.runtime.options import PROBES

    assert all_rules()[code].probes
    assert set(all_rules()[code].probes) <= set(PROBES)


@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("program", BAD, ids=lambda program: program.id)
def test_bad_fails_the_probe_that_its_rule_names(program: Program, keras: str) -> None:
    if not program.fails_in(keras):
        pytest.skip(f"shows no fault in Keras {keras}")
    outcome = outcomes(keras)[program.id]
    if outcome.run is None and all_rules()[program.id[:5]].probes == ("build",):
        # Keras refuses before there is a model to ask: its own error is the proof
        assert "Error: " in outcome.reason
        return
    assert outcome.run is not None, outcome.reason
    failed = {probe.probe for probe in outcome.run.failed}
    assert failed & set(all_rules()[program.id[:5]].probes), [p.message for p in outcome.run.failed]


@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("program", FIXED, ids=lambda program: program.id)
def test_fixed_passes_all(program: Program, keras: str) -> None:
    if not program.runs_in(keras):
        pytest.skip(f"does not run in Keras {keras}")
    outcome = outcomes(keras)[program.id]
    assert outcome.run is not None, outcome.reason
    assert outcome.run.models
    assert [f"{p.probe}: {p.message}" for p in outcome.run.failed] == []
