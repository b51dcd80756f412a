"""A baseline: what is in it is not reported, wherever the lines move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerasvae_lint import Settings, fix_source, lint_paths, lint_source
from tests.cli.conftest import BROKEN, CLEAN, FIXED, SAFE, UNSAFE, Process, Run, notebook

NEW = SAFE.replace("Penalty", "Other").replace("import tensorflow as tf\n\n\n", "\n\n")


@pytest.fixture
def kept(run: Run, project: Path) -> Path:
    """A project with three known findings, its baseline named in its settings."""
    (project / "pyproject.toml").write_text("[tool.kvlint]\nbaseline = 'known.json'\n")
    (project / "src").mkdir()
    (project / "src" / "a.py").write_text(SAFE)
    (project / "b.py").write_text(UNSAFE)
    (project / "n.ipynb").write_text(notebook("x = 1", SAFE))
    result = run("--update-baseline", ".")
    assert (result.exit_code, result.stdout) == (0, "No findings in 3 files.\n")
    assert result.stderr == "known.json: 3 findings in 3 files, 3 new, 0 gone.\n"
    return project


def test_the_file_is_sorted_readable_json(kept: Path) -> None:
    text = (kept / "known.json").read_text()
    assert text == (
        '{\n  "version": 1,\n  "files": {\n'
        '    "b.py": [\n'
        '      {"code": "KV603", "scope": "Measured.call", '
        '"text": "self.add_metric(inputs, name=\\"size\\")", "count": 1}\n'
        "    ],\n"
        '    "n.ipynb": [\n'
        '      {"code": "KV602", "scope": "Penalty.call", '
        '"text": "self.add_loss(tf.reduce_mean(inputs), inputs=inputs)", "count": 1}\n'
        "    ],\n"
        '    "src/a.py": [\n'
        '      {"code": "KV602", "scope": "Penalty.call", '
        '"text": "self.add_loss(tf.reduce_mean(inputs), inputs=inputs)", "count": 1}\n'
        "    ]\n  }\n}\n"
    )
    assert json.loads(text)["version"] == 1


@pytest.mark.parametrize("arguments", [["."], ["src", "b.py", "n.ipynb"], [".", "--no-cache"], [".", "-j", "2"]])
@pytest.mark.parametrize("format", ["text", "concise", "json"])
def test_what_is_known_is_not_reported(run: Run, kept: Path, arguments: list[str], format: str) -> None:  # noqa: A002
    assert kept
    result = run(*arguments, "--output-format", format)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "KV6" not in result.stdout


def test_moved_and_reformatted_it_is_still_known(run: Run, kept: Path) -> None:
    path = kept / "src" / "a.py"
    wrapped = SAFE.replace(
        "self.add_loss(tf.reduce_mean(inputs), inputs=inputs)",
        "self.add_loss(\n            tf.reduce_mean( inputs ),  # words\n            inputs=inputs,\n        )",
    )
    path.write_text("# moved\n" * 100 + wrapped)
    (kept / "n.ipynb").write_text(notebook("y = 2\n" * 9, "z = 3", "x = 1", "# moved\n" + SAFE))
    assert run(".").exit_code == 0
    path.write_text(wrapped.replace("inputs=inputs", "inputs=other"))
    assert "KV602" in run(".").stdout


def test_something_new_is_reported_alone(run: Run, kept: Path) -> None:
    (kept / "src" / "a.py").write_text(SAFE + NEW)
    result = run(".", "--output-format", "concise", "-q")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("src/a.py:12:")


def test_equal_ones_are_counted(run: Run, kept: Path) -> None:
    line = "        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)\n"
    (kept / "src" / "a.py").write_text(SAFE.replace(line, line * 3))
    assert run(".", "-q", "--output-format", "concise").stdout.count("KV602") == 2
    assert "5 findings in 3 files, 2 new, 0 gone." in run("--update-baseline", ".").stderr
    assert '"count": 3}' in (kept / "known.json").read_text()
    assert run(".").exit_code == 0


def test_what_no_longer_occurs_is_told_and_dropped(run: Run, kept: Path) -> None:
    (kept / "src" / "a.py").write_text(FIXED)
    (kept / "b.py").unlink()
    result = run(".", "-v")
    assert result.exit_code == 0
    assert "known.json: 2 entries no longer occur; --update-baseline drops them.\n" in result.stderr
    assert "    src/a.py: KV602 in Penalty.call: self.add_loss(" in result.stderr
    assert "1 finding is in the baseline and not reported.\n" in result.stderr
    assert run(".", "-q").stderr == ""
    assert run("--update-baseline", ".").stderr == "known.json: 1 finding in 1 file, 0 new, 2 gone.\n"
    assert [*json.loads((kept / "known.json").read_text())["files"]] == ["n.ipynb"]


@pytest.mark.parametrize("arguments", [["src"], [".", "--select", "KV603"], ["src/a.py"]])
def test_an_update_keeps_what_the_run_did_not_judge(run: Run, kept: Path, arguments: list[str]) -> None:
    before = (kept / "known.json").read_bytes()
    assert "0 new, 0 gone." in run("--update-baseline", *arguments).stderr
    assert (kept / "known.json").read_bytes() == before


def test_a_file_that_does_not_parse_now_keeps_its_entries(run: Run, kept: Path) -> None:
    before = (kept / "known.json").read_bytes()
    (kept / "src" / "a.py").write_text(BROKEN)
    assert "no longer" not in run(".").stderr
    assert run("--update-baseline", ".").exit_code == 2
    assert (kept / "known.json").read_bytes() == before


def test_from_another_folder_and_by_standard_input(run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kept / "src")
    assert run(".").exit_code == 0
    assert run("a.py", "../b.py").exit_code == 0
    assert run("-", "--stdin-filename", "a.py", stdin="# moved\n" + SAFE).exit_code == 0
    assert run("-", "--stdin-filename", "a.py", stdin=SAFE + NEW).exit_code == 1
    assert run("-", "--stdin-filename", "c.py", stdin=SAFE).exit_code == 1


def test_through_a_link_to_the_project(run: Run, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(kept, target_is_directory=True)
    assert run(str(link)).exit_code == 0
    assert run(str(link / "src" / "a.py"), "--baseline", "known.json").exit_code == 0


def test_a_known_finding_is_not_fixed(run: Run, kept: Path) -> None:
    (kept / "src" / "a.py").write_text(SAFE + NEW)
    assert run("--diff", ".").stdout.count("\n-") == 1
    result = run("--fix", ".")
    assert result.exit_code == 0
    assert (kept / "src" / "a.py").read_text() == SAFE + NEW.replace(", inputs=inputs", "")
    assert run("--fix", "-", "--stdin-filename", "src/a.py", stdin=SAFE).stdout == SAFE


def test_the_cache_does_not_keep_the_verdict(run: Run, kept: Path) -> None:
    assert run(".").exit_code == 0
    (kept / "known.json").write_text('{"version": 1, "files": {}}\n')
    assert run(".").exit_code == 1
    assert run("--update-baseline", ".").exit_code == 0
    assert run(".").exit_code == 0


def test_the_api_knows_it_too(kept: Path) -> None:
    settings = Settings(baseline=str(kept / "known.json"))
    result = lint_paths([kept], settings)
    assert (result.findings, len(result.known), result.gone) == ([], 3, [])
    name = str(kept / "src" / "a.py")
    assert lint_source(SAFE, name, settings) == []
    assert fix_source(SAFE, name, settings).text == SAFE
    assert [finding.code for finding in lint_source(SAFE + NEW, name, settings)] == ["KV602"]
    assert lint_source(notebook(SAFE), str(kept / "n.ipynb"), settings) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< ours\n", "broken baseline: expecting value"),
        ("[]", "not a baseline: it has no version"),
        ('{"version": true}', "not a baseline"),
        ('{"version": 2, "files": {}}', "a newer kvlint wrote this baseline (version 2; this one reads 1)"),
        ('{"version": 1}', "broken baseline: an entry needs code, scope, text and count"),
        ('{"version": 1, "files": {"a.py": [{"code": "KV602"}]}}', "broken baseline: an entry"),
        ('{"version": 1, "files": {"a.py": [{"code": 1, "scope": "", "text": "", "count": 1}]}}', "broken baseline"),
        ("\udcff", "broken baseline: not JSON in UTF-8"),
        (None, "no such baseline; --update-baseline writes it"),
    ],
)
@pytest.mark.parametrize("by_option", [True, False])
def test_one_that_can_not_be_used(run: Run, project: Path, text: str | None, message: str, by_option: bool) -> None:
    (project / "a.py").write_text(SAFE)
    if text is not None:
        (project / "known.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    if not by_option:
        (project / "pyproject.toml").write_text("[tool.kvlint]\nbaseline = 'known.json'\n")
    result = run(".", *(["--baseline", "known.json"] if by_option else []))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "known.json:" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "KV602" not in result.stdout
    if text is not None:
        assert run(".", "--baseline", "known.json", "--update-baseline").exit_code == 2
        assert (project / "known.json").read_bytes() == text.encode("utf-8", "surrogateescape")


def test_an_update_needs_to_know_where(run: Run, project: Path) -> None:
    (project / "a.py").write_text(CLEAN)
    result = run("--update-baseline", ".")
    assert result.exit_code == 2
    assert "--update-baseline needs --baseline FILE" in result.stderr
    result = run("--update-baseline", "--baseline", "no/known.json", ".")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: no/known.json: the baseline can't be written: no such file or directory\n",
    )


def test_workers_take_part(process: Process, project: Path) -> None:
    padding = "# padding\n" * 20_000
    for index in range(4):
        (project / f"m{index}.py").write_text(SAFE + padding)
    assert process(".", "--baseline", "b.json", "--update-baseline", "-j", "2", "--no-cache").returncode == 0
    assert process(".", "--baseline", "b.json", "-j", "2", "--no-cache").returncode == 0
    (project / "m3.py").write_text(SAFE + padding + NEW)
    done = process(".", "--baseline", "b.json", "-j", "2", "--no-cache", "-q", "--output-format", "concise")
    assert [line.split(b":")[0] for line in done.stdout.splitlines()] == [b"m3.py"]


def test_any_script_and_long_lines(run: Run, project: Path) -> None:
    loss = "self.add_loss(tf.reduce_mean(inputs), inputs=inputs)"
    text = SAFE.replace("Penalty", "Verlust").replace(loss, loss[:-1] + f", 损失='{'é' * 400}')")
    (project / "ä.py").write_text(text, encoding="utf-8")
    assert run(".", "--baseline", "b.json", "--update-baseline").exit_code == 0
    written = (project / "b.json").read_text(encoding="utf-8")
    assert '"ä.py"' in written
    assert "损失" in written
    assert max(map(len, written.splitlines())) < 320
    assert run(".", "--baseline", "b.json").exit_code == 0
    (project / "ä.py").write_text(text.replace("é')", "è')"), encoding="utf-8")
    assert run(".", "--baseline", "b.json").exit_code == 1
