"""``--watch``: what is saved is linted again, whatever way it is saved, and nothing else wakes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from kerasvae_lint.core import Settings
from kerasvae_lint.run import snapshot
from tests.cli.conftest import CLEAN, FIXED, SAFE, Process, Run

if os.name != "posix":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)
if find_spec("watchfiles") is None:
    pytest.skip("needs watchfiles", allow_module_level=True)

from tests.cli.terminal import Terminal, screen, terminal

READY = r"Watching (\d+ files?|nothing)?.*Ctrl-C ends it\."


def _round(shown: Terminal) -> str:
    """What is on the screen once kvlint waits again."""
    return "\n".join(screen(shown.until(READY)))


@pytest.fixture
def source(project: Path) -> Path:
    """A folder with one finding, in a project."""
    folder = project / "src"
    folder.mkdir()
    (folder / "a.py").write_text(SAFE)
    return folder


@pytest.fixture
def shown(project: Path, source: Path) -> Iterator[Terminal]:
    """kvlint, watching that folder, after its first round."""
    with terminal(source.name, "--watch", folder=project) as made:
        first = _round(made)
        assert "Linting" in first
        assert "src/a.py:6:47: KV602" in first
        assert "Found 1 finding in 1 file" in first
        yield made
        made.interrupt()
        assert made.end() == 130
        assert screen(made.drawn)[-2:] == ["Interrupted", ""]


def test_a_save_is_seen_and_the_screen_is_fresh(shown: Terminal, source: Path) -> None:
    (source / "a.py").write_text(FIXED)
    now = _round(shown)
    assert "Changed: src/a.py" in now.splitlines()[0]
    assert "No findings in 1 file." in now
    assert "KV602" not in now


def test_a_file_that_is_broken_for_a_moment(shown: Terminal, source: Path) -> None:
    (source / "a.py").write_text("import keras\ndef f(:\n")
    assert "src/a.py:2:7: error: syntax error" in _round(shown)
    (source / "a.py").write_text(SAFE)
    now = _round(shown)
    assert "KV602" in now
    assert "error:" not in now


def test_an_editor_that_saves_by_rename(shown: Terminal, source: Path) -> None:
    for text, word in ((FIXED, "No findings"), (SAFE, "KV602")):
        (source / ".a.py.swp").write_text(text)
        (source / ".a.py.swp").rename(source / "a.py")
        assert word in _round(shown)


def test_files_and_folders_come_and_go(shown: Terminal, source: Path) -> None:
    inner = source / "inner"
    inner.mkdir()
    time.sleep(0.6)
    (inner / "b.py").write_text(SAFE)
    assert "src/inner/b.py:6:47: KV602" in _round(shown)
    (inner / "b.py").rename(source / "c.py")
    now = _round(shown)
    assert "src/c.py:6:47: KV602" in now
    assert "src/inner/b.py:6" not in now
    (source / "c.py").unlink()
    assert "Found 1 finding in 1 file" in _round(shown)
    shutil.rmtree(source)
    assert "src: error: no such file or directory" in _round(shown)
    source.mkdir()
    (source / "a.py").write_text(SAFE)
    assert "Found 1 finding in 1 file" in _round(shown)


def test_settings_are_read_again(shown: Terminal, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text('[tool.kvlint]\nignore = ["KV602"]\n')
    assert "No findings" in _round(shown)
    settings.write_text('[tool.kvlint]\nignore = ["KV6022"]\n')
    assert "unknown rule 'KV6022'; did you mean 'KV602'?" in _round(shown)
    settings.write_text('[tool.kvlint]\nexclude = ["src/a.py"]\n')
    assert "No Python files or notebooks found." in _round(shown)
    settings.write_text("[tool.kvlint]\n")
    assert "Found 1 finding" in _round(shown)


def test_nothing_else_wakes_it(shown: Terminal, project: Path, source: Path) -> None:
    for name in ("node_modules/x.py", ".venv/x.py", "src/__pycache__/x.py", "src/notes.txt", ".kvlint_cache/x.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(SAFE)
    os.utime(source)
    time.sleep(1.5)
    (source / "a.py").write_text(FIXED)
    now = _round(shown)
    assert now.count("Watching") == 1
    assert "Changed: src/a.py" in now


def test_what_depends_on_a_changed_file_is_linted_again(project: Path) -> None:
    (project / "app").mkdir()
    (project / "base.py").write_text("import tensorflow as tf\n\n\nclass Base(tf.keras.layers.Layer):\n    pass\n")
    (project / "app" / "user.py").write_text(
        "from base import Base\nimport tensorflow as tf\n\n\nclass Scale(Base):\n"
        "    def build(self, shape):\n        self.w = self.add_weight('w', shape)\n"
    )
    with terminal("app", "--watch", folder=project) as shown:
        assert "KV601" in _round(shown)
        (project / "base.py").write_text("class Base:\n    def add_weight(self, name, shape):\n        pass\n")
        now = _round(shown)
        assert "Changed: base.py" in now
        assert "No findings in 1 file" in now


def test_its_own_fixes_do_not_wake_it(project: Path, source: Path) -> None:
    with terminal("src", "--watch", "--fix", folder=project) as shown:
        assert "1 fixed, 0 remaining" in _round(shown)
        assert (source / "a.py").read_text() == FIXED
        time.sleep(1.5)
        (source / "b.py").write_text(SAFE)
        now = _round(shown)
        assert now.count("Watching") == 1
        assert "Changed: src/b.py" in now
        assert "1 fixed, 0 remaining" in now


def test_what_is_saved_while_it_lints_is_not_lost(project: Path) -> None:
    for index in range(20):
        (project / f"m{index:02}.py").write_text(SAFE + "x = 1\n" * 600)
    with terminal(".", "--watch", "--no-cache", "--statistics", folder=project) as shown:
        shown.until("Linting")
        time.sleep(0.3)
        for index in range(20):
            (project / f"m{index:02}.py").write_text(FIXED)
        rounds = 0
        while "No findings in 20 files" not in _round(shown):
            rounds += 1
            assert rounds < 5


def test_one_file_is_watched_beside_what_it_may_import(project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "data").mkdir()
    with terminal("a.py", "--watch", folder=project) as shown:
        _round(shown)
        (project / "a.py").write_text(CLEAN)
        assert "No findings in 1 file." in _round(shown)


def test_in_a_pipe_it_clears_nothing(project: Path, source: Path) -> None:
    command = [sys.executable, "-m", "kerasvae_lint", "src", "--watch", "--output-format", "concise"]
    started = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stderr is not None
    lines = [started.stdout.readline() for _ in range(2)]
    assert lines[0].startswith(b"src/a.py:6:47: KV602")
    assert lines[1].startswith(b"Found 1 finding")
    (source / "a.py").write_text(FIXED)
    assert started.stdout.readline() == b"No findings in 1 file.\n"
    started.terminate()
    _, errors = started.communicate(timeout=30)
    assert started.returncode == 143
    assert errors.endswith(b"Terminated\n")
    assert b"\x1b" not in errors


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-"], "standard input"),
        ([".", "--diff"], "--diff"),
        ([".", "--output-format", "json"], "--output-format"),
        (["nowhere.py"], "nowhere.py: no such file or directory"),
    ],
)
def test_what_does_not_go_with_it(run: Run, arguments: list[str], word: str) -> None:
    done = run("check", "--watch", *arguments)
    assert done.exit_code == 2
    assert word in done.stderr.splitlines()[-1]


def test_without_the_library_it_says_what_to_install(process: Process, project: Path) -> None:
    (project / "sitecustomize.py").write_text("import sys\nsys.modules['watchfiles'] = None\n")
    done = process("--watch", ".", environment={"PYTHONPATH": str(project)})
    assert done.returncode == 2
    assert (
        done.stderr.decode().splitlines()[-1].endswith("--watch needs watchfiles: pip install 'kerasvae-lint[watch]'")
    )


def test_folders_that_are_ignored_are_not_watched(project: Path) -> None:
    (project / ".gitignore").write_text("data/\n")
    (project / ".git").mkdir()
    for name in ("src", "data/deep", "node_modules/x", ".venv/lib", "legacy"):
        (project / name).mkdir(parents=True)
        (project / name / "x.py").write_text(CLEAN)
    taken = snapshot.take(["."], lambda _: Settings(exclude=("legacy",)))
    assert {os.path.relpath(folder, project) for folder in taken.folders} == {".", "src"}
    assert {os.path.relpath(name, project) for name in taken.files} == {"src/x.py", "pyproject.toml", ".gitignore"}


def test_when_the_system_has_no_watches_left_it_looks_now_and_then(project: Path, source: Path) -> None:
    (project / "sitecustomize.py").write_text(
        "import watchfiles\nreal = watchfiles.watch\n"
        "def watch(*paths, force_polling=None, **rest):\n"
        "    if not force_polling:\n        raise OSError('OS file watch limit reached.')\n"
        "    return real(*paths, force_polling=force_polling, **rest)\n"
        "watchfiles.watch = watch\n"
    )
    with terminal("src", "--watch", folder=project, extra={"PYTHONPATH": str(project)}) as shown:
        _round(shown)
        shown.until("now and then instead")
        time.sleep(1.0)
        (source / "a.py").write_text(FIXED)
        assert "No findings" in _round(shown)
