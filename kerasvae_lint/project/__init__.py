"""The files around a file: which the project has, and which of them mention, import or define something."""

from kerasvae_lint.project.index import IMPORTERS, Index, Indexes, Search, search_of

__all__ = ["IMPORTERS", "Index", "Indexes", "Search", "search_of"]
