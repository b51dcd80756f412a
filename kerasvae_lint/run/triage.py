"""Which files need reading at all: decided on the bytes, before anything is parsed."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from functools import lru_cache

from kerasvae_lint.core import Settings

MAX_BRACES = 10_000
"""With so many there may be an f-string that Python takes minutes to read: then the text is looked at before."""
_WORDS = (b"keras", b"tensorflow", b"Keras", b"TensorFlow", b"add_weight", b"add_loss", b"kvlint:", b"noqa: KV")
_ALIAS_ENDS = (b"tf.", b"K.", b"tfd.", b"tfp.", b"tfb.", b"tfk.")
_ALIASES = re.compile(rb"\b(?:tf[a-z]?|K)\.")
_IMPORT = re.compile(rb"\bimport\b(\s*\()?")
_END = re.compile(rb"[\n(]")
_IMPORTED = re.compile(rb"\b(?:tf[a-z]?|K)\b|\*")


def mentions_field(data: bytes) -> bool:
    """True if a file mentions Keras, TensorFlow or tfp in any of the ways that rules can meet."""
    if any(word in data for word in _WORDS):
        return True
    if not any(word in data for word in _ALIAS_ENDS) or _ALIASES.search(data) is None:
        return False
    return _imports_alias(data)


def _imports_alias(data: bytes) -> bool:
    """True if an import binds an alias, or everything. Each import is looked at once, however long its line is."""
    at = 0
    while (found := _IMPORT.search(data, at)) is not None:
        if found[1]:
            end = data.find(b")", found.end())
        else:
            closing = _END.search(data, found.end())
            end = closing.start() if closing is not None else -1
        end = end if end >= 0 else len(data)
        if _IMPORTED.search(data, found.end(), end) is not None:
            return True
        at = end
    return False


def has_trigger(data: bytes, triggers: Iterable[str]) -> bool:
    """True if a file holds one of the words that a rule needs."""
    return any(word.encode() in data for word in triggers)


def needs_parsing(data: bytes, settings: Settings) -> bool:
    """True unless triage can tell that no selected rule has anything to say."""
    if not mentions_field(data):
        return False
    return any(
        has_trigger(data, triggers) and (not companions or has_trigger(data, companions))
        for triggers, companions in _words(settings)
    )


@lru_cache(maxsize=16)
def _words(settings: Settings) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """``(triggers, companions)`` to look for, the most common first; rules without companions as one."""
    from kerasvae_lint.run import registry

    rules = registry.selected(settings).values()
    alone = {word for rule in rules if not rule.companions for word in rule.triggers}
    pairs = {(rule.triggers, rule.companions) for rule in rules if rule.companions}
    return ((*sorted(alone), "kvlint:", "noqa: KV", "noqa:KV"), ()), *sorted(pairs)


def looks_broken(data: bytes, filename: str, thorough: bool) -> bool:
    """True if a file that no rule needs should be read all the same, because it may be no Python.

    Bytes that are not text, and notebooks that are none, are seen in any file. With ``thorough`` Python's own parser
    has a look too, which is some times faster than LibCST; what it refuses (newer syntax, say) LibCST then judges.
    """
    if filename.endswith(".ipynb"):
        from kerasvae_lint.source.notebook import is_notebook

        return thorough or not is_notebook(data)
    if b"\0" in data:
        return True
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return True
    if not thorough:
        return False
    if data.count(b"{") > MAX_BRACES:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return True
    return False
