"""``K.function``: a model that is called."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import library_calls
from kerasvae_lint.migrate.helpers import define
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Module
from kerasvae_lint.model.spelling import keras_spelled
from kerasvae_lint.values.lattice import LibraryName

_NAME = "backend_function"
_LINES = [
    "def backend_function(inputs, outputs):",
    '    """A function from a list of arrays, with the mode behind them if it is said, to a list of arrays."""',
    "    model = {model}(inputs, outputs)",
    "",
    "    def call(values):",
    "        count = len(model.inputs)",
    "        found = model(values[:count], training=bool(values[count]) if len(values) > count else False)",
    "        return [{numpy}(one) for one in (found if isinstance(found, (list, tuple)) else [found])]",
    "",
    "    return call",
]


class Functions(Step):
    """``K.function([model.input, K.learning_phase()], [layer.output])`` as a function over a model."""

    name = "functions"
    triggers = (".function", "import function")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call, unless gradients are in play."""
        if "gradients" in module.source.text:
            return
        calls = [call.record for call, callee in library_calls(module) if callee.name == "keras.backend.function"]
        for call in calls:
            given = call.arguments
            if len(given) != 2 or any(a.star or a.name not in {None, "inputs", "outputs"} for a in given):
                continue
            editor = module.editor()
            names = {
                "model": keras_spelled(module, editor, "keras.Model"),
                "numpy": keras_spelled(module, editor, "keras.ops.convert_to_numpy"),
            }
            if not define(module, editor, _NAME, [line.format(**names) for line in _LINES], calls):
                continue
            editor.replace(call.func, _NAME)
            inputs = given[0].value
            if isinstance(inputs, r.Display):
                kept = [item for item in inputs.items if not _is_phase(module, item)]
                if len(kept) < len(inputs.items):
                    editor.replace(inputs, f"[{', '.join(module.text(item) for item in kept)}]")
            yield done(call, "`K.function` is a function over a `keras.Model`", editor)


def _is_phase(module: Module, item: r.Expression) -> bool:
    value = module.value(item.func) if isinstance(item, r.Call) else None
    return isinstance(value, LibraryName) and value.name == "keras.backend.learning_phase"
