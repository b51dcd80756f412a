"""Which programs ``kvlint migrate --verify`` runs, and what it says of several."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numpy")

from kerasvae_lint.cli.proving import pairs, shown
from kerasvae_lint.migrate import Migration
from kerasvae_lint.runtime.twins.results import DIFFERS, EQUAL, Proof

TRAINS = "import nets\nmodel = nets.build()\nmodel.fit(x, y)\n"


def migration(path: Path, before: str, after: str) -> Migration:
    return Migration(str(path), before.encode(), after.encode())


def test_programs_that_train_and_change_are_run(tmp_path: Path) -> None:
    helper = migration(tmp_path / "nets.py", "def build():\n    model.fit(1)\n", "def build():\n    model.fit(2)\n")
    program = migration(tmp_path / "train.py", TRAINS, TRAINS)
    other = migration(tmp_path / "plot.py", "import keras\n", "import keras  # 3\n")
    (found,) = pairs([helper, program, other])
    assert found.target.endswith("train.py")
    assert [name for name, _ in found.changed] == [str(tmp_path / "nets.py"), str(tmp_path / "plot.py")]


def test_what_changes_in_no_file_is_not_run(tmp_path: Path) -> None:
    assert pairs([migration(tmp_path / "train.py", TRAINS, TRAINS)]) == []


def test_a_module_with_a_main_part_is_a_program(tmp_path: Path) -> None:
    text = "if __name__ == '__main__':\n    model.fit(x)\n"
    nets = migration(tmp_path / "nets.py", text, text + "# new\n")
    found = pairs([nets, migration(tmp_path / "train.py", TRAINS, TRAINS)])
    assert [Path(pair.target).name for pair in found] == ["nets.py", "train.py"]


def test_several_proofs_are_counted() -> None:
    proofs = [Proof("a.py", EQUAL), Proof("b.py", DIFFERS, "outputs of model: they part"), Proof("c.py", EQUAL)]
    assert list(shown(proofs, 80)) == [
        "a.py: equal",
        "b.py: differs: outputs of model: they part",
        "c.py: equal",
        "2 equal, 1 differs",
    ]
