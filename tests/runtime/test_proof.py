"""Every rule is proven by the runtime checker: bad programs fail the probes that it names, fixed ones pass theirs.

That they did is in fixtures/proved.tsv, for every program as it is. What has no row there, and a part of the rest, is
asked here.
"""

from __future__ import annotations

import pytest

from kerasvae_lint.run.registry import all_rules
from tests.ahead import Ahead
from tests.fixtures import proving
from tests.fixtures.collect import UNSEEN, Program
from tests.runtime.running import needs_runtime

pytestmark = [needs_runtime, pytest.mark.timeout(3000)]
Answers = list[tuple[str, set[str]]]


def _asked_again(keras: str) -> dict[str, tuple[str, list[str]]]:
    return proving.ask([p for p in proving.ALL if proving.is_run_by_tests(p, keras)], keras)


asked_again = Ahead(_asked_again, *proving.KERASES)


def _answers(program: Program, keras: str) -> Answers:
    """Why there was no model, and what failed: by the record, and here if the program is asked again."""
    if not proving.is_asked(program, keras):
        pytest.skip(f"not asked in Keras {keras}")
    answers: Answers = []
    if proving.is_proved(program, keras):
        known = proving.recorded()[program.id, keras]
        answers = [(known.reason, {name for name in known.failed.split(",") if name})]
    if proving.is_run_by_tests(program, keras):
        reason, failed = asked_again(keras)[program.id]
        answers.append((reason, set(failed)))
    return answers


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_every_rule_names_probes(code: str) -> None:
    from kerasvae_lint.runtime.options import PROBES

    assert bool(all_rules()[code].probes) is not (code in UNSEEN)
    assert set(all_rules()[code].probes) <= set(PROBES)


@pytest.mark.parametrize("keras", proving.KERASES)
@pytest.mark.parametrize("program", proving.BAD, ids=lambda program: program.id)
def test_bad_fails_the_probe_that_its_rule_names(program: Program, keras: str) -> None:
    probes = all_rules()[program.id[:5]].probes
    for reason, failed in _answers(program, keras):
        if program.id in UNSEEN or program.id[:5] in UNSEEN:
            continue
        if reason and "build" in probes:
            # Keras refuses before there is a model to ask: its own error is the proof
            assert "Error" in reason
            continue
        assert reason == ""
        assert failed & set(probes), failed


@pytest.mark.parametrize("keras", proving.KERASES)
@pytest.mark.parametrize("program", proving.FIXED, ids=lambda program: program.id)
def test_fixed_passes_what_it_is_asked(program: Program, keras: str) -> None:
    for answer in _answers(program, keras):
        assert answer == ("", set())


@pytest.mark.parametrize("keras", proving.KERASES)
def test_a_part_is_asked_again(keras: str) -> None:
    assert asked_again(keras)
