"""Are tied kernels still each other's transpose after some steps?"""

from __future__ import annotations

from kerasvae_lint.runtime.probes.rehearsal import Rehearsal
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.words import first_line

CODES = ["KV201", "KV202"]


def ask(run: Rehearsal) -> ProbeResult:
    """Judge the distances that the rehearsal measured."""
    if not run.ties:
        return ProbeResult("tie", SKIP, "no kernel is another's transpose")
    if run.error is not None and not run.dropped:
        return ProbeResult("tie", SKIP, f"fit raises {first_line(run.error)}")
    figures = {"distances": {tie.name: tie.distances for tie in run.ties}}
    torn = [tie for tie in run.ties if tie.torn]
    if torn:
        parts = [f"{tie.name} are {tie.distances[-1]:.3g} apart after {run.epochs} epochs" for tie in torn]
        return ProbeResult("tie", FAIL, "tied at the start, " + "; ".join(parts), CODES, figures)
    worst = max(tie.distances[-1] for tie in run.ties)
    return ProbeResult("tie", PASS, f"{len(run.ties)} tied, {worst:.2g} apart after training", [], figures)
