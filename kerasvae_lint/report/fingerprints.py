"""Names of findings that stay the same while the lines around them move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from kerasvae_lint.core import Finding
from kerasvae_lint.report.places import Places


def fingerprints(findings: Sequence[Finding], places: Places) -> list[str]:
    """One for each finding, all different.

    They are made of the file's path, the rule's code and the text of the lines that are reported,
    without their white space; where these are the same, the findings are numbered.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    names = []
    for finding in findings:
        key = (places.path(finding.filename), finding.code, _context(finding, places))
        names.append(fingerprint(*key, str(seen[key])))
        seen[key] += 1
    return names


def fingerprint(*parts: str) -> str:
    """32 hexadecimal digits for these strings."""
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _context(finding: Finding, places: Places) -> str:
    lines = places.lines(finding.filename, finding.cell)
    reported = lines[finding.location.row - 1 : finding.end_location.row]
    return " ".join(" ".join(reported).split()) or finding.message
