"""What the functions and classes of Keras, TensorFlow, TensorFlow Probability, NumPy and scikit-learn take and do.

Everything here is data, asked by canonical name (``canonical`` makes it): ``lookup`` for a row, ``kind_of`` for what a
class of a family is where no row stands, ``string_alias`` for what a word like ``"mse"`` means.
"""

from __future__ import annotations

from kerasvae_lint.library.entries import Entry, known_names, lookup
from kerasvae_lint.library.families import is_class_name, kind_of
from kerasvae_lint.library.names import canonical
from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE, LibraryParameter, Signature
from kerasvae_lint.library.strings import string_alias

__all__ = [
    "NO_DEFAULT",
    "OPAQUE",
    "Entry",
    "LibraryParameter",
    "Signature",
    "canonical",
    "is_class_name",
    "kind_of",
    "known_names",
    "lookup",
    "string_alias",
]
