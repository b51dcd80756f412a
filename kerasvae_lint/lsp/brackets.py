"""Where calls begin and end in a text, by its brackets alone: good for code that can't be parsed, too."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"(?P<comment>#[^\r\n]*)"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r'|"""(?:[^\\]|\\.)*?"""'
    r"|'''(?:[^\\]|\\.)*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
_DOTTED = re.compile(r"[\w.]*")
_LINE = re.compile(r"[^\r\n]*")


class Brackets:
    """The brackets of a text that belong together. All places are offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._close: dict[int, int] = {}
        self._open: dict[int, int] = {}
        self._comments: set[int] = set()
        waiting: list[int] = []
        for piece in _PIECE.finditer(text):
            if piece.lastgroup == "open":
                waiting.append(piece.start())
            elif piece.lastgroup == "close":
                if waiting:
                    start = waiting.pop()
                    self._close[start], self._open[piece.start()] = piece.start(), start
            elif piece.lastgroup == "comment":
                self._comments.add(piece.start())

    def end_of_call(self, start: int) -> int:
        """The place behind the call that begins at ``start``; the end of the line's code if there is none."""
        at = start
        while True:
            found = _DOTTED.match(self.text, at)
            at = found.end() if found is not None else at
            last = self._close.get(at)
            if last is None:
                return self.end_of_code(start)
            if self.text[at] == "(":
                return last + 1
            at = last + 1

    def start_of_call(self, end: int) -> int:
        """The place at which the call begins that ends before ``end``; ``end`` itself if there is none."""
        at = self._open.get(end - 1)
        if at is None:
            return end
        while at > 0:
            if self.text[at - 1] in ")]" and at - 1 in self._open:
                at = self._open[at - 1]
            elif self.text[at - 1] == "." or self.text[at - 1].isidentifier() or self.text[at - 1].isdigit():
                at -= 1
            else:
                break
        return at

    def end_of_code(self, at: int) -> int:
        """The end of the code on the line of a place, before a comment."""
        found = _LINE.match(self.text, at)
        end = found.end() if found is not None else at
        end = next((place for place in range(at, end) if place in self._comments), end)
        return max(at, at + len(self.text[at:end].rstrip()))
