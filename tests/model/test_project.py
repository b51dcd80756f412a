"""What a file sees of the files around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model.project import Project, Surroundings
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code
from kerasvae_lint.values.unit import Unit


def unit_of(path: Path) -> Unit:
    tree, source = parse_code(decode(path.read_bytes(), str(path)))
    return Unit(path.stem, build(tree, source.text), source)


@pytest.mark.parametrize(("folder", "seen"), [("lib", True), ("site-packages", False), ("dist-packages", False)])
def test_installed_packages_are_strangers_to_each_other(tmp_path: Path, folder: str, seen: bool) -> None:
    for package in ("one", "two"):
        home = tmp_path / folder / package
        home.mkdir(parents=True)
        (home / "__init__.py").write_text("")
        (home / "part.py").write_text("import tensorflow\n")
    unit = unit_of(tmp_path / folder / "one" / "part.py")
    around = Surroundings(Project(), unit)
    assert (around.unit("two.part", unit) is not None) is seen
    assert around.unit("one", unit) is not None
