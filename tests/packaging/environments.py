"""Virtual environments to install kvlint into, and commands run in them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def outside(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, with nothing of this interpreter's set-up; its output."""
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Environment:
    """A virtual environment that holds nothing but what the tests put into it."""

    folder: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / "python"

    def run(self, *arguments: str | Path) -> str:
        """``python ARGUMENTS``, away from the checkout, isolated from the user's own packages."""
        return outside(self.python, "-I", *arguments, cwd=self.folder)

    def pip_install(self, *arguments: str | Path) -> None:
        self.run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)

    def kvlint(self, *arguments: str | Path) -> str:
        """The installed command, as a user runs it."""
        return outside(self.scripts / "kvlint", *arguments, cwd=self.folder)

    def packages(self) -> set[str]:
        listed = self.run("-m", "pip", "list", "--format=freeze", "--disable-pip-version-check")
        return {line.partition("==")[0].lower().replace("_", "-") for line in listed.split()}
