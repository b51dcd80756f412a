"""Edits → new source → checked → written atomically; in rounds, until nothing changes."""

from kerasvae_lint.fix.apply import apply_fixes
from kerasvae_lint.fix.rounds import FixedText, fix_text
from kerasvae_lint.fix.writing import write_atomically

__all__ = ["FixedText", "apply_fixes", "fix_text", "write_atomically"]
