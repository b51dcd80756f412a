"""One function in another's place, under every name that it has."""

from __future__ import annotations

import sys
from typing import Any


def replace_everywhere(original: Any, answer: Any) -> None:
    """``answer`` takes the place of ``original`` under every name that a module has for it."""
    for other in list(sys.modules.values()):
        names = getattr(other, "__dict__", {})
        for key in [key for key, value in list(names.items()) if value is original]:
            setattr(other, key, answer)
