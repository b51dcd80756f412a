"""An editor as the server sees it: pygls's own client, which keeps texts and makes the edits that it is given."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from kerasvae_lint.lsp.positions import Lines

PATIENCE = 60
COMMAND = (sys.executable, "-m", "kerasvae_lint", "server")


def capabilities(**more: Any) -> types.ClientCapabilities:
    """What an editor of today can do; positions in UTF-16 unless ``encodings`` says otherwise."""
    encodings = more.get("encodings")
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
        notebook_document=types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities()),
        workspace=types.WorkspaceClientCapabilities(
            configuration=more.get("configuration", False),
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=more.get("versioned", True)),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=more.get("refresh", False)),
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
            code_action=types.CodeActionClientCapabilities(
                resolve_support=types.ClientCodeActionResolveOptions(["edit"]) if more.get("resolve", True) else None
            ),
            inlay_hint=types.InlayHintClientCapabilities(),
            document_symbol=types.DocumentSymbolClientCapabilities(
                hierarchical_document_symbol_support=more.get("tree", True)
            ),
        ),
    )


class Editor(LanguageClient):
    """Open texts, what was published of them, and what was said."""

    def __init__(self) -> None:
        super().__init__("tests", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: list[types.PublishDiagnosticsParams] = []
        self.shown: dict[str, Sequence[types.Diagnostic]] = {}
        self.said: list[str] = []
        self.logged: list[str] = []
        self.registered: list[types.Registration] = []
        self.settings: Any = None
        self.refreshed = 0
        self.encoding = "utf-16"
        self._news = asyncio.Event()
        self._listen()

    def _listen(self) -> None:
        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self.shown[params.uri] = params.diagnostics
            self._news.set()

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def said(params: types.ShowMessageParams) -> None:
            self.said.append(params.message)
            self._news.set()

        @self.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.logged.append(params.message)
            self._news.set()

        @self.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(params: types.RegistrationParams) -> None:
            self.registered += params.registrations
            self._news.set()

        @self.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def refreshed(_: None) -> None:
            self.refreshed += 1
            self._news.set()

        @self.feature(types.WORKSPACE_CONFIGURATION)
        def configuration(_: types.ConfigurationParams) -> list[Any]:
            return [self.settings]

    async def until(self, wanted: Any) -> None:
        """Wait till ``wanted()`` holds."""

        async def waiting() -> None:
            while not wanted():
                self._news.clear()
                await self._news.wait()

        await asyncio.wait_for(waiting(), PATIENCE)

    async def news(self, uri: str, after: int = 0) -> list[types.Diagnostic]:
        """What is published of a text after the first ``after`` publications of all."""
        await self.until(lambda: any(one.uri == uri for one in self.published[after:]))
        return list(next(one for one in self.published[after:] if one.uri == uri).diagnostics)

    async def open(self, path: Path | str, text: str, language: str = "python") -> list[types.Diagnostic]:
        """Open a text and wait for its diagnostics."""
        uri = address(path)
        before = len(self.published)
        self.opened(uri, text, language)
        return await self.news(uri, before)

    def opened(self, uri: str, text: str, language: str = "python") -> None:
        """Open a text and wait for nothing."""
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, *changes: tuple[int, int, str]) -> None:
        """Replace stretches of a text, one after the other, given by offsets."""
        sent: list[types.TextDocumentContentChangeEvent] = []
        for start, end, new in changes:
            lines = Lines(self.texts[uri], self.encoding)
            sent.append(types.TextDocumentContentChangePartial(lines.range(start, end), new))
            self.texts[uri] = lines.text[:start] + new + lines.text[end:]
        self.versions[uri] += 1
        item = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(item, sent))

    async def retype(self, uri: str, text: str) -> list[types.Diagnostic]:
        """Replace a whole text and wait for what is published of it."""
        before = len(self.published)
        self.change(uri, (0, len(self.texts[uri]), text))
        return await self.news(uri, before)

    async def actions(self, uri: str, where: types.Range, only: Sequence[str] | None = None) -> dict[str, Any]:
        """The code actions at a place by their titles."""
        context = types.CodeActionContext([], only=only)
        found = await self.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        )
        return {action.title: action for action in found or () if isinstance(action, types.CodeAction)}

    async def make(self, action: types.CodeAction) -> None:
        """Resolve an action and make its edits, as an editor does: none of an old version."""
        if action.edit is None:
            action = await self.code_action_resolve_async(action)
        assert action.edit is not None
        for change in action.edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            assert change.text_document.version == self.versions[uri]
            self.texts[uri] = made(self.texts[uri], change.edits, self.encoding)
        for uri, edits in (action.edit.changes or {}).items():
            self.texts[uri] = made(self.texts[uri], edits, self.encoding)

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        """What hovering over a place shows."""
        place = types.Position(line, character)
        found = await self.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), place))
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else None

    async def hints(self, uri: str, first: int = 0, last: int = 10_000) -> list[tuple[int, int, str]]:
        """The inlay hints from the start of one line to the start of another: line, column, text."""
        where = types.Range(types.Position(first, 0), types.Position(last, 0))
        asked = types.InlayHintParams(types.TextDocumentIdentifier(uri), where)
        found = await self.text_document_inlay_hint_async(asked)
        return [(hint.position.line, hint.position.character, str(hint.label)) for hint in found or ()]

    async def symbols(self, uri: str) -> list[Any]:
        """The document symbols of a text."""
        asked = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        return list(await self.text_document_document_symbol_async(asked) or ())


def made(text: str, edits: Sequence[Any], encoding: str) -> str:
    """A text with a server's edits, none of which may overlap another."""
    lines = Lines(text, encoding)
    spans = sorted((lines.offset(e.range.start), lines.offset(e.range.end), e.new_text) for e in edits)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text


def address(path: Path | str) -> str:
    """A path as an address; an address as it is."""
    return path.as_uri() if isinstance(path, Path) else path


@asynccontextmanager
async def editing(root: Path, options: Any = None, **more: Any) -> AsyncIterator[Editor]:
    """A server, initialized, with an editor that has ``root`` open; shut down in the end, with status 0."""
    editor = Editor()
    editor.settings = more.get("settings")
    await editor.start_io(*more.get("command", COMMAND), cwd=root)
    folders = [types.WorkspaceFolder(root.as_uri(), root.name)]
    answer = await editor.initialize_async(
        types.InitializeParams(capabilities(**more), workspace_folders=folders, initialization_options=options)
    )
    encoding = answer.capabilities.position_encoding
    editor.encoding = str(getattr(encoding, "value", encoding))
    editor.initialized(types.InitializedParams())
    try:
        yield editor
        await editor.shutdown_async(None)
        editor.exit(None)
        server = editor._server
        assert server is not None
        assert await asyncio.wait_for(server.wait(), PATIENCE) == 0
    finally:
        if editor._server is not None and editor._server.returncode is None:
            editor._server.kill()
        await editor.stop()
