"""What a library function takes: its parameters in order, with defaults, read from one line of text.

The text is what stands between the parentheses of a ``def``: ``x, axis=None, *, keepdims=False``. A default is a
Python literal, or ``…`` where there is one that no literal can say (a dtype, a function, an own object).
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from typing import Final, Literal

from kerasvae_lint.library.roles import role_of

Kind = Literal["positional-only", "positional", "*", "keyword", "**"]


class _Opaque:
    """There is a default, and no literal says what it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "…"


class _NoDefault:
    """There is no default."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "no default"


OPAQUE: Final = _Opaque()
NO_DEFAULT: Final = _NoDefault()

_COMMON: dict[str, object] = {"None": None, "True": True, "False": False, "…": OPAQUE}
_OPENING = "([{"
_CLOSING = ")]}"


class LibraryParameter:
    """A parameter of a library function.

    Attributes:
        kind: how it is given, in the words of ``binding``.
        role: what it is for, one word for all spellings (``axis`` for ``dim`` and ``reduction_indices`` too).
        default: what it is when it is not given; ``OPAQUE`` if no literal says it, ``NO_DEFAULT`` if it must be given.
    """

    __slots__ = ("default", "kind", "name", "role")

    def __init__(self, name: str, kind: Kind, default: object, role: str) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.role = role

    @property
    def has_default(self) -> bool:
        """True if it may be left out; so may ``*args`` and ``**kwargs``."""
        return self.default is not NO_DEFAULT or self.kind in ("*", "**")

    def __repr__(self) -> str:
        return f"{self.name}={self.default!r}" if self.default is not NO_DEFAULT else self.name


class Signature:
    """The parameters of a library function in order, without ``self``."""

    __slots__ = ("_by_name", "parameters")

    def __init__(self, parameters: tuple[LibraryParameter, ...]) -> None:
        self.parameters = parameters
        self._by_name = {parameter.name: parameter for parameter in parameters}

    def __getitem__(self, name: str) -> LibraryParameter:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> LibraryParameter | None:
        """The parameter of that name."""
        return self._by_name.get(name)

    def with_role(self, role: str) -> LibraryParameter | None:
        """The first parameter with that role."""
        return next((parameter for parameter in self.parameters if parameter.role == role), None)

    def at(self, position: int) -> LibraryParameter | None:
        """The parameter that the argument at ``position`` goes to; ``*args`` takes all from its place on."""
        for index, parameter in enumerate(self.parameters):
            if parameter.kind == "*":
                return parameter
            if parameter.kind in ("keyword", "**"):
                return None
            if index == position:
                return parameter
        return None

    @property
    def open(self) -> bool:
        """True if it takes keywords that it does not name (``**kwargs``)."""
        return any(parameter.kind == "**" for parameter in self.parameters)

    def __repr__(self) -> str:
        return f"({', '.join(map(repr, self.parameters))})"


def split_parameters(text: str) -> Iterator[str]:
    """The parts of ``a, b=(1, 2), c='x, y'`` between its own commas."""
    depth, start, quote = 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            if char == quote and text[index - 1] != "\\":
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth -= 1
        elif char == "," and depth == 0:
            yield text[start:index].strip()
            start = index + 1
    if last := text[start:].strip():
        yield last


def parse_signature(text: str, makes: str = "", operation: str = "") -> Signature:
    """The signature that ``text`` says; ``makes`` and ``operation`` help to tell the roles."""
    names: list[tuple[str, Kind, object]] = []
    named: Kind = "positional"
    for part in split_parameters(text):
        if part == "/":
            names = [(name, "positional-only", default) for name, _, default in names]
        elif part == "*":
            named = "keyword"
        elif part.startswith("**"):
            names.append((part[2:], "**", NO_DEFAULT))
        elif part.startswith("*"):
            names.append((part[1:], "*", NO_DEFAULT))
            named = "keyword"
        else:
            name, equals, value = part.partition("=")
            names.append((name, named, _default(value) if equals else NO_DEFAULT))
    spellings = tuple(name for name, _, _ in names)
    return Signature(
        tuple(
            LibraryParameter(name, kind, default, role_of(name, spellings, makes, operation))
            for name, kind, default in names
        )
    )


def _default(text: str) -> object:
    return _COMMON[text] if text in _COMMON else literal_eval(text)
