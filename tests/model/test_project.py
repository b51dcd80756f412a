"""What a file sees of the files around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasvae_lint import Settings, lint_paths
from kerasvae_lint.binding.build import build
from kerasvae_lint.cli.commands import kvlint
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


def findings(folder: Path, files: dict[str, str], linted: str) -> list[str]:
    """The codes that are found in one file of a project."""
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [found.code for found in lint_paths([folder / linted], Settings(select=("KV409",))).findings]


HEADS = "from keras import layers\nLAST = 'sigmoid'\n\ndef head():\n    return layers.Dense(1, activation=LAST)\n"
COMPILED = """\
model = keras.Sequential([keras.Input((4,)), {head}])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
"""


def test_what_a_branch_imports_is_there_for_the_others(tmp_path: Path) -> None:
    """The file is run while one arm of an `if` is tried: what it defines outlives that arm."""
    text = "import keras\nimport heads\nif flag:\n    one = heads.head()\nelse:\n    one = heads.head()\n"
    assert findings(tmp_path, {"heads.py": HEADS, "main.py": text + COMPILED.format(head="one")}, "main.py") == [
        "KV409"
    ]


def test_imports_in_a_circle_end(tmp_path: Path) -> None:
    there = {
        "a.py": "import keras\nimport b\nLAST = 'sigmoid'\n\ndef head():\n    return keras.layers.Dense(1, b.last())\n",
        "b.py": "from a import LAST\nimport a\n\ndef last():\n    return a.LAST\n",
        "main.py": "import keras\nfrom a import head\n" + COMPILED.format(head="head()"),
    }
    assert findings(tmp_path, there, "main.py") == ["KV409"]


def test_a_name_that_imports_itself_is_unknown(tmp_path: Path) -> None:
    there = {
        "a.py": "from b import x\n",
        "b.py": "from a import x\n",
        "main.py": "import keras\nfrom a import x\n" + COMPILED.format(head="keras.layers.Dense(1, x)"),
    }
    assert findings(tmp_path, there, "main.py") == []


def test_other_files_leave_a_budget(tmp_path: Path) -> None:
    """What a file uses may be large; the file itself is read all the same."""
    steps = "".join(f"    x{i} = [n + {i} for n in range(40)]\n" for i in range(400))
    calls = "\n".join(f"y{i} = work({i})" for i in range(40))
    model = COMPILED.format(head="keras.layers.Dense(1, 'sigmoid')")
    there = {
        "busy.py": f"def work(n):\n{steps}    return n\n{calls}\n",
        "main.py": f"import keras\nimport busy\nz = busy.y1\n\n\ndef make():\n    {model}\n".replace(
            "\nmodel.", "\n    model."
        ),
    }
    assert findings(tmp_path, there, "main.py") == ["KV409"]


def test_inspect_shows_what_is_imported(tmp_path: Path) -> None:
    """Also what nothing in the file has used yet."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "sizes.py").write_text("SIZE = 3\n", encoding="utf-8")
    main = tmp_path / "main.py"
    main.write_text("from sizes import SIZE\n", encoding="utf-8")
    told = CliRunner().invoke(kvlint, ["inspect", str(main)])
    assert "SIZE: 3" in told.output
