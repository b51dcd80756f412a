"""KV608 training-flag-lost."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import LostFlag, Module, library_class, lost_flags, name_of


class TrainingFlagLost(Rule):
    """A model whose `call` has no `training`: Keras 3 trains it with Dropout and BatchNormalization switched off.

    ## What it finds
    A Keras Model of one's own that is trained by `fit` (or `train_on_batch`) in the same file, whose `call` has no
    parameter named `training` (`**kwargs` is none), and below which there is dropout, noise or BatchNormalization that
    trains.
    Not: models with a `train_step` or a training loop of their own, functional models, layers inside a model (there
    the flag comes through), layers that the `call` gives a mode itself, frozen BatchNormalization.

    ## Why it bites
    The step of Keras 3 passes `training=True` only if the model's own `call` takes it. Measured on 3.0, 3.4, 3.8, 3.12
    and 3.15: `Dropout(0.5)` drops nothing and the moving mean of BatchNormalization never moves, for the whole `fit`,
    without a word. In Keras 2 it drops 0.48 of the values, and the mean moves.

    ## Bad
    ```python
    class VAE(keras.Model):
        def call(self, inputs):
            return self.decoder(self.dropout(self.encoder(inputs)))
    ```

    ## Good
    ```python
    class VAE(keras.Model):
        def call(self, inputs, training=None):
            return self.decoder(self.dropout(self.encoder(inputs)))
    ```

    ## Fix
    Safe: `training=None` in the signature. From there Keras passes the flag on to the layers by itself (measured).

    ## Keras 2 and Keras 3
    Keras 2 tells all layers of a model that is trained. Silent where the code is for Keras 2 only.

    ## References
    - keras-team/keras-hub issue 1500
    """

    code = "KV608"
    name = "training-flag-lost"
    triggers = ("def call",)
    companions = ("Model",)
    fixable = "sometimes"
    probes = ("mode",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per `call` that is not told that it trains."""
        if module.flavour.only2 or module.flavour.graph:
            return
        for lost in lost_flags(module):
            kind = library_class(lost.layer).rpartition(".")[2]
            made = lost.layer.site
            notes = [(module.place(made), f"this {kind} is off, for one")] if made is not None else []
            notes.append((module.place(lost.trained.site), "in this training"))
            yield Report(
                name_of(lost.call),
                f"In Keras 3 `fit` tells only a `call` with a parameter `training` that it trains: {kind} below this"
                " one runs as in inference (Keras 2 switches it on). Add `training=None` to the signature.",
                tuple(notes),
                _fix(module, lost),
            )


def _fix(module: Module, lost: LostFlag) -> Draft | None:
    parameters = lost.call.parameters
    if len(parameters) < 2 or parameters[-1].kind == "*" or _binds_training(lost):
        return None
    editor = module.editor()
    last = parameters[-1]
    if last.kind == "**":
        editor.edit(last.start, last.start, "training=None, ")
    else:
        editor.edit(last.end, last.end, ", training=None")
    return editor.draft("Take `training`")


def _binds_training(lost: LostFlag) -> bool:
    return "training" in lost.call.scope.bound
