"""``kvlint migrate --verify``: from migrations to pairs of programs, and what the proof says of each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kerasvae_lint.migrate import Migration
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.twins.prove import RUN_ON, Pair, prove_all
from kerasvae_lint.runtime.twins.results import COULD_NOT_RUN, DIFFERS, EQUAL, Proof, lines
from kerasvae_lint.source import SourceError, decode

_TRAINS = re.compile(r"\.fit(?:_generator)?\(|\.train_on_batch\(|GradientTape")


def prove(migrations: Sequence[Migration], options: Options, seconds: float = RUN_ON) -> list[Proof]:
    """Run each program of a migration before and after it; files that others import go along with them.

    Raises:
        NotInstalledError: the runtime extra is missing.
    """
    return prove_all(pairs(migrations), options, seconds)


def pairs(migrations: Sequence[Migration]) -> list[Pair]:
    """The programs that train something, in both texts."""
    texts = {m.filename: both for m in migrations if (both := _texts(m)) is not None}
    changed = tuple(
        (os.path.abspath(name), new) for name, (old, new) in texts.items() if old != new and name.endswith(".py")
    )
    imported = {
        name for name in texts if _is_imported(name, [old for other, (old, _) in texts.items() if other != name])
    }
    found: list[Pair] = []
    for name, (old, new) in texts.items():
        path = os.path.abspath(name)
        others = tuple(pair for pair in changed if pair[0] != path)
        is_program = name not in imported or "__main__" in old
        if is_program and _TRAINS.search(old) and (old != new or others):
            found.append(Pair(name, path, old, new, others))
    return found


def _texts(migration: Migration) -> tuple[str, str] | None:
    """Before and after, a notebook's cells as one program; None for what can't be read."""
    name = migration.filename
    try:
        return decode(migration.before, name).text, decode(migration.after, name).text
    except SourceError:
        return None


def _is_imported(name: str, others: list[str]) -> bool:
    stem = re.escape(Path(name).stem)
    word = re.compile(rf"^\s*(?:from\s+[\w.]*\b{stem}\b[\w.]*\s+import|import\s+[\w., ]*\b{stem}\b)", re.MULTILINE)
    return name.endswith(".py") and any(word.search(text) for text in others)


def shown(proofs: Sequence[Proof], width: int) -> Iterator[str]:
    """For people."""
    for proof in proofs:
        yield from lines(proof, width)
    if len(proofs) > 1:
        counts = {
            verdict: sum(proof.verdict == verdict for proof in proofs) for verdict in (EQUAL, DIFFERS, COULD_NOT_RUN)
        }
        yield ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
