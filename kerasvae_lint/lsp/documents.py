"""What the editor holds open, kept as the protocol says."""

from __future__ import annotations

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from kerasvae_lint.lsp.positions import Lines


class Document(TextDocument):
    """A text that the editor owns.

    pygls counts lines as ``str.splitlines`` does: a form feed would end one, and every later edit would land a line
    off. Here only the protocol's own newlines count.
    """

    _table: Lines | None = None

    @property
    def table(self) -> Lines:
        """The text and its lines."""
        if self._table is None or self._table.text is not self._source:
            encoding = self.position_codec.encoding
            self._table = Lines(self.source, str(getattr(encoding, "value", encoding)))
        return self._table

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        start, end = self.table.offset(change.range.start), self.table.offset(change.range.end)
        text = self.source
        self._source = text[:start] + change.text + text[max(start, end) :]


class Documents(Workspace):
    """The open documents and notebooks."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> Document:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )

    def document(self, uri: str) -> Document | None:
        """An open text (a cell of a notebook is one, too), or None."""
        found = self._text_documents.get(_plain(uri))
        return found if isinstance(found, Document) else None

    def notebook_of(self, uri: str) -> types.NotebookDocument | None:
        """The notebook with this address, or the one that the cell with this address is in."""
        return self.get_notebook_document(notebook_uri=uri) or self.get_notebook_document(cell_uri=uri)

    def is_cell(self, uri: str) -> bool:
        """True for a text that is a cell of a notebook."""
        return _plain(uri) in self._cell_in_notebook


def _plain(uri: str) -> str:
    from urllib.parse import unquote

    return unquote(uri)
