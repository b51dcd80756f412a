"""The server in a process of its own, spoken to over its standard streams."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kerasvae_lint import fix_source
from tests.lsp.editor import COMMAND, Editor, address, editing

HEAD = "import tensorflow as tf\n\n\n"
LAYER = """\
class {name}(tf.keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight("w", shape=(3,))
"""
WEIGHT = HEAD + LAYER.format(name="A")
TWO = WEIGHT + "\n\n" + LAYER.format(name="B")
TITLE = "kvlint KV601: Pass the arguments of `add_weight` by keyword"


def run(work: Coroutine[Any, Any, None]) -> None:
    """Let a scenario run to its end."""
    asyncio.run(work)


def codes(shown: Any) -> list[object]:
    return [diagnostic.code for diagnostic in shown]


def test_diagnostics_come_with_a_text_and_go_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            uri = address(tmp_path / "a.py")
            text = WEIGHT.replace("self.w =", "x = '\U0001f600'; self.w =")
            (found,) = await editor.open(uri, text)
            assert (found.code, found.source, found.severity) == ("KV601", "kvlint", types.DiagnosticSeverity.Warning)
            line = text.split("\n")[5]
            start = line.index("self.add") + 1  # the smiley takes two units
            assert found.range.start.line == 5
            assert found.range.start.character in {start, line.index('"w"') + 1}
            assert isinstance(found.data, dict)
            assert found.data["fix"] == "safe"
            assert await editor.retype(uri, HEAD) == []
            assert codes(await editor.retype(uri, WEIGHT)) == ["KV601"]
            before = len(editor.published)
            editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            assert await editor.news(uri, before) == []

    run(scenario())


def test_related_places_are_shown(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "fixtures" / "KV101-trainable-schedule" / "bad.py").read_text()

    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            (found,) = await editor.open(tmp_path / "a.py", text)
            (note,) = found.related_information or ()
            assert (note.location.uri, note.message) == (address(tmp_path / "a.py"), "host code sets it here")
            assert note.location.range.start == types.Position(23, 60)

    run(scenario())


def test_many_quick_changes_are_linted_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"debounce": 400}) as editor:
            uri = address(tmp_path / "a.py")
            await editor.open(uri, WEIGHT)
            before = len(editor.published)
            for letter in "# as one types":
                editor.change(uri, (len(editor.texts[uri]), len(editor.texts[uri]), letter))
                await asyncio.sleep(0.01)
            await editor.news(uri, before)
            await asyncio.sleep(1)
            assert [one.version for one in editor.published[before:]] == [editor.versions[uri]]

    run(scenario())


def test_an_action_does_not_wait_for_the_typing_to_stop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"debounce": 50_000}) as editor:
            uri = address(tmp_path / "a.py")
            (found,) = await editor.open(uri, WEIGHT)
            editor.change(uri, (0, 0, "# one line more\n"))
            at = types.Position(found.range.start.line + 1, found.range.start.character)
            assert TITLE in await editor.actions(uri, types.Range(at, at))

    run(scenario())


@pytest.mark.parametrize(
    ("newline", "mark", "encoding"),
    [
        ("\n", "", types.PositionEncodingKind.Utf16),
        ("\r\n", "\ufeff", types.PositionEncodingKind.Utf16),
        ("\n", "\ufeff", types.PositionEncodingKind.Utf8),
        ("\r\n", "", types.PositionEncodingKind.Utf32),
    ],
)
def test_fixes_are_those_of_the_command(
    tmp_path: Path, newline: str, mark: str, encoding: types.PositionEncodingKind
) -> None:
    text = ('s = "😀"; ' + TWO.replace("import", "import sys, tensorflow as tf; import")).replace("\n", newline)

    async def scenario() -> None:
        async with editing(tmp_path, encodings=[encoding]) as editor:
            assert editor.encoding == encoding.value
            uri = address(tmp_path / "a.py")
            found = await editor.open(uri, mark + text)
            assert codes(found) == ["KV601", "KV601"]
            offered = await editor.actions(uri, found[0].range)
            assert list(offered) == [
                TITLE,
                "kvlint: Fix all KV601",
                "kvlint: Suppress KV601 here",
                "kvlint: Fix all in this file",
            ]
            assert offered[TITLE].is_preferred
            assert offered[TITLE].diagnostics[0].range == found[0].range
            await editor.make(offered[TITLE])
            assert editor.texts[uri] == mark + text.replace('add_weight("w"', 'add_weight(name="w"', 1)
            for title in ("kvlint: Fix all KV601", "kvlint: Fix all in this file"):
                await editor.retype(uri, mark + text)
                await editor.make((await editor.actions(uri, found[0].range))[title])
                assert editor.texts[uri] == mark + fix_source(text, "a.py").text
            await editor.retype(uri, mark + text)
            await editor.make((await editor.actions(uri, found[1].range))["kvlint: Suppress KV601 here"])
            silenced = editor.texts[uri]
            assert silenced.count("# kvlint: ignore[KV601]" + newline) == 1
            editor.texts[uri] = mark + text
            assert codes(await editor.retype(uri, silenced)) == ["KV601"]

    run(scenario())


def test_actions_are_for_their_text_and_as_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            uri = address(tmp_path / "a.py")
            (found,) = await editor.open(uri, WEIGHT)
            only = await editor.actions(uri, found.range, ["source.fixAll"])
            assert [action.kind for action in only.values()] == ["source.fixAll.kvlint"]
            assert await editor.actions(uri, found.range, ["refactor"]) == {}
            assert list(await editor.actions(uri, types.Range(types.Position(0, 0), types.Position(0, 1)))) == [
                "kvlint: Fix all in this file"
            ]
            offered = await editor.actions(uri, found.range)
            assert offered[TITLE].edit is None
            editor.change(uri, (0, 0, "\n"))
            with pytest.raises(JsonRpcException, match="changed") as error:
                await editor.code_action_resolve_async(offered[TITLE])
            assert error.value.code == types.LSPErrorCodes.ContentModified

    run(scenario())


def test_an_editor_that_resolves_nothing_gets_the_edits_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, resolve=False, versioned=False) as editor:
            uri = address(tmp_path / "a.py")
            (found,) = await editor.open(uri, WEIGHT)
            offered = await editor.actions(uri, found.range)
            assert all(set(action.edit.changes) == {uri} for action in offered.values())
            await editor.make(offered[TITLE])
            assert 'add_weight(name="w"' in editor.texts[uri]

    run(scenario())


def test_hover_tells_of_the_rule(tmp_path: Path) -> None:
    text = WEIGHT.rstrip() + "  # noqa: E501, kv601\n" + 'z = "tf"  # KV601\n'

    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            uri = address(tmp_path / "a.py")
            assert await editor.open(uri, text) == []
            line = text.split("\n")[5]
            for column, told in ((line.index("E501"), False), (line.index("kv601") + 2, True), (9, False)):
                shown = await editor.hover(uri, 5, column)
                assert (shown or "").startswith("**KV601**") is told
            assert await editor.hover(uri, 6, text.split("\n")[6].index("KV")) is None
            await editor.retype(uri, WEIGHT)
            shown = await editor.hover(uri, 5, line.index('"w"') + 1)
            assert shown is not None
            assert shown.startswith("**KV601** add-weight-positional-name")
            assert "```python" in shown
            assert await editor.hover(uri, 0, 3) is None

    run(scenario())


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (HEAD + "x = )\n", (3, 4), "syntax error"),
        (HEAD + 'print "a"\n', (3, 0), "Python 2 syntax (print statement); kvlint reads Python 3"),
        (WEIGHT + "x = " + "(" * 200 + ")" * 200, (6, 0), "more than 150 nested brackets"),
        (HEAD + "x = 1\n" * 400_000, (0, 0), "larger than 2 MB: left out"),
    ],
)
def test_what_can_not_be_read_is_told_once(tmp_path: Path, text: str, where: tuple[int, int], message: str) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            (found,) = await editor.open(tmp_path / "a.py", text)
            assert (found.message, found.code) == (message, None)
            assert found.range.start == types.Position(*where)
            assert found.range.end > found.range.start
            assert codes(await editor.retype(address(tmp_path / "a.py"), WEIGHT)) == ["KV601"]

    run(scenario())


def test_what_is_not_keras_is_not_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            assert await editor.open(tmp_path / "a.py", "def broken(:\n") == []
            editor.opened(address(tmp_path / "notes.md"), WEIGHT, "markdown")
            assert codes(await editor.open("untitled:Untitled-1", WEIGHT)) == ["KV601"]
            assert not editor.shown.get(address(tmp_path / "notes.md"))

    run(scenario())


def test_garbage_does_no_harm(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            writer: Any = editor.protocol.writer
            for body in (
                b"{",
                b"[]",
                b"{}",
                b'{"jsonrpc": "2.0"}',
                b'{"jsonrpc": "2.0", "method": 3, "id": 1}',
                b"\xff",
            ):
                writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            writer.write(b"Rubbish: yes\r\n\r\nContent-Length: none\r\n\r\n")
            editor.texts["file:///no.py"], editor.versions["file:///no.py"] = "", 1
            editor.change("file:///no.py", (0, 0, "never opened"))
            editor.protocol.notify("kvlint/noSuchThing", {"a": 1})
            with pytest.raises(JsonRpcException):
                await editor.protocol.send_request_async("kvlint/noSuchQuestion", {})
            assert codes(await editor.open(tmp_path / "a.py", WEIGHT)) == ["KV601"]
            assert editor.said == []  # the log is the place for it
            assert editor.logged

    run(scenario())


@pytest.mark.parametrize("farewell", ["exit", "end of file"])
def test_a_connection_that_breaks_off_ends_with_1(tmp_path: Path, farewell: str) -> None:
    async def scenario() -> int | None:
        editor = Editor()
        await editor.start_io(*COMMAND, cwd=tmp_path)
        await editor.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        editor.opened(address(tmp_path / "a.py"), TWO * 300)  # still being linted at the end
        server = editor._server
        assert server is not None
        assert server.stdin is not None
        if farewell == "exit":
            editor.exit(None)
        else:
            server.stdin.close()
        return await asyncio.wait_for(server.wait(), 20)

    assert asyncio.run(scenario()) == 1


def test_without_pygls_one_line_says_so() -> None:
    program = "import sys; sys.modules['pygls'] = None; from kerasvae_lint.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", program, "server"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert 'pip install "kerasvae-lint[server]"' in done.stderr
