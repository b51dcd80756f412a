"""SARIF: valid by the published schema, and what it says is what a reader of it finds in the files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kerasvae_lint import lint_source
from kerasvae_lint.core import Finding, Note, Position, Problem
from kerasvae_lint.report.places import Places
from kerasvae_lint.report.rule_info import RuleInfo
from kerasvae_lint.report.sarif import sarif
from tests.report.builders import SAFE, UNSAFE, finding
from tests.report.sarif_schema import fixed, mistakes, path_of, shown

RULES = {
    "KV101": RuleInfo(
        "KV101",
        "trainable-schedule",
        "A schedule's variable is trainable.",
        "A schedule's variable is trainable.\n\n## What it finds\nA variable `{x}`\nof a layer.\n\n## Fix\nSafe.",
        recipe="kl-annealing",
        url="https://example.org/rules/KV101/",
    )
}
ADD_LOSS = """\
import tensorflow as tf


class Penalty(tf.keras.layers.Layer):
    def call(self, inputs):
        \U0001d4c1 = "\U0001f600"; self.add_loss(tf.reduce_mean(inputs), inputs=inputs)  # \u640d
        return inputs
"""
MENDED = ADD_LOSS.replace(", inputs=inputs", "")


def run_of(
    findings: list[Finding],
    problems: list[Problem] | None = None,
    *,
    base: str = "/nowhere",
    texts: dict[str, bytes] | None = None,
) -> dict[str, Any]:
    """The one run of a log, which has been checked against the schema."""
    log = json.loads(sarif(findings, problems or [], Places(base, texts), version="1.2.3", rules=RULES))
    assert mistakes(log) == []
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    assert isinstance(run, dict)
    return run


def linted(name: str, text: str) -> list[Finding]:
    found = lint_source(text, name)
    assert [item.code for item in found] == ["KV602"]
    return found


def test_the_schema_refuses_what_is_wrong() -> None:
    log = json.loads(sarif([finding()], [], Places("/nowhere"), version="1.2.3", rules={}))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    log["runs"][0]["results"][0]["level"] = "fatal"
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b.py"
    assert len(mistakes(log)) == 3


def test_a_run_without_findings() -> None:
    run = run_of([])
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"], driver["rules"]) == ("kvlint", "1.2.3", [])


def test_the_rule_is_described() -> None:
    run = run_of([finding(), finding((3, 1), (3, 2)), finding(code="ZZ1", name="of-another-pack")])
    first, other = run["tool"]["driver"]["rules"]
    assert (first["id"], first["name"]) == ("KV101", "trainable-schedule")
    assert first["shortDescription"]["text"] == "A schedule's variable is trainable."
    assert first["fullDescription"]["text"] == "A variable `{x}` of a layer."
    assert "## Fix\nSafe." in first["help"]["markdown"]
    assert "kvlint recipe kl-annealing" in first["help"]["text"]
    assert first["helpUri"] == "https://example.org/rules/KV101/"
    assert first["defaultConfiguration"] == {"level": "error"}
    assert first["properties"]["tags"] == ["keras"]
    assert (other["id"], other["name"]) == ("ZZ1", "of-another-pack")
    assert [(item["ruleId"], item["ruleIndex"]) for item in run["results"]] == [
        ("KV101", 0),
        ("KV101", 0),
        ("ZZ1", 1),
    ]


def test_only_a_stale_comment_is_a_warning() -> None:
    run = run_of([finding(code="KV001", name="unused-suppression"), finding()])
    assert [item["level"] for item in run["results"]] == ["warning", "error"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_region_and_the_fix_are_those_of_the_file(newline: str) -> None:
    text = ADD_LOSS.replace("\n", newline)
    found = linted("/p/a.py", text)
    run = run_of(found, base="/p", texts={"/p/a.py": text.encode()})
    [result] = run["results"]
    assert shown(text, result["locations"][0]) == "inputs=inputs"
    assert result["locations"][0]["physicalLocation"]["region"]["snippet"] == {"text": "inputs=inputs"}
    assert run["columnKind"] == "utf16CodeUnits"
    assert newline in run["newlineSequences"]
    [fix] = result["fixes"]
    assert fixed(text, fix) == MENDED.replace("\n", newline)
    assert (
        fix["artifactChanges"][0]["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]
    )
    assert fix["properties"] == {"applicability": "safe"}


def test_an_unsafe_fix_says_so_and_an_empty_one_is_none() -> None:
    assert "fixes" not in run_of([finding(fix=UNSAFE)])["results"][0]
    edits = SAFE.edits
    unsafe = run_of([finding(fix=type(SAFE)(UNSAFE.applicability, "Look", edits))])["results"][0]["fixes"][0]
    assert unsafe["properties"] == {"applicability": "unsafe"}
    assert "unsafe" in unsafe["description"]["text"]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("version", [3, 4])
def test_a_notebook_is_placed_and_fixed_in_its_json(
    indent: int | None, ascii_only: bool, as_list: bool, version: int
) -> None:
    source = ADD_LOSS.splitlines(keepends=True) if as_list else ADD_LOSS
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": '\u00e9 {"cells": ["x"]}'},
        {"cell_type": "code", "outputs": [{"text": ["source"]}], "source" if version == 4 else "input": source},
    ]
    body = {"nbformat": version, "metadata": {"cells": []}}
    notebook = {**body, "cells": cells} if version == 4 else {**body, "worksheets": [{"cells": cells}]}
    text = json.dumps(notebook, indent=indent, ensure_ascii=ascii_only)
    found = linted("/p/n.ipynb", text)
    [result] = run_of(found, base="/p", texts={"/p/n.ipynb": text.encode()})["results"]
    [location] = result["locations"]
    assert shown(text, location) == "inputs=inputs"
    assert result["message"]["text"].startswith("Cell 2, line 6: ")
    [cell] = location["logicalLocations"]
    assert cell["name"] == "cell 2"
    assert cell["fullyQualifiedName"] == ("/cells/1" if version == 4 else "/worksheets/0/cells/1")
    assert location["properties"]["cellLine"] == 6
    after = json.loads(fixed(text, result["fixes"][0]))
    new = (after["cells"] if version == 4 else after["worksheets"][0]["cells"])[1]
    assert "".join(new["source" if version == 4 else "input"]) == MENDED


def test_a_snippet_of_several_lines() -> None:
    texts = {"/p/a.py": "x = f(\r\n  \U0001f600,\r\n)\r\n".encode()}
    items = [finding((1, 5), (2, 4), filename="/p/a.py"), finding((3, 1), (9, 1), filename="/p/a.py")]
    first, second = run_of(items, base="/p", texts=texts)["results"]
    assert first["locations"][0]["physicalLocation"]["region"]["snippet"] == {"text": "f(\n  \U0001f600"}
    assert "snippet" not in second["locations"][0]["physicalLocation"]["region"]


def test_notes_are_related_locations_and_recipes_properties() -> None:
    note = Note("set {here} in x[0](y)", "other.py", Position(3, 1))
    run = run_of([finding(notes=(note, note), recipe="kl-annealing")], base=os.getcwd())
    [result] = run["results"]
    first, second = result["relatedLocations"]
    assert (first["id"], second["id"]) == (0, 1)
    assert path_of(first) == "other.py"
    assert first["physicalLocation"]["region"]["startLine"] == 3
    assert first["message"]["text"] == "set {{here}} in x\\[0](y)"
    assert result["properties"] == {"recipe": "kl-annealing"}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b.py", "a%20b.py"),
        ("\u640d/\u00e9.py", "%E6%90%8D/%C3%A9.py"),
        ("50%#?.py", "50%25%23%3F.py"),
        ("c:x.py", "./c:x.py"),
        ("[1].py", "%5B1%5D.py"),
        ("a\\b.py", "a%5Cb.py"),
        ("\udcff.py", "%FF.py"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="names that only POSIX allows")
def test_addresses_are_relative_and_quoted(name: str, uri: str) -> None:
    run = run_of([finding(filename=f"/p/{name}")], base="/p")
    [location] = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "SRCROOT"}
    assert "uri" not in run["originalUriBaseIds"]["SRCROOT"]
    assert "/p/" not in json.dumps(run)


@pytest.mark.skipif(os.name != "posix", reason="POSIX paths")
def test_a_file_elsewhere_has_its_whole_address() -> None:
    [result] = run_of([finding(filename="/q/a b.py")], base="/p")["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///q/a%20b.py"}


def test_standard_input_has_no_address() -> None:
    run = run_of([finding(filename="-")], texts={"-": b"x\n"})
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"index": 0}
    assert run["artifacts"] == [{"description": {"text": "standard input"}}]


def test_problems_are_notifications() -> None:
    problems = [
        Problem("a.py", "syntax error", Position(3, 7)),
        Problem("gone.py", "no such file"),
        Problem("n.ipynb", "syntax error", Position(1, 1), 3),
    ]
    [invocation] = run_of([], problems, base=os.getcwd())["invocations"]
    assert invocation["executionSuccessful"] is False
    first, second, third = invocation["toolExecutionNotifications"]
    assert (first["level"], first["message"]["text"]) == ("error", "syntax error")
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert third["message"]["text"] == "Cell 3: syntax error"
    assert third["locations"][0]["logicalLocations"][0]["name"] == "cell 3"


def test_fingerprints_stay_when_lines_move_and_differ() -> None:
    def hashes(text: str) -> list[str]:
        lines = text.splitlines()
        items = [finding((row, 1), (row, 2), filename="/p/a.py") for row, line in enumerate(lines, 1) if "K." in line]
        run = run_of(items, base="/p", texts={"/p/a.py": text.encode()})
        return [result["partialFingerprints"]["reportedLinesHash/v1"] for result in run["results"]]

    before = hashes("b = K.variable(0)\nc = K.variable(1)\nb = K.variable(0)\n")
    after = hashes("# new\n\n  b  = K.variable(0)\nc = K.variable(1)\nprint()\nb = K.variable(0)\n")
    assert before == after
    assert len(set(before)) == 3
    assert hashes("b = K.variable(2)\n")[0] not in before


def test_what_no_unicode_can_carry_is_replaced(tmp_path: Path) -> None:
    text = sarif([finding(message="a\udcff\x1b[0m")], [], Places(str(tmp_path)), version="1", rules={})
    text.encode()
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"] == "a\ufffd\x1b[0m"
