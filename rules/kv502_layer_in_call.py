"""KV502 layer-in-call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, is_layer, library_class, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Anew


class LayerInCall(Rule):
    """A layer with weights made in `call`: it is a new one each time, and its weights are nobody's.

    ## What it finds
    Dense, convolutions, normalizations, recurrent layers and the like, models of them, and layers of one's own that
    have weights, where traced code makes them: in `call`, a train step, a Lambda's or a loss's function, or a helper
    that runs there; one finding for each kind of layer in a function. Not: layers without weights (Concatenate,
    Reshape, pooling, Dropout, ReLU), and those that are made only where they are not there yet.

    ## Why it bites
    No list of weights has them: nobody trains or saves them. Measured: in `fit` Keras 2 and 3 raise ValueError
    (`tf.function only supports singleton tf.Variables created on the first call`); run eagerly, two calls on one
    input give different outputs; in graphs of TensorFlow 1 the weights stay as they were drawn.

    ## Bad
    ```python
    def call(self, inputs):
        return layers.Dense(8)(inputs)
    ```

    ## Good
    ```python
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8)

    def call(self, inputs):
        return self.dense(inputs)
    ```

    ## Fix
    None: make the layer in `__init__`, one for each place that calls it.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issues 27120, 48878
    - koshian2/OctConv-TFKeras issue 16
    """

    code = "KV502"
    name = "layer-in-call"
    triggers = ("def call", "_step", "Lambda(", ".function", "compile(", "def __call__", "Loss")
    companions = ("layers", "Layer", "Dense", "Conv", "Model", "Sequential", "Norm")
    probes = ("build", "gradients")
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per function and kind of layer."""
        groups: dict[tuple[object, str], list[Anew]] = {}
        for anew in module.made_anew:
            if is_layer(anew.made):
                groups.setdefault((records.function_of(anew.call), _name(module, anew)), []).append(anew)
        for (_, name), (first, *others) in groups.items():
            yield Report(
                first.call,
                f"This `{name}` is a new one at each call: its weights are in no layer's list, so they are never"
                " trained, and `fit` raises ValueError, in Keras 2 and 3. Make it in `__init__`.",
                tuple((other.call, "so is this one") for other in others),
            )


def _name(module: Module, anew: Anew) -> str:
    """What the code calls the layer's class."""
    said = module.text(anew.call.func).rpartition(".")[2]
    return said if said.isidentifier() else library_class(anew.made).rpartition(".")[2] or "layer"
