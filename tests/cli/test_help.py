"""``--help``: fits its terminal, shows examples that are true, and every option in its place."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.cli.examples import EXAMPLES
from kerasvae_lint.cli.helping import GROUPS
from tests.cli.conftest import Process, Run

COMMANDS = {"kvlint": kvlint, **kvlint.commands}


def _asked(name: str, flag: str = "--help") -> list[str]:
    return [flag] if name == "kvlint" else [name, flag]


@pytest.mark.parametrize("name", COMMANDS)
def test_80_columns_are_enough(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run(*_asked(name))
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    monkeypatch.setenv("COLUMNS", "200")
    assert run(*_asked(name)).stdout == done.stdout, "long lines are not easier to read"


@pytest.mark.parametrize("name", COMMANDS)
def test_40_columns_are_legible(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text, examples = run(*_asked(name)).stdout.split("Examples:\n")
    assert max(map(len, text.splitlines())) <= 40
    prose = [line for line in text.splitlines() if line.startswith("      ") and "Usage" not in line]
    assert not prose or max(map(len, prose)) > 24, "not one word under the other"
    for command, _ in EXAMPLES[name]:
        assert command in examples, "a command stands on one line, to be copied"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_examples(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run(*_asked(name)).stdout.split("Examples:\n")[1]
    assert EXAMPLES.get(name), "write some in kerasvae_lint/cli/examples.py"
    for command, meaning in EXAMPLES[name]:
        assert f"  {command}\n    {meaning}\n" in shown


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in EXAMPLES for line, _ in EXAMPLES[name]])
def test_what_examples_show_exists(name: str, line: str) -> None:
    found = re.search(r"kvlint [^|<>)]*", line)
    assert found is not None
    words = shlex.split(found[0])[1:]
    chosen = words.pop(0) if words[0] in kvlint.commands else "check"
    assert name in (chosen, "kvlint")
    command = kvlint.commands[chosen]
    values, _, _ = command.make_parser(click.Context(command)).parse_args(words)
    for param in command.params:
        if isinstance(param.type, click.Choice) and isinstance(values.get(param.name or ""), str):
            assert values[param.name or ""] in param.type.choices


def test_no_example_of_a_command_that_is_gone() -> None:
    assert EXAMPLES.keys() <= COMMANDS.keys()


@pytest.mark.parametrize("name", GROUPS)
def test_options_stand_in_groups(run: Run, name: str) -> None:
    text = run(name, "--help").stdout
    headings = re.findall(r"^([A-Z].*):$", text, re.MULTILINE)
    assert headings[:-1] == [heading for heading in GROUPS[name] if heading in headings]
    for param in COMMANDS[name].params:
        if isinstance(param, click.Option):
            assert len(re.findall(rf"^  (?:-\w, )?{max(param.opts, key=len)}\b", text, re.MULTILINE)) == 1
            assert param.help, f"{param.opts} says what it is for"


@pytest.mark.parametrize("name", COMMANDS)
def test_dash_h_helps_everywhere(run: Run, name: str) -> None:
    assert run(*_asked(name, "-h")).stdout == run(*_asked(name)).stdout


def test_a_misspelt_option_or_command_names_the_nearest(run: Run) -> None:
    assert "--select" in run("--selct", "KV1").stderr
    assert "--select" in run("src", "--selct=KV1").stderr
    assert "--timeout" in run("verify", "x.py", "--timeuot", "3").stderr
    done = run("ruel", "KV101")
    assert done.exit_code == 2
    assert "did you mean the command 'rule'?" in done.stderr
    assert "no such file or directory" in run("nowhere.py").stderr


def test_a_file_may_be_called_nearly_like_a_command(run: Run, process: Process) -> None:
    assert process("-h").returncode == 0
    with open("rules", "w") as file:
        file.write("x = 1\n")
    assert run("rules").exit_code == 0
