"""How a file spells its JSON strings: writers agree on what they say, not on what they escape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PART = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NEEDED = re.compile(r"[\x00-\x1f\"\\\ud800-\udfff]")


def parts(body: str) -> Iterator[str]:
    """What each character of a string is spelled as; ``body`` is without the quotes."""
    return (match[0] for match in _PART.finditer(body))


@dataclass(frozen=True)
class Spelling:
    """What is escaped beside what must be.

    Attributes:
        ascii: everything that is not ASCII.
        escaped: these characters (Colab escapes ``<``, ``>``, ``&`` and ``'``), by their code.
        slash: the slash, as PHP does.
        upper: hexadecimal digits are capitals.
    """

    ascii: bool = False
    escaped: frozenset[str] = frozenset()
    slash: bool = False
    upper: bool = False

    @classmethod
    def of(cls, strings: Iterable[str], text: str) -> Spelling:
        """How ``strings``, the raw JSON of the sources, are spelled in the file ``text``."""
        coded: set[str] = set()
        plain: set[str] = set()
        slashes: set[str] = set()
        upper = False
        for raw in strings:
            if "\\u" not in raw and "\\/" not in raw:
                plain.update(raw)
                continue
            for part in _PART.finditer(raw):
                spelled = part[0]
                if spelled.startswith("\\u"):
                    coded.add(json.loads(f'"{spelled}"'))
                    upper = upper or spelled[2:] != spelled[2:].lower()
                elif spelled == "\\/":
                    slashes.add(spelled)
                else:
                    plain.add(spelled)
        escaped = frozenset(char for char in coded - plain if not _NEEDED.match(char))
        is_ascii = text.isascii() and any(not char.isascii() for char in escaped)
        return cls(is_ascii, escaped, bool(slashes) and "/" not in plain, upper)

    def within(self, raw: str) -> Spelling:
        """The spelling of a source that may differ from the file's: what stands in ``raw`` comes first."""
        own = Spelling.of([raw], raw)
        plain = {char for char in self.escaped if char in raw}
        return Spelling(
            (self.ascii or own.ascii) and raw.isascii(),
            (self.escaped - plain) | own.escaped,
            own.slash or (self.slash and "/" not in raw.replace("\\/", "")),
            self.upper or own.upper,
        )

    def string(self, text: str) -> str:
        """``text`` as a JSON string."""
        made = json.dumps(text, ensure_ascii=self.ascii)
        made = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", made)
        if not (self.escaped or self.slash or self.upper):
            return made
        return '"' + "".join(map(self._part, parts(made[1:-1]))) + '"'

    def _part(self, part: str) -> str:
        if part == "/" and self.slash:
            return "\\/"
        if part in self.escaped:
            units = part.encode("utf-16-be", "surrogatepass")
            part = "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
        if self.upper and part.startswith("\\u"):
            return "".join(f"\\u{unit.upper()}" for unit in part.split("\\u")[1:])
        return part
