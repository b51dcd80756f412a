"""Notebooks as an editor opens them: cells that are one program."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.lsp.editor import Editor, address, editing
from tests.lsp.test_server import TITLE, WEIGHT, codes, run

CELLS = [
    "%matplotlib inline\nimport tensorflow as tf\nBase = tf.keras.layers.Layer",
    "x = '😀'\n!pip list\n",
    'class A(Base):\n    def build(self, shape):\n        self.w = self.add_weight("w", shape=(3,))',
]


class Book:
    """A notebook in an editor."""

    def __init__(self, editor: Editor, path: Path) -> None:
        self.editor, self.uri, self.version, self.count = editor, address(path), 1, 0
        self.order: list[str] = []

    def cell(self, text: str, language: str = "python") -> tuple[types.NotebookCell, types.TextDocumentItem]:
        """A new cell; the editor knows its text."""
        uri = f"vscode-notebook-cell:{self.uri[5:]}#{self.count}"
        self.count += 1
        self.editor.texts[uri], self.editor.versions[uri] = text, 1
        kind = types.NotebookCellKind.Code if language != "markdown" else types.NotebookCellKind.Markup
        return types.NotebookCell(kind, uri), types.TextDocumentItem(uri, language, 1, text)

    def open(self, *texts: tuple[str, str]) -> None:
        made = [self.cell(text, language) for text, language in texts]
        self.order = [cell.document for cell, _ in made]
        book = types.NotebookDocument(self.uri, "jupyter-notebook", 1, [cell for cell, _ in made])
        params = types.DidOpenNotebookDocumentParams(book, [item for _, item in made])
        self.editor.notebook_document_did_open(params)

    def changed(self, cells: types.NotebookDocumentCellChanges) -> None:
        self.version += 1
        item = types.VersionedNotebookDocumentIdentifier(self.version, self.uri)
        change = types.NotebookDocumentChangeEvent(cells=cells)
        self.editor.notebook_document_did_change(types.DidChangeNotebookDocumentParams(item, change))

    def type(self, number: int, text: str) -> None:
        """Replace the text of a cell."""
        uri = self.order[number]
        self.editor.texts[uri] = text
        self.editor.versions[uri] += 1
        item = types.VersionedTextDocumentIdentifier(self.editor.versions[uri], uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.changed(
            types.NotebookDocumentCellChanges(text_content=[types.NotebookDocumentCellContentChanges(item, [whole])])
        )

    def insert(self, number: int, text: str) -> None:
        """Insert a cell."""
        cell, item = self.cell(text)
        self.order.insert(number, cell.document)
        array = types.NotebookCellArrayChange(number, 0, [cell])
        self.changed(types.NotebookDocumentCellChanges(types.NotebookDocumentCellChangeStructure(array, [item])))

    def delete(self, number: int) -> None:
        """Delete a cell."""
        gone = types.TextDocumentIdentifier(self.order.pop(number))
        array = types.NotebookCellArrayChange(number, 1)
        structure = types.NotebookDocumentCellChangeStructure(array, did_close=[gone])
        self.changed(types.NotebookDocumentCellChanges(structure))

    @property
    def found(self) -> list[list[object]]:
        """The codes shown in each cell."""
        return [codes(self.editor.shown.get(uri, ())) for uri in self.order]


def test_cells_are_one_program(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"debounce": 10}) as editor:
            book = Book(editor, tmp_path / "a.ipynb")
            book.open(*[(text, "python") for text in CELLS], ("# About", "markdown"), ("broken(", "r"))
            await editor.until(lambda: book.found[2] == ["KV601"])
            (found,) = editor.shown[book.order[2]]
            assert found.range.start.line == 2
            assert (await editor.hover(book.order[2], 2, found.range.start.character) or "").startswith("**KV601**")
            book.type(0, "class Base: pass\nimport tensorflow as tf")
            await editor.until(lambda: book.found[2] == [])
            book.type(0, CELLS[0])
            await editor.until(lambda: book.found[2] == ["KV601"])
            book.insert(1, "y = (\nz")
            await editor.until(lambda: editor.shown.get(book.order[1]))
            (broken,) = editor.shown[book.order[1]]
            assert (broken.message, broken.severity) == ("syntax error", types.DiagnosticSeverity.Error)
            assert book.found[3] == ["KV601"]
            gone = book.order[1]
            book.delete(1)
            await editor.until(lambda: not editor.shown[gone])
            cells = [types.TextDocumentIdentifier(uri) for uri in book.order]
            item = types.NotebookDocumentIdentifier(book.uri)
            editor.notebook_document_did_close(types.DidCloseNotebookDocumentParams(item, cells))
            await editor.until(lambda: not any(book.found))

    run(scenario())


def test_fixes_are_made_in_their_cells(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            book = Book(editor, tmp_path / "a.ipynb")
            second = CELLS[2].replace("A(", "B(").replace("(Base", "(tf.keras.layers.Layer") + "\n"
            book.open(*[(text, "python") for text in ("y = (", *CELLS, second)])
            await editor.until(lambda: book.found[3:] == [["KV601"], ["KV601"]])
            place = editor.shown[book.order[3]][0].range
            offered = await editor.actions(book.order[3], place)
            await editor.make(offered[TITLE])
            fixed = CELLS[2].replace('"w"', 'name="w"')
            assert editor.texts[book.order[3]] == fixed
            editor.texts[book.order[3]] = CELLS[2]
            cells = await editor.actions(book.order[3], place, ["notebook.source.fixAll"])
            (everywhere,) = cells.values()
            await editor.make(everywhere)
            assert editor.texts[book.order[3]] == fixed
            assert editor.texts[book.order[4]] == second.replace('"w"', 'name="w"')
            editor.texts[book.order[4]] = second
            await editor.make((await editor.actions(book.order[4], place))["kvlint: Suppress KV601 here"])
            assert editor.texts[book.order[4]] == second.rstrip() + "  # kvlint: ignore[KV601]\n"
            assert editor.texts[book.order[1]] == CELLS[0]

    run(scenario())


def test_a_notebook_without_python_is_quiet(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            book = Book(editor, tmp_path / "a.ipynb")
            book.open(("# tensorflow", "markdown"))
            book.insert(1, WEIGHT)
            await editor.until(lambda: book.found[1] == ["KV601"])

    run(scenario())
