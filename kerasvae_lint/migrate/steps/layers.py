"""Layers: what was an attribute of theirs, and methods that are called otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, differs, done
from kerasvae_lint.model import LibraryObject, Module, is_layer, is_model

_SHAPES = {"output_shape": "output.shape", "input_shape": "input.shape"}
_METHODS = {"get_output_shape_for": "compute_output_shape", "_merge_function": "call"}
_NODES = {"get_output_at": "output", "get_input_at": "input"}


class Layers(Step):
    """``layer.output_shape`` → ``layer.output.shape``."""

    name = "layers"
    triggers = ("metrics_names", *_SHAPES, *_METHODS, *_NODES, "_shape_at")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each use or definition."""
        for record in module.code.walk():
            if isinstance(record, r.Attribute):
                yield from _attribute(module, record)
        for cls in module.classes:
            for old, new in _METHODS.items():
                method = cls.record.methods.get(old)
                if method is not None and cls.is_layer and new not in cls.record.methods:
                    editor = module.editor()
                    editor.edit(method.name_start, method.name_start + len(old), new)
                    yield done(method, f"`{old}` is `{new}`", editor)


def _attribute(module: Module, record: r.Attribute) -> Iterator[Remark]:
    if record.attr == "metrics_names" and not isinstance(record.parent, r.Assign):
        what = (
            "`metrics_names` is `['loss', 'compile_metrics']` in Keras 3: `evaluate(…, return_dict=True)` has the names"
        )
        yield differs(record, what)
    new = _SHAPES.get(record.attr)
    if new is None or (isinstance(record.parent, r.Assign) and record in record.parent.targets):
        return
    owners = module.value(record.value).alternatives()
    library = bool(owners) and all(isinstance(owner, LibraryObject) and is_layer(owner) for owner in owners)
    is_one = library and not any(is_model(owner) for owner in owners)
    if not is_one and not (_is_of_layers(record.value) and not library):
        return
    editor = module.editor()
    editor.edit(record.end - len(record.attr), record.end, new)
    yield done(record, f"`{record.attr}` of a layer is `{new}`", editor)


def _is_of_layers(expression: r.Expression) -> bool:
    """True for ``model.layers[2]``, ``model.get_layer("a")`` and the variable of a loop over ``model.layers``."""
    if isinstance(expression, r.Subscript):
        return isinstance(expression.value, r.Attribute) and expression.value.attr == "layers"
    if isinstance(expression, r.Call):
        return isinstance(expression.func, r.Attribute) and expression.func.attr == "get_layer"
    if not isinstance(expression, r.Name):
        return False
    at: r.Record | None = expression
    while at is not None:
        if isinstance(at, r.For):
            found = [(at.target, at.iterable)]
        elif isinstance(at, r.Comprehension):
            found = [(generator.target, generator.iterable) for generator in at.generators]
        else:
            found = []
        for target, iterable in found:
            named = any(isinstance(part, r.Name) and part.id == expression.id for part in target.walk())
            if named and any(isinstance(part, r.Attribute) and part.attr == "layers" for part in iterable.walk()):
                return True
        at = at.parent
    return False
