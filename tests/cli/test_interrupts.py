"""Ctrl-C and its like: everything ends at once, one line is said, and nothing is left half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import FIXED, SAFE, Process

if os.name != "posix":
    pytest.skip("needs POSIX signals and terminals", allow_module_level=True)

from tests.cli.terminal import Terminal, gone, screen, terminal

LINES = "x = 1\n" * 3000
AT_ONCE = 15.0
"""Seconds; what is interrupted would go on for longer on the fastest machine, and a busy one needs some time."""


@pytest.fixture
def heavy(project: Path) -> Path:
    """More than a minute's work."""
    for index in range(600):
        (project / f"m{index:03}.py").write_text(SAFE + LINES)
    return project


def _at_work(shown: Terminal, count: int) -> list[psutil.Process]:
    """The workers, once they are there."""
    shown.until("Linting")
    end = time.monotonic() + 60
    while len(found := shown.children()) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def _said(shown: Terminal) -> list[str]:
    """What is left on the screen, without the ^C that the terminal itself shows for each key."""
    return [line for line in screen(shown.drawn.replace("^C", "")) if line]


def _once(shown: Terminal) -> None:
    shown.interrupt()


def _twice(shown: Terminal) -> None:
    shown.interrupt()
    time.sleep(0.02)
    shown.interrupt()


def _terminate(shown: Terminal) -> None:
    shown.process.terminate()


@pytest.mark.parametrize(
    ("stop", "status", "word"),
    [(_once, 130, "Interrupted"), (_twice, 130, "Interrupted"), (_terminate, 143, "Terminated")],
)
def test_linting_ends_with_its_workers(heavy: Path, stop: Callable[[Terminal], None], status: int, word: str) -> None:
    with terminal(".", "--no-cache", "-j", "2", folder=heavy) as shown:
        workers = _at_work(shown, 2)
        stop(shown)
        assert shown.end(AT_ONCE) == status
        assert gone(workers)
        assert _said(shown) == [word]


def test_a_single_process_ends_too(heavy: Path) -> None:
    with terminal(".", "--no-cache", "-j", "1", folder=heavy) as shown:
        shown.until("Linting")
        shown.interrupt()
        assert shown.end(AT_ONCE) == 130
        assert _said(shown) == ["Interrupted"]


def test_one_line_where_there_is_no_terminal(heavy: Path) -> None:
    command = [sys.executable, "-m", "kerasvae_lint", ".", "--no-cache", "-j", "2"]
    started = subprocess.Popen(command, cwd=heavy, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(workers := psutil.Process(started.pid).children()) < 2:
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    out, errors = started.communicate(timeout=AT_ONCE)
    assert (started.returncode, out, errors) == (130, b"", b"Interrupted\n")
    assert gone(workers)


def test_workers_do_not_outlive_a_parent_that_is_killed(heavy: Path) -> None:
    with terminal(".", "--no-cache", "-j", "2", folder=heavy) as shown:
        workers = _at_work(shown, 2)
        time.sleep(0.5)
        shown.process.kill()
        shown.process.wait()
        assert gone(workers)


def test_fixing_leaves_whole_files_and_a_whole_cache(project: Path, process: Process) -> None:
    few = [f"m{index}.py" for index in range(12)]
    before, after = SAFE + LINES[:6000], FIXED + LINES[:6000]
    for name in few:
        (project / name).write_text(before)
    for _ in range(3):
        with terminal(*few, "--fix", "-j", "1", folder=project) as shown:
            shown.until("Fixing")
            shown.interrupt()
            assert shown.end(AT_ONCE) == 130
        texts = [(project / name).read_text() for name in few]
        assert set(texts) <= {before, after}
        assert not list(project.glob(".kvlint-*"))
        assert not list(project.glob(".kvlint_cache/*.tmp"))
    assert texts.count(after) >= 2
    left = process(*few, "--output-format", "concise").stdout.decode()
    assert left.count("KV602") == texts.count(before)


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs the runtime extra")
@pytest.mark.parametrize(("stop", "status"), [(_twice, 130), (_terminate, 143)])
def test_verify_ends_with_all_that_the_script_started(
    project: Path, stop: Callable[[Terminal], None], status: int
) -> None:
    (project / "train.py").write_text(
        "import subprocess, time\n"
        "subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        "subprocess.Popen(['sleep', '1000'])\n"
        "time.sleep(1000)\n"
    )
    scratch = project / "scratch"
    scratch.mkdir()
    with terminal("verify", "train.py", folder=project, extra={"TMPDIR": str(scratch)}) as shown:
        shown.until("Probing")
        family = shown.children()
        while sum(child.name() == "sleep" for child in family) < 2:
            time.sleep(0.05)
            family = shown.children()
        stop(shown)
        assert shown.end(AT_ONCE) == status
        assert gone(family)
        assert _said(shown) == ["Interrupted" if status == 130 else "Terminated"]
    assert not list(scratch.iterdir())


_DEFERRED = """
import os, signal, sys
from kerasvae_lint.core import interrupts
interrupts.install()
try:
    with interrupts.deferred():
        with interrupts.deferred():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
        print("whole")
    print("never")
except interrupts.Stopped as stopped:
    print(stopped.code, interrupts.received())
"""


def test_what_must_not_be_cut_is_done_first() -> None:
    done = subprocess.run([sys.executable, "-c", _DEFERRED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["whole", "143", "15"]


def test_a_signal_that_is_to_be_ignored_is_ignored() -> None:
    program = (
        "import os, signal\nfrom kerasvae_lint.core import interrupts\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\ninterrupts.install()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\nprint('here')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "here\n"


def test_a_second_signal_cuts_no_cleaning_short_but_is_heard_later() -> None:
    program = (
        "import os, signal\nfrom kerasvae_lint.core import interrupts\ninterrupts.install()\n"
        "def stop():\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "try:\n    stop()\nexcept interrupts.Stopped:\n    stop()\n    print('cleaned')\n"
        "interrupts.GRACE = 0.0\n"
        "try:\n    stop()\nexcept interrupts.Stopped as again:\n    print(again.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cleaned", "130"]
