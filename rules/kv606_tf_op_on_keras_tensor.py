"""KV606 tf-op-on-keras-tensor."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule, TargetKeras
from kerasvae_lint.model import EagerCall, Module, eager_calls


class TfOpOnKerasTensor(Rule):
    """`tf.exp(z)` while a functional model is built: Keras 3 takes its own functions there, not TensorFlow's.

    ## What it finds
    Functions of TensorFlow, and those of `tf.keras.backend`, that get a tensor of a functional model: an `Input`, what
    a layer gave, what was computed from one, alone or in a list. One finding for the functions of a statement.
    Not: the same in the `call` of a layer, in a Lambda, a loss or any traced code; operators (`a + b`, `x[:, 0]`),
    which Keras 3 takes; what only asks for a shape (`x.shape`, `K.int_shape(x)`); what has a rule of its own: functions
    that the backend of Keras 3 lacks, and what is computed for a loss that the model can't be given so at all.

    ## Why it bites
    `ValueError: A KerasTensor cannot be used as input to a TensorFlow function` (measured on 3.15; a hundred functions
    of `tf.keras.backend` too, some of them with other errors). Keras 2 makes a layer of each.

    ## Bad
    ```python
    inputs = keras.Input((None,), dtype="int64")
    embedded = tf.one_hot(inputs, depth=max_tokens)
    ```

    ## Good
    ```python
    embedded = keras.ops.one_hot(inputs, num_classes=max_tokens)
    ```

    ## Fix
    Unsafe, where functions of `keras.ops` mean the same: Keras 2 has no such module, so the code then needs Keras 3.
    Everything else moves into the `call` of a layer, which both take; so does what draws random numbers.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), ValueError in Keras 3.

    ## References
    - Keras's guide to migrating to Keras 3
    - keras-team/keras issue 19044
    """

    code = "KV606"
    name = "tf-op-on-keras-tensor"
    triggers = ("Input", ".output", ".input")
    companions = ("tensorflow",)
    fixable = "sometimes"
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per statement that computes with such a tensor by TensorFlow's functions."""
        if module.flavour.only2 or module.flavour.graph:
            return
        for calls in eager_calls(module):
            first = calls[0]
            instead = f"Use `{first.twin}`, or put it into the" if first.twin else "Put it into the"
            yield Report(
                first.call,
                f"`{first.name}` gets a functional model's tensor, in which no number is: ValueError in Keras 3 (Keras"
                f" 2 takes it). {instead} `call` of a layer.",
                fix=_fix(module, calls),
                about=tuple(one.call.record for one in calls),
            )


def _fix(module: Module, calls: list[EagerCall]) -> Draft | None:
    """The first function's twin, where each of the statement has one: the next round finds the next."""
    if module.target is TargetKeras.BOTH or not all(one.rewritten(module) for one in calls):
        return None
    return calls[0].rewritten(module)
