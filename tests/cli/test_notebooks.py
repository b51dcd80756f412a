"""Notebooks linted, fixed and shown: cell by cell, nothing else touched, still notebooks afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kerasvae_lint import LintError, fix_source, lint_source
from tests.cli.conftest import FIXED, SAFE, UNSAFE, Run
from tests.source.notebooks import LAYOUTS, cell, document, version_3

Layout = Callable[[Any], bytes]
IMPORT = "import tensorflow as tf"
BODY = SAFE.removeprefix(IMPORT).strip()
MENDED = FIXED.removeprefix(IMPORT).strip()
CALL = "x.add_loss(tf.reduce_mean(x), inputs=x)"
CALLED = "x.add_loss(tf.reduce_mean(x))"


def written(project: Path, *cells: Any, name: str = "t.ipynb", layout: Layout = LAYOUTS["Jupyter"]) -> bytes:
    """A notebook of these cells in the project; plain text is a code cell."""
    made = [cell(item) if isinstance(item, str) else item for item in cells]
    data = layout(document(made))
    (project / name).write_bytes(data)
    return data


def codes(project: Path, name: str = "t.ipynb") -> list[str]:
    """The text of all cells of a notebook."""
    made = json.loads((project / name).read_bytes())
    return ["".join(item["source"]) for item in made["cells"]]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("version", [4, 3])
def test_only_the_cell_changes(run: Run, project: Path, layout: Layout, version: int) -> None:
    make = document if version == 4 else version_3
    texts = [cell("# 損失 <b>", "markdown"), cell(IMPORT), cell(BODY), cell("print('損失')  # a/b <c>\n"), cell("")]
    data = layout(make(texts))
    (project / "t.ipynb").write_bytes(data)
    result = run("--fix", ".")
    assert (result.exit_code, result.stdout) == (0, "Found 1 finding (1 fixed, 0 remaining).\n")
    texts[2] = cell(MENDED)
    assert (project / "t.ipynb").read_bytes() == layout(make(texts))
    assert (project / "t.ipynb").read_bytes() != data
    assert run("--fix", ".").stdout == "No findings in 1 file.\n"


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5])
def test_a_fixed_notebook_is_valid(run: Run, project: Path, minor: int) -> None:
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell(IMPORT),
        nbformat.v4.new_raw_cell("raw"),
        nbformat.v4.new_code_cell(BODY, outputs=[nbformat.v4.new_output("stream", text="1\n2\n")], execution_count=2),
    ]
    for number, item in enumerate(made.cells):
        if minor < 5:
            del item["id"]
        else:
            item["id"] = f"cell-{number}"
    made.nbformat_minor = minor
    nbformat.validate(made)
    nbformat.write(made, project / "t.ipynb")
    assert run("--fix", "t.ipynb").exit_code == 0
    after = nbformat.read(project / "t.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(after)
    assert after.cells[3].source == MENDED
    assert after.cells[3].outputs == made.cells[3].outputs
    made.cells[3].source = MENDED
    nbformat.write(made, project / "expected.ipynb")
    assert (project / "t.ipynb").read_bytes() == (project / "expected.ipynb").read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"%matplotlib inline\n{CALL}", f"%matplotlib inline\n{CALLED}", id="line magic"),
        pytest.param(f"!pip install \\\n  x\n{CALL}\n!ls", f"!pip install \\\n  x\n{CALLED}\n!ls", id="shell"),
        pytest.param(f"%%time\n{CALL}", f"%%time\n{CALLED}", id="cell magic"),
        pytest.param(f"\n%%capture out\n{CALL}\n", f"\n%%capture out\n{CALLED}\n", id="cell magic below a blank line"),
        pytest.param(f"files = !ls *.py\n{CALL}", f"files = !ls *.py\n{CALLED}", id="assigned shell"),
        pytest.param(f"?tf.nn\ntf.nn??\n{CALL}", f"?tf.nn\ntf.nn??\n{CALLED}", id="help"),
        pytest.param(f"%time {CALL}", f"%time {CALLED}", id="timed line"),
        pytest.param(f"if x:\n    %timeit -n 1 {CALL}", f"if x:\n    %timeit -n 1 {CALLED}", id="timed, indented"),
        pytest.param(f"\n  {CALL}\n  %time {CALL}", f"\n  {CALLED}\n  %time {CALLED}", id="indented as a whole"),
        pytest.param(f"pip install x\n{CALL}", f"pip install x\n{CALLED}", id="magic without its sign"),
        pytest.param(f"print('x = %s' % x)\n{CALL}", f"print('x = %s' % x)\n{CALLED}", id="a string like a magic"),
        pytest.param(f"{CALL};", f"{CALLED};", id="semicolon"),
        pytest.param(f"{CALL}\n\n\n", f"{CALLED}\n\n\n", id="newlines at the end"),
        pytest.param(f"{CALL}\r\ny = 1\r\n", f"{CALLED}\r\ny = 1\r\n", id="CRLF in the cell"),
        pytest.param(f"s = 'é漢\U0001f600'; {CALL}", f"s = 'é漢\U0001f600'; {CALLED}", id="wide characters"),
    ],
)
def test_magics_stay(run: Run, project: Path, before: str, after: str) -> None:
    written(project, IMPORT, "%%bash\necho import tensorflow\n", before, "y = 1", cell("%raw", "raw"))
    assert run("--fix", ".").exit_code == 0
    assert codes(project) == [IMPORT, "%%bash\necho import tensorflow\n", after, "y = 1", "%raw"]
    assert run(".").stdout == "No findings in 1 file.\n"


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
def test_lines_that_are_put_into_an_indented_cell_are_indented_too(run: Run, project: Path, indent: str) -> None:
    lines = [
        "d = keras.Sequential([keras.layers.Dense(1)])",
        "d.compile('adam', 'mse')",
        "d.trainable = False",
        "g = keras.Sequential([keras.layers.Dense(4), d])",
        "g.compile('adam', 'mse')",
        "for _ in range(3):",
        "    d.train_on_batch(x, y)",
        "    g.train_on_batch(x, y)",
    ]
    mended = [*lines[:6], "    d.trainable = True", lines[6], "    d.trainable = False", lines[7]]
    written(project, "from tensorflow import keras", "\n".join(indent + line for line in lines))
    assert run("--fix", "--unsafe-fixes", ".").exit_code == 0
    assert codes(project)[1] == "\n".join(indent + line for line in mended)


def test_cells_that_are_no_python_stay(run: Run, project: Path) -> None:
    broken = f"print 'x'\n{CALL}"
    written(project, IMPORT, broken, BODY, "x = (", "%%R\nx <- 1")
    assert run("--diff", ".").stderr.count("error:") == 2
    result = run("--fix", ".")
    assert result.exit_code == 2
    assert codes(project) == [IMPORT, broken, MENDED, "x = (", "%%R\nx <- 1"]
    assert [line.split(" error:")[0] for line in result.stderr.splitlines()] == [
        "t.ipynb:cell 2:1:1:",
        "t.ipynb:cell 4:1:5:",
    ]


def test_places_are_the_cell_s_own(run: Run, project: Path) -> None:
    written(project, IMPORT, f"%matplotlib inline\nif tf:\n    %time {CALL}")
    result = run(".")
    place = 1 + f"    %time {CALL}".index("inputs")
    assert result.stdout.startswith(f"t.ipynb:cell 2:3:{place}: KV602 [*]")
    [_, shown, under] = [line for line in result.stdout.splitlines() if "|" in line][:3]
    assert shown == f"3 |     %time {CALL}"
    assert under.index("^") == shown.index("inputs")
    [item] = json.loads(run(".", "--output-format", "json").stdout)
    [edit] = item["fix"]["edits"]
    assert (edit["cell"], edit["location"]["row"]) == (2, 3)
    assert edit["location"]["column"] == place - len(", ")


def test_places_in_a_cell_that_is_indented_as_a_whole(run: Run, project: Path) -> None:
    written(project, IMPORT, f"   if tf:\n     {CALL}")
    place = 1 + f"     {CALL}".index("inputs")
    assert run(".", "--output-format", "concise").stdout.startswith(f"t.ipynb:cell 2:2:{place}: KV602")


def test_the_diff_shows_cells(run: Run, project: Path) -> None:
    data = written(project, IMPORT, BODY, cell("text", "markdown"), CALL)
    result = run("--diff", ".")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line[:1] in "+-"] == [
        "--- t.ipynb:cell 2",
        "+++ t.ipynb:cell 2",
        "-        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)",
        "+        self.add_loss(tf.reduce_mean(inputs))",
        "--- t.ipynb:cell 4",
        "+++ t.ipynb:cell 4",
        f"-{CALL}",
        f"+{CALLED}",
    ]
    assert "No newline" not in result.stdout
    assert result.stderr == "Would fix 2 findings.\n"
    assert (project / "t.ipynb").read_bytes() == data


def test_standard_input(run: Run) -> None:
    texts = [cell(IMPORT), cell(BODY)]
    data = LAYOUTS["CRLF"](document(texts))
    result = run("--fix", "-", "--stdin-filename", "t.ipynb", stdin=data)
    assert result.exit_code == 0
    assert result.stdout_bytes == LAYOUTS["CRLF"](document([cell(IMPORT), cell(MENDED)]))
    assert "1 fixed" in result.stderr


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"cells": 1}', b'{"cells": []}', b"keras \xff", b"keras"])
def test_standard_input_is_never_lost(run: Run, data: bytes) -> None:
    assert run("--fix", "-", "--stdin-filename", "t.ipynb", stdin=data).stdout_bytes == data


def test_unsafe_fixes_are_asked_for(run: Run, project: Path) -> None:
    data = written(project, UNSAFE)
    assert "1 fixable with --unsafe-fixes" in run("--fix", ".").stdout
    assert (project / "t.ipynb").read_bytes() == data
    assert run("--fix", "--unsafe-fixes", ".").exit_code == 0
    assert "update_state(inputs)" in codes(project)[0]


def test_suppressions_hold_in_a_cell(run: Run, project: Path) -> None:
    noted = [CALL + "  # noqa: KV602", CALL + "  # kvlint: ignore[KV602]", CALL + "  # noqa"]
    written(project, IMPORT, *noted)
    assert run(".").stdout == "No findings in 1 file.\n"
    written(project, IMPORT, *noted, CALL)
    assert run(".", "--output-format", "concise").stdout.startswith("t.ipynb:cell 5:1:")


def test_a_suppression_of_nothing_is_taken_out_of_its_cell(run: Run, project: Path) -> None:
    written(project, IMPORT, "%%time\nx = 1  # noqa: KV602", "# kvlint: ignore[KV101]", CALL)
    assert run(".", "--output-format", "concise").stdout.startswith("t.ipynb:cell 2:2:8: KV001 [*]")
    assert run("--fix", ".").exit_code == 0
    assert codes(project) == [IMPORT, "%%time\nx = 1", "", CALLED]


def test_a_skipped_notebook_is_left_alone(run: Run, project: Path) -> None:
    data = written(project, IMPORT, BODY, "# kvlint: skip-file")
    assert run("--fix", ".").exit_code == 0
    assert (project / "t.ipynb").read_bytes() == data


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "display_name": "R"}},
        {"kernelspec": {"name": "julia-1.10", "language": "julia"}},
        {"language_info": {"name": "R"}, "kernelspec": {"name": "python3", "language": "python"}},
        {"language": "Julia"},
    ],
)
def test_notebooks_of_other_kernels_are_left_alone(run: Run, project: Path, metadata: dict[str, Any]) -> None:
    data = LAYOUTS["Jupyter"](document([cell(IMPORT), cell(CALL), cell("x <- 1")], **metadata))
    (project / "t.ipynb").write_bytes(data)
    assert (run("--fix", ".").exit_code, (project / "t.ipynb").read_bytes()) == (0, data)


@pytest.mark.parametrize("name", ["python3", "conda-env-tf-py", "tf2.16", ""])
def test_notebooks_of_any_python_kernel_are_read(run: Run, project: Path, name: str) -> None:
    made = document([cell(IMPORT), cell(CALL)], kernelspec={"name": name, "display_name": name})
    (project / "t.ipynb").write_bytes(LAYOUTS["Jupyter"](made))
    assert run(".").exit_code == 1


@pytest.mark.parametrize("told", [{"vscode": {"languageId": "sql"}}, {"kernel": "R"}])
def test_cells_of_other_languages_are_left_alone(run: Run, project: Path, told: dict[str, Any]) -> None:
    other = cell("library(keras)  $") | {"metadata": told}
    written(project, IMPORT, other, CALL)
    assert run("--fix", ".").exit_code == 0
    assert codes(project) == [IMPORT, "library(keras)  $", CALLED]


def test_a_large_notebook_is_judged_by_its_code(run: Run, project: Path) -> None:
    picture = cell(BODY) | {"outputs": [{"data": {"image/png": "A" * 2_500_000}, "output_type": "display_data"}]}
    written(project, IMPORT, picture)
    assert run("--fix", ".").exit_code == 0
    assert codes(project) == [IMPORT, MENDED]


def test_the_python_api_fixes_notebooks() -> None:
    text = LAYOUTS["tabs"](document([cell(IMPORT), cell(BODY)])).decode()
    done = fix_source(text, "t.ipynb")
    assert done.text == LAYOUTS["tabs"](document([cell(IMPORT), cell(MENDED)])).decode()
    assert [(finding.code, finding.cell) for finding in done.fixed] == [("KV602", 2)]
    assert (done.remaining, lint_source(done.text, "t.ipynb")) == ([], [])
    with pytest.raises(LintError, match="broken JSON"):
        fix_source("{", "t.ipynb")
