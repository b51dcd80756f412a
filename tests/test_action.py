"""`action.yml`: held to GitHub's schema, and its commands run as a runner does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.report.sarif_schema import path_of

ROOT = Path(__file__).resolve().parent.parent
BAD = ROOT / "fixtures" / "KV103-reduction-as-minimum" / "bad.py"
PARTS = ("pyproject.toml", "LICENSE", "action.yml")
ACTION: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@dataclass
class Runner:
    """A folder to work in, and what the steps have said so far."""

    action: Path
    temp: Path
    workspace: Path
    values: dict[str, str] = field(default_factory=dict)

    def text(self, template: str) -> str:
        """``template`` with the values of its expressions, which must be known."""
        return EXPRESSION.sub(lambda match: self.values[match[1]], template)

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the commands of one step as GitHub's runner does."""
        [step] = [step for step in STEPS if step["name"] == name]
        output = self.temp / "output"
        output.write_text("", encoding="utf-8")
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "KVLINT_", "PYTHON"))}
        env |= {"GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(self.temp), "GITHUB_WORKSPACE": str(self.workspace)}
        env |= {key: self.text(value) for key, value in step["env"].items()}
        assert step["shell"] == "bash"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / self.text(step.get("working-directory", ".")),
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        for line in output.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{key}"] = value
        return done

    def lint(self, **inputs: str) -> tuple[str, int]:
        """The last two steps, with these inputs: what is printed, and how it ends."""
        self.values |= {f"inputs.{key.replace('_', '-')}": value for key, value in inputs.items()}
        done = self.step("Run kvlint")
        assert done.returncode == 0, done.stderr
        return done.stdout, self.step("Judge").returncode


def fresh(action: Path, temp: Path, workspace: Path) -> Runner:
    values = {f"inputs.{name}": str(given["default"]) for name, given in ACTION["inputs"].items()}
    values |= {"github.action_path": str(action), "steps.python.outputs.python-path": sys.executable}
    return Runner(action, temp, workspace, values)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """kvlint as the action installs it from its own checkout."""
    folder = tmp_path_factory.mktemp("the action")
    for part in PARTS:
        shutil.copy(ROOT / part, folder / part)
    for part in ("kerasvae_lint", "rules", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    runner = fresh(folder, tmp_path_factory.mktemp("runner temp"), tmp_path_factory.mktemp("workspace"))
    done = runner.step("Install kvlint")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("kvlint ")
    return runner


@pytest.fixture
def runner(installed: Runner, tmp_path: Path) -> Runner:
    """A workspace with one bad file in it, and a name that is hard to handle."""
    workspace = tmp_path / "work space"
    (workspace / "src \u640d").mkdir(parents=True)
    shutil.copy(BAD, workspace / "src \u640d" / "a, b.py")
    subprocess.run(["git", "init", "--quiet", str(workspace)], check=True)
    return fresh(installed.action, installed.temp, workspace)


def test_it_is_valid_by_githubs_schema(tmp_path: Path) -> None:
    def check(path: Path) -> int:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(path)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert check(ROOT / "action.yml") == 0
    broken = tmp_path / "action.yml"
    broken.write_text((ROOT / "action.yml").read_text(encoding="utf-8").replace("shell: bash", "shel: bash"))
    assert check(broken) == 1


def test_no_input_gets_into_a_command_unquoted() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        assert ("shell" in step) is ("run" in step)


def test_every_expression_names_something_that_is_there() -> None:
    used = set(re.findall(r"(?:inputs|steps)\.[\w.-]+", (ROOT / "action.yml").read_text(encoding="utf-8")))
    outputs = {"steps.lint.outputs.status", "steps.lint.outputs.sarif-file", "steps.python.outputs.python-path"}
    assert used == {f"inputs.{name}" for name in ACTION["inputs"]} | outputs


def test_findings_are_annotated_reported_and_fail_the_job(runner: Runner) -> None:
    printed, status = runner.lint()
    assert status == 1
    assert printed.startswith("::error file=src \u640d/a%2C b.py,line=")
    assert "title=KV103 reduction-as-minimum::" in printed
    written = Path(runner.values["steps.lint.outputs.sarif-file"])
    assert written.is_absolute()
    [run] = json.loads(written.read_text(encoding="utf-8"))["runs"]
    assert {path_of(result["locations"][0]) for result in run["results"]} == {"src \u640d/a, b.py"}


def test_it_can_be_told_not_to_fail(runner: Runner) -> None:
    assert runner.lint(fail_on_findings="false")[1] == 0
    assert runner.values["steps.lint.outputs.status"] == "1"


def test_a_clean_project_passes(runner: Runner) -> None:
    printed, status = runner.lint(args="--select KV2")
    assert (printed, status) == ("", 0)
    assert Path(runner.values["steps.lint.outputs.sarif-file"]).exists()


@pytest.mark.parametrize("paths", ["'src \u640d/a, b.py'", '"src \u640d"\n', "src\\ \u640d/a,\\ b.py", "", "*.py ."])
def test_paths_and_options_are_read_as_a_shell_reads_them(runner: Runner, paths: str) -> None:
    (runner.workspace / "*.py").write_text("x = 1\n")
    printed, status = runner.lint(paths=paths, args="--ignore 'KV2, KV3' -q", output_format="concise")
    assert status == 1
    assert {line.partition(":")[0] for line in printed.splitlines()} == {"src \u640d/a, b.py"}


def test_inputs_run_no_commands(runner: Runner) -> None:
    _, status = runner.lint(paths="$(touch hit) ; touch hit `touch hit` && touch hit")
    assert status == 2
    assert not (runner.workspace / "hit").exists()


@pytest.mark.parametrize("fail", ["true", "false"])
def test_a_file_that_can_not_be_linted_fails_the_job(runner: Runner, fail: str) -> None:
    (runner.workspace / "b.py").write_text("import keras\nkeras.layers.Dense(\n")
    printed, status = runner.lint(fail_on_findings=fail)
    assert status == 2
    assert "::error file=b.py," in printed
    assert runner.values["steps.lint.outputs.sarif-file"]


def test_a_wrong_option_leaves_no_old_report_to_send(runner: Runner) -> None:
    runner.lint()
    del runner.values["steps.lint.outputs.sarif-file"]
    _, status = runner.lint(args="--selct KV1", fail_on_findings="false")
    assert status == 2
    assert "steps.lint.outputs.sarif-file" not in runner.values


def test_a_folder_and_a_report_of_ones_own(runner: Runner) -> None:
    printed, _ = runner.lint(working_directory="src \u640d", sarif_file="my report.sarif")
    assert "file=src \u640d/a%2C b.py," in printed
    report = runner.workspace / "src \u640d" / "my report.sarif"
    assert Path(runner.values["steps.lint.outputs.sarif-file"]) == report
    assert report.exists()


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("0.1.0", "kerasvae-lint==0.1.0"),
        (">=0.1,<0.2", "kerasvae-lint>=0.1,<0.2"),
        ("~=0.1", "kerasvae-lint~=0.1"),
        ("0.1; touch hit", None),
        ("--index-url=x", None),
        ("@ file:///x", None),
    ],
)
def test_a_version_is_asked_for_by_its_number(tmp_path: Path, version: str, wanted: str | None) -> None:
    runner = fresh(tmp_path / "action", tmp_path, tmp_path)
    programs = tmp_path / "kvlint-action" / "bin"
    fake = tmp_path / "python"
    fake.write_text(
        f'#!/bin/sh\nmkdir -p "{programs}"\n'
        f'printf \'#!/bin/sh\\nprintf "%%s\\\\n" "$@" > "{tmp_path}/asked"\\n\' > "{programs}/python"\n'
        f'printf \'#!/bin/sh\\n\' > "{programs}/kvlint"\nchmod +x "{programs}"/*\n'
    )
    fake.chmod(0o755)
    runner.values |= {"inputs.version": version, "steps.python.outputs.python-path": str(fake)}
    done = runner.step("Install kvlint")
    asked = tmp_path / "asked"
    assert (done.returncode == 0) is (wanted is not None), done.stderr
    assert (asked.read_text().splitlines()[-1] if asked.exists() else None) == wanted
    assert not (tmp_path / "hit").exists()
