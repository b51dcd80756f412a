"""Which files need reading at all: decided on the bytes, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = (b"keras", b"tensorflow", b"Keras", b"TensorFlow", b"tfp", b"add_weight", b"add_loss", b"kvlint:", b"noqa: KV")
_ALIASES = re.compile(rb"\b(?:tf[a-z]?|K)\.")


def mentions_field(data: bytes) -> bool:
    """True if a file mentions Keras, TensorFlow or tfp in any of the ways that rules can meet."""
    return any(word in data for word in _WORDS) or _ALIASES.search(data) is not None


def has_trigger(data: bytes, triggers: Iterable[str]) -> bool:
    """True if a file holds one of the words that a rule needs."""
    return any(word.encode() in data for word in triggers)
