"""Distributions and virtual environments, each made once for all the tests of this folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment, outside

# What lies about in a checkout that is no part of it.
CLUTTER = shutil.ignore_patterns(".*cache", "__pycache__", "*.egg-info", "build", "dist", "*venv*", ".git")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree, so that building leaves nothing behind in the real one."""
    target = tmp_path_factory.mktemp("checkout") / "kvlint"
    shutil.copytree(ROOT, target, ignore=CLUTTER)
    return target


@pytest.fixture(scope="session")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that is built from that sdist alone."""
    folder = tmp_path_factory.mktemp("dist")
    outside(sys.executable, "-m", "build", "--outdir", folder, checkout, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def new_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Environment]:
    """Makes a fresh virtual environment."""

    def make(name: str) -> Environment:
        folder = tmp_path_factory.mktemp(name)
        outside(sys.executable, "-m", "venv", folder, cwd=folder)
        return Environment(folder)

    return make


@pytest.fixture(scope="session")
def from_wheel(distributions: Path, new_environment: Callable[[str], Environment]) -> Environment:
    """An environment with a lint-only install of the wheel."""
    environment = new_environment("wheel")
    environment.pip_install(*distributions.glob("*.whl"))
    return environment


@pytest.fixture(scope="session")
def from_sdist(distributions: Path, new_environment: Callable[[str], Environment]) -> Environment:
    """An environment where pip built and installed the sdist."""
    environment = new_environment("sdist")
    environment.pip_install(*distributions.glob("*.tar.gz"))
    return environment


@pytest.fixture(scope="session")
def editable(checkout: Path, new_environment: Callable[[str], Environment]) -> Environment:
    """An environment with an editable install of a checkout."""
    environment = new_environment("editable")
    environment.pip_install("--editable", checkout)
    return environment
