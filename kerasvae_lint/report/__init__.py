"""What kvlint says: each format a function from findings to text. Prints nothing itself."""

from kerasvae_lint.report.concise import concise
from kerasvae_lint.report.counts import statistics, statistics_json, summary
from kerasvae_lint.report.lines import SourceLines
from kerasvae_lint.report.look import Look
from kerasvae_lint.report.structured import to_json
from kerasvae_lint.report.text import text

__all__ = [
    "Look",
    "SourceLines",
    "concise",
    "statistics",
    "statistics_json",
    "summary",
    "text",
    "to_json",
]
