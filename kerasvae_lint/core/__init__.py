"""Data and nothing else: findings, fixes, rules, settings. Imports nothing of the floors above."""

from kerasvae_lint.core.finding import (
    Applicability,
    Draft,
    Edit,
    Finding,
    Fix,
    Note,
    Place,
    Position,
    Problem,
    Report,
    Span,
    TextEdit,
)
from kerasvae_lint.core.rule import PROBES, Rule
from kerasvae_lint.core.settings import Settings, TargetKeras

__all__ = [
    "PROBES",
    "Applicability",
    "Draft",
    "Edit",
    "Finding",
    "Fix",
    "Note",
    "Place",
    "Position",
    "Problem",
    "Report",
    "Rule",
    "Settings",
    "Span",
    "TargetKeras",
    "TextEdit",
]
