"""Repositories of strangers: links, pipes, names, caches and modules that are made to do harm."""

from __future__ import annotations

import hashlib
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kerasvae_lint import lint_paths
from kerasvae_lint.run.discovery import discover
from kerasvae_lint.source.disk import MAX_READ, read_file
from tests.cli.conftest import CLEAN, FIXED, SAFE, Process, Run

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX links, pipes and names")
ESCAPE, BIDI = "\x1b[31m", "\u202e"


# links ------------------------------------------------------------------------------------------
@pytest.fixture
def linked(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder ``in``, where the test stands, with links to a file beside it and to one in it."""
    for folder in ("in", "in/sub", "outside"):
        (project / folder).mkdir()
    (project / "outside" / "real.py").write_text(SAFE)
    (project / "in" / "sub" / "own.py").write_text(SAFE)
    (project / "in" / "link.py").symlink_to("../outside/real.py")
    (project / "in" / "way.py").symlink_to("sub/own.py")
    monkeypatch.chdir(project / "in")
    return project


@POSIX
@pytest.mark.parametrize("command", [["--fix", "."], ["check", ".", "--add-noqa"], ["migrate", "--write", "."]])
def test_nothing_outside_is_written_through_a_link(linked: Path, run: Run, command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code < 2, result.output
    assert (linked / "outside" / "real.py").read_text() == SAFE


@POSIX
def test_a_link_that_leads_out_is_mentioned_and_one_that_stays_is_followed(linked: Path, run: Run) -> None:
    result = run("--fix", ".")
    assert result.stderr == (
        "A link leads out of the folder and was left alone: link.py. To lint it, name it on the command line.\n"
    )
    assert (linked / "in" / "sub" / "own.py").read_text() == FIXED
    assert (linked / "in" / "way.py").is_symlink()


@POSIX
def test_a_link_that_is_named_is_followed(linked: Path, run: Run) -> None:
    assert run("--fix", "link.py").exit_code == 0
    assert (linked / "outside" / "real.py").read_text() == FIXED
    assert (linked / "in" / "link.py").is_symlink()


@POSIX
def test_folders_in_a_circle_and_links_to_themselves_end(project: Path, run: Run) -> None:
    (project / "loop").symlink_to(".")
    (project / "self.py").symlink_to("self.py")
    (project / "a.py").write_text(SAFE)
    result = run(".")
    assert result.exit_code == 2
    assert result.stderr == "self.py: error: broken link\n"
    assert "Found 1 finding in 1 file" in result.stdout


@POSIX
def test_folders_nested_deeper_than_calls_are_walked(tmp_path: Path) -> None:
    here = os.getcwd()
    top = tmp_path / "top"
    top.mkdir()
    try:
        os.chdir(top)
        for _ in range(1100):
            os.mkdir("d")
            os.chdir("d")
        Path("a.py").write_text(CLEAN)
        os.chdir(here)
        found = list(discover([str(top)], lambda _: ()))
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", top], check=True)  # Python's own way of removing folders calls itself
    assert [str(item)[-7:] for item in found] == ["/d/a.py"]


# what is no file --------------------------------------------------------------------------------
@POSIX
@pytest.mark.parametrize("whole", [True, False])
def test_pipes_and_sockets_are_named_and_never_waited_for(project: Path, process: Process, whole: bool) -> None:
    os.mkfifo(project / "pipe.py")
    os.mkfifo(project / "requirements.txt")
    os.mkfifo(project / ".gitignore")
    (project / ".kvlint_cache").mkdir()
    os.mkfifo(project / "helper.py")
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(project)  # the name of a socket must be short
        made.bind("socket.py")
        os.chdir(here)
    (project / "a.py").write_text(f"import helper\nfrom helper import x\n{SAFE}")
    done = process(*(["."] if whole else ["a.py", "helper.py", "pipe.py", "socket.py"]))
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "helper.py: error: can't be read: it is a named pipe",
        "pipe.py: error: can't be read: it is a named pipe",
        "socket.py: error: can't be read: it is a socket",
    ]
    assert b"Found 1 finding in 1 file (1 fixable with --fix); 3 files not linted; 3 errors." in done.stdout


@POSIX
def test_a_device_is_named(process: Process) -> None:
    done = process("/dev/zero")
    assert (done.returncode, done.stderr) == (2, b"/dev/zero: error: can't be read: it is a device\n")


@POSIX
@pytest.mark.parametrize("pattern", ["*.bin", "index-*.kv"])
def test_a_pipe_in_the_place_of_the_cache_is_not_waited_for(project: Path, process: Process, pattern: str) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text("import keras\nx = keras.backend.variable(0.0)\n")
    process(".")
    for path in (project / ".kvlint_cache").glob(pattern):
        path.unlink()
        os.mkfifo(path)
    assert b"Found 1 finding" in process(".").stdout


@POSIX
def test_settings_and_baselines_that_are_pipes_are_refused(project: Path, process: Process) -> None:
    os.mkfifo(project / "base.json")
    (project / "pyproject.toml").write_text("[tool.kvlint]\nbaseline = 'base.json'\n")
    (project / "a.py").write_text(SAFE)
    done = process(".")
    assert done.returncode == 2
    assert b"base.json" in done.stderr
    assert b"it is a named pipe" in done.stderr


# size -------------------------------------------------------------------------------------------
def test_a_huge_file_is_named_and_not_read(project: Path, run: Run) -> None:
    for name in ("huge.py", "huge.ipynb"):
        with open(project / name, "wb") as file:
            file.write(b"import keras; x = '")
            file.truncate(200_000_000)  # one line, which takes no room on the disk
    (project / "a.py").write_text(SAFE)
    result = run(".")
    assert result.exit_code == 2
    assert result.stderr == "".join(f"huge.{end}: error: larger than 64 MB: left out\n" for end in ("ipynb", "py"))
    assert "2 files not linted" in result.stdout


def test_a_file_that_grows_while_it_is_read_is_still_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * 11)
    assert read_file(path, 11) == b"x" * 11
    with pytest.raises(OSError, match="larger than"):
        read_file(path, 10)
    assert MAX_READ < 200_000_000


def test_standard_input_has_a_bound_and_comes_out_again_all_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerasvae_lint.cli.check.MAX_READ", 100)
    result = run("-", stdin="#" * 101)
    assert result.exit_code == 2
    assert "left out" in result.stderr
    assert run("--fix", "-", stdin="#" * 5000).stdout == "#" * 5000


# names ------------------------------------------------------------------------------------------
@POSIX
@pytest.mark.parametrize(
    ("form", "arguments"),
    [
        *((form, []) for form in ("text", "concise", "json", "github", "gitlab", "junit", "sarif")),
        ("text", ["--fix", "--verbose"]),
    ],
)
def test_nothing_in_a_name_reaches_the_terminal(
    project: Path, process: Process, form: str, arguments: list[str]
) -> None:
    for name in (f"a{ESCAPE}.py", f"b{BIDI}.py", "c\n::error::x.py", "d\x9b2J.py", os.fsdecode(b"e\xff.py")):
        (project / name).write_text(SAFE.replace("inputs=inputs)", f"inputs=inputs)  # {ESCAPE}{BIDI}\x9b"))
    (project / f"f{ESCAPE}.py").write_text(f"import keras\ndef f(:  # {ESCAPE}\n")
    (project / f"g{ESCAPE}.py").symlink_to(f"nowhere{ESCAPE}")
    (project / f"h{ESCAPE}.py").symlink_to("/etc/hosts")
    folder = project / f"i{ESCAPE}"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[tool.kvlint]\n"\\u001b[31m" = 1\n')
    (folder / "x.py").write_text(CLEAN)
    done = process(".", "--output-format", form, *arguments)
    for stream in (done.stdout, done.stderr):
        text = stream.decode()
        assert not [sign for sign in text if sign != "\n" and not sign.isprintable()]
        assert "\n::error::x" not in text


@POSIX
def test_refusals_show_no_raw_signs(project: Path, process: Process) -> None:
    (project / f"p{ESCAPE}.toml").write_text("[tool.kvlint\n")
    for arguments in (["--select", ESCAPE], ["--config", f"p{ESCAPE}.toml"], [f"--{ESCAPE}"], [f"no{ESCAPE}.py"]):
        done = process(*arguments, environment={"FORCE_COLOR": "0"})
        assert done.returncode == 2
        assert b"\\x1b" in done.stderr
        assert b"\x1b" not in done.stdout + done.stderr


def test_html_in_names_is_text_in_pictures(project: Path, run: Run) -> None:
    name = "<script>alert(1)</script>"
    (project / "a.py").write_text(
        "import keras\n"
        f"model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name={name!r})], name={name!r})\n"
    )
    picture = run("show", "a.py", "--output-format", "svg").stdout
    assert "&lt;script&gt;" in picture
    assert "<script" not in picture


@POSIX
def test_html_in_a_file_name_is_text_in_junit(project: Path, run: Run) -> None:
    (project / "<b onclick='x'>&.py").write_text(SAFE)
    made = run(".", "--output-format", "junit").stdout
    assert "<b " not in made
    assert "&lt;b onclick='x'&gt;&amp;.py" in made


# caches -----------------------------------------------------------------------------------------
class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo harm > harmed",)


def _caches(project: Path) -> list[Path]:
    return [path for path in (project / ".kvlint_cache").iterdir() if path.suffix in {".bin", ".kv"}]


@pytest.mark.parametrize("kind", ["pickle", "truncated", "empty", "foreign", "of another type", "deep"])
def test_a_cache_that_is_poisoned_foreign_or_cut_off_is_an_empty_one(project: Path, run: Run, kind: str) -> None:
    (project / "a.py").write_text(SAFE)
    expected = run(".").stdout
    for path in _caches(project):
        data = path.read_bytes()
        bomb = pickle.dumps({"key": _Bomb()})
        head = data[: data.index(b"\n") + 1]
        rows = data[len(head) + 32 :]
        key = rows.split(b" ", 1)[0]
        bodies = {
            "pickle": hashlib.sha256(bomb).digest() + bomb,
            "truncated": data[: len(data) // 2],
            "empty": b"",
            "foreign": os.urandom(5000),
            "of another type": head + hashlib.sha256(key + b" [1,2,3]\n").digest() + key + b" [1,2,3]\n",
            "deep": head + hashlib.sha256(key + b" " + b"[" * 99_999).digest() + key + b" " + b"[" * 99_999,
        }
        path.write_bytes(bodies[kind])
    assert run(".").stdout == expected
    assert not (project / "harmed").exists()
    assert run(".").stdout == expected


def test_a_cache_names_no_file_outside(project: Path, run: Run) -> None:
    (project / "in").mkdir()
    (project / "in" / "pyproject.toml").write_text("[tool.kvlint]\n")
    (project / "in" / "a.py").write_text(CLEAN.replace("x", "add_loss"))
    (project / "in" / "b.py").write_text(SAFE)
    (project / "victim.py").write_text(SAFE)
    os.chdir(project / "in")
    run(".")
    (path,) = (path for path in _caches(project / "in") if path.suffix == ".bin")
    data = path.read_bytes()
    head = data[: data.index(b"\n") + 1]
    rows = data[len(head) + 32 :].replace(b'"b.py"', b'"../victim.py"')
    assert b"victim" in rows
    path.write_bytes(head + hashlib.sha256(rows).digest() + rows)
    assert "victim" not in run(".").stdout
    run("--fix", ".")
    assert (project / "victim.py").read_text() == SAFE


@POSIX
def test_a_cache_folder_that_is_a_link_is_not_written_to(project: Path, run: Run) -> None:
    (project / "in").mkdir()
    (project / "home").mkdir()
    (project / "in" / "pyproject.toml").write_text("[tool.kvlint]\n")
    (project / "in" / ".kvlint_cache").symlink_to("../home")
    (project / "in" / "a.py").write_text(SAFE)
    os.chdir(project / "in")
    assert run(".").exit_code == 1
    assert os.listdir(project / "home") == []


# code -------------------------------------------------------------------------------------------
HARM = "open('harmed', 'a').write(__name__)\n"


@pytest.fixture
def trapped(project: Path) -> Path:
    """A folder with modules that are called like those kvlint imports, and with a plug-in of its own."""
    for name in ("click", "libcst", "pathspec", "tomllib", "json", "difflib", "multiprocessing", "concurrent", "evil"):
        (project / f"{name}.py").write_text(HARM)
    info = project / "evil-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kvlint.rules]\nevil = evil\n")
    (project / "conftest.py").write_text(HARM)
    (project / "sitecustomize.py").write_text(HARM)
    (project / ".gitignore").write_text("nothing\n")
    for index in range(3):
        (project / f"m{index}.py").write_text(SAFE)
    return project


@pytest.mark.parametrize("arguments", [["."], ["--fix", "."], ["rule", "KV101"], ["--help"], ["show", "m0.py"]])
def test_nothing_of_the_folder_is_imported(trapped: Path, process: Process, arguments: list[str]) -> None:
    done = process(*arguments)
    assert done.returncode in {0, 1}, done.stderr
    assert not (trapped / "harmed").exists()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a Python that is started anew can't leave the folder out")
@pytest.mark.parametrize("method", ["spawn", "forkserver"] if os.name == "posix" else ["spawn"])
def test_nothing_is_imported_by_processes_that_are_started_anew(trapped: Path, method: str) -> None:
    program = (
        "import sys; sys.path.remove('')\n"
        "import multiprocessing\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    from kerasvae_lint.run import pool\n"
        "    pool.PARALLEL_BYTES = 0\n"
        "    from kerasvae_lint import lint_paths\n"
        "    print(len(lint_paths(['m0.py', 'm1.py', 'm2.py'], jobs=2).findings))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=trapped, check=False)
    assert done.stdout == b"3\n", done.stderr
    assert not (trapped / "harmed").exists()
    assert "PYTHONSAFEPATH" not in os.environ


@pytest.mark.parametrize("name", ["plugins", "rules", "plugin", "extend"])
def test_settings_that_name_plugins_run_nothing(trapped: Path, process: Process, name: str) -> None:
    (trapped / "pyproject.toml").write_text(f"[tool.kvlint]\n{name} = ['evil']\n")
    done = process("--fix", ".")
    assert done.returncode == 2
    assert f"unknown setting '{name}'".encode() in done.stderr
    assert not (trapped / "harmed").exists()


def test_the_api_reads_no_pipe_either(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("needs POSIX pipes")
    os.mkfifo(tmp_path / "a.py")
    (problem,) = lint_paths([tmp_path]).problems
    assert problem.message == "can't be read: it is a named pipe"
