"""Training steps of one's own: what does no more than Keras's does goes, and ``compiled_metrics`` is written out."""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Iterator
from functools import cache

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.model import Class, Editor, Module
from kerasvae_lint.model.editing import statement_start
from kerasvae_lint.model.spelling import keras_spelled

_STEPS = ("train_step", "test_step")
_HOOKS = frozenset(
    {"compile", "compute_loss", "compute_metrics", "metrics", "get_metrics_result", "make_train_function"}
)
"""What a class may define that Keras's own step asks, and an older step may not have asked."""
_UNPACKED = ("x, y = data", "x, y, w = unpack_x_y_sample_weight(data)")
_CALLS = {"train_step": "p = self(x, training=True)", "test_step": "p = self(x, training=False)"}
_LOSSES = (
    "self.compiled_loss(y, p{w}, regularization_losses=self.losses)",
    "self.compute_loss(x, y, p{w})",
    "self.compute_loss(y=y, y_pred=p{named})",
    "self.compute_loss(x=x, y=y, y_pred=p{named})",
)
_APPLIED = (
    "v = self.trainable_variables\ng = tape.gradient(loss, v)\nself.optimizer.apply_gradients(zip(g, v))",
    "g = tape.gradient(loss, self.trainable_variables)\n"
    "self.optimizer.apply_gradients(zip(g, self.trainable_variables))",
    "self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))",
    "self.optimizer.minimize(loss, self.trainable_variables, tape=tape)",
)
_UPDATED = (
    "self.compiled_metrics.update_state(y, p{w})",
    "for m in self.metrics:\n    if m.name == 'loss':\n        m.update_state(loss)\n    else:\n"
    "        m.update_state(y, p{w})",
)
_RETURNED = "return {m.name: m.result() for m in self.metrics}"


class Training(Step):
    """A ``train_step`` that is Keras's own, written with TensorFlow, is left out."""

    name = "training"
    triggers = ("compiled_metrics", "compiled_loss", "compute_loss")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each step that goes, for each use of what ``compile`` made in another."""
        for cls in module.classes:
            if "model" not in cls.kinds:
                continue
            steps = [cls.record.methods[name] for name in _STEPS if name in cls.record.methods]
            plain = not cls.has_project_base and not _HOOKS & set(cls.record.methods)
            going = [method for method in steps if plain and _is_default(module, method)]
            for method in steps:
                if method not in going:
                    yield from _written_out(module, cls, method)
                    continue
                editor = module.editor()
                _remove(editor, method, going)
                said = f"`{method.name}` does what Keras's own does, on every backend"
                yield done(method, said, editor, Kind.NEEDLESS)


def _is_default(module: Module, method: r.Function) -> bool:
    found = _shape(_dedented(module, method))
    return found is not None and found in _defaults(method.name)


def _dedented(module: Module, method: r.Function) -> str:
    start = module.source.text.rfind("\n", 0, method.start) + 1
    return textwrap.dedent(module.source.text[start : method.end])


def _shape(text: str) -> str | None:
    """A function's body with its own names numbered, so that two that do the same look alike."""
    try:
        function = ast.parse(text).body[0]
    except (SyntaxError, IndexError):
        return None
    if not isinstance(function, ast.FunctionDef) or function.decorator_list or len(function.args.args) != 2:
        return None
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    numbers = {function.args.args[0].arg: "self", function.args.args[1].arg: "data"}
    return "\n".join(ast.dump(_Numbered(numbers).visit(statement)) for statement in body)


class _Numbered(ast.NodeTransformer):
    """Names in the order in which they come, and functions by the last word of their spelling."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in {"zip", "GradientTape", "unpack_x_y_sample_weight"}:
            node.id = self.names.setdefault(node.id, f"name{len(self.names)}")
        node.ctx = ast.Load()
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in {"GradientTape", "unpack_x_y_sample_weight"}:
            return ast.Name(node.attr, ast.Load())
        node.attr = "trainable_variables" if node.attr == "trainable_weights" else node.attr
        self.generic_visit(node)
        return node

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """The variable of a comprehension is its own, and comes before what is made of it."""
        around, self.names = self.names, dict(self.names)
        for generator in node.generators:
            if isinstance(generator.target, ast.Name):
                self.names[generator.target.id] = "item"
            self.visit(generator)
        node.key, node.value = self.visit(node.key), self.visit(node.value)
        self.names = around
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        self.generic_visit(node)
        node.ctx = ast.Load()
        return node


@cache
def _defaults(name: str) -> frozenset[str]:
    """The bodies of Keras's own step, as guides and old programs write it."""
    found: set[str] = set()
    for unpacked, loss, applied, updated in itertools.product(_UNPACKED, _LOSSES, _APPLIED, _UPDATED):
        weighted = ", w" in unpacked
        forms = ((", w", ", sample_weight=w"), (", sample_weight=w",) * 2) if weighted else (("", ""),)
        for plain, named in forms:
            given = loss.format(w=plain, named=named)
            for more in {plain, named}:
                after = updated.format(w=more)
                found.update(_texts(name, unpacked, given, applied, after))
    return frozenset(shape for text in found if (shape := _shape(text)) is not None)


def _texts(name: str, unpacked: str, loss: str, applied: str, updated: str) -> Iterator[str]:
    if name == "train_step":
        taped = f"with GradientTape() as tape:\n    {_CALLS[name]}\n    loss = {loss}\n{applied}"
        yield _function(name, unpacked, taped, updated)
        return
    for start in ("loss = ", ""):
        if start or "loss)" not in updated:
            yield _function(name, unpacked, f"{_CALLS[name]}\n{start}{loss}", updated)


def _function(name: str, *parts: str) -> str:
    return f"def {name}(self, data):\n{textwrap.indent(chr(10).join([*parts, _RETURNED]), '    ')}\n"


def _remove(editor: Editor, method: r.Function, going: list[r.Function]) -> None:
    """Delete a method, with the blank lines above it; the first of a class that is left empty becomes ``pass``."""
    holder = method.parent
    body = holder.parent.body if isinstance(holder, r.Statement) and isinstance(holder.parent, r.Class) else ()
    gone = {id(one) for one in going}
    kept = [s for s in body if not (isinstance(s, r.FunctionStatement) and id(s.function) in gone)]
    first = min(going, key=lambda one: one.start)
    if not kept and method is first:
        editor.edit(statement_start(method), method.end, "pass")
        return
    start, end = editor.line_start(statement_start(method)), editor.line_end(method.end)
    while editor.text[:start].endswith(("\n\n", "\n\r\n")):
        start = editor.line_start(start - 1)
    editor.edit(start, end, "")


# what compile made ------------------------------------------------------------------------------
def _written_out(module: Module, cls: Class, method: r.Function) -> Iterator[Remark]:
    """``compiled_loss`` and ``compiled_metrics`` in a step that does more."""
    for record in method.walk():
        func = record.func if isinstance(record, r.Call) else None
        if not isinstance(record, r.Call) or not isinstance(func, r.Attribute):
            continue
        if func.attr == "compiled_loss" and _is_self(func.value):
            yield from _loss(module, record, func)
        elif func.attr == "update_state" and isinstance(func.value, r.Attribute):
            if func.value.attr == "compiled_metrics" and _is_self(func.value.value):
                yield _metrics(module, cls, method, record)


def _is_self(expression: r.Expression) -> bool:
    return isinstance(expression, r.Name) and expression.id == "self"


def _loss(module: Module, call: r.Call, func: r.Attribute) -> Iterator[Remark]:
    named = {a.name: a for a in call.arguments if a.name is not None}
    plain = [a for a in call.arguments if a.name is None and not a.star]
    penalties = named.pop("regularization_losses", None)
    if set(named) - {"sample_weight", "y_true", "y_pred"} or any(a.star for a in call.arguments) or len(plain) > 3:
        return
    names = ("y", "y_pred", "sample_weight")
    texts = [f"{name}={module.text(a.value)}" for name, a in zip(names, plain, strict=False)]
    texts += [f"{'y' if name == 'y_true' else name}={module.text(a.value)}" for name, a in named.items()]
    editor = module.editor()
    editor.replace(call, f"{module.text(func.value)}.compute_loss({', '.join(texts)})")
    yield done(call, "`compiled_loss` is `compute_loss`", editor)
    if penalties is None:
        yield differs(call, "`compute_loss` adds the model's `losses`, which `compiled_loss` was not given here")


def _metrics(module: Module, cls: Class, method: r.Function, call: r.Call) -> Remark:
    """The update of ``compile``'s metrics: Keras 3 would update every metric of the model by it."""
    what = "`compiled_metrics` updates every metric of the model in Keras 3, the loss's mean too, with the predictions"
    statement = call.parent
    loss = _loss_name(method)
    own = "metrics" in cls.record.methods or _has_own_loss(cls)
    plain = [a for a in call.arguments if a.name is None and not a.star]
    if own or loss is None or not isinstance(statement, r.ExpressionStatement) or len(plain) < 2:
        return left(
            call,
            f"{what}: loop over `self.metrics`, and give each what it is for (`compile_metrics` takes `y, y_pred`).",
        )
    editor = module.editor()
    size = f"{keras_spelled(module, editor, 'keras.ops.shape')}({module.text(plain[1].value)})[0]"
    given = ", ".join(module.text(a) for a in call.arguments)
    indent, new = editor.indent_at(statement.start), editor.newline
    lines = [
        "for metric in self.metrics:",
        '    if metric.name == "loss":',
        f"        metric.update_state({loss}, sample_weight={size})",
        '    elif metric.name == "compile_metrics":',
        f"        metric.update_state({given})",
    ]
    editor.edit(statement.start, statement.end, f"{new}{indent}".join(lines))
    return done(call, f"{what}: so it is written out", editor)


def _has_own_loss(cls: Class) -> bool:
    """True if a metric of the class's own may be called ``loss``, too."""
    return any(
        isinstance(record, r.Argument) and isinstance(record.value, r.Constant) and record.value.value == "loss"
        for method in cls.record.methods.values()
        for record in method.walk()
    )


def _loss_name(method: r.Function) -> str | None:
    """The name of the loss that a step takes gradients of, or that it evaluates."""
    for record in method.walk():
        if isinstance(record, r.Call) and isinstance(record.func, r.Attribute) and record.arguments:
            first = record.arguments[0].value
            if record.func.attr in {"gradient", "minimize"} and isinstance(first, r.Name):
                return first.id
    for record in method.walk():
        if not isinstance(record, r.Assign) or not isinstance(record.value, r.Call):
            continue
        func, target = record.value.func, record.targets[0]
        if isinstance(func, r.Attribute) and func.attr in {"compiled_loss", "compute_loss"}:
            return target.id if isinstance(target, r.Name) else None
    return None
