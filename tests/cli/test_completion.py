"""Shell completion: by Click's protocol, and by the shells that are here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kerasvae_lint.cli import completion
from kerasvae_lint.run.registry import all_rules
from tests.cli.conftest import Process, Run

Offered = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def offered(process: Process) -> Offered:
    """What bash is offered for these words, the last of which is being typed: kinds and values."""

    def ask(*words: str) -> list[tuple[str, str]]:
        done = process(
            environment={
                "_KVLINT_COMPLETE": "bash_complete",
                "COMP_WORDS": "\n".join(("kvlint", *(word or "''" for word in words))),
                "COMP_CWORD": str(len(words)),
            }
        )
        assert done.stderr == b""
        lines = [line.partition(",") for line in done.stdout.decode().splitlines()]
        return [(kind, value) for kind, _, value in lines]

    return ask


def _words(items: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in items if kind == "plain"]


def test_first_come_commands_and_files(offered: Offered) -> None:
    items = offered("")
    assert {"check", "rule", "recipe", "inspect", "verify", "completion"} <= set(_words(items))
    assert ("file", "") in items
    assert offered("sr") == [("file", "sr")]
    assert _words(offered("re")) == ["recipe"]


def test_options_of_check_need_no_check(offered: Offered) -> None:
    assert _words(offered("--sel")) == ["--select"]
    assert _words(offered("src", "--sel")) == ["--select"]
    assert _words(offered("check", "--out")) == _words(offered("--out"))
    assert "--output-format" in _words(offered("--out"))
    assert _words(offered("--vers")) == ["--version"]
    assert offered("src", "te") == [("file", "te")]


def test_values_of_options(offered: Offered) -> None:
    assert _words(offered("--target-keras", "")) == ["2", "3", "both"]
    assert set(_words(offered("--output-format", ""))) >= {"text", "concise", "json"}
    assert _words(offered("verify", "x.py", "--backend", "j")) == ["jax"]
    assert offered("--config", "py") == [("file", "py")]
    assert offered("verify", "tr") == [("file", "tr")]


def test_codes_of_rules(offered: Offered) -> None:
    codes = [code for code in all_rules() if code.startswith("KV1")]
    assert _words(offered("rule", "KV1")) == codes
    assert _words(offered("rule", "kv10")) == [code for code in codes if code.startswith("KV10")]
    assert "kl-sign" in _words(offered("rule", "kl-"))
    assert _words(offered("--select", "KV1")) == ["KV1", *codes]
    assert _words(offered("--ignore", "KV101,KV60")) == [f"KV101,{code}" for code in all_rules() if code[:4] == "KV60"]
    assert _words(offered("--select", "=", "KV60")) == [code for code in all_rules() if code[:4] == "KV60"]
    assert "ALL" in _words(offered("--select", ""))
    assert "KV101" not in _words(offered("--select", "KV101,KV10"))
    assert _words(offered("--select", "KV9")) == []


def test_names_of_recipes(offered: Offered, run: Run) -> None:
    listed = [line.split()[0] for line in run("recipe").stdout.splitlines()]
    assert _words(offered("recipe", "")) == listed
    assert _words(offered("recipe", "tied")) == ["tied-dense"]


def test_rules_are_known_without_importing_them() -> None:
    known = {code: (name, summary) for code, name, summary in completion.known_rules()}
    del known["KV001"]
    assert known == {code: (rule.name, rule.summary()) for code, rule in all_rules().items()}


def test_it_is_fast_as_it_imports_neither_libcst_nor_rules(project: Path) -> None:
    program = (
        "import sys\nfrom kerasvae_lint.cli.main import main\nsys.argv = ['kvlint']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith(('libcst', 'kerasvae_lint.rules'))])\n"
    )
    words = {"_KVLINT_COMPLETE": "bash_complete", "COMP_WORDS": "kvlint --select KV10", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=project,
        env={**os.environ, **words},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "plain,KV101" in done.stdout


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_script_is_what_click_would_print_for_it(process: Process, shell: str) -> None:
    printed = process("completion", shell)
    assert printed.returncode == 0
    assert printed.stdout.split() == process(environment={"_KVLINT_COMPLETE": f"{shell}_source"}).stdout.split()
    assert b"_KVLINT_COMPLETE" in printed.stdout


@pytest.mark.parametrize(("shell", "word"), [("zsh", "1"), ("fish", "--select=KV60")])
def test_a_value_after_an_equals_sign_is_one_word(process: Process, shell: str, word: str) -> None:
    environment = {
        "_KVLINT_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "kvlint --select=KV60",
        "COMP_CWORD": word,
    }
    found = re.findall(r"--select=(KV\d+)", process(environment=environment).stdout.decode())
    assert found == [code for code in all_rules() if code.startswith("KV60")]


def _path(folder: Path) -> dict[str, str]:
    """An environment whose first ``kvlint`` is this one."""
    command = folder / "bin" / "kvlint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kerasvae_lint "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}


_BASH = """
source <(kvlint completion bash)
compopt() { :; }  # needs a line that is being typed
ask() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _kvlint_completion kvlint
    printf '%s|' "${COMPREPLY[@]}"; echo
}
complete -p kvlint
ask kvlint rule KV60
ask kvlint --select KV101,KV60
ask kvlint mod
ask kvlint ''
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_in_bash(project: Path) -> None:
    (project / "my module.py").write_text("")
    (project / "models").mkdir()
    (project / "model.py").write_text("")
    done = subprocess.run(
        ["bash", "--norc", "-c", _BASH], cwd=project, env=_path(project), capture_output=True, text=True, check=True
    )
    set_up, rules, listed, files, everything = done.stdout.splitlines()
    assert set_up == "complete -o nosort -F _kvlint_completion kvlint"
    codes = [code for code in all_rules() if code.startswith("KV60")]
    assert rules == "".join(f"{code}|" for code in codes)
    assert listed == "".join(f"KV101,{code}|" for code in codes)
    assert sorted(files.split("|")) == ["", "model.py", "models"]
    assert {"check", "rule", "my module.py", "models"} <= set(everything.split("|"))
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("bash") is None or os.name != "posix", reason="needs bash and a terminal")
def test_in_bash_as_it_is_typed(project: Path) -> None:
    from tests.cli.terminal import Terminal

    (project / "my module.py").write_text("")
    shown = Terminal(
        ["bash", "--norc", "--noprofile", "-i"],
        project,
        100,
        False,
        {**_path(project), "PS1": "ready> ", "TERM": "dumb"},
    )
    try:
        shown.until("ready> ")
        shown.type("source <(kvlint completion bash)\n")
        shown.until("ready> ")
        for typed, drawn, completed in (
            ("--sel\t", "ect ", "--select "),
            ("--select=KV601,KV60\t2\t", "2 ", "--select=KV601,KV602 "),
            ("rule KV60\t3\t", "3 ", "rule KV603 "),
            ("recipe tied\t", "dense ", "recipe tied-dense "),
            ("my\t", ".py ", r"my\ module.py "),
        ):
            shown.type(f"kvlint {typed}")
            shown.until(re.escape(drawn))
            shown.type("\x01echo \n")  # to the start of the line, and show it as it is now
            shown.until(f"\nkvlint {re.escape(completed.strip().replace(chr(92), ''))}\r\n")
            shown.until("ready> ")
    finally:
        shown.process.kill()
        shown.process.wait()
        os.close(shown.master)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_reads_its_script(project: Path) -> None:
    program = "autoload -U compinit; compinit -u; source <(kvlint completion zsh); print -r -- $_comps[kvlint]"
    done = subprocess.run(
        ["zsh", "-f", "-c", program], cwd=project, env=_path(project), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "_kvlint_completion"


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_in_fish(project: Path) -> None:
    program = "kvlint completion fish | source; complete -C 'kvlint --select KV101,KV60'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program],
        cwd=project,
        env=_path(project),
        capture_output=True,
        text=True,
        check=True,
    )
    codes = [f"KV101,{code}" for code in all_rules() if code.startswith("KV60")]
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == codes
