"""What a layer keeps on every backend: a generator of random numbers, and variables of Keras's own."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import library_calls
from kerasvae_lint.migrate.step import Remark, Step, To, done, left
from kerasvae_lint.model import Call, Class, Editor, Module
from kerasvae_lint.model.spelling import keras_spelled

_GENERATOR = "seed_generator"
_DRAWING = frozenset(
    f"keras.random.{name}"
    for name in ("normal", "uniform", "truncated_normal", "dropout", "categorical", "randint", "gamma", "beta")
)
_KEEPERS = frozenset({"layer", "model"})
_TAKEN = frozenset({None, "initial_value", "trainable", "name", "dtype"})


class Seeds(Step):
    """``keras.random.normal(shape)`` in a layer's ``call`` gets the layer's generator: JAX needs one."""

    name = "seeds"
    triggers = ("random",)
    only_to = To.ANY

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each draw without a generator in code that Keras compiles."""
        given: set[int] = set()
        for call, callee in library_calls(module):
            if callee.name not in _DRAWING or any(a.star or a.name == "seed" for a in call.record.arguments):
                continue
            cls, function = module.class_of(call.record), call.function
            if cls is not None and cls.kinds & _KEEPERS and function is not None:
                method = next((m for m in cls.record.methods.values() if module.stands_in(call.record, m)), None)
                if method is None or method.name in {"__init__", "build"} or not method.parameters:
                    continue
                editor = module.editor()
                if _keep(module, cls, editor, given):
                    editor.add_argument(call.record, f"seed={method.parameters[0].name}.{_GENERATOR}")
                    yield done(call.record, "random numbers come from a generator that the layer keeps", editor)
                    continue
            if call.traced or (cls is not None and cls.kinds & _KEEPERS):
                yield left(
                    call.record,
                    "JAX needs a generator here that a layer keeps: move this to the `call` of a layer, with"
                    " `self.seed_generator = keras.random.SeedGenerator()` in its `__init__` and `seed=` here.",
                )


def _keep(module: Module, cls: Class, editor: Editor, given: set[int]) -> bool:
    """Have a class make its generator once; False where there is no place for it."""
    if _GENERATOR in cls.attributes or id(cls.record) in given:
        return True
    made = f"self.{_GENERATOR} = {keras_spelled(module, editor, 'keras.random.SeedGenerator')}()"
    init, called = cls.record.methods.get("__init__"), cls.super_init
    if init is not None:
        if called is None or called.parent is not init or init.parameters[0].name != "self":
            return False
        editor.insert_after_statement(called, [made])
    else:
        methods = sorted(cls.record.methods.values(), key=lambda method: method.start)
        lines = ["def __init__(self, *args, **kwargs):", "    super().__init__(*args, **kwargs)", f"    {made}"]
        editor.insert_before_function(methods[0], lines)
    given.add(id(cls.record))
    return True


class Variables(Step):
    """``self.scale = tf.Variable(1.0)`` of a layer → ``self.scale = keras.Variable(1.0)``."""

    name = "variables"
    triggers = ("Variable",)
    only_to = To.ANY

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each variable of TensorFlow's that a layer or model keeps."""
        for call, callee in library_calls(module):
            if callee.name != "tf.Variable" or not _is_kept(module, call):
                continue
            arguments = call.record.arguments
            plain = [a for a in arguments if a.name is None]
            if any(a.star or a.name not in _TAKEN for a in arguments) or len(plain) > 1:
                yield left(
                    call.record,
                    "`tf.Variable` is TensorFlow's alone: `self.add_weight(shape=…, initializer=…)` in `build`, or"
                    " `keras.Variable`.",
                )
                continue
            editor = module.editor()
            editor.replace(call.record.func, keras_spelled(module, editor, "keras.Variable"))
            for argument in arguments:
                if argument.name == "initial_value":
                    editor.edit(argument.start, argument.start + len("initial_value"), "initializer")
            yield done(call.record, "`tf.Variable` of a layer is `keras.Variable`, which it keeps too", editor)


def _is_kept(module: Module, call: Call) -> bool:
    """True for ``self.a = tf.Variable(…)`` in a layer or model."""
    cls, parent = module.class_of(call.record), call.record.parent
    if cls is None or not cls.kinds & _KEEPERS or not isinstance(parent, r.Assign):
        return False
    return all(
        isinstance(target, r.Attribute) and isinstance(target.value, r.Name) and target.value.id == "self"
        for target in parent.targets
    )
