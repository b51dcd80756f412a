"""Names in the text: where a definition has its own, and who mentions it."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r


def name_of(definition: r.Function | r.Class) -> r.Record:
    """The name behind ``def`` or ``class``, as a place."""
    return r.Record(definition.name_start, definition.name_start + len(definition.name))


def mentions(code: r.Record, word: str) -> Iterator[r.Expression]:
    """The expressions in a piece of code that say a word; the ``def`` of a function of that name is none."""
    for record in code.walk():
        if isinstance(record, r.Attribute):
            said = record.attr
        elif isinstance(record, r.Name):
            said = record.id
        elif isinstance(record, r.Constant) and isinstance(record.value, str):
            said = record.value
        else:
            continue
        if said == word:
            assert isinstance(record, r.Expression)
            yield record


def is_own(mention: r.Expression) -> bool:
    """True for ``self.word``: the object of a method's class is asked, whatever the method calls it."""
    method = r.method_of(mention)
    if not isinstance(mention, r.Attribute) or not isinstance(mention.value, r.Name) or method is None:
        return False
    return bool(method.parameters) and method.parameters[0].name == mention.value.id
