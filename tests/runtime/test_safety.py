"""Whatever a script does, the parent says one clear line and exits with 2; nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.runtime.running import needs_runtime, verify, written

pytestmark = needs_runtime

HOPELESS = {
    "leaves": ("import os\nos._exit(3)", "status 3"),
    "says nothing and leaves": ("import os\nos._exit(0)", "status 0"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
    "kills itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "killed"),
    "aborts": ("import os\nos.abort()", "SIGABRT"),
    "prints megabytes": (
        "for i in range(30):\n    print('x' * 1_000_000)\nraise ValueError('too much')",
        "too much (line 3)",
    ),
    "reads standard input": ("input('your name? ')", "reads standard input"),
    "exits": ("import sys\nsys.exit('usage: train.py DATA')", "usage: train.py DATA"),
    "raises": ("def f():\n    return 1 / 0\nf()", "ZeroDivisionError: division by zero (line 2)"),
    "misses a module": ("import no_such_module", "no module no_such_module"),
    "has a syntax error": ("def f(:\n    pass", "syntax"),
    "never trains": ("print('done')", "never trains anything"),
    "connects": ("import urllib.request\nurllib.request.urlopen('http://example.org')", "no network"),
    "runs out of memory": ("x = []\nwhile True:\n    x.append(bytearray(50_000_000))", "memory"),
    "hangs": ("import time\nwhile True:\n    time.sleep(1)", "still running after 6 s"),
    "swallows everything": (
        "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass",
        "still running",
    ),
    "starts many processes": (
        "import os, time\nfor i in range(400):\n    if os.fork() == 0:\n        time.sleep(60)\ntime.sleep(60)",
        "more than 200 processes",
    ),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_one_line_and_status_2(name: str, tmp_path: Path) -> None:
    text, expected = HOPELESS[name]
    written(tmp_path, text)
    limit = "600M" if "memory" in name else "8G"
    answer = verify("program.py", "--timeout", "6", "--memory-limit", limit, "--output-format", "json", cwd=tmp_path)
    assert answer.status == 2, answer.err
    (target,) = answer.targets
    assert target["status"] == "error"
    assert expected in target["reason"], target["reason"]
    assert "\n" not in target["reason"]
    assert len(target["reason"]) < 400
    assert "Traceback" not in answer.err


BROKEN_OFF = """
import time
import numpy as np
import keras

class Slow(keras.layers.Layer):
    def call(self, x):
        time.sleep(0.6)
        return x

class Endless(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        time.sleep(999)

model = keras.Sequential([keras.Input((4,)), Slow(), keras.layers.Dense(1, activation="softmax")])
model.compile("sgd", "binary_crossentropy")
x = np.random.random((64, 4))
model.fit(x, x[:, 0] > 0.5, epochs=3, callbacks=[Endless()])
"""


def test_a_run_that_is_broken_off_tells_what_had_failed_by_then(tmp_path: Path) -> None:
    written(tmp_path, BROKEN_OFF)
    answer = verify("program.py", "--timeout", "40", "--output-format", "json", cwd=tmp_path)
    assert answer.status == 1, answer.err
    assert answer.verdicts()["targets"] == "fail"
    (target,) = answer.targets
    (run,) = target["runs"]
    said = {probe["probe"]: probe["message"] for probe in run["models"][0]["probes"]}
    assert said["learning"] == "not asked: still running after 40 s (--timeout)"
    assert any("of the 32 samples of a batch are looked at" in note for note in run["notes"]), "a slow pass gets fewer"


def test_nothing_is_left_running(tmp_path: Path) -> None:
    mark = f"kvlint-left-{os.getpid()}"
    child = f"[sys.executable, '-c', 'import time; time.sleep(99)', '{mark}']"
    command = f"subprocess.Popen({child}, start_new_session=True)"
    written(tmp_path, f"import subprocess, sys, time\n{command}\ntime.sleep(99)")
    assert verify("program.py", "--timeout", "3", cwd=tmp_path).status == 2
    time.sleep(0.5)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert mark not in listed


WRITES = """
import os
from pathlib import Path
print(Path("data.txt").read_text())
Path("model.h5").write_text("relative")
Path(__file__).with_name("beside.txt").write_text("beside the script")
os.remove("data.txt")
os.makedirs("runs/1")
try:
    Path({outside!r}).write_text("outside")
except PermissionError as error:
    print("refused", error)
else:
    raise SystemExit("it could write outside")
link = Path("large.bin")
try:
    link.write_bytes(b"changed")
except PermissionError:
    pass
else:
    raise SystemExit("it could write through a link")
raise ValueError("all as it should be")
"""


def test_writes_go_to_a_copy_that_is_thrown_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "data.txt").write_text("data")
    (home / "large.bin").write_bytes(bytes(9 * 2**20))
    outside = tmp_path / "outside.txt"
    written(home, WRITES.format(outside=str(outside)))
    before = {path.name: path.stat().st_mtime_ns for path in home.iterdir()}
    answer = verify("program.py", "--output-format", "json", cwd=home)
    assert "all as it should be" in answer.targets[0]["reason"]
    assert {path.name: path.stat().st_mtime_ns for path in home.iterdir()} == before
    assert not outside.exists()


COMPILED = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
handle = libc.open({outside!r}.encode(), 0o101, 0o644)
raise ValueError("written" if handle >= 0 else "refused by the kernel")
"""


def test_compiled_code_is_held_by_the_kernel(tmp_path: Path) -> None:
    import ctypes

    if ctypes.CDLL(None).syscall(444, None, 0, 1) < 1:
        pytest.skip("this kernel has no Landlock")
    outside = tmp_path / "outside.txt"
    home = tmp_path / "home"
    home.mkdir()
    written(home, COMPILED.format(outside=str(outside)))
    answer = verify("program.py", "--output-format", "json", cwd=home)
    assert "refused by the kernel" in answer.targets[0]["reason"]
    assert not outside.exists()


def test_a_missing_extra_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    from kerasvae_lint.runtime import launch
    from kerasvae_lint.runtime.options import Options

    monkeypatch.setattr(launch, "find_spec", lambda _: None)
    assert "pip install 'kerasvae-lint[runtime]'" in launch.missing(Options())
    assert "jax" in launch.missing(Options(backend="jax"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--input-shape", "a,b"),
        ("--memory-limit", "lots"),
        ("--write",),
        ("--unsafe-fixes",),
        ("--keras", "4"),
        ("--keras", "2", "--backend", "jax"),
        ("--no-such-option",),
        ("--steps", "1"),
    ],
)
def test_wrong_options_are_usage_errors(arguments: tuple[str, ...], tmp_path: Path) -> None:
    written(tmp_path, "print()")
    answer = verify("program.py", *arguments, cwd=tmp_path)
    assert answer.status == 2
    assert answer.err.startswith("Usage:")
    assert "Error:" in answer.err


def test_missing_paths_and_empty_folders(tmp_path: Path) -> None:
    missing = verify("nowhere.py", cwd=tmp_path)
    assert missing.status == 2
    assert "nowhere.py" in missing.out
    empty = verify(".", cwd=tmp_path)
    assert empty.status == 2
    assert "No Python files or notebooks found." in empty.out
    assert verify(cwd=tmp_path).status == 2
