"""Code that asks first: whether there is an attribute, or which version runs."""

from __future__ import annotations

from collections.abc import Collection

from kerasvae_lint.binding import records as r

_IN_TESTS = frozenset({"hasattr", "getattr"})


def is_guarded(record: r.Record, names: Collection[str]) -> bool:
    """True for code that only runs where there is one of some attributes: behind ``hasattr``, a version, a ``try``."""
    if any(_asks(test, names) for test in r.tests_of(record)):
        return True
    below, at = record, record.parent
    while at is not None and not isinstance(at, (r.Class, r.Module)):
        if isinstance(at, r.Boolean) and any(_asks(value, names) for value in at.values if value is not below):
            return True
        if isinstance(at, r.Try) and any(_catches(handler, len(at.body)) for handler in at.handlers):
            return True
        below, at = at, at.parent
    return False


def is_expected_to_raise(record: r.Record) -> bool:
    """True for code that a test wants to fail: in a ``with pytest.raises(…)`` or ``self.assertRaises…(…)``."""
    at = record.parent
    while at is not None:
        if isinstance(at, r.With) and any(_awaits_error(item.context) for item in at.items):
            return True
        at = at.parent
    return False


def _awaits_error(context: r.Expression) -> bool:
    word = last_word(context)
    return word == "raises" or word.startswith("assertRaises")


def last_word(context: r.Expression) -> str:
    """The last name of what a ``with`` opens: ``raises`` of ``pytest.raises(ValueError)``."""
    func = context.func if isinstance(context, r.Call) else context
    return func.attr if isinstance(func, r.Attribute) else func.id if isinstance(func, r.Name) else ""


def _asks(test: r.Expression, names: Collection[str]) -> bool:
    for record in test.walk():
        if isinstance(record, r.Call) and isinstance(record.func, r.Name) and record.func.id in _IN_TESTS:
            if any(isinstance(a.value, r.Constant) and a.value.value in names for a in record.arguments):
                return True
        word = record.attr if isinstance(record, r.Attribute) else record.id if isinstance(record, r.Name) else ""
        if "version" in word.lower() or "keras3" in word.lower().replace("_", ""):
            return True
    return False


def _catches(handler: r.Handler, statements: int) -> bool:
    """True for ``except AttributeError``; what catches all is meant for this where it stands around little else."""
    if handler.exception is None:
        return statements == 1
    words = {record.id for record in handler.exception.walk() if isinstance(record, r.Name)}
    return "AttributeError" in words or ("Exception" in words and statements == 1)
