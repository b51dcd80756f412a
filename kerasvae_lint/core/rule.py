"""What a rule is."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from kerasvae_lint.core.finding import Report

PROBES = (
    "build",
    "gradients",
    "reaction",
    "schedule",
    "tie",
    "noise",
    "kl",
    "loss",
    "mode",
    "data",
    "save",
    "learning",
    "layers",
    "monitors",
    "targets",
    "metrics",
)
"""What ``kvlint verify`` asks, in the order in which it is shown."""


class Rule(ABC):
    """One thing that kvlint knows how to find.

    A rule lives in one file, reads as its own documentation, and asks the facade everything. Its
    class docstring is what ``kvlint rule CODE`` prints.

    Attributes:
        code: the stable identifier, ``KV`` and three digits for the built-in pack.
        name: the same in words, in kebab case.
        triggers: a file that holds none of these words (plain substrings) cannot have a finding of
            this rule and is not parsed for it.
        companions: one of these words must be there too; none are asked for if empty.
        fixable: one of ``"safe"``, ``"unsafe"``, ``"sometimes"``, ``"no"``: what to expect of its fix.
        probes: the probes of ``kvlint verify`` that fail where the rule is right.
        recipe: what ``kvlint recipe`` has to put in the broken code's place, by name; empty if it has nothing.
        preview: off unless ``--preview`` is given.
        outranks: codes of rules that stay silent about what one of this rule's findings is about: it names the root.
        project_wide: the finding may depend on files other than the linted one and its imports.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    triggers: ClassVar[tuple[str, ...]]
    companions: ClassVar[tuple[str, ...]] = ()
    fixable: ClassVar[str] = "no"
    probes: ClassVar[tuple[str, ...]] = ()
    recipe: ClassVar[str] = ""
    preview: ClassVar[bool] = False
    outranks: ClassVar[tuple[str, ...]] = ()
    project_wide: ClassVar[bool] = False

    @abstractmethod
    def check(self, module: Any) -> Iterator[Report]:  # a facade's Module, of which this floor knows nothing
        """Yield what this rule finds in one module (a :class:`kerasvae_lint.model.Module`)."""

    @classmethod
    def documentation(cls) -> str:
        """The rule's docstring, dedented."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def summary(cls) -> str:
        """The docstring's first line."""
        return cls.documentation().partition("\n")[0]
