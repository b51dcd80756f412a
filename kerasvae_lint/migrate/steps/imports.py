"""Imports of Keras from where it once was, and dotted names that have moved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves import Place, names, place_of, root_of
from kerasvae_lint.library.moves.names import DOOR, NAMES
from kerasvae_lint.migrate.step import Kind, Remark, Step, done, left
from kerasvae_lint.model import Editor, Module
from kerasvae_lint.model.spelling import dotted, is_bound
from kerasvae_lint.values.lattice import LibraryName

_FROM = re.compile(r"from(\s+)([\w.]+)(\s+)import\b")
_BACKEND = "keras.backend."
_REDUCTIONS = {
    "AUTO": "sum_over_batch_size",
    "SUM_OVER_BATCH_SIZE": "sum_over_batch_size",
    "SUM": "sum",
    "NONE": "none",
}
_MODULES = frozenset(f"{home}." for home in NAMES) | frozenset(f"tensorflow.{home}." for home in (*NAMES, *DOOR))


class Imports(Step):
    """``from keras.layers.core import Dense`` → ``from keras.layers import Dense``."""

    name = "imports"
    triggers = ("import",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each statement that imports from where Keras 3 has nothing."""
        for statement in module.code.imports:
            if statement.module is None:
                yield from _plain(module, statement)
            elif root_of(statement.module) is not None or _holds_keras(statement):
                yield from _from(module, statement)


def _holds_keras(statement: r.Import) -> bool:
    return any(root_of(alias.target) is not None for alias in statement.aliases)


# import a.b as c --------------------------------------------------------------------------------
def _plain(module: Module, statement: r.Import) -> Iterator[Remark]:
    for alias in statement.aliases:
        place = place_of(alias.target)
        if root_of(alias.target) is None or (place is not None and place.today == alias.target):
            continue
        if place is None or not place.today:
            yield left(alias, f"Keras 3 has no `{alias.target}`. {_hint(place)}.")
            continue
        editor = module.editor()
        if alias.whole:
            _write_alias(module, editor, alias, place.today)
        elif alias.bound == place.today.partition(".")[0]:
            editor.edit(alias.start, alias.end, place.today)
        elif not _rename_chains(module, editor, alias, place.today):
            yield left(alias, f"`{alias.target}` is `{place.today}` now: change the import and its uses.")
            continue
        yield done(alias, f"`{alias.target}` is `{place.today}` in Keras 3", editor)


def _write_alias(module: Module, editor: Editor, alias: r.Alias, today: str) -> None:
    text = module.text(alias)
    name = alias.target if text.startswith(alias.target) else text.partition(" ")[0]
    if alias.bound == alias.target and alias.bound != today:  # import tf_keras
        editor.edit(alias.start, alias.end, f"{today} as {alias.bound}")
    else:
        editor.edit(alias.start, alias.start + len(name), today)


def _rename_chains(module: Module, editor: Editor, alias: r.Alias, today: str) -> bool:
    """``import tensorflow.python.keras.layers`` and its uses, where all of them can be seen."""
    uses = [record for record in module.code.walk() if isinstance(record, r.Attribute)]
    for use in uses:
        if dotted(use) == alias.target:
            editor.replace(use, today)
    editor.edit(alias.start, alias.end, today)
    return True


# from a import b --------------------------------------------------------------------------------
def _from(module: Module, statement: r.Import) -> Iterator[Remark]:
    match = _FROM.match(module.text(statement))
    if match is None:
        return
    home = match[2]
    if any(alias.bound == "*" for alias in statement.aliases):
        yield from _star(module, statement, match)
        return
    moved: dict[str, list[tuple[r.Alias, str]]] = {}
    gone: list[tuple[r.Alias, Place | None]] = []
    for alias in statement.aliases:
        place = place_of(alias.target)
        if place is not None and place.name.startswith(_BACKEND) and place.name not in names():
            if not _is_read(module, alias):
                gone.append((alias, place))
                moved.setdefault(home, []).append((alias, alias.target.rpartition(".")[2]))
            continue  # its uses become something else, and the import goes with the last
        if place is None or not place.today:
            if root_of(alias.target) is not None:
                gone.append((alias, place))
            moved.setdefault(home, []).append((alias, alias.target.rpartition(".")[2]))
            continue
        new, _, name = place.today.rpartition(".")
        old = alias.target.rpartition(".")[2]
        if place.today == alias.target or (_is_public(alias.target) and name == old):
            new, name = home, old
        moved.setdefault(new, []).append((alias, name))
    unread = [alias for alias, _ in gone if not _is_read(module, alias)]
    if unread and len(unread) < len(statement.aliases):
        yield _removed(module, statement, unread)
        return
    if unread and len(unread) == len(statement.aliases):
        editor = module.editor()
        editor.delete_statement(statement)
        yield done(statement, "what Keras 3 lacks here is not used", editor, Kind.NEEDLESS)
        return
    for alias, place in gone:
        if place is None or not place.name.startswith(_BACKEND):
            yield left(alias, f"Keras 3 has no `{alias.target}`. {_hint(place)}.")
    changes = [
        (alias, new, name)
        for new, held in moved.items()
        for alias, name in held
        if new != home or name != alias.target.rpartition(".")[2]
    ]
    if not changes:
        return
    editor = module.editor()
    _rewrite(module, editor, statement, match, moved)
    told = ", ".join(f"`{alias.target}` is `{f'{new}.{name}'.lstrip('.')}`" for alias, new, name in changes[:3])
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    yield done(statement, f"{told}{more} in Keras 3", editor)


def _is_read(module: Module, alias: r.Alias) -> bool:
    """True if the file, or another one, may read an imported name."""
    if r.function_of(alias) is None and not _is_private(module, alias):
        return True
    return any(isinstance(record, r.Name) and record.id == alias.bound for record in module.code.walk())


def _removed(module: Module, statement: r.Import, unread: list[r.Alias]) -> Remark:
    """The statement without names that nobody reads."""
    editor = module.editor()
    aliases = list(statement.aliases)
    for alias in unread:
        index = aliases.index(alias)
        if index + 1 < len(aliases):
            editor.edit(alias.start, aliases[index + 1].start, "")
        else:
            kept = [a for a in aliases if a not in unread]
            editor.edit(kept[-1].end, alias.end, "")
    return done(statement, "names that Keras 3 lacks are not used here", editor, Kind.NEEDLESS)


def _is_public(target: str) -> bool:
    place = place_of(target)
    return place is not None and place.today == target


def _rewrite(
    module: Module,
    editor: Editor,
    statement: r.Import,
    match: re.Match[str],
    moved: dict[str, list[tuple[r.Alias, str]]],
) -> None:
    """The statement anew: in place where all its names go to one module, else one statement for each."""
    home = match[2]
    backend = [alias for alias in statement.aliases if not any(alias is a for held in moved.values() for a, _ in held)]
    if backend:
        moved.setdefault(home, []).extend((alias, alias.target.rpartition(".")[2]) for alias in backend)
    if len(moved) == 1:
        new = next(iter(moved))
        if new != home:
            start = statement.start + match.start(2)
            editor.edit(start, start + len(home), new)
        for alias, name in moved[new]:
            _write_name(module, editor, alias, name)
        return
    indent = editor.indent_at(statement.start)
    lines = []
    for new, held in moved.items():
        parts = [_written_name(module, editor, alias, name) for alias, name in held]
        line = f"from {new} import {', '.join(dict.fromkeys(parts))}" if new else f"import {', '.join(parts)}"
        if len(indent) + len(line) > max(79, *(len(old) for old in editor.text.splitlines())):
            inner = f",{editor.newline}{indent}    ".join(dict.fromkeys(parts))
            line = f"from {new} import ({editor.newline}{indent}    {inner},{editor.newline}{indent})"
        lines.append(line)
    editor.edit(statement.start, statement.end, f"{editor.newline}{indent}".join(lines))


def _write_name(module: Module, editor: Editor, alias: r.Alias, name: str) -> None:
    old = alias.target.rpartition(".")[2]
    if name == old:
        return
    written = _written_name(module, editor, alias, name)
    editor.edit(alias.start, alias.end, written)


def _written_name(module: Module, editor: Editor, alias: r.Alias, name: str) -> str:
    """One name of an import; its uses are renamed along, where the file alone reads it."""
    old = alias.target.rpartition(".")[2]
    if name == old:
        return module.text(alias)
    if alias.bound != old:
        return name if alias.bound == name else f"{name} as {alias.bound}"
    if _names_module(alias) or not _is_private(module, alias) or not _rename_uses(module, editor, alias, name):
        return f"{name} as {old}"
    return name


def _names_module(alias: r.Alias) -> bool:
    place = place_of(alias.target)
    return place is not None and place.today.rpartition(".")[2].islower() and f"{place.today}." in _MODULES


def _is_private(module: Module, alias: r.Alias) -> bool:
    """True if nobody else can read the name from this file."""
    if module.source.filename.endswith("__init__.py") or r.function_of(alias) is not None:
        return False
    if "__all__" in module.code.scope.bound:
        return False
    importers = module.around.importers(8) if module.around is not None else []
    if importers is None:
        return False
    return not any(
        other.bound == "*" or other.target.rpartition(".")[2] == alias.bound
        for unit in importers
        for statement in unit.module.imports
        for other in statement.aliases
    )


def _rename_uses(module: Module, editor: Editor, alias: r.Alias, name: str) -> bool:
    """Rename every read of an imported name; False where another binding is in the way."""
    bound_here = [a for s in module.code.imports for a in s.aliases if a.bound == alias.bound]
    if len(bound_here) != 1:
        return False
    others = [a for s in module.code.imports for a in s.aliases if a.bound == name]
    same = bool(others) and all(_today(a) == _today(alias) and r.function_of(a) is None for a in others)
    if is_bound(module, name) and not same:
        return False
    names = [record for record in module.code.walk() if isinstance(record, r.Name) and record.id == alias.bound]
    homes = {r.home_of(record) for record in names}
    if homes - {module.code.scope}:
        return False
    for record in names:
        editor.edit(record.start, record.end, name)
    return True


def _today(alias: r.Alias) -> str:
    place = place_of(alias.target)
    return place.today if place is not None else ""


def _star(module: Module, statement: r.Import, match: re.Match[str]) -> Iterator[Remark]:
    place = place_of(match[2])
    if place is None or not place.today:
        yield left(statement, f"Keras 3 has no `{match[2]}`. {_hint(place)}.")
        return
    if place.today == match[2]:
        return
    editor = module.editor()
    start = statement.start + match.start(2)
    editor.edit(start, start + len(match[2]), place.today)
    yield done(statement, f"`{match[2]}` is `{place.today}` in Keras 3", editor)


def _hint(place: Place | None) -> str:
    return place.hint if place is not None and place.hint else "Look for what it did in the documentation of Keras 3"


# a.b.c ------------------------------------------------------------------------------------------
class Names(Step):
    """``keras.utils.np_utils.to_categorical(y)`` → ``keras.utils.to_categorical(y)``."""

    name = "names"

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each dotted name that is found elsewhere now."""
        for record in module.code.walk():
            if not isinstance(record, r.Attribute) or not dotted(record):
                continue
            value = module.value(record)
            if not isinstance(value, LibraryName) or root_of(value.spelling) is None:
                continue
            root, _, member = value.spelling.partition(".losses.Reduction.")
            if member in _REDUCTIONS and (member == "AUTO" or root == "keras"):
                editor = module.editor()
                editor.replace(record, f'"{_REDUCTIONS[member]}"')
                yield done(record, f"`Reduction.{member}` is `{_REDUCTIONS[member]}`", editor)
                continue
            place = place_of(value.spelling)
            if place is None or place.name.startswith(_BACKEND) or place.today == value.spelling:
                continue
            if isinstance(record.parent, r.Attribute) and place.today and _is_module(module, record.parent):
                continue  # the longer name is looked at by itself
            if not place.today:
                yield left(record, f"Keras 3 has no `{value.spelling}`. {_hint(place)}.")
                continue
            if _moves_along(record, value.spelling, place.today):
                continue
            editor = module.editor()
            if _respell(module, editor, record, value.spelling, place.today):
                yield done(record, f"`{value.spelling}` is `{place.today}` in Keras 3", editor)


def _is_module(module: Module, outer: r.Attribute) -> bool:
    value = module.value(outer)
    return isinstance(value, LibraryName) and place_of(value.spelling) is not None


def _moves_along(record: r.Attribute, old: str, today: str) -> bool:
    """True where the import of its first name changes, and the rest stays."""
    _, _, rest = dotted(record).partition(".")
    base = old[: len(old) - len(rest) - 1] if old.endswith(f".{rest}") else ""
    place = place_of(base) if base else None
    return place is not None and place.today != base and today == f"{place.today}.{rest}"


def _respell(module: Module, editor: Editor, record: r.Attribute, old: str, today: str) -> bool:
    """Write the new name from the same root, or import what it stands in."""
    written = dotted(record)
    first, _, rest = written.partition(".")
    base = old[: len(old) - len(rest) - 1] if old.endswith(f".{rest}") else ""
    if base and today.startswith(f"{base}.") and (place_of(base) or base == "tensorflow"):
        moved = place_of(base)
        if moved is None or moved.today == base:
            editor.edit(record.start, record.end, first + today[len(base) :])
            return True
    home, _, name = today.rpartition(".")
    if today.startswith("tensorflow.keras.") and editor.module_alias(("tensorflow",)) is not None:
        editor.edit(record.start, record.end, editor.tensorflow() + today[len("tensorflow") :])
        return True
    bound = [a for s in module.code.imports for a in s.aliases if a.bound == name]
    if is_bound(module, name):
        if not all(a.target == today for a in bound) or not bound:
            editor.edit(record.start, record.end, editor.tensorflow() + f".{today.partition('.')[2]}")
            return today.startswith("tensorflow.")
        editor.edit(record.start, record.end, name)
        return True
    editor.edit(record.start, record.end, editor.add_import(name, f"from {home} import {name}"))
    return True
