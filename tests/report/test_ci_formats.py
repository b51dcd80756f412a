"""GitHub's workflow commands, GitLab's code quality, JUnit's XML: read back as their readers do."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest

from kerasvae_lint.core import Finding, Note, Position, Problem
from kerasvae_lint.report.github import github
from kerasvae_lint.report.gitlab import gitlab
from kerasvae_lint.report.junit import junit
from kerasvae_lint.report.places import Places
from tests.report.builders import SAFE, finding

NASTY = "a\x00\x1b[31m\x0b\ud800\ufffe <b>&amp; ]]> 100%, x:y\r\nz \U0001f600"
NOTEBOOK = '{\n "cells": [\n  {"cell_type": "markdown", "source": []},\n  {"cell_type": "code",\n'
NOTEBOOK += '   "source": [\n    "a = 1\\n",\n    "b = 2"\n   ]}\n ]\n}\n'
IN_NOTEBOOK = finding((2, 5), (2, 6), filename="/p/n.ipynb", cell=2, message="Why.")
PROBLEMS = [
    Problem("/p/b.py", "syntax error", Position(3, 7)),
    Problem("/p/gone.py", "no such file"),
    Problem("/p/n.ipynb", "syntax error", Position(2, 1), 2),
]


def places(**texts: str) -> Places:
    return Places("/p", {f"/p/{name}": text.encode() for name, text in texts.items()})


IN_P = Places("/p", {"/p/n.ipynb": NOTEBOOK.encode()})


def commands(findings: list[Finding], problems: list[Problem] | None = None) -> list[tuple[str, dict[str, str], str]]:
    """What GitHub's runner reads from the output: kind, properties, message."""
    read = []
    for line in github(findings, problems or [], IN_P):
        assert "\n" not in line
        assert "\r" not in line
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match is not None, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        properties = {key: _unescaped(value, {"%3A": ":", "%2C": ","}) for key, value in pairs}
        read.append((match[1], properties, _unescaped(match[3], {})))
    return read


def _unescaped(text: str, more: dict[str, str]) -> str:
    for code, sign in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(code, sign)
    return text


def test_an_annotation() -> None:
    [read] = commands([finding((2, 3), (2, 9), filename="/p/a b.py", message="Why: 5 %, so.")])
    assert read == (
        "error",
        {
            "file": "a b.py",
            "line": "2",
            "col": "3",
            "endLine": "2",
            "endColumn": "9",
            "title": "KV101 trainable-schedule",
        },
        "a b.py:2:3: KV101 Why: 5 %, so.",
    )


def test_an_annotation_of_several_lines_has_no_columns() -> None:
    [(_, properties, _)] = commands([finding((2, 3), (4, 1), filename="/p/a.py")])
    assert (properties["line"], properties["endLine"]) == ("2", "4")
    assert properties.keys().isdisjoint({"col", "endColumn"})


def test_annotations_escape_what_would_end_them() -> None:
    [line] = github([finding(filename="/p/a,b:50%.py", message="1\r\n::error::2")], [], IN_P)
    assert "file=a%2Cb%3A50%25.py,line=1," in line
    assert line.endswith("::a,b:50%25.py:1:1: KV101 1\\r%0A::error::2")
    [(_, properties, message)] = commands([finding(filename="/p/a,b:50%.py", message=NASTY)])
    assert properties["file"] == "a,b:50%.py"
    assert "\x1b" not in message
    assert "100%, x:y" in message


def test_annotations_of_notebooks_stand_at_the_line_of_the_json() -> None:
    [(_, properties, message)] = commands([IN_NOTEBOOK])
    assert (properties["file"], properties["line"], properties["endLine"]) == ("n.ipynb", "7", "7")
    assert message == "n.ipynb:cell 2:2:5: KV101 Why."


def test_annotations_of_standard_input_name_no_file() -> None:
    read = commands([finding(filename="-")], [Problem("-", "syntax error", Position(1, 1))])
    assert [properties.keys() for _, properties, _ in read] == [{"title"}, {"title"}]
    assert read[0][2].startswith("-:1:1: KV101 ")


def test_annotations_of_problems_and_of_stale_comments() -> None:
    read = commands([finding(code="KV001", name="unused-suppression")], PROBLEMS)
    assert [kind for kind, _, _ in read] == ["warning", "error", "error", "error"]
    assert [properties.get("line") for _, properties, _ in read[1:]] == ["3", None, "7"]
    assert read[1][2] == "b.py:3:7: error: syntax error"
    assert read[2][2] == "gone.py: error: no such file"


def issues(findings: list[Finding], problems: list[Problem] | None = None) -> list[dict[str, Any]]:
    """GitLab's report; each entry has what GitLab asks for, and no two one fingerprint."""
    text = gitlab(findings, problems or [], IN_P)
    text.encode()
    read: list[dict[str, Any]] = json.loads(text)
    for item in read:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= item.keys()
        assert item["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert isinstance(item["location"]["lines"]["begin"], int)
        assert not item["location"]["path"].startswith(("/", "./"))
    assert len({item["fingerprint"] for item in read}) == len(read)
    return read


def test_code_quality() -> None:
    [item] = issues([finding((2, 3), (4, 9), filename="/p/src/\u640d b.py", message="Why.")])
    del item["fingerprint"]
    assert item == {
        "type": "issue",
        "categories": ["Bug Risk"],
        "description": "Why.",
        "check_name": "KV101 trainable-schedule",
        "severity": "major",
        "location": {"path": "src/\u640d b.py", "lines": {"begin": 2, "end": 4}},
    }


def test_code_quality_of_notebooks_problems_and_names_without_unicode() -> None:
    nasty = finding(filename="/p/\udcff.py", message=NASTY)
    read = issues([IN_NOTEBOOK, nasty, nasty], [*PROBLEMS, PROBLEMS[0]])
    assert read[0]["description"] == "Cell 2, line 2: Why."
    assert [item["location"]["lines"]["begin"] for item in read] == [7, 1, 1, 3, 1, 7, 3]
    assert [item["check_name"] for item in read[3:]] == ["kvlint-error"] * 4
    assert issues([]) == []


def test_fingerprints_of_code_quality_outlive_edits_above() -> None:
    def names(text: str) -> list[str]:
        rows = [row for row, line in enumerate(text.splitlines(), 1) if "K." in line]
        items = [finding((row, 1), (row, 2), filename="/p/a.py") for row in rows]
        return [item["fingerprint"] for item in json.loads(gitlab(items, [], places(**{"a.py": text})))]

    assert names("b = K.x(0)\nb = K.x(0)\n") == names("import a\n\nb = K.x(0)\n\n\tb = K.x(0)\n")
    assert names("b = K.x(0)\n") != names("b = K.x(1)\n")


def suites(findings: list[Finding], problems: list[Problem] | None = None) -> ET.Element:
    """The XML, read by a parser; its counts are right, and its tests have different names."""
    text = junit(findings, problems or [], IN_P)
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in (root, *root.iter("testsuite")):
        assert element.get("tests") == str(len([*element.iter("testcase")]))
        assert element.get("failures") == str(len([*element.iter("failure")]))
        assert element.get("errors") == str(len([*element.iter("error")]))
    keys = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(keys)) == len(keys)
    return root


def test_a_file_is_a_suite_and_a_finding_a_failure() -> None:
    note = Note("set here", "/p/b.py", Position(9, 5))
    first = finding((2, 3), (2, 9), filename="/p/a.py", message="Why.", fix=SAFE, notes=(note,), recipe="kl-layer")
    root = suites([first, first, finding(filename="/p/b.py"), IN_NOTEBOOK], PROBLEMS)
    assert [suite.get("name") for suite in root] == ["a.py", "b.py", "n.ipynb", "gone.py"]
    case = root[0][0]
    assert (case.get("name"), case.get("file"), case.get("line")) == ("KV101 trainable-schedule at 2:3", "a.py", "2")
    assert case[0].get("message") == "Why."
    assert case[0].text == (
        "a.py:2:3: KV101 Why.\nnote: b.py:9:5: set here\nhelp: Make the variable non-trainable\n"
        "recipe: kvlint recipe kl-layer"
    )
    assert root[0][1].get("name") == "KV101 trainable-schedule at 2:3 #2"
    assert root[2][0].get("name") == "KV101 trainable-schedule at cell 2:2:5"
    assert root[2][0].get("line") == "7"
    assert [error.text for error in root.iter("error")] == [
        "b.py:3:7: error: syntax error",
        "n.ipynb:cell 2:2:1: error: syntax error",
        "gone.py: error: no such file",
    ]


def test_nothing_found_is_a_test_that_passes() -> None:
    root = suites([])
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "0")


def test_xml_holds_whatever_names_and_messages_hold() -> None:
    name = '/p/\x01\x1b[31m<&">\udcff\n.py'
    item = finding(filename=name, message=NASTY, notes=(Note(NASTY, name, Position(1, 1)),))
    root = suites([item], [Problem(name, NASTY)])
    assert root[0].get("name") == '\\x01\\x1b[31m<&">\\udcff\n.py'
    message = next(root.iter("failure")).get("message")
    assert message == "a\\x00\\x1b[31m\\x0b\\ud800\\ufffe <b>&amp; ]]> 100%, x:y\r\nz \U0001f600"


def test_junitparser_reads_it() -> None:
    text = junit([finding(filename="/p/a.py", message=NASTY), IN_NOTEBOOK], PROBLEMS, IN_P)
    read = junitparser.JUnitXml.fromfile(StringIO(text))
    assert (read.tests, read.failures, read.errors) == (5, 2, 3)
    names = [suite.name for suite in read]
    assert names == ["a.py", "n.ipynb", "b.py", "gone.py"]
    kinds = [type(case.result[0]) for suite in read for case in suite]
    assert kinds.count(junitparser.Failure) == 2
    assert kinds.count(junitparser.Error) == 3


@pytest.mark.parametrize("name", ["a.ipynb", "a.py"])
def test_a_file_that_is_gone_still_has_a_place(tmp_path: Path, name: str) -> None:
    gone = Places(str(tmp_path))
    item = finding((2, 3), (2, 4), filename=str(tmp_path / name), cell=2 if name.endswith("b") else None)
    [line] = github([item], [], gone)
    assert f"file={name},line={1 if item.cell else 2},col={1 if item.cell else 3}," in line
    assert json.loads(gitlab([item], [], gone))[0]["location"]["path"] == name
    assert ET.fromstring(junit([item], [], gone).encode())[0].get("name") == name
