"""KV504 numpy-in-call."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import TRACING, Call, Computed, Module, Value, held, is_variable, leaves, records

from ._eager import is_eager

_HARMLESS = frozenset({"ndim", "shape", "size", "finfo", "iinfo", "issubdtype", "dtype", "result_type", "isscalar"})
"""Questions that a tensor answers without its numbers."""
_ZEROS = frozenset({"zeros_like", "ones_like", "empty_like", "full_like"})
_ASKS = ("executing_eagerly", "inside_function", "isinstance", "hasattr", "is_tensor", "ndarray")
_TWINS = {
    **dict.fromkeys(("abs", "exp", "sqrt", "square", "sin", "cos", "tan", "tanh", "sign", "maximum", "minimum")),
    **dict.fromkeys(("zeros_like", "ones_like", "expand_dims", "squeeze", "reshape", "matmul", "where", "round")),
    **{"log": "math.log", "sum": "reduce_sum", "mean": "reduce_mean", "max": "reduce_max", "min": "reduce_min"},
    **{"prod": "reduce_prod", "std": "math.reduce_std", "var": "math.reduce_variance", "clip": "clip_by_value"},
    **{"log1p": "math.log1p", "expm1": "math.expm1", "power": "pow", "absolute": "abs", "multiply": "multiply"},
    **{"add": "add", "subtract": "subtract", "divide": "divide", "floor": "floor", "cumsum": "cumsum"},
}
"""Functions of NumPy with what TensorFlow calls the same; None where the name is the same."""
_REDUCES = frozenset({"sum", "mean", "max", "min", "prod", "std", "var", "cumsum"})


class NumpyInCall(Rule):
    """NumPy on tensors in `call`: the gradient ends there, and `fit` raises.

    ## What it finds
    `np.…` on a tensor or a weight, and `tensor.numpy()`, where traced code runs it: in `call`, a train step, a Lambda's
    or a loss's function. Where the code runs eagerly, only what the result is made of. Not: Python numbers and static
    shapes (`np.prod(x.shape[1:])`, `np.sqrt(self.units)`), `np.shape`, `np.finfo`, functions given to
    `tf.py_function` and `tf.numpy_function`, code behind a question such as `tf.executing_eagerly()`, the functions of
    `tf.experimental.numpy`. Random numbers are KV406's.

    ## Why it bites
    What NumPy computes, no tape has seen. Measured: with `run_eagerly=True` the layers below `np.exp` never move and
    nobody says so; in a compiled step `fit` raises (`Cannot convert a symbolic tf.Tensor to a numpy array`).

    ## Bad
    ```python
    def call(self, inputs):
        mean, log_var = self.heads(inputs)
        return mean * np.exp(0.5 * log_var)
    ```

    ## Good
    ```python
    return mean * tf.exp(0.5 * log_var)
    ```

    ## Fix
    Unsafe, where TensorFlow has a function of the same arguments: that one; `.numpy()` goes.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keunwoochoi/kapre issue 35
    """

    code = "KV504"
    name = "numpy-in-call"
    triggers = ("np.", "numpy")
    companions = ("def call", "_step", "Lambda(", "compile(", ".function", "Loss", "def __call__")
    fixable = "sometimes"
    probes = ("build", "gradients")
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call of NumPy on a tensor."""
        found = [call for call in module.all_calls if _is_numpy(call) or _is_fetch(call)]
        if not found:
            return
        eager = is_eager(module)
        known = {fetched.call.record for fetched in module.fetched}
        for call in found:
            if call.record in known or _is_asked_for(module, call.record) or (eager and not _is_returned(module, call)):
                continue
            name = f"`{module.text(call.record.func)}`" if _is_numpy(call) else "`.numpy()`"
            what = "the layers before it are never trained" if eager else "`fit` raises on symbolic tensors"
            yield Report(
                call.record,
                f"{name} takes the numbers out of a tensor: no gradient goes through it, and {what}, in Keras 2 and 3."
                " Compute it with TensorFlow or Keras.",
                fix=_fix(module, call),
            )


def _is_numpy(call: Call) -> bool:
    """True for a function of NumPy that is given a tensor in traced code."""
    home, _, last = call.name.rpartition(".")
    if home not in {"np", "np.linalg"} or last in _HARMLESS or not call.spelling.startswith("numpy"):
        return False
    return any(
        _is_tensor(value)
        for event in call.events
        if event.phase == TRACING
        for argument in event.arguments.all()
        for value in held(argument)
    )


def _is_fetch(call: Call) -> bool:
    """True for ``tensor.numpy()`` in traced code."""
    if call.method != "numpy" or call.record.arguments or TRACING not in call.phases:
        return False
    results = [value for event in call.events if event.phase == TRACING for value in event.result.alternatives()]
    return any(
        isinstance(value, Computed) and value.op == "numpy" and any(map(_is_tensor, value.operands))
        for value in results
    )


def _is_tensor(value: Value) -> bool:
    """True for a tensor that traced code computes from its input, and for a weight."""
    if is_variable(value):
        return True
    return isinstance(value, Computed) and value.kind == "tensor" and any(_is_live(leaf) for leaf in leaves(value))


def _is_live(leaf: Value) -> bool:
    return is_variable(leaf) or (
        isinstance(leaf, Computed) and leaf.op in {"input", "data", "batch", "target", "layer"}
    )


def _is_asked_for(module: Module, record: records.Record) -> bool:
    """True for code behind a question whether there are numbers, or behind a ``try``."""
    if any(word in module.text(test) for test in records.tests_of(record) for word in _ASKS):
        return True
    at = record.parent
    while at is not None and not isinstance(at, records.Function):
        if isinstance(at, records.Try):
            return True
        at = at.parent
    return False


def _is_returned(module: Module, call: Call) -> bool:
    """True where what a call gives is a part of what its function returns, in a layer's ``call`` or a loss."""
    function = call.function
    if function is None or function.name.endswith("_step") or call.name.rpartition(".")[2] in _ZEROS:
        return False
    made = {id(value) for event in call.events for value in event.result.alternatives()}
    returned = [r.value for r in function.walk() if isinstance(r, records.Return) and r.value is not None]
    return any(id(leaf) in made for expression in returned for leaf in leaves(module.value(expression)))


def _fix(module: Module, call: Call) -> Draft | None:
    func = call.record.func
    editor = module.editor()
    if not isinstance(func, records.Attribute):
        return None
    if not _is_numpy(call):
        editor.edit(editor.span(func.value)[1], call.record.end, "")
        return editor.draft("Keep the tensor", Applicability.UNSAFE)
    if func.attr not in _TWINS or not call.name.startswith("np.") or call.name.count(".") != 1:
        return None
    allowed = {"axis", "keepdims"} if func.attr in _REDUCES else set()
    limit = 2 if func.attr in _REDUCES - {"std", "var"} else 3
    if any(a.star or (a.name is not None and a.name not in allowed) for a in call.record.arguments):
        return None
    if len([a for a in call.record.arguments if a.name is None]) > limit:
        return None
    editor.replace(func, f"{editor.tensorflow()}.{_TWINS[func.attr] or func.attr}")
    return editor.draft("Let TensorFlow compute it", Applicability.UNSAFE)
