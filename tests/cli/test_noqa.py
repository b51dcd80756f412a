"""``kvlint check --add-noqa``: what is found is silenced by comments, and by nothing else."""

from __future__ import annotations

import ast
import codecs
import json
import os
from pathlib import Path

import pytest

from kerasvae_lint.run.noqa import merged
from tests.cli.conftest import SAFE, UNSAFE, Run, notebook

HEAD = "import tensorflow as tf\n\n\nclass Penalty(tf.keras.layers.Layer):\n    def call(self, inputs):\n"
TAIL = "        return inputs\n"
LOSS = "        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)"
WRAPPED = "        self.add_loss(\n            tf.reduce_mean(inputs),\n            inputs=inputs"
CONDITION = "        if self.add_loss(tf.reduce_mean(inputs), inputs=inputs) \\\n               "


def program(*lines: str) -> str:
    """A layer whose ``call`` has these lines."""
    return HEAD + "".join(f"{line}\n" for line in lines) + TAIL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LOSS, LOSS + "  # noqa: KV602"),
        (LOSS + " \t", LOSS + "  # noqa: KV602"),
        (LOSS + "  # why", LOSS + "  # why  # noqa: KV602"),
        (LOSS + "  # type: ignore", LOSS + "  # type: ignore  # noqa: KV602"),
        (LOSS + "  # noqa: E501", LOSS + "  # noqa: E501, KV602"),
        (LOSS + "  # noqa:E501,W291 long", LOSS + "  # noqa:E501,W291, KV602 long"),
        (LOSS + "  # kvlint: ignore[]", LOSS + "  # kvlint: ignore[KV602]"),
        (f"{WRAPPED},\n        )", f"{WRAPPED},  # noqa: KV602\n        )"),
        (f"{WRAPPED}, \\\n        )", f"{WRAPPED}, \\\n        )  # noqa: KV602"),
        (f'{WRAPPED} or """\n  one\n""")', f'{WRAPPED} or """\n  one\n""")  # noqa: KV602'),
        (f"{CONDITION} and 1:\n            pass", f"{CONDITION} and 1:  # noqa: KV602\n            pass"),
        (
            WRAPPED.replace("(\n", "(  # noqa: E501\n", 1) + ")",
            WRAPPED.replace("(\n", "(  # noqa: E501, KV602\n", 1) + ")",
        ),
    ],
)
def test_where_a_comment_goes(run: Run, project: Path, before: str, after: str) -> None:
    (project / "a.py").write_text(program(before))
    assert "KV602" in run("a.py").stdout
    result = run("--add-noqa", "a.py")
    assert (result.exit_code, result.stderr) == (0, "Added 1 noqa comment in 1 file.\n")
    text = (project / "a.py").read_text()
    assert text == program(after)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(program(before)))
    assert run("a.py").exit_code == 0


def test_codes_of_one_line_share_a_comment_and_twice_is_once(run: Run, project: Path) -> None:
    line = "        self.add_loss(self.add_metric(inputs, name='x'), inputs=inputs)"
    (project / "a.py").write_text(program(line))
    (project / "b.py").write_text(SAFE)
    assert "Added 2 noqa comments in 2 files." in run("--add-noqa", ".").stderr
    text = (project / "a.py").read_text()
    assert line + "  # noqa: KV602, KV603\n" in text
    again = run("--add-noqa", ".")
    assert (again.exit_code, again.stderr) == (0, "Added no noqa comments.\n")
    assert (project / "a.py").read_text() == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("bom", "cookie"), [(b"", ""), (codecs.BOM_UTF8, ""), (b"", "# coding: latin-1\n")])
def test_bytes_stay(run: Run, project: Path, newline: str, bom: bytes, cookie: str) -> None:
    encoding = "latin-1" if cookie else "utf-8"
    text = cookie + program("        s = 'é'", LOSS).replace(TAIL, TAIL.rstrip("\n"))
    path = project / "a.py"
    path.write_bytes(bom + text.replace("\n", newline).encode(encoding))
    path.chmod(0o640)
    assert run("--add-noqa", ".").exit_code == 0
    expected = text.replace(LOSS, LOSS + "  # noqa: KV602")
    assert path.read_bytes() == bom + expected.replace("\n", newline).encode(encoding)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640


def test_a_suppression_of_nothing_is_left_for_fix(run: Run, project: Path) -> None:
    text = program(LOSS, "        x = 1  # noqa: KV101")
    (project / "a.py").write_text(text)
    result = run("--add-noqa", "a.py", "--output-format", "concise")
    assert result.exit_code == 1
    assert "KV001 [*]" in result.stdout
    assert (project / "a.py").read_text() == text.replace(LOSS, LOSS + "  # noqa: KV602")
    assert run("--fix", "a.py").exit_code == 0


def test_cells_get_comments_and_nothing_else_changes(run: Run, project: Path) -> None:
    made = json.loads(notebook("%matplotlib inline\n" + SAFE, "x = ("))
    (project / "n.ipynb").write_text(json.dumps(made, indent=3))
    result = run("--add-noqa", ".", "--output-format", "concise")
    assert result.stderr.startswith("Added 1 noqa comment in 1 file.\n")
    assert (result.exit_code, result.stdout.count("KV")) == (2, 0)
    source = made["cells"][0]["source"].split("\n")
    line = next(number for number, text in enumerate(source) if "add_loss" in text)
    source[line] += "  # noqa: KV602"
    made["cells"][0]["source"] = "\n".join(source)
    assert (project / "n.ipynb").read_text() == json.dumps(made, indent=3)
    assert run("--add-noqa", ".").stderr.startswith("Added no noqa comments.\n")


def test_code_behind_a_magic_gets_one_too(run: Run, project: Path) -> None:
    timed = SAFE.splitlines()[0] + "\n%time x = tf.keras.layers.Layer().add_loss(tf.constant(1.0), inputs=3)"
    (project / "n.ipynb").write_text(notebook(timed))
    assert "n.ipynb:cell 1:2:62: KV602" in run(".").stdout
    assert run("--add-noqa", ".").exit_code == 0
    assert (project / "n.ipynb").read_text() == notebook(f"{timed}  # noqa: KV602")
    assert run(".").exit_code == 0


def test_what_can_not_be_written_is_a_problem(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "a.py").chmod(0o444)
    (project / "b.py").write_text(UNSAFE)
    (project / "c.py").write_text("import keras\nx = (\n")
    result = run("--add-noqa", ".")
    assert result.exit_code == 2
    assert "a.py: error: can't be written: the file is read-only" in result.stderr
    assert "c.py:" in result.stderr
    assert (project / "a.py").read_text() == SAFE
    assert "# noqa: KV603" in (project / "b.py").read_text()
    assert not list(project.glob(".kvlint-*"))


def test_baselined_findings_get_no_comment(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    run("--baseline", "b.json", "--update-baseline", ".")
    (project / "b.py").write_text(SAFE)
    assert run("--baseline", "b.json", "--add-noqa", ".").exit_code == 0
    assert (project / "a.py").read_text() == SAFE
    assert "# noqa: KV602" in (project / "b.py").read_text()


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("#noqa:E1,e2", "#noqa:E1,e2, KV101"),
        ("# NOQA: E501 W291", "# NOQA: E501 W291, KV101"),
        ("# pragma: no cover ", "# pragma: no cover  # noqa: KV101"),
        ("# fmt: skip", "# fmt: skip  # noqa: KV101"),
        ("# kvlint: ignore[KV102]  # noqa: E501", "# kvlint: ignore[KV102, KV101]  # noqa: E501"),
        ("# kvlint: ignore[ KV102, ]", "# kvlint: ignore[KV102, KV101]"),
    ],
)
def test_merging(comment: str, expected: str) -> None:
    assert merged(comment, {"KV101"}) == expected
