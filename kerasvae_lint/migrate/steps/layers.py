"""Layers: what was an attribute of theirs, and methods that are called otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.model import Call, LibraryObject, Module, is_layer, is_model

_SHAPES = {"output_shape": "output.shape", "input_shape": "input.shape"}
_METHODS = {"get_output_shape_for": "compute_output_shape", "_merge_function": "call"}
_LISTS = frozenset({"trainable_weights", "non_trainable_weights"})
_NODES = {"get_output_at": "outputs", "get_input_at": "inputs"}


class Layers(Step):
    """``layer.output_shape`` → ``layer.output.shape``."""

    name = "layers"
    triggers = ("metrics_names", "trainable_weights", *_SHAPES, *_METHODS, *_NODES, "_shape_at")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each use or definition."""
        names = []
        for record in module.code.walk():
            if isinstance(record, r.Attribute):
                yield from _attribute(module, record)
                if record.attr == "metrics_names" and not isinstance(record.parent, r.Assign):
                    names.append(record)
        if names:
            more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
            yield differs(
                names[0],
                f"`metrics_names`{more} is `['loss', 'compile_metrics']` in Keras 3: `evaluate(…, return_dict=True)`"
                " has the names",
            )
        for record in module.code.walk():
            if isinstance(record, r.Assign):
                yield from _kept(module, record)
        for call in module.method_calls(*_NODES):
            yield _node(module, call)
        for cls in module.classes:
            for old, new in _METHODS.items():
                method = cls.record.methods.get(old)
                if method is not None and cls.is_layer and new not in cls.record.methods:
                    editor = module.editor()
                    editor.edit(method.name_start, method.name_start + len(old), new)
                    yield done(method, f"`{old}` is `{new}`", editor)


def _node(module: Module, call: Call) -> Remark:
    """``model.get_output_at(0)``: what a model gives by its own inputs; of a layer, somebody has to keep it."""
    func, record = call.record.func, call.record
    first = record.arguments[0].value if len(record.arguments) == 1 else None
    is_first = isinstance(first, r.Constant) and first.value == 0
    networks = [module.network_of(owner) for owner in call.receivers if is_model(owner)]
    word = _NODES[call.method]
    alone = all(network is not None and len(getattr(network, word)) == 1 for network in networks)
    if is_first and networks and alone and isinstance(func, r.Attribute):
        editor = module.editor()
        editor.replace(record, f"{module.text(func.value)}.{word}[0]")
        return done(record, f"`{call.method}(0)` of a model is `{word}[0]`", editor)
    return left(record, f"`{call.method}` is gone: keep what each call of the layer gives under a name of its own.")


def _kept(module: Module, statement: r.Assign) -> Iterator[Remark]:
    """``self.trainable_weights = [self.w]`` of a layer: it keeps its variables by itself, and the list can't be set."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, r.Attribute) or target.attr not in _LISTS:
        return
    cls = module.class_of(statement)
    if cls is None or not cls.is_layer or not isinstance(target.value, r.Name) or target.value.id != "self":
        return
    value = statement.value
    own = isinstance(value, r.Display) and all(
        isinstance(item, r.Attribute) and isinstance(item.value, r.Name) and item.value.id == "self"
        for item in value.items
    )
    if own:
        editor = module.editor()
        editor.delete_statement(statement, collapse=True)
        what = f"`{target.attr}` can't be set: a layer keeps its variables by itself"
        yield done(statement, what, editor, Kind.NEEDLESS)
    else:
        yield left(
            statement,
            f"`{target.attr}` can't be set in Keras 3: a layer keeps the variables that it has as attributes, and"
            " trains those without `trainable=False`.",
        )


def _attribute(module: Module, record: r.Attribute) -> Iterator[Remark]:
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
