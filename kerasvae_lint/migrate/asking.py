"""Questions that several steps ask of a file."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flavour import flavour_of
from kerasvae_lint.library.moves import Place, place_of
from kerasvae_lint.model import Call, Module
from kerasvae_lint.values.lattice import LibraryName

_ONLY3 = ("keras.ops.", "keras.random.", "keras.distribution.", "keras.Variable", "keras.config.", "keras.tree.")


def library_calls(module: Module) -> Iterator[tuple[Call, LibraryName]]:
    """The calls of library functions and classes by their names; not what Keras itself calls in them."""
    for call in module.all_calls:
        value = module.value(call.record.func)
        for member in value.alternatives():
            if isinstance(member, LibraryName):
                yield call, member
                break


def keras_calls(module: Module) -> Iterator[tuple[Call, LibraryName, Place]]:
    """Those of Keras's, with the place where they are found now."""
    for call, callee in library_calls(module):
        place = place_of(callee.spelling)
        if place is not None:
            yield call, callee, place


def is_for_keras3(module: Module) -> bool:
    """True for a file that says itself that it is for Keras 3: it imports what only that has, or names it."""
    if flavour_of(module.code, module.source.text, None, None).only3:
        return True
    return any(
        isinstance(value, LibraryName) and value.name.startswith(_ONLY3)
        for record in module.code.walk()
        if isinstance(record, r.Attribute)
        for value in (module.value(record),)
    )


def assigned(module: Module, name: r.Name) -> list[r.Expression]:
    """What is assigned to a name: in its function, or else anywhere in the file."""
    found = [
        record
        for record in module.code.walk()
        if isinstance(record, r.Assign) and any(isinstance(t, r.Name) and t.id == name.id for t in record.targets)
    ]
    here = [record for record in found if r.function_of(record) is r.function_of(name)]
    return [record.value for record in here or found]


def quoted(module: Module, record: r.Constant, text: str) -> str:
    """A word between the quotes that another one has."""
    written = module.text(record)
    return f"{written[-1]}{text}{written[-1]}"
