"""What the formats say of rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECTION = re.compile(r"^#+ (.+)$", re.MULTILINE)

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule as its documentation has it; ``explanation`` is Markdown, its first line the summary."""

    code: str
    name: str
    summary: str = ""
    explanation: str = ""
    preview: bool = False
    recipe: str | None = None
    url: str | None = None

    def section(self, title: str) -> str:
        """The text under one heading of the explanation, in one line; empty if there is none."""
        heads = list(_SECTION.finditer(self.explanation))
        for index, head in enumerate(heads):
            if head[1].strip().lower() == title.lower():
                end = heads[index + 1].start() if index + 1 < len(heads) else len(self.explanation)
                return " ".join(self.explanation[head.end() : end].split())
        return ""


def level(code: str) -> str:
    """How bad a finding is: code that does something else than it says, or only a stale comment."""
    return WARNING if code == "KV001" else ERROR
