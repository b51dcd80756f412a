"""The baseline: findings that are known, kept in a file, and not reported until their code changes.

A finding is known again by its file, its rule, the scope and the text of its logical line (see
:mod:`kerasvae_lint.source.logical`), and by how many such there are: nothing of it moves with the lines.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kerasvae_lint.core import Finding, Settings
from kerasvae_lint.run.config import ConfigError
from kerasvae_lint.source.disk import read_file

if TYPE_CHECKING:
    from kerasvae_lint.source import Source

VERSION = 1
LONGEST = 200


class BaselineError(ConfigError):
    """A baseline that can't be used; one line, with its name."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What stays of a finding when its file is edited elsewhere."""

    scope: str
    text: str
    code: str


Entries = Mapping[str, Counter[Key]]


@dataclass(slots=True)
class Baseline:
    """The known findings of the files around one baseline: ``files`` goes by their names seen from there."""

    path: str
    files: dict[str, Counter[Key]] = field(default_factory=dict)

    def name_of(self, filename: str) -> str:
        """A file as the baseline calls it: relative to its own folder, with slashes; folders without their links."""
        folder, name = os.path.split(os.path.abspath(filename))
        at = os.path.join(_real(folder), name)
        try:
            return os.path.relpath(at, _real(os.path.dirname(self.path))).replace(os.sep, "/")
        except ValueError:  # on another drive
            return at.replace(os.sep, "/")

    def split(
        self, filename: str, findings: Iterable[Finding], source: Source
    ) -> tuple[list[Finding], list[Finding], Counter[Key]]:
        """The new findings of a file, the known ones, and what is known but was not found."""
        left = Counter(self.files.get(self.name_of(filename), ()))
        new, known = [], []
        for finding, key in keyed(findings, source):
            if left[key] > 0:
                left[key] -= 1
                known.append(finding)
            else:
                new.append(finding)
        return new, known, +left


@lru_cache(maxsize=4096)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def load(path: str) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: it is missing, broken, or of a newer kvlint.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise BaselineError(f"{path}: no such baseline; --update-baseline writes it") from None
    except OSError as error:
        raise BaselineError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None
    return _load(path, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=32)
def _load(path: str, *_: int) -> Baseline:
    import json

    try:
        data = json.loads(read_file(path).decode("utf-8-sig"))
    except OSError as error:
        raise BaselineError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None
    except json.JSONDecodeError as error:
        raise BaselineError(f"{path}:{error.lineno}: broken baseline: {error.msg.lower()}") from None
    except (ValueError, RecursionError):
        raise BaselineError(f"{path}: broken baseline: not JSON in UTF-8") from None
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise BaselineError(f"{path}: not a baseline: it has no version")
    if version > VERSION:
        raise BaselineError(f"{path}: a newer kvlint wrote this baseline (version {version}; this one reads {VERSION})")
    try:
        return Baseline(path, {name: _entries(rows) for name, rows in data["files"].items()})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BaselineError(f"{path}: broken baseline: an entry needs code, scope, text and count") from None


def _entries(rows: list[dict[str, Any]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for row in rows:
        texts = (row["scope"], row["text"], row["code"])
        if not all(isinstance(text, str) for text in texts) or type(row["count"]) is not int:
            raise TypeError
        found[Key(*texts)] += row["count"]
    return +found


def dump(entries: Entries) -> bytes:
    """The file's content: one line for each entry, in an order that depends on nothing else."""
    lines = ["{", f'  "version": {VERSION},', '  "files": {']
    kept = {name: counts for name, counts in sorted(entries.items()) if counts}
    for number, (name, counts) in enumerate(kept.items(), 1):
        lines.append(f"    {_json(name)}: [")
        lines += [",\n".join(_row(key, count) for key, count in sorted(counts.items()))]
        lines += ["    ]" if number == len(kept) else "    ],"]
    return "\n".join([*lines, "  }", "}", ""]).encode()


def _row(key: Key, count: int) -> str:
    texts = ", ".join(f'"{name}": {_json(getattr(key, name))}' for name in ("code", "scope", "text"))
    return f'      {{{texts}, "count": {count}}}'


def _json(text: str) -> str:
    """Readable in any script, but for what UTF-8 can't hold."""
    import json

    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


def keyed(findings: Iterable[Finding], source: Source) -> Iterator[tuple[Finding, Key]]:
    """Each finding with its key."""
    from kerasvae_lint.source.logical import logical_lines

    lines = None
    for finding in findings:
        lines = lines or logical_lines(source)
        row = source.program_row(finding.cell, finding.location.row)
        line = lines.at(row)
        text = line.text if line is not None else " ".join(source.line(row).split())
        yield finding, Key(line.scope if line is not None else "", _clipped(text), finding.code)


def _clipped(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    import hashlib

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[: LONGEST - 20].rstrip()} … {digest}"


def new_and_known(findings: list[Finding], source: Source, settings: Settings) -> tuple[list[Finding], list[Finding]]:
    """The findings of one text that its settings' baseline does not know, and those that it does.

    Raises:
        BaselineError: the baseline can't be used.
    """
    if not settings.baseline or not findings:
        return findings, []
    return load(settings.baseline).split(source.filename, findings, source)[:2]
