"""Code is nested, and what reads it calls itself: room for as much as the parser lets through."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 12_000


@contextmanager
def deep() -> Iterator[None]:
    """Calls may be nested as deeply in this block as code that the parser takes asks for."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
