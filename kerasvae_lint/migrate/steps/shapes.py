"""Shapes of symbolic tensors: tuples in Keras 3, with no methods."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Module

_GIVEN = frozenset({"build", "compute_output_shape"})


class Shapes(Step):
    """``x.get_shape().as_list()`` of an ``Input`` → ``list(x.shape)``."""

    name = "shapes"
    triggers = ("as_list", "get_shape", "_keras_shape", ".value")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each question that a tuple does not answer."""
        for record in module.code.walk():
            if isinstance(record, r.Call) and isinstance(record.func, r.Attribute) and not record.arguments:
                yield from _asked(module, record, record.func)
            elif isinstance(record, r.Attribute) and record.attr == "_keras_shape":
                editor = module.editor()
                editor.edit(record.end - len(record.attr), record.end, "shape")
                yield done(record, "`_keras_shape` is `shape`", editor)
            elif isinstance(record, r.Attribute) and record.attr == "value" and _is_size(module, record.value):
                editor = module.editor()
                editor.edit(record.value.end, record.end, "")
                yield done(record, "a size is a number, and has no `value`", editor)


def _asked(module: Module, call: r.Call, func: r.Attribute) -> Iterator[Remark]:
    editor = module.editor()
    if func.attr == "as_list":
        shape = func.value
        if isinstance(shape, r.Call) and isinstance(shape.func, r.Attribute) and shape.func.attr == "get_shape":
            tensor = shape.func.value
            if _is_symbolic(module, tensor):
                editor.replace(call, f"list({module.text(tensor)}.shape)")
                yield done(call, "the shape of a symbolic tensor is a tuple", editor)
        elif isinstance(shape, r.Attribute) and shape.attr == "shape" and _is_symbolic(module, shape.value):
            editor.replace(call, f"list({module.text(shape)})")
            yield done(call, "the shape of a symbolic tensor is a tuple", editor)
        elif isinstance(shape, r.Name) and _is_given_shape(module, shape):
            editor.replace(call, f"list({shape.id})")
            yield done(call, "a layer is given its input's shape as a tuple", editor)
    elif func.attr == "get_shape" and _is_symbolic(module, func.value):
        parent = call.parent
        if not (isinstance(parent, r.Attribute) and parent.attr == "as_list"):
            editor.edit(func.end - len(func.attr), call.end, "shape")
            yield done(call, "`get_shape()` of a symbolic tensor is `shape`", editor)


def _is_symbolic(module: Module, tensor: r.Expression) -> bool:
    return module.symbolic.is_symbolic(module.value(tensor))


def _is_size(module: Module, expression: r.Expression) -> bool:
    """True for ``x.shape[1]`` of a symbolic tensor, and for ``input_shape[1]`` of a layer's ``build``."""
    if not isinstance(expression, r.Subscript) or isinstance(expression.index, r.Slice):
        return False
    shape = expression.value
    if isinstance(shape, r.Attribute) and shape.attr == "shape":
        return _is_symbolic(module, shape.value)
    return isinstance(shape, r.Name) and _is_given_shape(module, shape)


def _is_given_shape(module: Module, name: r.Name) -> bool:
    """True for the shape that a layer's ``build`` or ``compute_output_shape`` is given."""
    function, cls = r.function_of(name), module.class_of(name)
    if function is None or cls is None or not cls.is_layer or function.name not in _GIVEN:
        return False
    return len(function.parameters) > 1 and function.parameters[1].name == name.id
