"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a real repository."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HAS_TENSORFLOW = importlib.util.find_spec("tensorflow") is not None
BAD = ROOT / "fixtures" / "KV103-reduction-as-minimum" / "bad.py"
PARTS = ("pyproject.toml", "LICENSE", ".pre-commit-hooks.yaml")
HEAVY = {"tensorflow", "keras", "tf_keras", "numpy", "tensorflow_probability"}

OWN = ("language: system", "additional_dependencies: []")
"""A hook that runs what is installed where git is called from."""

CONFIG = """\
repos:
  - repo: {source}
    rev: {revision}
    hooks:
      - id: {hook}
{more}"""


@dataclass(frozen=True)
class Repository:
    """A git repository that git and pre-commit see without the user's own settings."""

    folder: Path
    home: Path

    def try_run(self, *command: str) -> subprocess.CompletedProcess[str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        env |= {
            "PRE_COMMIT_HOME": str(self.home),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        return subprocess.run(
            command,
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *command: str) -> str:
        done = self.try_run(*command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def use_hook(self, hook: str, source: Repository, *more: str, stage: str = "pre-commit") -> None:
        """Install a hook for a stage; ``more`` are lines of its own settings."""
        revision = source.run("git", "rev-parse", "HEAD").strip()
        lines = "".join(f"        {line}\n" for line in more)
        config = CONFIG.format(source=source.folder.as_posix(), revision=revision, hook=hook, more=lines)
        (self.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        self.run("git", "add", ".pre-commit-config.yaml")
        self.run(sys.executable, "-m", "pre_commit", "install", "--hook-type", stage)

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.run("git", "add", "--all")
        return self.try_run("git", "commit", "--message", "change")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments of hooks: made once for all the tests."""
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture(scope="module")
def kvlint(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Repository:
    """What stands in this checkout now, as a repository of its own, committed."""
    folder = tmp_path_factory.mktemp("kvlint")
    for part in PARTS:
        shutil.copy(ROOT / part, folder / part)
    for part in ("kerasvae_lint", "rules", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    repository = Repository(folder, home)
    repository.run("git", "init", "--quiet")
    assert repository.commit().returncode == 0
    return repository


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Repository:
    """Somebody's project, with one bad file in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    repository = Repository(folder, home)
    repository.run("git", "init", "--quiet")
    shutil.copy(BAD, folder / "train.py")
    return repository


def test_a_bad_commit_is_refused(project: Repository, kvlint: Repository) -> None:
    project.use_hook("kvlint", kvlint)
    refused = project.commit()
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "KV103" in said
    assert "train.py" in said
    assert project.try_run("git", "rev-parse", "HEAD").returncode != 0
    assert (project.folder / "train.py").read_bytes() == BAD.read_bytes()


def test_the_fix_hook_mends_it(project: Repository, kvlint: Repository) -> None:
    project.use_hook("kvlint-fix", kvlint)
    assert project.commit().returncode != 0
    mended = (project.folder / "train.py").read_bytes()
    assert mended == BAD.with_name("fixed.py").read_bytes()
    again = project.commit()
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_clean_commit_passes_and_other_files_are_left_alone(project: Repository, kvlint: Repository) -> None:
    project.use_hook("kvlint", kvlint)
    shutil.copy(BAD.with_name("clean.py"), project.folder / "train.py")
    (project.folder / "notes.txt").write_text(BAD.read_text(encoding="utf-8"), encoding="utf-8")
    assert project.commit().returncode == 0


def test_the_hooks_environment_is_light(project: Repository, kvlint: Repository) -> None:
    project.use_hook("kvlint", kvlint)
    project.run(sys.executable, "-m", "pre_commit", "install-hooks")
    installed = {path.name for path in project.home.glob("repo*/py_env*/**/site-packages/*")}
    assert "libcst" in installed
    assert installed & HEAVY == set()


def as_notebook(program: Path) -> bytes:
    """A program as the code cells of a notebook, one for each part between blank lines."""
    parts = program.read_text(encoding="utf-8").split("\n\n\n")
    code: list[dict[str, object]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": part.splitlines(True)}
        for part in parts
    ]
    title: dict[str, object] = {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]}
    made = {"cells": [title, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return (json.dumps(made, indent=1) + "\n").encode()


def test_notebooks_are_linted_and_mended(project: Repository, kvlint: Repository) -> None:
    (project.folder / "train.py").unlink()
    notebook = project.folder / "train.ipynb"
    notebook.write_bytes(as_notebook(BAD))
    project.use_hook("kvlint", kvlint)
    refused = project.commit()
    assert refused.returncode != 0
    assert "train.ipynb:cell " in refused.stdout + refused.stderr
    assert notebook.read_bytes() == as_notebook(BAD)
    project.use_hook("kvlint-fix", kvlint)
    assert project.commit().returncode != 0
    assert notebook.read_bytes() == as_notebook(BAD.with_name("fixed.py"))
    again = project.commit()
    assert again.returncode == 0, again.stdout + again.stderr


def test_the_verify_hook_brings_the_runtime_extra(project: Repository, kvlint: Repository, tmp_path: Path) -> None:
    """TensorFlow is too much for a test: here the extra of the hook's repository holds one small package instead."""
    light = Repository(tmp_path / "light", kvlint.home)
    light_source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    start = light_source.index("runtime = [")
    end = light_source.index("]", start)
    kvlint.run("git", "clone", "--quiet", ".", str(light.folder))
    text = f'{light_source[:start]}runtime = ["wrapt>=1.14"{light_source[end:]}'
    (light.folder / "pyproject.toml").write_text(text, encoding="utf-8")
    assert light.commit().returncode == 0
    before = set(project.home.glob("repo*"))
    project.use_hook("kvlint-verify", light, stage="pre-push")
    project.run(sys.executable, "-m", "pre_commit", "install-hooks")
    [made] = [path for path in set(project.home.glob("repo*")) - before if [*path.glob("py_env*")]]
    installed = {path.name for path in made.glob("py_env*/**/site-packages/*")}
    assert {"wrapt", "libcst"} <= installed
    assert installed & HEAVY == set()


def test_the_verify_hook_runs_nothing_unasked(project: Repository, kvlint: Repository) -> None:
    project.use_hook("kvlint-verify", kvlint, *OWN, stage="pre-push")
    (project.folder / "train.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    assert project.commit().returncode == 0
    done = push(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no files to check" in done.stdout + done.stderr


@pytest.mark.skipif(not HAS_TENSORFLOW, reason="needs TensorFlow")
def test_a_bad_push_is_refused(project: Repository, kvlint: Repository) -> None:
    """The hook's own entry and stage, run with what is installed here."""
    settings = (f"entry: {Path(sys.executable).as_posix()} -m kerasvae_lint verify", *OWN)
    project.use_hook("kvlint-verify", kvlint, *settings, "files: ^train", stage="pre-push")
    (project.folder / "other.py").write_text("raise SystemExit('this was not asked for')\n", encoding="utf-8")
    assert project.commit().returncode == 0
    refused = push(project)
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "train.py" in said
    assert "KV103" in said
    assert "not asked for" not in said
    shutil.copy(BAD.with_name("fixed.py"), project.folder / "train.py")
    assert project.commit().returncode == 0
    done = push(project)
    assert done.returncode == 0, done.stdout + done.stderr


def push(project: Repository) -> subprocess.CompletedProcess[str]:
    """Push what is committed to a repository beside the project."""
    remote = project.folder.parent / "remote.git"
    if not remote.exists():
        project.run("git", "init", "--quiet", "--bare", str(remote))
        project.run("git", "remote", "add", "origin", str(remote))
    return project.try_run("git", "push", "origin", "HEAD:main")
