"""What nothing needs any more, and names of TensorFlow 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import library_calls
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.model import Module
from kerasvae_lint.model.spelling import dotted
from kerasvae_lint.values.lattice import LibraryName

_EAGER = {
    "disable_eager_execution": "Keras 3 needs eager execution",
    "disable_v2_behavior": "Keras 3 needs TensorFlow 2's behaviour",
    "disable_v2_tensorshape": "Keras 3 needs TensorFlow 2's behaviour",
    "enable_eager_execution": "execution is eager",
    "enable_v2_behavior": "TensorFlow 2 behaves so",
}
_LEGACY = "TF_USE_LEGACY_KERAS"
_V1 = frozenset(
    {
        *("ConfigProto", "GPUOptions", "Session", "InteractiveSession", "get_default_graph", "logging"),
        *("reset_default_graph", "global_variables_initializer", "get_default_session", "to_float", "to_int32"),
    }
)
_GRAPH = re.compile(
    r"\btf\.(?:placeholder|get_variable|contrib\.(?!keras)|layers\.|variable_scope|summary\.FileWriter)"
)
_TF = {
    "set_random_seed": "random.set_seed",
    "random_normal": "random.normal",
    "random_uniform": "random.uniform",
    "truncated_normal": "random.truncated_normal",
    "log": "math.log",
    "div": "math.divide",
    "ceil": "math.ceil",
    "is_nan": "math.is_nan",
    "matrix_diag": "linalg.diag",
    "matrix_inverse": "linalg.inv",
    "matrix_diag_part": "linalg.diag_part",
    "digamma": "math.digamma",
    "lgamma": "math.lgamma",
    "erf": "math.erf",
    "log1p": "math.log1p",
    "sub": "subtract",
    "mul": "multiply",
    "neg": "negative",
    "arg_max": "argmax",
}


class Needless(Step):
    """``tf.compat.v1.disable_eager_execution()`` goes."""

    name = "needless"
    triggers = ("eager_execution", "disable_v2", "enable_v2", _LEGACY, "set_learning_phase", "multi_gpu_model")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each statement that goes."""
        for call, callee in library_calls(module):
            last = callee.name.rpartition(".")[2]
            statement = call.record.parent
            if callee.name.startswith("tf.") and last in _EAGER and isinstance(statement, r.ExpressionStatement):
                yield _deleted(module, statement, f"`{last}`: {_EAGER[last]}")
            elif callee.name == "keras.backend.set_learning_phase" and isinstance(statement, r.ExpressionStatement):
                yield differs(
                    call.record, "`set_learning_phase` held for all calls: `fit` trains and `predict` does not, now"
                )
                yield _deleted(module, statement, "`set_learning_phase` is gone: a call's `training=` says it")
            elif last == "multi_gpu_model" and callee.name.startswith("keras.utils."):
                yield from _one_gpu(module, call.record)
        yield from _legacy_flags(module)


def _deleted(module: Module, statement: r.Statement, message: str) -> Remark:
    editor = module.editor()
    editor.delete_statement(statement, collapse=True)
    return done(statement, message, editor, Kind.NEEDLESS)


def _one_gpu(module: Module, call: r.Call) -> Iterator[Remark]:
    model = next((a for a in call.arguments if a.name in {None, "model"} and not a.star), None)
    if model is None:
        return
    editor = module.editor()
    editor.replace(call, module.text(model.value))
    message = (
        "`multi_gpu_model` is gone: to use several, make the model under `tf.distribute.MirroredStrategy().scope()`"
    )
    yield done(call, message, editor, Kind.NEEDLESS)


def _legacy_flags(module: Module) -> Iterator[Remark]:
    """``os.environ["TF_USE_LEGACY_KERAS"] = "1"``."""
    for record in module.code.walk():
        target = None
        if isinstance(record, r.Assign) and len(record.targets) == 1 and isinstance(record.targets[0], r.Subscript):
            target = record.targets[0].index
        elif isinstance(record, r.ExpressionStatement) and isinstance(record.value, r.Call) and record.value.arguments:
            func = record.value.func
            if isinstance(func, r.Attribute) and func.attr in {"setdefault", "putenv"}:
                target = record.value.arguments[0].value
        if isinstance(target, r.Constant) and target.value == _LEGACY and isinstance(record, r.Statement):
            yield _deleted(module, record, f"`{_LEGACY}` asks for Keras 2")


class TensorFlow1(Step):
    """``tf.ConfigProto()`` → ``tf.compat.v1.ConfigProto()``, ``tf.set_random_seed`` → ``tf.random.set_seed``."""

    name = "tensorflow-1"
    triggers = ("tf.", "tensorflow")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each name that TensorFlow 2 has elsewhere; one for a program that builds a graph."""
        graph = _GRAPH.search(module.source.text)
        if graph is not None:
            for record in module.code.walk():
                if isinstance(record, r.Attribute) and record.start == graph.start():
                    yield left(
                        record, "This builds a graph of TensorFlow 1, which Keras 3 can't be a part of: write it anew."
                    )
                    return
            return
        for record in module.code.walk():
            if not isinstance(record, r.Attribute) or not isinstance(record.value, r.Name):
                continue
            value = module.value(record)
            if not isinstance(value, LibraryName) or not value.spelling.startswith("tensorflow."):
                continue
            if value.spelling.count(".") != 1 or not dotted(record):
                continue
            new = _TF.get(record.attr) or (f"compat.v1.{record.attr}" if record.attr in _V1 else None)
            if new is not None:
                editor = module.editor()
                editor.edit(record.end - len(record.attr), record.end, new)
                yield done(record, f"`tf.{record.attr}` is `tf.{new}` in TensorFlow 2", editor)
