"""What stands on disk: found again, never believed blindly, never needed."""

from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasvae_lint import lint_paths
from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.project import Indexes, index, rows, walk
from kerasvae_lint.project.folder import FOLDER, folder_for, keep
from tests.project.tree import Tree

CALLBACK = """
import tensorflow as tf
class Schedule(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("held").kl.assign(epoch / 10)
"""
HELD = """
import tensorflow as tf
class Held(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.kl = self.add_weight(name="s", shape=(), initializer="zeros")
    def call(self, inputs):
        return inputs * self.kl
"""


@pytest.fixture
def kept(tree: Tree) -> Path:
    """The file that holds the index of a project of a callback and a plain file."""
    tree.write("callbacks.py", CALLBACK)
    tree.write("plain.py", "import callbacks\n")
    of = tree.index()
    of.importing(tree.path("callbacks.py"))
    assert tree.holding(of, "kl") == ["callbacks.py"]
    of.save()
    return index.file_for(str(tree.root))


def test_it_stands_in_the_cache_folder(kept: Path, tree: Tree) -> None:
    assert kept.parent == tree.root / FOLDER == folder_for(str(tree.root))
    assert sorted(path.name for path in kept.parent.iterdir()) == [".gitignore", "CACHEDIR.TAG", kept.name]
    assert (kept.parent / ".gitignore").read_text() == "*\n"


def test_everything_comes_back(kept: Path, tree: Tree) -> None:
    loaded = rows.load(kept)
    assert set(loaded) == {"callbacks.py", "plain.py"}
    for name, row in tree.index().rows.items():
        other = loaded[tree.name(name)]
        assert (other.state, other.telling, other.words, other.outline) == (
            row.state,
            row.telling,
            row.words,
            row.outline,
        )


def test_odd_names_come_back(tree: Tree) -> None:
    for name in ("größe.py", 'quote".py', "line\nend.py", "sub dir/x.py", "\udcff.py"):
        try:
            tree.write(name, CALLBACK)
        except OSError:
            continue
    found = tree.holding(tree.index(), "kl")
    assert "größe.py" in found
    assert tree.holding(tree.fresh(), "kl") == found
    assert tree.read == []


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_damaged_byte_is_noticed(kept: Path, at: int) -> None:
    data = bytearray(kept.read_bytes())
    at = min(at, len(data) - 1)
    data[at] ^= 1
    kept.write_bytes(data)
    assert rows.load(kept) == {}


def _sealed(text: bytes) -> bytes:
    return rows._FORMAT + hashlib.sha256(text).digest() + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"kvlint index 1\n",
        _sealed(b""),
        _sealed(b"{}"),
        _sealed(b"null\n"),
        _sealed(b"[1]\n"),
        _sealed(b"[[]]\n"),
        _sealed(b'[["a.py"]]\n'),
        _sealed(b"[[1,2,3,4,5,6,7,8]]\n"),
        _sealed(b'[["a.py",1,2,3,4,2,"x",0]]\n'),
        _sealed(b'[["a.py",1,2,3,4,2,0,null]]\n'),
        _sealed(b"[" * 100_000 + b"\n"),
        b"\x80\x04\x95cposix\nsystem\n(S'true'\ntR.",
    ],
)
def test_foreign_content_is_ignored(kept: Path, tree: Tree, content: bytes) -> None:
    kept.write_bytes(content)
    assert rows.load(kept) == {}
    assert tree.holding(tree.fresh(), "kl") == ["callbacks.py"]


def test_a_poisoned_index_says_nothing_of_files_in_another_state(kept: Path, tree: Tree) -> None:
    row = rows.Row((1, 2, 3, 4), settled=True)
    row.learn_words(b"def call(evil): pass")
    kept.write_bytes(rows.dump({"callbacks.py": row, "../../outside.py": row, "/etc/passwd": row}))
    assert len(rows.load(kept)) == 3
    of = tree.fresh()
    assert tree.holding(of, "evil") == []
    assert tree.holding(of, "kl") == ["callbacks.py"]


def test_without_a_folder_it_works_in_memory(tree: Tree) -> None:
    tree.write("callbacks.py", CALLBACK)
    (tree.root / FOLDER).write_text("in the way")
    of = tree.index()
    assert tree.holding(of, "kl") == ["callbacks.py"]
    of.save()
    assert tree.holding(tree.fresh(), "kl") == ["callbacks.py"]
    assert (tree.root / FOLDER).read_text() == "in the way"


def test_with_the_cache_off_nothing_is_written_or_read(kept: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("held.py", HELD)
    before = {path: path.read_bytes() for path in kept.parent.iterdir()}
    index.forget()
    monkeypatch.setattr(index, "load", None)
    assert [f.code for f in lint_paths([tree.path("held.py")]).findings] == ["KV101"]
    assert {path: path.read_bytes() for path in kept.parent.iterdir()} == before


def test_a_run_keeps_and_uses_it(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("held.py", HELD)
    tree.write("callbacks.py", CALLBACK)

    def codes() -> list[str]:
        index.forget()
        return [f.code for f in lint_paths([tree.path("held.py")], cache=True).findings]

    assert codes() == ["KV101"]
    assert set(rows.load(index.file_for(str(tree.root)))) == {"held.py", "callbacks.py"}
    walks: list[str] = []
    monkeypatch.setattr(index, "walk", lambda root: walks.append(root) or walk.walk(root))  # type: ignore[func-returns-value]
    tree.write("held.py", HELD + "\n")
    tree.read.clear()
    assert codes() == ["KV101"]
    assert tree.read == ["held.py"], "of a project that is known, the changed file alone is read"
    assert walks == [str(tree.root)], "and it is walked through once"
    tree.write("callbacks.py", CALLBACK.replace("kl", "other"))
    assert codes() == []
    tree.write("new/callbacks.py", CALLBACK)
    assert codes() == ["KV101"]


def test_little_news_is_not_worth_writing(tree: Tree) -> None:
    for at in range(120):
        tree.write(f"m{at}.py", CALLBACK)
    of = tree.index()
    tree.holding(of, "kl")
    of.save()
    place = index.file_for(str(tree.root))
    before = place.stat().st_mtime_ns
    for at, written in ((2, False), (4, True)):
        for number in range(at):
            tree.write(f"m{number}.py", CALLBACK + f"# {at}\n")
        of = tree.fresh()
        tree.holding(of, "kl")
        of.save()
        assert (place.stat().st_mtime_ns != before) is written


def _write(root: str, number: int) -> None:
    for at in range(30):
        made = rows.Row((at, number, 0, 0), settled=True)
        made.learn_words(b"def call(x): pass\n" * 1000 + f"word{number}".encode())
        keep(index.file_for(root), rows.dump({f"m{number}.py": made}))


def test_two_writers_leave_one_whole_index(tree: Tree) -> None:
    place = index.file_for(str(tree.root))
    _write(str(tree.root), 3)
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    writers = [context.Process(target=_write, args=(str(tree.root), number)) for number in (1, 2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert len(rows.load(place)) == 1
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert len(rows.load(place)) == 1
    assert sorted(path.name for path in place.parent.iterdir()) == [".gitignore", "CACHEDIR.TAG", place.name]


def test_indexes_of_several_projects_are_kept_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert index.file_for(str(tmp_path / "one")).name != index.file_for(str(tmp_path / "two")).name
    assert Indexes(kept=True).of(tmp_path / "one").rows == {}


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_says_what_it_did_not_search(tree: Tree, monkeypatch: pytest.MonkeyPatch, quiet: bool) -> None:
    tree.write("held.py", HELD)
    tree.write("z.py", CALLBACK)
    monkeypatch.setattr(walk, "LIMITS", walk.Limits(files=1, bytes=10**6, entries=100))
    arguments = ["check", tree.path("held.py"), *(["--quiet"] if quiet else [])]
    said = CliRunner().invoke(kvlint, arguments).output
    assert (f"{tree.root} was searched in part: the search ended after 1 file.\n" in said) is not quiet
