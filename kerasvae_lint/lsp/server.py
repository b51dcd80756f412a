"""The server: what the protocol's messages do."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path, urlparse

from kerasvae_lint import __version__
from kerasvae_lint.lsp import options
from kerasvae_lint.lsp.analysis import Analyst, Outcome
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.diagnostics import diagnostics
from kerasvae_lint.lsp.documents import Document, Documents
from kerasvae_lint.lsp.networks import Reader, Reading
from kerasvae_lint.lsp.scheduling import Schedule, Worker
from kerasvae_lint.lsp.snapshot import Snapshot, notebook, script
from kerasvae_lint.source.files import MARKERS

log = logging.getLogger(__name__)

LANGUAGES = frozenset({"python", "py", "python3"})
PATIENCE = 0.3
"""Seconds for which a question about networks waits, before the last answer has to do till there is a new one."""
CONTENT_MODIFIED = types.LSPErrorCodes.ContentModified.value
_CELLS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage("python")], notebook="*")], save=True
)


class Server(LanguageServer):
    """kvlint for one editor."""

    def __init__(self) -> None:
        super().__init__("kvlint", __version__, notebook_document_sync=_CELLS)
        self.configuration = Configuration()
        self.analyst = Analyst(self.configuration)
        self.worker = Worker()
        self.schedule = Schedule(self.worker, self.snapshot, self.analyst, self.publish)
        self.reader = Reader(self.configuration, self.analyst.surroundings)
        self.networks = Schedule(self.worker, self.snapshot, self.reader, self._was_read)
        self.was_shut_down = False
        self._put_off: set[str] = set()
        self._refreshing: set[asyncio.Future[None]] = set()
        self._shown: dict[str, set[str]] = {}
        self._said: set[str] = set()

    # texts --------------------------------------------------------------------------------------
    @property
    def documents(self) -> Documents:
        """What the editor holds open."""
        assert isinstance(self.workspace, Documents)
        return self.workspace

    def program_of(self, uri: str) -> str:
        """The address of the program that a text belongs to: its own, or its notebook's."""
        found = self.documents.notebook_of(uri) if self.documents.is_cell(uri) else None
        return found.uri if found is not None else uri

    def snapshot(self, uri: str) -> Snapshot | None:
        """The newest text of an open program that is Python."""
        book = self.documents.notebook_of(uri)
        if book is not None:
            found = [(cell, self.documents.document(cell.document)) for cell in book.cells]
            cells = [
                (document.uri, document.version, document.table)
                for cell, document in found
                if document is not None and cell.kind == types.NotebookCellKind.Code and _is_python(document, True)
            ]
            return notebook(book.uri, self._filename(book.uri, "untitled.ipynb"), cells)
        document = self.documents.document(uri)
        if document is None or self.documents.is_cell(uri) or not _is_python(document, False):
            return None
        return script(document.uri, self._filename(document.uri, "untitled.py"), document.version, document.table)

    def _filename(self, uri: str, untitled: str) -> str:
        """The name by which a text is linted; one that is no file yet stands in the first folder."""
        path = to_fs_path(uri)
        if path:
            return path
        name = os.path.basename(urlparse(uri)[2])
        folder = self.configuration.folders[0] if self.configuration.folders else os.getcwd()
        return os.path.join(folder, name if name.endswith((".py", ".ipynb")) else untitled)

    # what is shown ------------------------------------------------------------------------------
    def supports(self, *path: str) -> Any:
        """A capability of the client, or None."""
        value: Any = self.client_capabilities
        for name in path:
            value = getattr(value, name, None)
        return value

    def publish(self, outcome: Outcome) -> None:
        """Show an outcome; complaints are shown once, failures are logged once."""
        for text in outcome.failures:
            self.say(text, types.MessageType.Error, quietly=True)
        if outcome.complaint is not None:
            self.say(f"kvlint: {outcome.complaint}", types.MessageType.Error)
        snapshot = outcome.snapshot
        related = bool(self.supports("text_document", "publish_diagnostics", "related_information"))
        found = diagnostics(outcome, related=related)
        gone = self._shown.get(snapshot.uri, set()) - set(found)
        for uri in gone:
            self._show(uri, [], None)
        for uri, shown in found.items():
            part = snapshot.by_uri(uri)
            self._show(uri, shown, part.version if part is not None else None)
        self._shown[snapshot.uri] = set(found)

    def clear(self, uri: str) -> None:
        """Show nothing any more of a program."""
        self.schedule.close(uri)
        self.networks.close(uri)
        self.reader.forget(uri)
        self._put_off.discard(uri)
        for text in self._shown.pop(uri, set()):
            self._show(text, [], None)

    def _show(self, uri: str, shown: list[types.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, version))

    def say(self, text: str, kind: types.MessageType, *, quietly: bool = False) -> None:
        """Tell the user something once, ``quietly`` in the log."""
        if text in self._said:
            return
        self._said.add(text)
        if quietly:
            self.window_log_message(types.LogMessageParams(kind, text))
        else:
            self.window_show_message(types.ShowMessageParams(kind, text))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What a client sends that can't be meant goes to the log: a message box each time would help nobody."""
        log.error("%s: %s", getattr(source, "__name__", source), error)
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"kvlint: {error}"))

    # networks -----------------------------------------------------------------------------------
    async def reading(self, uri: str) -> Reading | None:
        """The networks of an open program; None if it is closed meanwhile."""
        return await self.networks.asked(uri)

    async def reading_for_hints(self, uri: str) -> Reading | None:
        """The same; while it takes long the last there was, and the client is told to ask again afterwards."""
        asked = asyncio.ensure_future(self.networks.asked(uri))
        known = self.supports("workspace", "inlay_hint", "refresh_support")
        await asyncio.wait([asked], timeout=PATIENCE if known else None)
        if asked.done():
            return asked.result()
        self._put_off.add(uri)
        last, snapshot = self.networks.last(uri), self.snapshot(uri)
        return last.kept_for(snapshot) if last is not None and snapshot is not None else None

    def _was_read(self, reading: Reading) -> None:
        """Log a failure once; new hints for a client that was put off."""
        if reading.failure is not None:
            self.say(reading.failure, types.MessageType.Error, quietly=True)
        if reading.snapshot.uri in self._put_off:
            self._put_off.discard(reading.snapshot.uri)
            self.refresh_hints()

    def refresh_hints(self) -> None:
        """Let the client ask for hints again, if it can be told to."""
        if self.supports("workspace", "inlay_hint", "refresh_support"):
            task = asyncio.ensure_future(self._refresh())
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def _refresh(self) -> None:
        try:
            await self.workspace_inlay_hint_refresh_async(None)
        except (JsonRpcException, asyncio.CancelledError, RuntimeError) as error:
            log.warning("asking for hints again: %s", error)

    def doubt_networks(self, concerned: Callable[[Reading], bool] = lambda _: True) -> None:
        """What networks rest on has changed: read them again when they are asked for."""
        if self.networks.doubt(concerned):
            self.refresh_hints()

    # settings -----------------------------------------------------------------------------------
    def configure(self, raw: object, *, merge: bool = False) -> None:
        """Take settings from the client; ``merge``: nothing there leaves what is."""
        if merge and not raw:
            return
        before = self.configuration.options
        found, wrong = options.read(raw, before)
        for line in wrong:
            self.say(f"kvlint: {line}", types.MessageType.Warning)
        if not wrong:
            self._said.clear()
        if found != before:
            self.configuration.options = found
            self.schedule.relint()
            self.doubt_networks()

    def forget(self) -> None:
        """Settings on the disk have changed."""
        self.configuration.forget()
        self._said.clear()
        self.analyst.surroundings.doubt()
        self.schedule.relint()
        self.doubt_networks()

    def changed_on_disk(self, paths: Iterable[str]) -> None:
        """Files have changed: lint again what rests on them."""
        gone = {os.path.abspath(path) for path in paths}
        names = {os.path.basename(path) for path in gone}
        if names & {"pyproject.toml", ".gitignore"}:
            self.forget()
            return
        self.analyst.surroundings.doubt()
        pins = any(name in MARKERS or name.endswith(".txt") for name in names)
        self.schedule.relint(
            lambda last: (
                pins or not gone.isdisjoint(last.consulted) or (last.searched and {last.snapshot.filename} != gone)
            )
        )
        self.doubt_networks(lambda last: bool(last.networks) and {last.snapshot.filename} != gone)

    async def pull_settings(self) -> None:
        """Ask the client for its settings, if it answers such questions."""
        if not self.supports("workspace", "configuration"):
            return
        items = [types.ConfigurationItem(section=options.SECTION)]
        try:
            answer = await self.workspace_configuration_async(types.ConfigurationParams(items))
        except (JsonRpcException, asyncio.CancelledError, RuntimeError) as error:
            log.warning("the client's settings: %s", error)
            return
        self.configure(answer[0] if answer else None, merge=True)

    # the end ------------------------------------------------------------------------------------
    def shutdown(self) -> None:
        """Stop; unlike pygls's own, without waiting for threads that read or lint."""
        if self._stop_event is not None:
            self._stop_event.set()
        self.worker.end()
        self.thread_pool.shutdown(wait=False, cancel_futures=True)


def _is_python(document: Document, cell: bool) -> bool:
    language = (document.language_id or "").lower()
    if language:
        return language in LANGUAGES
    return cell or (document.filename or "").endswith(".py")
