"""The runtime checker's sample: what `kvlint verify` once measured, told and drawn by today's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kerasvae_lint.runtime import html, text
from kerasvae_lint.runtime.results import Report, TargetResult, run_from_dict

ROOT = Path(__file__).resolve().parents[2]
MEASURED = ROOT / "docs" / "samples" / "verify.json"
WIDTH = 80

PAGE = """\
# A report

`kvlint verify --fix` of two programs of the rules' own fixtures: {targets}. It was measured once, and its JSON is
kept in the repository; what follows is that measurement as kvlint tells and draws it today.

## In the terminal

```text
{told}```

## As a page with pictures

`--html report.html` writes one file that loads nothing from anywhere. [Open it by itself](report.html), or scroll in it
here:

<iframe class="report" src="report.html" title="The page that kvlint verify --html writes"></iframe>
"""


def pages() -> dict[str, str]:
    """``verify/sample.md`` and the report that it shows, as texts."""
    report = report_from_dict(json.loads(MEASURED.read_text(encoding="utf-8")))
    lines = [
        *text.full(report, WIDTH, lambda _, words: words),
        "",
        *text.summary(report, WIDTH, lambda _, words: words),
    ]
    told = "".join(f"{line}\n" for line in lines)
    targets = " and ".join(f"`{target.target}`" for target in report.targets)
    return {"verify/sample.md": PAGE.format(told=told, targets=targets), "verify/report.html": html.page(report)}


def report_from_dict(body: dict[str, Any]) -> Report:
    """The report that ``kvlint verify --output-format json`` printed."""
    targets = []
    for target in body["targets"]:
        runs = [run_from_dict(run, run["source"]) for run in target["runs"]]
        for made, run in zip(runs, target["runs"], strict=True):
            made.environment = run["environment"]
        targets.append(TargetResult(target["target"], target["status"], target["reason"], target["fixes"], runs))
    return Report(body["environment"], targets)
