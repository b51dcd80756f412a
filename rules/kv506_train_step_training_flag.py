"""KV506 train-step-training-flag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, library_class

if TYPE_CHECKING:
    from kerasvae_lint.model import Untold

_LEARNING_PHASE = ("keras.backend.set_learning_phase", "keras.backend.learning_phase_scope")
_SHOWN = 2
_ALONE = "Pass `training=True`."
_SHARED = "Take `training` as an argument and pass it: what does not train runs this line too."


class TrainStepTrainingFlag(Rule):
    """A `train_step` that calls the model without `training=True`: Dropout drops nothing, statistics stand still.

    ## What it finds
    In a `train_step` of one's own (a method, or a function of that name), calls without `training` of a model or layer
    that the step moves by the gradient of what comes out, and that holds Dropout, noise or BatchNormalization, in
    another file too.
    Not: a flag that comes in by position, through `**kwargs` or a helper; a `call` whose `training` is True by default;
    BatchNormalization that is or may be frozen; teachers, target networks and whatever else the step does not move;
    what goes through `stop_gradient`.

    ## Why it bites
    `fit` does not set the mode for a step of one's own, and without a flag a layer runs as in inference, for the whole
    training. Measured: Dropout(0.5) leaves all units on, and the moving mean of BatchNormalization stays at 0, so that
    nothing is normalised, neither in training nor afterwards. Nothing is printed.

    ## Bad
    ```python
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x))
    ```

    ## Good
    ```python
    loss = self.compute_loss(y=y, y_pred=self(x, training=True))
    ```

    ## Fix
    Safe: `training=True` in the call; both Kerases take it, and hand it to the layers below, also where the `call` of
    the class has no such parameter. None in a function that `test_step` runs too.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issues 31184, 32864, 28028
    """

    code = "KV506"
    name = "train-step-training-flag"
    triggers = ("def train_step",)
    fixable = "sometimes"
    probes = ("mode",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call that leaves the mode open."""
        if module.flavour.graph or next(module.calls(*_LEARNING_PHASE), None) is not None:
            return
        for found in module.untold_modes:
            named = list(dict.fromkeys(library_class(path[-1]).rpartition(".")[2] for path in found.heeding))
            what = " and ".join(named) if len(named) <= _SHOWN else f"{', '.join(named[:_SHOWN])} and others"
            verb = "runs" if len(named) == 1 else "run"
            yield Report(
                found.call,
                f"Nobody tells this call that it trains: {what} in it {verb} as in inference in every step, in Keras 2"
                f" and 3. {_SHARED if found.shared else _ALONE}",
                module.notes("the layer is made here", *(path[-1] for path in found.heeding[:_SHOWN])),
                _fix(module, found),
            )


def _fix(module: Module, found: Untold) -> Draft | None:
    if found.shared:
        return None
    editor = module.editor()
    editor.add_argument(found.call, "training=True")
    return editor.draft("Pass `training=True`", Applicability.SAFE)
