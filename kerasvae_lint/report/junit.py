"""JUnit's XML, which every CI server reads: a file is a suite, a finding is a test that fails."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Problem
from kerasvae_lint.report.look import place, printable
from kerasvae_lint.report.places import Places, is_file
from kerasvae_lint.report.rule_info import level

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ILLEGAL = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What XML 1.0 can't hold, not even escaped; and what a terminal or a browser would act on."""


def junit(findings: Iterable[Finding], problems: Iterable[Problem], places: Places) -> str:
    """A document with one suite per file; with nothing to say, one test that passes.

    Servers take a report without tests for a broken one. The names of the tests of a file differ, as
    some servers show only one of a name.
    """
    from xml.etree import ElementTree as ET

    suites: dict[str, Element] = {}
    names: Counter[tuple[str, str]] = Counter()

    def case(filename: str, name: str, line: int | None, kind: str, message: str, text: str) -> None:
        path = _legal(places.path(filename))
        if path not in suites:
            suites[path] = ET.Element("testsuite", name=path)
        names[path, name] += 1
        if names[path, name] > 1:
            name = f"{name} #{names[path, name]}"
        made = _case(suites[path], path, name, line, is_file(filename))
        tag = "failure" if kind != _PROBLEM else "error"
        ET.SubElement(made, tag, type=kind, message=_legal(message)).text = _legal(text)

    for finding in findings:
        path = printable(places.path(finding.filename))
        where = place(path, finding.location, finding.cell)
        name = f"{finding.code} {finding.name} at {where.removeprefix(path + ':')}"
        body = [f"{where}: {finding.code} {finding.message}"]
        for note in finding.notes:
            body.append(
                f"note: {place(printable(places.path(note.filename)), note.location, note.cell)}: {note.message}"
            )
        if finding.fix is not None:
            body.append(f"help: {finding.fix.message}")
        if finding.recipe is not None:
            body.append(f"recipe: kvlint recipe {finding.recipe}")
        line: int | None = places.finding(finding).start_line
        case(finding.filename, name, line, level(finding.code), finding.message, "\n".join(body))
    for problem in problems:
        path = printable(places.path(problem.filename))
        where = place(path, problem.location, problem.cell) if problem.location else path
        text = f"{where}: error: {problem.message}"
        line = None
        if problem.location is not None:
            line = places.region(problem.filename, problem.location, cell=problem.cell).start_line
        case(problem.filename, "can be linted", line, _PROBLEM, problem.message, text)
    if not suites:
        suites[""] = ET.Element("testsuite", name="kvlint")
        _case(suites[""], "kvlint", "no findings")
    return _document(list(suites.values()))


_PROBLEM = "problem"


def _case(suite: Element, path: str, name: str, line: int | None = None, named: bool = False) -> Element:
    from xml.etree import ElementTree as ET

    made = ET.SubElement(suite, "testcase", name=_legal(name), classname=path, time="0")
    if named:
        made.set("file", path)
    if line is not None:
        made.set("line", str(line))
    return made


def _document(suites: list[Element]) -> str:
    from xml.etree import ElementTree as ET

    root = ET.Element("testsuites", name="kvlint")
    for suite in suites:
        _count(suite, suite)
        root.append(suite)
    _count(root, root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _count(element: Element, within: Element) -> None:
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(attribute, str(sum(1 for _ in within.iter(tag))))
    if element.tag == "testsuite":
        element.set("skipped", "0")
    element.set("time", "0")


def _legal(text: str) -> str:
    """``text`` with what XML can't hold spelled out."""
    return _ILLEGAL.sub(lambda match: ascii(match[0])[1:-1], text)
