"""A file of the project as the interpreter takes it up: its code, its text and its name as a module."""

from __future__ import annotations

from kerasvae_lint.binding.records import Module, Record
from kerasvae_lint.source import Source


class Unit:
    """One file.

    Attributes:
        name: as a module, dotted (``package.layers``); ``__main__`` for one that nobody imports.
        module: its code.
        source: its text.
        rebound: the globals that functions bind (``global name``).
    """

    def __init__(self, name: str, module: Module, source: Source) -> None:
        self.name = name
        self.module = module
        self.source = source
        self.rebound = frozenset(
            name for function in module.functions for name, how in function.scope.outer.items() if how == "global"
        )

    @property
    def filename(self) -> str:
        """The file's name as it was given."""
        return self.source.filename

    def text(self, record: Record) -> str:
        """The code of a record as it is written."""
        return self.source.text[record.start : record.end]

    def __repr__(self) -> str:
        return f"<unit {self.name}>"
