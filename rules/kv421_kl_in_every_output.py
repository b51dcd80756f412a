"""KV421 kl-in-every-output."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class KlInEveryOutput(Rule):
    """One loss function with the KL in it is compiled for several outputs: the KL enters once for each.

    ## What it finds
    A function that `compile` applies to two outputs or more, in a list, in a dictionary or by itself for a model with
    several outputs, and that adds the same Gaussian KL in each. Not: a KL that each output has for itself; one that is
    divided by the number of outputs; any `loss_weights` but 1: their sum may be what the KL is to weigh.

    ## Why it bites
    The total loss is the sum over the outputs. Measured with two: the KL is in the loss 2.0 times, so that the model
    trains with a beta of 2, and another head makes it 3. The histories of the outputs each show a KL that is one and
    the same.

    ## Bad
    ```python
    def vae_loss(target, output):
        error = tf.reduce_sum(tf.square(target - output), axis=-1)
        return error + kl(vae.posterior)

    vae.compile("adam", loss=[vae_loss, vae_loss])
    ```

    ## Good
    ```python
    class VAE(keras.Model):
        def call(self, x):
            ...
            self.add_loss(tf.reduce_mean(kl))
            return left, right

    vae.compile("adam", loss=[squared_error, squared_error])
    ```

    ## Fix
    None: the KL moves into the `call` of a layer or of the model, which adds it once, as the recipe does.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV421"
    name = "kl-in-every-output"
    triggers = ("compile(",)
    fixable = "no"
    probes = ("kl",)
    recipe = "kl-layer"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per `compile`."""
        for found in module.repeated_kls:
            place = module.objective.place(found.part, found.loss)
            yield Report(
                found.use.record,
                f"`{found.function}` adds the KL, and {found.count} outputs get it: the KL is in the loss {found.count}"
                " times, in Keras 2 and 3. Add it once, in a layer, and compile the errors alone.",
                ((place, "the KL"),) if place is not None else (),
            )
