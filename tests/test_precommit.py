"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a real repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BAD = ROOT / "fixtures" / "KV103-reduction-as-minimum" / "bad.py"
PARTS = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
HEAVY = {"tensorflow", "keras", "tf_keras", "numpy", "tensorflow_probability"}

CONFIG = """\
repos:
  - repo: {source}
    rev: {revision}
    hooks:
      - id: {hook}
"""


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

    def use_hook(self, hook: str, source: Repository) -> None:
        revision = source.run("git", "rev-parse", "HEAD").strip()
        config = CONFIG.format(source=source.folder.as_posix(), revision=revision, hook=hook)
        (self.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        self.run("git", "add", ".pre-commit-config.yaml")
        self.run(sys.executable, "-m", "pre_commit", "install")

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
    for part in ("kerasvae_lint", "rules"):
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
