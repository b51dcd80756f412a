"""Generators of batches: they have to yield tuples."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Editor, Module

_TAKERS = frozenset({"fit", "fit_generator", "evaluate", "evaluate_generator", "predict", "predict_generator"})
_DATA_SETS = frozenset({"keras.utils.Sequence", "keras.utils.PyDataset"})
_GIVEN = frozenset({None, "x", "generator", "validation_data"})


class Generators(Step):
    """``yield [x, y]`` → ``yield (x, y)``."""

    name = "generators"
    triggers = ("yield", "__getitem__")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each ``yield`` of a list, or of a tuple with lists in it."""
        names = set(_names_given(module))
        for function in module.code.functions:
            if not function.is_generator or function.name not in names:
                continue
            for record in function.walk():
                if isinstance(record, r.Suspend) and record.kind == "yield" and record.value is not None:
                    editor = module.editor()
                    if _tuples(editor, record.value):
                        yield done(record, "a generator of batches yields tuples, no lists", editor)
        for cls in module.classes:
            method = cls.record.methods.get("__getitem__")
            if method is None or not any(base.name in _DATA_SETS for base in cls.value.library_bases()):
                continue
            for record in method.walk():
                if isinstance(record, r.Return) and isinstance(record.value, r.Display):
                    editor = module.editor()
                    if record.value.kind == "tuple" and _tuples(editor, record.value):
                        yield done(record, "a batch of several inputs has them in a tuple, not in a list", editor)


def _names_given(module: Module) -> Iterator[str]:
    """The functions whose generators a model takes."""
    wanted: set[str] = set()
    for call in module.code.calls:
        if isinstance(call.func, r.Attribute) and call.func.attr in _TAKERS:
            for argument in call.arguments:
                if argument.name in _GIVEN:
                    for part in argument.value.walk():
                        if isinstance(part, r.Name):
                            wanted.add(part.id)
                        elif isinstance(part, r.Attribute):
                            wanted.add(part.attr)
    yield from wanted
    for record in module.code.walk():
        if isinstance(record, r.Assign) and any(_is_named(target, wanted) for target in record.targets):
            for part in record.value.walk():
                if isinstance(part, r.Call):
                    func = part.func
                    yield func.id if isinstance(func, r.Name) else func.attr if isinstance(func, r.Attribute) else ""


def _is_named(target: r.Expression, names: set[str]) -> bool:
    if isinstance(target, r.Display):
        return any(_is_named(item, names) for item in target.items)
    return (isinstance(target, r.Name) and target.id in names) or (
        isinstance(target, r.Attribute) and target.attr in names
    )


def _tuples(editor: Editor, value: r.Expression) -> bool:
    """Make tuples of the lists that hold arrays: of the batch itself and of the inputs in it."""
    if not isinstance(value, r.Display) or value.kind not in {"list", "tuple"}:
        return False
    changed = False
    if value.kind == "list" and len(value.items) in {1, 2, 3}:
        _as_tuple(editor, value)
        changed = True
    elif value.kind == "list":
        return False
    for item in value.items:
        if isinstance(item, r.Display) and item.kind == "list" and item.items:
            if not any(isinstance(part, (r.Constant, r.Starred)) for part in item.items):
                _as_tuple(editor, item)
                changed = True
    return changed


def _as_tuple(editor: Editor, items: r.Display) -> None:
    editor.edit(items.start, items.start + 1, "(")
    alone = len(items.items) == 1 and not editor.text[items.items[0].end : items.end - 1].strip().startswith(",")
    editor.edit(items.end - 1, items.end, ",)" if alone else ")")
