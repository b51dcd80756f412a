"""Messages of the protocol and what they do to the server."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import to_fs_path

from kerasvae_lint.lsp import actions, hints, hovering, symbols
from kerasvae_lint.lsp.documents import Documents
from kerasvae_lint.lsp.server import CONTENT_MODIFIED, Server

log = logging.getLogger(__name__)

WATCHED = "**/{*.py,*.ipynb,pyproject.toml,.gitignore,setup.py,setup.cfg,Pipfile,*requirements*.txt,environment.y*ml}"


def server() -> Server:
    """A server that knows its messages."""
    made = Server()
    _life(made)
    _texts(made)
    _notebooks(made)
    _settings(made)
    _questions(made)
    _networks(made)
    return made


def _life(ls: Server) -> None:
    @ls.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        old = ls.workspace
        folders = params.workspace_folders or []
        ls.protocol._workspace = Documents(old.root_uri, ls._text_document_sync_kind, folders, old.position_encoding)
        _folders(ls)
        ls.configure(params.initialization_options, merge=True)

    @ls.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        wanted = []
        if ls.supports("workspace", "did_change_watched_files", "dynamic_registration"):
            watchers = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(WATCHED)])
            wanted.append(types.Registration("kvlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watchers))
        if ls.supports("workspace", "did_change_configuration", "dynamic_registration"):
            section = types.DidChangeConfigurationRegistrationOptions(section="kvlint")
            wanted.append(types.Registration("kvlint-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
        if wanted:
            try:
                await ls.client_register_capability_async(types.RegistrationParams(wanted))
            except (JsonRpcException, RuntimeError) as error:
                log.warning("watching files: %s", error)
        if ls.supports("text_document", "inlay_hint") and ls.configuration.options.inlay_hints:
            ls.worker.start(ls.reader.warm_up)
        await ls.pull_settings()

    @ls.feature(types.SHUTDOWN)
    def shutdown(_: Any) -> None:
        ls.was_shut_down = True
        ls.schedule.end()
        ls.networks.end()

    @ls.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        _folders(ls)
        ls.forget()


def _folders(ls: Server) -> None:
    uris = list(ls.documents.folders) or [ls.documents.root_uri]
    ls.configuration.folders = tuple(path for uri in uris if uri and (path := to_fs_path(uri)))


def _texts(ls: Server) -> None:
    @ls.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        ls.schedule.request(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        _typed(ls, params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        _was_saved(ls, params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        ls.clear(params.text_document.uri)


def _notebooks(ls: Server) -> None:
    @ls.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        ls.schedule.request(params.notebook_document.uri)

    @ls.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeNotebookDocumentParams) -> None:
        if params.change.cells is not None:
            _typed(ls, params.notebook_document.uri)

    @ls.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        _was_saved(ls, params.notebook_document.uri)

    @ls.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        ls.clear(params.notebook_document.uri)


def _typed(ls: Server, uri: str) -> None:
    if ls.configuration.options.on_type:
        ls.schedule.request(uri, ls.configuration.options.debounce)


def _was_saved(ls: Server, uri: str) -> None:
    ls.schedule.request(uri)
    path = to_fs_path(uri)
    if path:
        ls.changed_on_disk([path])


def _settings(ls: Server) -> None:
    @ls.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def settings_changed(params: types.DidChangeConfigurationParams) -> None:
        if params.settings:
            ls.configure(params.settings)
        else:
            await ls.pull_settings()

    @ls.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        ls.changed_on_disk([path for change in params.changes if (path := to_fs_path(change.uri))])


def _questions(ls: Server) -> None:
    @ls.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        uri, place = params.text_document.uri, params.position
        document = ls.documents.document(uri)
        if document is None:
            return None
        found = hovering.over_a_code(document.table, place)
        if found is None:
            outcome = await ls.schedule.outcome(ls.program_of(uri))
            found = hovering.over_a_finding(outcome, uri, place) if outcome is not None else None
            reading = await ls.reading(ls.program_of(uri))
            layer = hovering.over_a_layer(reading, uri, place) if reading is not None else None
            found = hovering.joined(found, layer)
        formats = ls.supports("text_document", "hover", "content_format")
        if found is not None and formats and types.MarkupKind.Markdown not in formats:
            assert isinstance(found.contents, types.MarkupContent)
            found.contents.kind = types.MarkupKind.PlainText
        return found

    options = types.CodeActionOptions(actions.KINDS, resolve_provider=True)

    @ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        outcome = await ls.schedule.outcome(ls.program_of(uri))
        if outcome is None:
            return []
        only = params.context.only
        kinds = [str(getattr(kind, "value", kind)) for kind in only] if only is not None else None
        unsafe = ls.configuration.options.unsafe
        offered = actions.offered(outcome, actions.Asked(uri, params.range, kinds, unsafe))
        resolved = ls.supports("text_document", "code_action", "resolve_support", "properties") or ()
        if "edit" in resolved:
            return offered
        return [action for action in [await _with_edit(ls, action) for action in offered] if action.edit is not None]

    @ls.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        return await _with_edit(ls, action)


def _networks(ls: Server) -> None:
    @ls.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        if not ls.configuration.options.inlay_hints:
            return []
        reading = await ls.reading_for_hints(ls.program_of(uri))
        return hints.hints(reading, uri, params.range) if reading is not None else []

    @ls.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbol(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        uri = params.text_document.uri
        reading = await ls.reading(ls.program_of(uri))
        found = symbols.symbols(reading, uri) if reading is not None else []
        tree = ls.supports("text_document", "document_symbol", "hierarchical_document_symbol_support")
        return found if tree else symbols.flat(found, uri)


async def _with_edit(ls: Server, action: types.CodeAction) -> types.CodeAction:
    data = action.data
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        return action
    outcome = await ls.schedule.outcome(data["uri"])
    if outcome is None or outcome.snapshot.versions != [list(pair) for pair in data.get("versions", ())]:
        raise JsonRpcException("the text has changed since", CONTENT_MODIFIED)
    spans = await ls.worker.do(lambda: actions.made(outcome, data))
    if spans:
        versioned = bool(ls.supports("workspace", "workspace_edit", "document_changes"))
        action.edit = actions.workspace_edit(outcome.snapshot, spans, versioned=versioned)
    return action
