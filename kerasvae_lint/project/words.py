"""What one file says, read from its bytes: the words it mentions, what it imports, what it defines. No tree.

What is found is kept as one string of bytes, a word to a line with a line's end before the first: so a word is asked
for without making a set of thousands of them.
"""

from __future__ import annotations

import hashlib
import re

_TELLING = (
    *(b"set_value", b".assign", b"set_weights", b"on_epoch_", b"on_train_", b"on_batch_", b"LambdaCallback"),
    *(b"train_on_batch(", b"apply_gradients("),
    *(b"def call(", b"def train_step(", b"run_eagerly", b"run_functions_eagerly"),
)
_TABLE = bytes(byte if byte > 127 or chr(byte).isalnum() or byte in b"_.(" else 32 for byte in range(256))
_IMPORT = re.compile(
    rb"""(?:^|[:;])[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n;]*)
    |import[ \t]+(?P<modules>[^\n;]+))""",
    re.MULTILINE | re.VERBOSE,
)
_DEFINITION = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_CONTINUED = re.compile(rb"\\\r?\n")

FACTS = hashlib.sha256(repr((2, _TELLING, _TABLE, _IMPORT.pattern, _DEFINITION.pattern)).encode()).hexdigest()
"""Changes when other things are kept of a file."""


def is_telling(data: bytes) -> bool:
    """True if a file holds layers, callbacks or writes; far faster than one pattern."""
    return any(word in data for word in _TELLING)


def words_of(data: bytes) -> bytes:
    """The words of a file: identifiers, and ``.name(`` where a method is called."""
    spread = _lines(data).replace(b".", b" .").replace(b"(", b"( ").translate(_TABLE)
    parts = set(spread.split())
    words = {part.strip(b".(") for part in parts}
    words.update(part for part in parts if part.startswith(b".") and part.endswith(b"(") and len(part) > 2)
    words.discard(b"")
    return _kept(words)


def outline_of(data: bytes) -> bytes:
    """What a file defines at its top and the modules that it imports anywhere, as ``def name`` and ``import name``.

    ``from a import b`` imports ``a`` and perhaps a module ``a.b``; both are there. Relative names keep their dots.
    """
    data = _CONTINUED.sub(b" ", _lines(data))
    found = {b"def " + name for name in _DEFINITION.findall(data)}
    for match in _IMPORT.finditer(data):
        module, names, modules = match.group("module", "names", "modules")
        if module is None:
            found.update(b"import " + name for name in _names(modules))
        else:
            found.add(b"import " + module)
            joint = b"" if module.endswith(b".") else b"."
            found.update(b"import " + module + joint + name for name in _names(names))
    return _kept(found)


def line(word: str) -> bytes:
    """A word as it stands among others."""
    return b"\n" + word.encode("utf-8", "replace") + b"\n"


def _names(text: bytes) -> list[bytes]:
    """``(a as b, c)`` → a, c."""
    parts = _COMMENT.sub(b"", text).strip(b"() \t\r\n").split(b",")
    return [words[0] for part in parts if (words := part.split()) and words[0] != b"*"]


def _lines(data: bytes) -> bytes:
    """The text; of a notebook, each string of its JSON on lines of its own."""
    if data.lstrip()[:1] != b"{":
        return data
    return data.replace(b'\\"', b"'").replace(b"\\n", b"\n").replace(b'"', b"\n")


def _kept(words: set[bytes]) -> bytes:
    return b"\n" + b"\n".join(sorted(words)) + b"\n" if words else b""
