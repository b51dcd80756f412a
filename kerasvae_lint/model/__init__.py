"""What a rule may ask, in about a dozen nouns: the only room that rules import, with ``core``."""

from kerasvae_lint.binding import records
from kerasvae_lint.keras.crossentropy import Entropy
from kerasvae_lint.keras.outputs import Ending, ending_of
from kerasvae_lint.keras.scalars import is_counter, is_scalar
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.classes import Attribute, Class
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.project import Project
from kerasvae_lint.values.lattice import Value, constant, constants, is_none

__all__ = [
    "Attribute",
    "Call",
    "Class",
    "Editor",
    "Ending",
    "Entropy",
    "Module",
    "Project",
    "Value",
    "constant",
    "constants",
    "ending_of",
    "is_counter",
    "is_none",
    "is_scalar",
    "records",
]
