"""Bytes to text or notebook cells, to LibCST's tree, and positions back. Importing it does not import LibCST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerasvae_lint.source.text import Cell, Source, SourceError, decode_script

if TYPE_CHECKING:
    from kerasvae_lint.source.tree import Positions, parse

__all__ = ["Cell", "Positions", "Source", "SourceError", "decode", "parse"]


def decode(data: bytes, filename: str) -> Source:
    """Decode a file: a notebook if its name ends in ``.ipynb``, else a Python script.

    Raises:
        SourceError: the file can't be read as text or as a notebook.
    """
    if filename.endswith(".ipynb"):
        from kerasvae_lint.source.notebook import decode_notebook

        return decode_notebook(data, filename)
    return decode_script(data, filename)


def __getattr__(name: str) -> object:
    if name in {"Positions", "parse"}:
        from kerasvae_lint.source import tree

        return getattr(tree, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
