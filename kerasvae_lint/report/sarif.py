"""SARIF 2.1.0: what code scanning and viewers of static analysis read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from kerasvae_lint.core import Applicability, Finding, Fix, Note, Position, Problem
from kerasvae_lint.report.fingerprints import fingerprints
from kerasvae_lint.report.places import Places, Region, in_cell, is_file, well_formed
from kerasvae_lint.report.rule_info import RuleInfo, level

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "reportedLinesHash/v1"
BASE = "SRCROOT"
_LINK = re.compile(r"\[(?=[^\]]*\]\()")

Json = dict[str, Any]


def sarif(
    findings: Sequence[Finding],
    problems: Sequence[Problem],
    places: Places,
    *,
    version: str,
    rules: Mapping[str, RuleInfo],
    url: str | None = None,
) -> str:
    """A log with one run; of ``rules``, by code, those that have findings are in it.

    Columns count UTF-16 units. No path of the machine is in it unless a file lies outside the base.
    """
    names = {finding.code: finding.name for finding in findings}
    codes = sorted(names)
    described = [rules.get(code) or RuleInfo(code, names[code]) for code in codes]
    driver: Json = {"name": "kvlint", "semanticVersion": version, "version": version}
    if url:
        driver["informationUri"] = url
    driver["rules"] = [_rule(rule) for rule in described]
    hashes = fingerprints(findings, places)
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [_invocation(problems, places)],
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository that was linted."}}},
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\r", "\n"],
        "results": [
            _result(finding, codes.index(finding.code), name, places)
            for finding, name in zip(findings, hashes, strict=True)
        ],
    }
    artifacts = _nameless(findings, problems)
    if artifacts:
        run["artifacts"] = artifacts
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: RuleInfo) -> Json:
    found = rule.section("what it finds") or rule.summary
    made: Json = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": _text(rule.summary or rule.name),
        "fullDescription": _text(found or rule.name),
        "defaultConfiguration": {"level": level(rule.code)},
        "help": _help(rule),
    }
    if rule.url:
        made["helpUri"] = rule.url
    tags = ["keras", *(["preview"] if rule.preview else [])]
    made["properties"] = {
        "tags": tags,
        "precision": "medium" if rule.preview else "high",
        "problem.severity": level(rule.code),
    }
    return made


def _help(rule: RuleInfo) -> Json:
    head = f"# {rule.name} ({rule.code})"
    parts = [head, rule.explanation or rule.summary]
    if rule.recipe:
        parts.append(f"What to write instead: `kvlint recipe {rule.recipe}`.")
    text = "\n\n".join(filter(None, parts))
    return {"text": well_formed(text), "markdown": well_formed(text)}


def _result(finding: Finding, index: int, name: str, places: Places) -> Json:
    region = places.finding(finding)
    location = _location(finding.filename, region, places, finding.cell, finding.location)
    snippet = places.snippet(finding.filename, region, notebook=finding.cell is not None)
    if snippet:
        location["physicalLocation"]["region"]["snippet"] = _text(snippet)
    made: Json = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": level(finding.code),
        "message": _message(f"{in_cell(finding)}{finding.message}"),
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: name},
    }
    if finding.notes:
        made["relatedLocations"] = [_note(number, note, places) for number, note in enumerate(finding.notes)]
    fix = _fix(finding, finding.fix, places) if finding.fix is not None else None
    if fix is not None:
        made["fixes"] = [fix]
    if finding.recipe:
        made["properties"] = {"recipe": finding.recipe}
    return made


def _note(number: int, note: Note, places: Places) -> Json:
    region = places.region(note.filename, note.location, cell=note.cell)
    place = _location(note.filename, region, places, note.cell, note.location)
    return {"id": number, **place, "message": _message(note.message)}


def _location(
    filename: str, region: Region | None, places: Places, cell: int | None = None, inside: Position | None = None
) -> Json:
    """A place in a file; in a notebook with its cell, as a JSON pointer and in words."""
    physical: Json = {"artifactLocation": _artifact(filename, places)}
    if region is not None:
        physical["region"] = _region(region)
    made: Json = {"physicalLocation": physical}
    if cell is not None:
        pointer = places.pointer(filename, cell)
        made["logicalLocations"] = [{"name": f"cell {cell}", "fullyQualifiedName": pointer, "kind": "object"}]
        if inside is not None:
            made["properties"] = {"cell": cell, "cellLine": inside.row, "cellColumn": inside.column}
    return made


def _region(region: Region) -> Json:
    return {
        "startLine": region.start_line,
        "startColumn": region.start_column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _artifact(filename: str, places: Places) -> Json:
    """By its address below the base, else by its whole one; what has no address, by its number."""
    if not is_file(filename):
        return {"index": 0}
    relative = places.relative(filename)
    if relative is not None:
        first = relative.partition("/")[0]
        return {"uri": f"./{_quoted(relative)}" if ":" in first else _quoted(relative), "uriBaseId": BASE}
    path = places.path(filename)
    return {"uri": f"file://{'' if path.startswith('/') else '/'}{_quoted(path)}"}


def _quoted(path: str) -> str:
    return quote(os.fsencode(path), safe="/:@!$&'()*+,;=-._~")


def _nameless(findings: Iterable[Finding], problems: Iterable[Problem]) -> list[Json]:
    """What stands for a file that has no name."""
    names = [*(finding.filename for finding in findings), *(problem.filename for problem in problems)]
    return [] if all(map(is_file, names)) else [{"description": {"text": "standard input"}}]


def _fix(finding: Finding, fix: Fix, places: Places) -> Json | None:
    edits = [places.edit(finding.filename, edit, notebook=finding.cell is not None) for edit in fix.edits]
    replacements = []
    for edit in sorted(filter(None, edits), key=lambda edit: (edit[0].start_line, edit[0].start_column)):
        region, content = edit
        made: Json = {"deletedRegion": _region(region)}
        if content:
            made["insertedContent"] = {"text": well_formed(content)}
        replacements.append(made)
    if not replacements or len(replacements) != len(edits):
        return None
    unsafe = fix.applicability is Applicability.UNSAFE
    return {
        "description": _message(f"{fix.message}{' (unsafe: look at it before it is applied)' if unsafe else ''}"),
        "artifactChanges": [{"artifactLocation": _artifact(finding.filename, places), "replacements": replacements}],
        "properties": {"applicability": fix.applicability.value},
    }


def _invocation(problems: Sequence[Problem], places: Places) -> Json:
    made: Json = {"executionSuccessful": not problems}
    if problems:
        made["toolExecutionNotifications"] = [_notification(problem, places) for problem in problems]
    return made


def _notification(problem: Problem, places: Places) -> Json:
    region = None
    if problem.location is not None or problem.cell is not None:
        region = places.region(problem.filename, problem.location or Position(1, 1), cell=problem.cell)
    where = f"Cell {problem.cell}: " if problem.cell is not None else ""
    return {
        "level": "error",
        "message": _message(f"{where}{problem.message}"),
        "locations": [_location(problem.filename, region, places, problem.cell, problem.location)],
    }


def _text(text: str) -> Json:
    return {"text": well_formed(text)}


def _message(text: str) -> Json:
    """A message as the format wants it: braces doubled, and no word that would pass for a link."""
    return _text(_LINK.sub(r"\\[", text).replace("{", "{{").replace("}", "}}"))
