"""KV801 shape-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class ShapeMismatch(Rule):
    """A layer is called on something that it can't take.

    ## What it finds
    A model that can't be built as it is written: `Concatenate` of tensors that differ beside the axis, a `Reshape` to
    another number of elements, a kernel that is larger than its input under `padding="valid"`, a recurrent layer on an
    input without a time axis, a `Dense` behind the wrong number of axes, operators on shapes that don't broadcast,
    `set_weights` of a `Dense` with arrays of other shapes, and a `fit` whose targets can't be compared with the
    outputs. The shapes are read from the code: from `Input`, `input_shape` and `build` through the layers, own layers
    and helpers among them. What the code does not say stays unknown, and nothing is said about it.

    ## Why it bites
    Keras raises an error where the model is built or first called: often minutes later, when the data has been loaded.

    ## Bad
    ```python
    x = layers.Conv2D(16, 3)(keras.Input((28, 28, 1)))
    y = layers.Conv2D(16, 3, padding="same")(keras.Input((28, 28, 1)))
    merged = layers.Concatenate()([x, y])
    ```

    ## Good
    ```python
    x = layers.Conv2D(16, 3, padding="same")(keras.Input((28, 28, 1)))
    y = layers.Conv2D(16, 3, padding="same")(keras.Input((28, 28, 1)))
    merged = layers.Concatenate()([x, y])
    ```

    ## Fix
    None: which of the two shapes is meant is yours to say. `kvlint show` prints the shapes up to there.

    ## Keras 2 and Keras 3
    Both raise. Code inside of `try`, and what a test expects to raise, is left alone.
    """

    code = "KV801"
    name = "shape-mismatch"
    triggers = ("ayers", "keras")
    preview = True
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call that can't be made."""
        for misfit in module.misfits:
            start = misfit.reason if misfit.reason.startswith(misfit.what) else f"`{misfit.what}`: {misfit.reason}"
            given = ", ".join(map(str, misfit.given))
            if given and not any(str(shape) in start for shape in misfit.given):
                start += f"; it is given {given}"
            notes = ((misfit.made, "the layer is made here"),) if misfit.made is not None else ()
            yield Report(misfit.record, f"{start}. Keras 2 and 3 raise an error here.", notes, about=(misfit.record,))
