"""KV304 variable-in-call."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Computed, LibraryObject, Module, is_variable, leaves

_FILLED = frozenset(f"keras.backend.{name}" for name in ("variable", "zeros", "ones", "eye"))


class VariableInCall(Rule):
    """A variable made in `call`: it is a new one each time, and never learns.

    ## What it finds
    `tf.Variable`, `keras.Variable`, `add_weight` and a `K.variable` of random numbers where traced code runs them: in
    `call`, a train step, a Lambda's or a loss's function, or a helper that runs there. Not: what is made only where it
    is not there yet, helpers that `build` calls, code that runs eagerly, graphs of TensorFlow 1 (where the function
    runs once), and a `K.variable` of a shape or of another constant, which nobody writes.

    ## Why it bites
    Each call begins with a fresh variable. Measured: in `fit` Keras 2 and 3 raise ValueError (`tf.function only
    supports singleton tf.Variables created on the first call`); run eagerly it is never trained, and in Keras 3
    `add_weight` raises as soon as the layer is built.

    ## Bad
    ```python
    def call(self, inputs):
        scale = self.add_weight(name="scale", shape=(), initializer="ones")
        return scale * inputs
    ```

    ## Good
    ```python
    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, inputs):
        return self.scale * inputs
    ```

    ## Fix
    None: make it in `build` or `__init__`; what is no weight is a tensor, `tf.zeros` or `tf.constant`.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issues 27120, 48878
    """

    code = "KV304"
    name = "variable-in-call"
    triggers = ("Variable(", "add_weight", "add_variable", ".variable(", "random_normal_variable")
    companions = ("def call", "_step", "Lambda(", ".function", "compile(", "def __call__", "Loss")
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per variable that is made anew."""
        if module.flavour.graph:
            return
        for anew in module.made_anew:
            cls = module.class_of(anew.call)
            if not isinstance(anew.made, LibraryObject) or not is_variable(anew.made) or _is_constant(anew.made):
                continue
            if cls is not None and module.schedules.runs_eagerly(cls):
                continue
            yield Report(
                anew.call,
                "This variable is a new one at each call: it is never trained, and `fit` raises ValueError, in Keras 2"
                " and 3. Make it in `build` or `__init__`.",
            )


def _is_constant(variable: LibraryObject) -> bool:
    """True for a ``K.variable``, ``K.zeros`` and the like that only hold given numbers, in place of a constant."""
    if variable.name not in _FILLED or variable.writes.get("value"):
        return False
    parts = [leaf for given in (*variable.arguments.values(), *variable.positional) for leaf in leaves(given)]
    return not any(isinstance(leaf, Computed) and leaf.op == "draw" for leaf in parts)
