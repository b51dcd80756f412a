"""Placeholder until the editing room lands."""
from __future__ import annotations
from kerasvae_lint.core import Applicability, Draft, TextEdit
class Editor:
    def __init__(self, code, source):  # type: ignore[no-untyped-def]
        self._edits = []
    def edit(self, start, end, content): self._edits.append(TextEdit(start, end, content))
    def replace(self, record, content): self.edit(record.start, record.end, content)
    def draft(self, message, applicability=Applicability.SAFE): return Draft(applicability, message, tuple(sorted(set(self._edits))))
