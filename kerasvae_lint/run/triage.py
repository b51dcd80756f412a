"""Which files need reading at all: decided on the bytes, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FIELD = re.compile(rb"keras|tensorflow|tfp|\btf[a-z]?\b|\bK\.|add_weight|add_loss|kvlint:|noqa: ?KV", re.IGNORECASE)


def mentions_field(data: bytes) -> bool:
    """True if a file mentions Keras, TensorFlow or tfp in any of the ways that rules can meet."""
    return _FIELD.search(data) is not None


def has_trigger(data: bytes, triggers: Iterable[str]) -> bool:
    """True if a file holds one of the words that a rule needs."""
    return any(word.encode() in data for word in triggers)
