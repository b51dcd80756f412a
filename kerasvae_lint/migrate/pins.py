"""The releases that a project asks for: requirements, ``pyproject.toml``, ``environment.yml``, ``setup.py``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from kerasvae_lint.migrate.engine import Line, Migration
from kerasvae_lint.migrate.step import Kind

_NAMES = re.compile(r"(?:.*requirements.*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment.*\.ya?ml)$")
_VERSION = r"\d+(?:\.(?:\d+|\*))*(?:(?:a|b|rc|\.post|\.dev)\d+)?"
_PIN = re.compile(
    r"""(?<![\w./-])(?P<name>tensorflow(?:[-_](?:gpu|cpu|macos|intel))?|[Kk]eras|tf[-_]keras)(?P<extras>\[[^\]\n]*\])?"""
    r"""(?P<gap>[ \t]*(?:=[ \t]*(?=["']))?["']?[ \t]*)"""
    rf"""(?P<spec>(?:[=<>!~^]=?=?[ \t]*{_VERSION}[ \t]*,?[ \t]*)+(?:=\w+)?)"""
)
_CLAUSE = re.compile(r"([=<>!~^]=?=?)\s*(\d+)(?:\.(\d+))?")
_FIRST = {"tensorflow": (2, 16), "keras": (3, 0)}
_TODAY = {"tensorflow": ">=2.16", "keras": ">=3"}
_PYTHON = re.compile(r"""(?<![\w./-])python(?:_requires)?(?P<gap>\s*=?\s*["']?)(?P<spec>[=<>~^]=?=?\s*\d[\d.*]*)""")
_OLDEST_PYTHON = (3, 9)


def pin_files(folders: Iterable[str]) -> list[str]:
    """The files of some folders that say which releases are wanted."""
    found = []
    for folder in {os.path.normpath(folder): folder for folder in reversed(list(folders))}.values():
        try:
            names = sorted(os.listdir(folder or "."))
        except OSError:
            continue
        found += [
            os.path.join(folder, name) if folder not in {"", "."} else name for name in names if _NAMES.match(name)
        ]
    return found


def migrate_pins(data: bytes, filename: str) -> Migration:
    """The bytes of such a file with TensorFlow from 2.16 on and Keras from 3 on; everything else stays."""
    result = Migration(filename, data, data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return result
    edits = list(_edits(text, filename, result.lines))
    new = text
    for start, end, content in reversed(edits):
        new = new[:start] + content + new[end:]
    result.lines += _pythons(text, filename)
    if new != text:
        result.old, result.new, result.after = text, new, new.encode("utf-8")
    return result


def _edits(text: str, filename: str, lines: list[Line]) -> Iterator[tuple[int, int, str]]:
    for match in _PIN.finditer(text):
        name = match["name"].lower().replace("_", "-")
        if text[text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip().startswith("#"):
            continue
        row = text.count("\n", 0, match.start()) + 1
        if name == "tf-keras":
            what = (
                f"`{match[0].strip()}`: tf-keras is Keras 2; leave it out if nothing asks for it"
                " (TensorFlow Probability does)."
            )
            lines.append(Line(Kind.LEFT, "pins", what, filename, row, new_row=row))
            continue
        family = "keras" if name == "keras" else "tensorflow"
        if _is_new(match["spec"], family):
            continue
        spec = match["spec"]
        kept = spec[len(spec.rstrip()) :]
        if name == "tensorflow-gpu" and not match["extras"]:
            yield match.start("name"), match.end("name"), "tensorflow[and-cuda]"
        yield match.start("spec"), match.end("spec"), _TODAY[family] + kept
        what = f"`{match[0].strip()}` asks for {family} from {_TODAY[family][2:]} on, which has Keras 3"
        if name == "tensorflow-gpu":
            what += "; `tensorflow-gpu` is `tensorflow[and-cuda]` now"
        lines.append(Line(Kind.DONE, "pins", what, filename, row))


def _is_new(spec: str, family: str) -> bool:
    """True if it asks for nothing older than Keras 3, and allows that."""
    clauses = [(operator, (int(major), int(minor or 0))) for operator, major, minor in _CLAUSE.findall(spec)]
    first = _FIRST[family]
    bottom = [version for operator, version in clauses if operator in {">=", ">", "==", "=", "~=", "^"}]
    top = [version for operator, version in clauses if operator in {"<", "<="}]
    return bool(bottom) and min(bottom) >= first and all(version > first for version in top)


def _pythons(text: str, filename: str) -> Iterator[Line]:
    for match in _PYTHON.finditer(text):
        clause = _CLAUSE.search(match["spec"])
        if clause is None:
            continue
        version = (int(clause[2]), int(clause[3] or 0))
        if clause[1] in {"==", "=", "~=", "^", "<", "<="} and version < _OLDEST_PYTHON and version[0] in {2, 3}:
            row = text.count("\n", 0, match.start()) + 1
            what = f"`{match[0].strip()}`: TensorFlow with Keras 3 needs Python 3.9 at least."
            yield Line(Kind.LEFT, "pins", what, filename, row, new_row=row)
