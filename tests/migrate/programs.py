"""The small programs before and after, and how they are written anew.

    python -m tests.migrate.programs     write each after.py and report.txt; read what changes

Each folder of ``cases/`` holds a program as it was (``before.py``), what the migration makes of it (``after.py``), and
what its report says (``report.txt``). Where ``to.txt`` says ``any``, it is for every backend; ``needs.txt`` names the
packages that it runs with, if they are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kerasvae_lint.migrate import Migration, To, migrate_data

ROOT = Path(__file__).resolve().parent / "cases"


@dataclass(frozen=True)
class Case:
    """One program."""

    folder: Path

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def to(self) -> To:
        """Where the code is to run."""
        return To.ANY if (self.folder / "to.txt").exists() else To.TENSORFLOW

    @property
    def after(self) -> Path:
        """What it should become."""
        return self.folder / "after.py"

    @property
    def report(self) -> Path:
        """What should be said."""
        return self.folder / "report.txt"

    @property
    def needs(self) -> list[str]:
        """Packages that it imports and the tests do not need."""
        names = self.folder / "needs.txt"
        return names.read_text(encoding="utf-8").split() if names.exists() else []

    def migrated(self, data: bytes | None = None) -> Migration:
        """What the migration makes of it, or of some other bytes."""
        before = (self.folder / "before.py").read_bytes() if data is None else data
        return migrate_data(before, "before.py", self.to)


def told(migration: Migration) -> str:
    """The report as text."""
    lines = (f"{line.row}: {line.kind.value} [{line.step}] {line.message}\n" for line in migration.lines)
    return "".join(lines)


CASES = [Case(folder) for folder in sorted(ROOT.iterdir()) if folder.is_dir()]


def main() -> None:
    """Write the files anew."""
    for case in CASES:
        migration = case.migrated()
        case.after.write_bytes(migration.after)
        case.report.write_text(told(migration), encoding="utf-8")


if __name__ == "__main__":
    main()
