"""Functions of TensorFlow: on a functional model's tensors, and for other backends wherever Keras calls them."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves.twins import TENSORFLOW
from kerasvae_lint.migrate.asking import library_calls
from kerasvae_lint.migrate.step import Kind, Remark, Step, To, left
from kerasvae_lint.model import Call, Module
from kerasvae_lint.model.rewriting import rewrite_call, rewrite_name, twin_of_row
from kerasvae_lint.values.lattice import LibraryName

_DTYPES = frozenset(
    {
        *("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool"),
        *("uint32", "uint64"),
    }
)
_HOST = ("tf.data.", "tf.io.", "tf.config.", "tf.random.set_seed", "tf.summary.", "tf.keras", "tf.train.", "tf.compat.")
_DRAWS = ("random.", "nn.dropout")


class KerasTensors(Step):
    """``tf.reduce_mean(x)`` of an ``Input`` → ``ops.mean(x)``."""

    name = "tensors"
    triggers = ("tf.", "tensorflow")
    only_to = To.TENSORFLOW

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call of TensorFlow that is given a symbolic tensor."""
        for call, callee in library_calls(module):
            if callee.name.startswith("tf.") and _is_symbolic(module, call):
                twin = _twin(module, call, callee.name)
                if twin is not None:  # of the others KV606 speaks
                    yield twin


def _is_symbolic(module: Module, call: Call) -> bool:
    """True where all runs of a call get a tensor of a functional model, and no other tensor."""
    found = [
        any(module.symbolic.among(value) for value in (*event.arguments.positional, *event.arguments.keywords.values()))
        for event in call.events
    ]
    return bool(found) and all(found) and not call.traced


class AnyBackend(Step):
    """``tf.exp(x)`` in a layer, a loss or a step → ``ops.exp(x)``."""

    name = "any-backend"
    triggers = ("tf.", "tensorflow")
    only_to = To.ANY

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each name of TensorFlow in code that Keras calls."""
        seen: set[r.Record] = set()
        for call, callee in library_calls(module):
            if not callee.name.startswith("tf.") or callee.name.startswith(_HOST):
                continue
            seen.add(call.record.func)
            called = call.traced or _is_called_by_keras(module, call)
            if not called and not _is_symbolic(module, call):
                continue
            twin = _twin(module, call, callee.name)
            if twin is not None:
                yield twin
            elif called:
                yield left(call.record, _advice(callee.name))
        for record in module.code.walk():
            if isinstance(record, r.Attribute) and record not in seen:
                value = module.value(record)
                if isinstance(value, LibraryName) and value.name.startswith("tf."):
                    yield from _named(module, record, value.name[3:])


def _named(module: Module, record: r.Attribute, name: str) -> Iterator[Remark]:
    """A dtype, or a function that is handed on: ``activation=tf.nn.relu``."""
    editor = module.editor()
    if name in _DTYPES:
        editor.replace(record, f'"{name}"')
        yield Remark(Kind.DONE, record, f"`tf.{name}` is `{name!r}`", editor.draft("a dtype is a word"))
    elif (
        name in TENSORFLOW
        and not isinstance(record.parent, r.Call)
        and rewrite_name(module, record, TENSORFLOW[name], editor)
    ):
        message = f"`tf.{name}` is `{twin_of_row(TENSORFLOW[name])}`"
        yield Remark(Kind.DONE, record, message, editor.draft(message))


def _is_called_by_keras(module: Module, call: Call) -> bool:
    """True for code of a class of Keras's kind, and of a function that a model or layer is given."""
    cls = module.class_of(call.record)
    function = call.function
    if cls is not None and cls.kinds & {"layer", "model", "loss", "metric", "regularizer", "constraint", "initializer"}:
        return function is not None and function.name not in {"__init__", "build", "get_config"}
    return False


def _advice(name: str) -> str:
    advice = {
        "tf.GradientTape": (
            "write the loss as `compute_loss(self, x, y, y_pred, sample_weight, training)` and leave the step to Keras,"
            " or one step for each backend (`jax.value_and_grad`, `loss.backward()`)"
        ),
        "tf.Variable": "`self.add_weight` in `build`, or `keras.Variable`",
        "tf.function": "leave it out: Keras compiles its steps by itself",
        "tf.print": "`print`, with `run_eagerly=True`",
    }
    return f"`{name}` is TensorFlow's alone: {advice.get(name, 'write it with `keras.ops`')}."


def _twin(module: Module, call: Call, name: str) -> Remark | None:
    short = name.removeprefix("tf.")
    row = TENSORFLOW.get(short)
    editor = module.editor()
    if row is None or not rewrite_call(module, call, row, name, editor):
        return None
    message = f"`{name}` is `{twin_of_row(row)}`"
    if short.startswith(_DRAWS):
        return Remark(Kind.DIFFERS, call.record, f"{message}; it draws other numbers", editor.draft(message))
    return Remark(Kind.DONE, call.record, message, editor.draft(message))
