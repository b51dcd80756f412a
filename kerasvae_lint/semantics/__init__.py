"""The semantic model of one module and of the project: names, Keras flavour, classes, phases, values."""

from kerasvae_lint.semantics.classes import ClassInfo
from kerasvae_lint.semantics.editing import Editor
from kerasvae_lint.semantics.flavour import Flavour
from kerasvae_lint.semantics.model import SemanticModel
from kerasvae_lint.semantics.phases import CONSTRUCTION, HOST, TRACING
from kerasvae_lint.semantics.project import Project

__all__ = [
    "CONSTRUCTION",
    "HOST",
    "TRACING",
    "ClassInfo",
    "Editor",
    "Flavour",
    "Project",
    "SemanticModel",
]
