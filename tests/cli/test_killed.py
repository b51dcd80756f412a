"""``kvlint --fix`` killed at chosen moments: each file is the old or the new one, and nothing is left beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerasvae_lint.fix.writing import PREFIX, SUFFIX, sweep
from tests.cli.conftest import FIXED, SAFE, Process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

FILES = 3
MOMENTS = 40

# Runs `kvlint --fix` in a child for each moment: the child dies before that line of the writer, as it is executed.
PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from kerasvae_lint.cli.check import Request, check
from kerasvae_lint.cli.choices import Choices
from kerasvae_lint.fix import writing
from kerasvae_lint.run import engine, fixing, pipeline, registry
import kerasvae_lint.fix, kerasvae_lint.model

top, files, moments, old = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
registry.all_rules()

def folder(name):
    made = top / name
    made.mkdir()
    for index in range(files):
        (made / f"m{index}.py").write_text(old)
    return made

def fix(where, moment, pipe):
    count = 0
    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename != writing.__file__:
            return None
        if event == "line":
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    def traced(*given, **options):
        sys.settrace(trace)
        try:
            write(*given, **options)
        finally:
            sys.settrace(None)
    sys.stdout = open(os.devnull, "w")
    write, kerasvae_lint.fix.write_atomically = writing.write_atomically, traced
    check(Request((str(where),), Choices(), fix=True, cache=False, jobs=1))
    os.write(pipe, b"%d" % count)

def run(name, moment):
    where = folder(name)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        fix(where, moment, writer)
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 20)
    os.close(reader)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said

_, lines = run("whole", -1)
total = int(lines)
step = max(1, total // moments)
chosen = range(1, total + 1, step)
print(json.dumps([total, [run(f"k{moment}", moment)[0] for moment in chosen]]))
"""


def test_killed_before_any_line_of_the_writer(tmp_path: Path, process: Process) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "runs"), str(FILES), str(MOMENTS), SAFE]
    (tmp_path / "runs").mkdir()
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    total, statuses = json.loads(done.stdout)
    assert total > MOMENTS <= len(statuses)
    assert set(statuses) == {-9}
    names = {f"m{index}.py" for index in range(FILES)}
    seen: set[str] = set()
    left = 0
    for folder in (tmp_path / "runs").iterdir():
        for name in names:
            text = (folder / name).read_text()
            assert text in (SAFE, FIXED)
            seen.add(text)
        others = {path.name for path in folder.iterdir()} - names
        left += len(others)
        assert all(name.startswith(PREFIX) and name.endswith(SUFFIX) for name in others)
    assert seen == {SAFE, FIXED}
    if hasattr(os, "O_TMPFILE") and _has_nameless_files(tmp_path):
        assert left <= FILES * 3  # between a file's getting a name and its move, two lines
    assert process("--fix", str(tmp_path / "runs"), "--no-cache", "-j", "1").returncode == 0
    for folder in (tmp_path / "runs").iterdir():
        assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(names, FIXED)


def _has_nameless_files(folder: Path) -> bool:
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
    except OSError:
        return False
    return os.path.isdir("/proc/self/fd")


def test_what_another_kvlint_is_writing_is_not_swept_away(tmp_path: Path) -> None:
    import fcntl

    used, left, foreign = (tmp_path / name for name in (f"{PREFIX}a{SUFFIX}", f"{PREFIX}b{SUFFIX}", "a.tmp"))
    for path in (used, left, foreign):
        path.write_text("")
    os.mkfifo(tmp_path / f"{PREFIX}pipe{SUFFIX}")
    with used.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sweep(tmp_path)
        assert used.exists()
    assert not left.exists()
    assert foreign.exists()
    sweep(tmp_path)
    assert not used.exists()
