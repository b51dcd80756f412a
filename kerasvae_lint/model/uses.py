"""Where the value of a name goes: nowhere, if nobody reads it, or only a list gets it that goes nowhere itself."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r

_GROWS = frozenset({"append", "extend", "insert"})
_MAX_LISTS = 4


def others(code: r.Module, name: r.Name) -> Iterator[r.Name]:
    """The other places that say a name and mean the same variable."""
    home = r.home_of(name)
    for record in code.walk():
        if isinstance(record, r.Name) and record.id == name.id and record is not name and r.home_of(record) is home:
            yield record


def goes_nowhere(code: r.Module, name: r.Name, lists: int = _MAX_LISTS) -> bool:
    """True if nothing is done with what a name is bound to, but for collecting it in a list that goes nowhere.

    Args:
        code: the file.
        name: the name, where it is bound; its only binding.
        lists: how many lists may hold one another.
    """
    uses = list(others(code, name))
    return not any(_is_bound(use) for use in uses) and all(_is_harmless(code, name, use, lists) for use in uses)


def _is_harmless(code: r.Module, name: r.Name, use: r.Name, lists: int) -> bool:
    into = _collected_in(use)
    return (
        into is not None and r.home_of(into) is r.home_of(name) and lists > 0 and _is_dead_list(code, into, lists - 1)
    )


def _is_dead_list(code: r.Module, collected: r.Name, lists: int) -> bool:
    """True if a list only ever grows, or is put into another one that does."""
    for use in others(code, collected):
        if not _is_bound(use) and not _is_grown(use) and not _is_harmless(code, collected, use, lists):
            return False
    return True


def _is_bound(use: r.Name) -> bool:
    statement = use.parent
    if isinstance(statement, r.Assign):
        return use in statement.targets
    return isinstance(statement, r.Augmented) and statement.target is use


def _is_grown(use: r.Name) -> bool:
    """True for the list of ``list.append(…)``."""
    func = use.parent
    call = func.parent if isinstance(func, r.Attribute) and func.attr in _GROWS else None
    return isinstance(call, r.Call) and call.func is func and isinstance(call.parent, r.ExpressionStatement)


def _collected_in(use: r.Name) -> r.Name | None:
    """The name of the list that a name is put into; None where anything else is done with it."""
    place = use.parent
    if isinstance(place, r.Display) and place.kind != "set":
        statement = place.parent
        if isinstance(statement, r.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, r.Augmented):
            target = statement.target
        else:
            return None
        return target if isinstance(target, r.Name) else None
    call = place.parent if isinstance(place, r.Argument) else None
    if isinstance(call, r.Call) and isinstance(call.func, r.Attribute) and call.func.attr in {"append", "insert"}:
        grown = call.func.value
        return grown if isinstance(grown, r.Name) and isinstance(call.parent, r.ExpressionStatement) else None
    return None
