"""From Keras 2 (and Keras 1) to Keras 3: ``kvlint migrate``."""

from __future__ import annotations

from kerasvae_lint.migrate.engine import Line, Migration, migrate_data, migrate_text
from kerasvae_lint.migrate.step import Kind, Remark, Step, To

__all__ = ["Kind", "Line", "Migration", "Remark", "Step", "To", "migrate_data", "migrate_text"]
