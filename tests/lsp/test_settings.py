"""Settings of the file, the project and the workspace, and files that change on the disk."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from kerasvae_lint.core import Settings, TargetKeras
from kerasvae_lint.lsp import surroundings
from kerasvae_lint.lsp.analysis import Analyst
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.options import Options, read
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import script
from kerasvae_lint.run import registry
from kerasvae_lint.run.discovery import is_left_out
from tests.lsp.editor import Editor, address, editing
from tests.lsp.test_server import LAYER, TWO, WEIGHT, codes, run


def changed(editor: Editor, *paths: Path) -> None:
    """Tell the server what an editor's watcher would."""
    events = [types.FileEvent(address(path), types.FileChangeType.Changed) for path in paths]
    editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


def configured(editor: Editor, settings: Any) -> None:
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))


@pytest.mark.parametrize(
    "wrap", [lambda table: table, lambda table: {"kvlint": table}, lambda table: {"settings": table}]
)
def test_options_are_read(wrap: Any) -> None:
    table = {
        "select": ["KV1", "kv601"],
        "ignore": ["KV103"],
        "preview": True,
        "targetKeras": 3,
        "unsafeFixes": True,
        "debounce": 50,
        "enable": False,
        "run": "onSave",
        "inlayHints": False,
    }
    wanted = Options(("KV1", "KV601"), ("KV103",), True, TargetKeras.KERAS3, True, 0.05, False, False, False)
    assert read(wrap(table)) == (wanted, [])
    assert read(wrap(dict.fromkeys(table))) == (Options(), [])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"selct": ["KV1"]}, "unknown setting 'selct'; did you mean 'select'?"),
        ({"select": "KV1"}, "'select' must be a list of codes"),
        ({"select": ["KV901"]}, "'select': unknown rule 'KV901'"),
        ({"ignore": ["KV60l"]}, "'ignore': unknown rule 'KV60L'; did you mean 'KV6"),
        ({"preview": "yes"}, "'preview' must be true or false"),
        ({"targetKeras": 4}, "'targetKeras' must be 2, 3 or both"),
        ({"debounce": -1}, "'debounce' must be milliseconds, from 0 to 60000"),
        ({"debounce": True}, "'debounce' must be milliseconds, from 0 to 60000"),
        ({"inlayHints": "off"}, "'inlayHints' must be true or false"),
        ({"run": "never"}, "'run' must be one of onType, onSave"),
    ],
)
def test_wrong_options_leave_the_others_alone(table: dict[str, Any], message: str) -> None:
    before = Options(select=("KV2",), preview=True, debounce=1.0)
    options, wrong = read({**table, "unsafeFixes": True}, before)
    (line,) = wrong
    assert line.startswith(message)
    assert options.unsafe
    for key, name in (("select", "select"), ("preview", "preview"), ("debounce", "debounce")):
        if key in table:
            assert getattr(options, name) == getattr(before, name)


def test_workspace_settings_count_and_wrong_ones_are_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, {"settings": {"ignore": ["KV6"], "preview": 1}}) as editor:
            uri = address(tmp_path / "a.py")
            assert await editor.open(uri, WEIGHT) == []
            assert editor.said == ["kvlint: 'preview' must be true or false"]
            for settings, found in (({"kvlint": {}}, ["KV601"]), ({"kvlint": {"enable": False}}, [])):
                before = len(editor.published)
                configured(editor, settings)
                assert codes(await editor.news(uri, before)) == found
            configured(editor, {"kvlint": {"enable": True, "run": "onSave"}})
            await editor.until(lambda: codes(editor.shown[uri]) == ["KV601"])
            editor.change(uri, (0, len(WEIGHT), TWO))
            before = len(editor.published)
            item = types.TextDocumentIdentifier(uri)
            editor.text_document_did_save(types.DidSaveTextDocumentParams(item))
            assert codes(await editor.news(uri, before)) == ["KV601", "KV601"]
            assert len(editor.published) == before + 1

    run(scenario())


def test_settings_that_the_editor_is_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with editing(tmp_path, configuration=True, settings={"ignore": ["KV601"]}) as editor:
            uri = address(tmp_path / "a.py")
            editor.opened(uri, WEIGHT)
            await editor.until(lambda: editor.registered and uri in editor.shown and not editor.shown[uri])
            editor.settings = {"ignore": []}
            configured(editor, None)
            await editor.until(lambda: codes(editor.shown[uri]) == ["KV601"])

    run(scenario())


@pytest.mark.parametrize("watched", [True, False])
def test_pyproject_is_read_as_it_is_now(tmp_path: Path, watched: bool) -> None:
    pyproject = tmp_path / "pyproject.toml"

    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            await editor.until(lambda: editor.registered)
            (registration,) = editor.registered
            assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            uri = address(tmp_path / "lib" / "a.py")
            assert codes(await editor.open(uri, WEIGHT)) == ["KV601"]

            async def told(text: str) -> list[object]:
                pyproject.write_text(text)
                before = len(editor.published)
                if watched:
                    changed(editor, pyproject)
                else:
                    editor.change(uri, (0, 0, "#\n"))
                return codes(await editor.news(uri, before))

            assert await told("[tool.kvlint]\nignore = ['KV6']\n") == []
            assert editor.said == []
            assert await told("[tool.kvlint]\nselct = ['KV6']\n") == []
            (line,) = editor.said
            assert line.endswith("pyproject.toml: unknown setting 'selct'; did you mean 'select'?")
            assert await told("[tool.kvlint]\n") == ["KV601"]
            assert await told("[tool.kvlint.per-file-ignores]\n'lib/*' = ['KV601']\n") == []
            assert await told("[tool.kvlint]\nexclude = ['/lib']\n") == []
            assert await told("[tool.kvlint]\nexclude = ['other']\n") == ["KV601"]

    run(scenario())


@pytest.mark.parametrize(
    ("path", "left_out"),
    [
        ("a.py", False),
        ("src/a.py", False),
        ("old/a.py", True),
        ("src/old/a.py", False),
        ("src/gone.py", True),
        ("src/sub/mine.py", True),
        ("build/a.py", True),
        (".venv/lib/site-packages/b.py", True),
    ],
)
def test_what_a_walk_would_not_meet_is_left_out(tmp_path: Path, path: str, left_out: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src" / "sub").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("gone.py\n")
    (tmp_path / "src" / "sub" / ".gitignore").write_text("mine.*\n")
    assert is_left_out(str(tmp_path / path), str(tmp_path), ("/old",)) is left_out


@pytest.mark.parametrize("watched", [True, False])
def test_other_files_are_seen_as_they_are_now(tmp_path: Path, watched: bool) -> None:
    base = tmp_path / "base.py"
    layer, other = "import tensorflow as tf\nclass Base(tf.keras.layers.Layer):\n    pass\n", "class Base:\n    pass\n"
    text = "from base import Base\n\n\n" + LAYER.format(name="A").replace("tf.keras.layers.Layer", "Base")

    async def scenario() -> None:
        async with editing(tmp_path) as editor:
            uri = address(tmp_path / "a.py")
            assert await editor.open(uri, text) == []
            for content, found in ((layer, ["KV601"]), (other, []), (layer, ["KV601"]), (None, [])):
                if content is None:
                    base.unlink()
                else:
                    base.write_text(content)
                before = len(editor.published)
                if watched:
                    changed(editor, base)
                else:
                    await asyncio.sleep(surroundings.LOOK_AGAIN + 0.1)
                    editor.change(uri, (0, 0, "#\n"))
                assert codes(await editor.news(uri, before)) == found

    run(scenario())


def test_a_rule_that_fails_is_logged_and_costs_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rules = registry.selected(Settings())

    def check(*_: object) -> None:
        raise ZeroDivisionError("no luck")

    monkeypatch.setattr(rules["KV101"], "check", check)
    outcome = Analyst(Configuration())(script("u", str(tmp_path / "a.py"), 1, Lines(WEIGHT)))
    assert [finding.code for finding in outcome.findings] == ["KV601"]
    assert outcome.problems == ()
    assert outcome.failures == (f"{tmp_path / 'a.py'}: internal error in KV101: ZeroDivisionError: no luck",)
    monkeypatch.setattr(registry, "selected", lambda _: 1 / 0)
    outcome = Analyst(Configuration())(script("u", str(tmp_path / "a.py"), 1, Lines(WEIGHT)))
    assert "ZeroDivisionError" in outcome.failures[0]


def test_projects_are_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "MAX_LINTS", 5)
    (tmp_path / "setup.cfg").touch()
    (tmp_path / "base.py").write_text("import tensorflow as tf\nclass Base(tf.keras.layers.Layer):\n    pass\n")
    analyst = Analyst(Configuration())
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    for number in range(23):
        text = f"# {number}\nfrom base import Base\n" + LAYER.format(name="A").replace("tf.keras.layers.Layer", "Base")
        outcome = analyst(script("u", str(tmp_path / "a.py"), number, Lines(text)))
        assert [finding.code for finding in outcome.findings] == ["KV601"]
        alive.add(analyst.surroundings._project)
    gc.collect()
    assert len(alive) == 1


def test_a_project_is_stale_once_a_file_that_was_looked_through_changes(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").touch()
    inner = tmp_path / "inner"
    inner.mkdir()
    other = inner / "other.py"
    other.write_text("import keras\n")
    project = surroundings.Surroundings().project()
    project.indexes.of(tmp_path)
    project.note({})
    assert not project.is_stale()
    other.write_text("import keras\n\nx = 1\n")
    assert project.is_stale()
