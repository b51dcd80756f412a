"""The linter's finding stands behind a failed probe: the root first, with its line and what mends it."""

from __future__ import annotations

from kerasvae_lint.cli.causes import explain
from kerasvae_lint.core import Applicability, Finding, Fix, Position
from kerasvae_lint.runtime import html, text
from kerasvae_lint.runtime.results import ModelResult, ProbeResult, Report, RunResult, TargetResult


def finding(code: str, row: int, fix: Applicability | None = None) -> Finding:
    at = Position(row, 1)
    made = Fix(fix, "Mend it", ()) if fix is not None else None
    return Finding(code, "name", f"What `a. B` of {code} is. What to do.", "program.py", at, at, fix=made)


def run_of(*probes: ProbeResult) -> RunResult:
    return RunResult("original", [ModelResult("model", [], list(probes))])


def failed(probe: str, *codes: str, **figures: object) -> ProbeResult:
    return ProbeResult(probe, "fail", "a symptom", list(codes), dict(figures))


def test_the_root_comes_first() -> None:
    """KV701 outranks KV711, whatever stands above."""
    probe = failed("data")
    findings = [finding("KV711", 3), finding("KV701", 9, Applicability.SAFE)]
    from kerasvae_lint.run.registry import all_rules

    assert "KV711" in all_rules()["KV701"].outranks
    probe.codes = ["KV711", "KV701"]
    explain(run_of(probe), findings)
    assert probe.codes == ["KV701", "KV711"]
    assert probe.figures["findings"] == [{"code": "KV701", "row": 9}, {"code": "KV711", "row": 3}]
    assert [cause["mended_by"] for cause in probe.figures["causes"]] == ["--fix", None]


def test_what_the_probe_does_not_speak_of_explains_nothing() -> None:
    probe = failed("schedule", "KV101")
    explain(run_of(probe), [finding("KV701", 9)])
    assert probe.codes == ["KV101"]
    assert "causes" not in probe.figures


def test_a_probe_that_names_a_rule_is_explained_by_it() -> None:
    probe = failed("save", "KV701")
    explain(run_of(probe), [finding("KV701", 9, Applicability.UNSAFE)])
    assert probe.figures["causes"][0]["mended_by"] == "--fix --unsafe-fixes"


def test_an_exception_is_explained_by_what_stands_near_it() -> None:
    probe = failed("build", "KV710", rows=[40])
    explain(run_of(probe), [finding("KV710", 9)])
    assert "causes" not in probe.figures
    explain(run_of(probe), [finding("KV710", 38)])
    assert probe.figures["causes"][0]["row"] == 38


def test_text_and_page_say_so() -> None:
    probes = [failed("data", "KV701"), failed("gradients", "KV701")]
    run = run_of(*probes)
    explain(run, [finding("KV701", 9, Applicability.SAFE)])
    run.notes = ["`lr=` is `learning_rate=` today (line 3)"]
    report = Report({}, [TargetResult("program.py", runs=[run])])
    lines = "\n".join(text.full(report, 200, lambda _, word: word))
    assert "→ KV701 at line 9: What `a. B` of KV701 is. `--fix` mends it\n" in lines
    assert "→ KV701 at line 9, as above" in lines
    assert "note  `lr=` is `learning_rate=` today (line 3)" in lines
    page = html.page(report)
    assert "KV701 at line 9: What `a. B` of KV701 is. What to do. `--fix` mends it" in page
    assert "<li>`lr=` is `learning_rate=` today (line 3)</li>" in page
    assert report.to_dict()["targets"][0]["runs"][0]["notes"] == run.notes
