"""Notebooks for tests, in the layouts that writers give them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

_ESCAPE = re.compile(rb"\\u([0-9a-f]{4})")
PICTURE = {"data": {"image/png": "iVBORw0KGgo=\n", "text/plain": ["<Figure>"]}, "output_type": "display_data"}


def cell(source: str | list[str], kind: str = "code", **more: Any) -> dict[str, Any]:
    """A cell; text is split into lines, as nbformat does it."""
    made: dict[str, Any] = {"cell_type": kind, "metadata": {"tags": []}, **more}
    made["source"] = source.splitlines(keepends=True) if isinstance(source, str) else source
    if kind == "code":
        made |= {"execution_count": 3, "outputs": [{**PICTURE, "metadata": {"z": 1e-07, "a": 12345678901234567890123}}]}
    return made


def document(cells: Sequence[dict[str, Any]], minor: int = 4, **metadata: Any) -> dict[str, Any]:
    """A notebook of format 4."""
    return {"metadata": metadata, "cells": list(cells), "nbformat_minor": minor, "nbformat": 4}


def version_3(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The same cells in format 3, in two worksheets."""
    old = []
    for item in cells:
        item = {key: value for key, value in item.items() if key not in {"source", "execution_count"}} | {
            ("input" if item["cell_type"] == "code" else "source"): item["source"]
        }
        old.append(item | ({"language": "python", "outputs": []} if item["cell_type"] == "code" else {}))
    sheets = [{"cells": old[:1], "metadata": {}}, {"cells": old[1:], "metadata": {}}]
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}


def _dumped(**options: Any) -> Callable[[Any], bytes]:
    return lambda notebook: json.dumps(notebook, **options).encode()


def _jupyter(notebook: Any) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _colab(notebook: Any) -> bytes:
    text = json.dumps(notebook, indent=2, ensure_ascii=False)
    for char in "<>&'":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode()


LAYOUTS: dict[str, Callable[[Any], bytes]] = {
    "Jupyter": _jupyter,
    "Colab": _colab,
    "2 spaces": _dumped(indent=2, ensure_ascii=False),
    "4 spaces": _dumped(indent=4),
    "tabs": _dumped(indent="\t"),
    "one line": _dumped(),
    "compact": _dumped(separators=(",", ":")),
    "spaced out": _dumped(separators=(" , ", " : ")),
    "ASCII": _dumped(indent=1, ensure_ascii=True),
    "capital escapes": lambda notebook: _ESCAPE.sub(lambda m: b"\\u" + m[1].upper(), _dumped(indent=1)(notebook)),
    "escaped slashes": lambda notebook: _jupyter(notebook).replace(b"/", b"\\/"),
    "CRLF": lambda notebook: _jupyter(notebook).replace(b"\n", b"\r\n"),
    "BOM": lambda notebook: b"\xef\xbb\xbf" + _jupyter(notebook),
    "newlines at the end": lambda notebook: _jupyter(notebook) + b"\n\n",
}
