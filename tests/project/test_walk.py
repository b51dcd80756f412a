"""Which files of a project are looked at: its own, and not more of them than a limit allows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerasvae_lint.project.walk import LIMITS, LOOSE_LIMITS, MAX_SCRIPT, Limits, limits_of, walk


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def names(root: Path, limits: Limits = LIMITS) -> list[str]:
    return [Path(path).relative_to(root).as_posix() for path in walk(str(root), limits).files]


def test_files_come_in_the_order_of_their_folders(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a.ipynb", "a/z.py", "a/b/c.py", "a-b/d.py", "note.txt", "c.pyi")
    assert names(tmp_path) == ["a.ipynb", "b.py", "a/z.py", "a/b/c.py", "a-b/d.py"]


def test_a_state_tells_that_a_file_was_saved(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    before = walk(str(tmp_path)).files
    (tmp_path / "a.py").write_text("y = 2\n")
    os.utime(tmp_path / "a.py", ns=(0, before[str(tmp_path / "a.py")][0]))
    after = walk(str(tmp_path)).files
    assert before.keys() == after.keys()
    assert before != after, "of the same size and, by its own word, of the same time"


def test_others_code_and_made_code_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, "env/agent.py", "own/a.py", "own/environment/pyvenv.cfg", "own/environment/lib/x.py")
    make(tmp_path, "conda/conda-meta/history", "conda/x.py", "node_modules/x.py", "lib/site-packages/x.py")
    make(tmp_path, ".git/x.py", ".hidden/x.py", "__pycache__/x.py", "build/x.py", "venv/x.py")
    assert names(tmp_path) == ["env/agent.py", "own/a.py"]
    assert names(tmp_path / "own/environment") == ["lib/x.py"], "what is asked for itself"


def test_ignored_folders_are_left_alone(tmp_path: Path) -> None:
    make(tmp_path, "generated/x.py", "pkg/a.py", "pkg/out/x.py", "pkg/keep/out/b.py", "other/out/c.py", ".git/HEAD")
    (tmp_path / ".gitignore").write_text("/generated/\n")
    (tmp_path / "pkg/.gitignore").write_text("out/\n!keep/out/\n")
    assert names(tmp_path) == ["other/out/c.py", "pkg/a.py", "pkg/keep/out/b.py"]
    (tmp_path / ".gitignore").write_text("/pkg/keep/\n")
    assert names(tmp_path / "pkg") == ["a.py"], "the repository around it ignores"
    (tmp_path / ".gitignore").write_text("/pkg/\n")
    assert names(tmp_path / "pkg") == ["a.py", "keep/out/b.py"], "an ignored project is a project"


def test_links_lead_neither_out_nor_round(tmp_path: Path) -> None:
    make(tmp_path, "root/a.py", "root/sub/b.py", "outside/secret.py")
    root = tmp_path / "root"
    (root / "sub/loop").symlink_to(root, target_is_directory=True)
    (root / "self").symlink_to(root / "self")
    (root / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "link.py").symlink_to(tmp_path / "outside/secret.py")
    (root / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (root / "round.py").symlink_to(root / "round.py")
    (root / "inside.py").symlink_to(root / "sub/b.py")
    (root / "folder.py").mkdir()
    assert names(root) == ["a.py", "inside.py", "sub/b.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    assert names(tmp_path) == ["a.py"]


def test_limits_say_that_they_were_hit(tmp_path: Path) -> None:
    make(tmp_path, "a/deep/x.py", "a/y.py", "z.py")
    wide = walk(str(tmp_path), Limits(files=3, bytes=18, entries=5))
    assert (len(wide.files), wide.left_out) == (3, "")
    few = walk(str(tmp_path), Limits(files=2, bytes=99, entries=99))
    assert [Path(path).name for path in few.files] == ["z.py", "y.py"], "the nearest"
    assert few.left_out == "the search ended after 2 files"
    small = walk(str(tmp_path), Limits(files=9, bytes=12, entries=99))
    assert (len(small.files), small.left_out) == (2, "the search ended after 0 MB")
    short = walk(str(tmp_path), Limits(files=9, bytes=99, entries=3))
    assert (len(short.files), short.left_out) == (1, "the search ended after 3 entries of folders")


def test_large_files_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    (tmp_path / "big.py").write_bytes(b"#" * (MAX_SCRIPT + 1))
    (tmp_path / "pictures.ipynb").write_bytes(b" " * (MAX_SCRIPT + 1))
    walked = walk(str(tmp_path))
    assert [Path(path).name for path in walked.files] == ["a.py", "pictures.ipynb"]
    assert walked.left_out == "1 large file was left out"


def test_a_folder_that_is_no_project_is_looked_at_less(tmp_path: Path) -> None:
    assert limits_of(str(tmp_path)) == LOOSE_LIMITS
    make(tmp_path, "pyproject.toml")
    assert limits_of(str(tmp_path)) == LIMITS


def test_a_folder_that_is_gone_is_empty(tmp_path: Path) -> None:
    assert walk(str(tmp_path / "gone")).files == {}
