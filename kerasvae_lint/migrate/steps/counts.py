"""Sizes that NumPy counted: Keras 3 takes a whole number of Python's only."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import assigned, keras_calls
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Module
from kerasvae_lint.values.lattice import LibraryName

_SIZES = {
    "Dense": (("units", "output_dim"), 1),
    "Embedding": (("input_dim", "output_dim"), 2),
    "RepeatVector": (("n",), 1),
    "UpSampling1D": (("size", "length"), 1),
}
"""By layer: its arguments that have to be such numbers, and how many are given by position."""
_COUNTING = frozenset({"max", "amax", "min", "amin", "prod", "product", "sum"})
_DEEPEST = 4


class Counts(Step):
    """``Dense(np.max(y) + 1)`` → ``Dense(int(np.max(y) + 1))``."""

    name = "counts"
    triggers = tuple(_SIZES)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each argument."""
        for call, _, place in keras_calls(module):
            names, plain = _SIZES.get(place.name.rpartition(".")[2], ((), 0))
            at = 0
            for argument in call.record.arguments:
                if argument.star:
                    break
                is_size = argument.name in names if argument.name is not None else at < plain
                at += argument.name is None
                if is_size and _is_counted(module, argument.value, _DEEPEST):
                    editor = module.editor()
                    editor.replace(argument.value, f"int({module.text(argument.value)})")
                    yield done(argument.value, "a number of NumPy's is no size for Keras 3: `int(…)` of it", editor)


def _is_counted(module: Module, expression: r.Expression, depth: int) -> bool:
    """True for what NumPy counts, and sums and names of such."""
    if depth <= 0:
        return False
    if isinstance(expression, r.Name):
        values = assigned(module, expression)
        return bool(values) and all(_is_counted(module, value, depth - 1) for value in values)
    if isinstance(expression, r.Binary):
        return any(_is_counted(module, part, depth - 1) for part in (expression.left, expression.right))
    if not isinstance(expression, r.Call) or not isinstance(expression.func, r.Attribute):
        return False
    func = expression.func
    if func.attr not in _COUNTING:
        return False
    callee = module.value(func)
    if isinstance(callee, LibraryName):
        return callee.spelling.startswith("numpy.")
    return isinstance(func.value, r.Name) and not expression.arguments  # `y_train.max()`
