"""KV515 sample-weight-dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import LostWeights

_MEANS = frozenset({"reduce_mean", "mean"})


class SampleWeightDropped(Rule):
    """Sample weights that `fit` is given and that the loss, or the `train_step`, never applies.

    ## What it finds
    `sample_weight` or `class_weight` in `fit` or `train_on_batch`, where the compiled loss of the project's own gives
    one number for all samples (a function, a Loss), or where the model's own `train_step` takes inputs and targets out
    of its data and leaves the third part.
    Not: a loss with a value for each sample; a model of several losses of which one obeys; a step that hands its data
    on, or whose third part is read.

    ## Why it bites
    Keras multiplies what the loss gives by the weights. One number times all weights is that number times their mean:
    no sample counts more than another. Measured with half of the data weighted by 0: 0.50 is learned where 0.00 or 1.00
    were asked for, in both Kerases and without a word; a `train_step` with `x, y = data[0], data[1]` does the same.

    ## Bad
    ```python
    def loss(y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred))

    model.compile("adam", loss)
    model.fit(x, y, sample_weight=weights)
    ```

    ## Good
    ```python
    def loss(y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
    ```

    ## Fix
    Unsafe, as the training is another one then: `axis=-1` in the mean that the loss returns. None for sums, and for
    steps: there `x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)` gives the weights, and it is yours
    to say what they weigh.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issues 28029, 31309
    """

    code = "KV515"
    name = "sample-weight-dropped"
    triggers = ("sample_weight", "class_weight")
    fixable = "sometimes"
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per training."""
        for found in module.lost_weights:
            call = found.run.site.record
            written = call.arguments if isinstance(call, records.Call) else ()
            place = next((argument for argument in written if argument.name == found.name), call)
            step = isinstance(found.site.record, records.Function)
            if step:
                message = (
                    f"The model's `train_step` never looks at the weights that come with its data: `{found.name}` has"
                    " no effect, in Keras 2 and 3. Unpack them, and apply them to the loss of each sample."
                )
            else:
                message = (
                    f"The loss is one number for all samples: `{found.name}` can't make one count more than another, in"
                    " Keras 2 and 3. Return a loss for each sample, reduced over the last axis alone."
                )
            note = "this step leaves them out" if step else "all samples are made one number here"
            yield Report(place, message, ((module.place(found.site), note),), _fix(module, found))


def _fix(module: Module, found: LostWeights) -> Draft | None:
    mean = found.reduction.site if found.reduction is not None else None
    call = mean.record if mean is not None and module.owns(mean) else None
    if not isinstance(call, records.Call) or not isinstance(call.func, records.Attribute):
        return None
    if call.func.attr not in _MEANS or len(call.arguments) != 1 or call.arguments[0].star:
        return None
    editor = module.editor()
    editor.add_argument(call, "axis=-1")
    return editor.draft("Reduce over the last axis alone", Applicability.UNSAFE)
