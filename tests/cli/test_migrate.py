"""``kvlint migrate``: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run, notebook

OLD = "from keras.layers.core import Dense\nfrom keras import backend as K\n\nlayer = Dense(output_dim=3)\n"
NEW = "from keras.layers import Dense\nfrom keras import backend as K\n\nlayer = Dense(units=3)\n"
LEFT = OLD + "phase = K.learning_phase()\n"


def test_without_write_nothing_changes(run: Run, project: Path) -> None:
    (project / "a.py").write_text(LEFT)
    result = run("migrate", "a.py")
    assert result.exit_code == 1
    assert (project / "a.py").read_text() == LEFT
    lines = result.stdout.splitlines()
    assert lines[0] == "a.py:5:9: left for you [backend]"
    assert " ".join(lines[1].split()).startswith("Keras 3 has no `K.learning_phase`. Take `training` in `call`")
    assert lines[-2:] == [
        "Changes: arguments 1, imports 1.",
        "Would change 1 of 1 file in 2 places; 1 left for you, 0 where Keras 3 computes something else.",
    ]


def test_write_changes_files_and_says_what_is_left(run: Run, project: Path) -> None:
    (project / "a.py").write_text(OLD)
    (project / "b.py").write_text(LEFT)
    result = run("migrate", ".", "--write")
    assert result.exit_code == 1
    assert (project / "a.py").read_text() == NEW
    assert "b.py:5:9: left for you" in result.stdout
    assert "Changed 2 of 2 files in 4 places; 1 left for you" in result.stdout
    again = run("migrate", "a.py", "--write")
    assert (again.exit_code, again.stdout) == (0, "Looked at 1 file: nothing to do for Keras 3.\n")


def test_verbose_says_everything_quiet_what_is_left(run: Run, project: Path) -> None:
    (project / "a.py").write_text(LEFT)
    assert "a.py:1:1: done [imports]" in run("migrate", "a.py", "--verbose").stdout
    quiet = run("migrate", "a.py", "--quiet").stdout
    assert quiet.startswith("a.py:5:9: left for you")
    assert "Would change" not in quiet


def test_diff_is_a_patch(run: Run, project: Path) -> None:
    (project / "a.py").write_text(OLD)
    result = run("migrate", "a.py", "--diff")
    assert result.exit_code == 1
    assert result.stdout.startswith("--- a.py\n+++ a.py\n@@ -1,4 +1,4 @@\n-from keras.layers.core import Dense\n")
    assert (project / "a.py").read_text() == OLD


def test_notebooks(run: Run, project: Path) -> None:
    (project / "a.ipynb").write_text(notebook("from keras.layers.core import Dense\n", "Dense(output_dim=3)"))
    assert "a.ipynb:cell 2" in run("migrate", "a.ipynb", "--diff").stdout
    assert run("migrate", "a.ipynb", "--write").exit_code == 0
    cells = json.loads((project / "a.ipynb").read_text())["cells"]
    assert [cell["source"] for cell in cells] == ["from keras.layers import Dense\n", "Dense(units=3)"]


def test_json_for_programs(run: Run, project: Path) -> None:
    (project / "a.py").write_text(LEFT)
    data = json.loads(run("migrate", "a.py", "--output-format", "json").stdout)
    assert data["to"] == "tensorflow"
    assert data["written"] is False
    assert data["problems"] == []
    assert data["summary"] == {"files": 1, "changed": 1, "done": 2, "not_needed": 0, "left": 1, "differs": 0}
    (file,) = data["files"]
    assert file["path"] == "a.py"
    assert file["changed"]
    left = [line for line in file["lines"] if line["kind"] == "left"]
    assert [(line["step"], line["row"], line["new_row"]) for line in left] == [("backend", 5, 5)]


def test_pins_go_along(run: Run, project: Path) -> None:
    (project / "a.py").write_text(OLD)
    (project / "requirements.txt").write_text("numpy\nkeras==2.2.4  # old\ntensorflow-gpu==1.14\n")
    (project / "environment.yml").write_text("dependencies:\n  - python=3.6\n  - tensorflow=2.3\n")
    result = run("migrate", ".", "--write")
    assert (project / "requirements.txt").read_text() == "numpy\nkeras>=3  # old\ntensorflow[and-cuda]>=2.16\n"
    assert (project / "environment.yml").read_text() == "dependencies:\n  - python=3.6\n  - tensorflow>=2.16\n"
    assert "environment.yml:2:1: left for you [pins]" in result.stdout


def test_what_does_not_parse_ends_with_2(run: Run, project: Path) -> None:
    (project / "a.py").write_text("import keras\nprint 'old'\n")
    (project / "b.py").write_text(OLD)
    result = run("migrate", ".", "--write")
    assert result.exit_code == 2
    assert "a.py" in result.stderr
    assert "Python 2" in result.stderr
    assert (project / "b.py").read_text() == NEW


def test_options_that_do_not_go_together(run: Run, project: Path) -> None:
    (project / "a.py").write_text(OLD)
    assert run("migrate", "a.py", "--diff", "--output-format", "json").exit_code == 2
    assert run("migrate", "a.py", "--synthetic").exit_code == 2
    assert run("migrate", "missing.py").exit_code == 2
    assert "No Python files or notebooks found." in run("migrate", ".", "--exclude", "*.py").stdout


def test_any_backend(run: Run, project: Path) -> None:
    text = (
        "import keras\nimport tensorflow as tf\n\n\nclass Double(keras.layers.Layer):\n"
        "    def call(self, inputs):\n        return tf.exp(inputs)\n\n\nDouble()(keras.Input((3,)))\n"
    )
    (project / "a.py").write_text(text)
    assert run("migrate", "a.py").exit_code == 0
    assert run("migrate", "a.py", "--to", "any", "--write").exit_code == 0
    assert "return ops.exp(inputs)" in (project / "a.py").read_text()
    assert "import tensorflow" not in (project / "a.py").read_text()
