"""KV509 outside-the-tape."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module

_MESSAGES = {
    "before": "The model is called before the tape records: none of its weights gets a gradient, in Keras 2 and 3."
    " Call it inside of the `with` block.",
    "behind": "The loss is computed below the `with` block, where the tape records no more: every gradient is None, in"
    " Keras 2 and 3. Move the last step of the loss into the block.",
    "number": "The loss is made of a plain number, which has no gradient: no weight gets one, in Keras 2 and 3. Keep"
    " the tensor, and fetch the number for show only.",
}
_NOTES = {
    "before": "the model is called here",
    "behind": "computed here, below the block",
    "number": "the number is fetched here",
}


class OutsideTheTape(Rule):
    """The loss is computed where its tape doesn't record: every gradient is None.

    ## What it finds
    A `tape.gradient(loss, weights)` whose gradients an optimizer is given, where

    - the model is called above the tape's `with` block, and nothing inside can call it;
    - the loss gets its last form below the block;
    - the loss comes to the weights only through `float()`, `.numpy()` or a function of NumPy.

    Not: targets that are constants on purpose, beside a prediction that is recorded (DQN, another network's output
    from an earlier tape); a tape that is entered twice or halted; code that can't be followed.

    ## Why it bites
    A tape records what is done while its block runs. What was done before or after is a constant to it. Measured:
    all gradients are None, and `apply_gradients` raises `No gradients provided for any variable`; where pairs without
    a gradient are left out before, nothing is trained and nothing is printed. A loss that is itself a number of Python
    or NumPy makes `gradient` raise a `TypeError` or `AttributeError`.

    ## Bad
    ```python
    made = self(x, training=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x - made))
    gradients = tape.gradient(loss, self.trainable_variables)
    ```

    ## Good
    ```python
    with tf.GradientTape() as tape:
        made = self(x, training=True)
        loss = tf.reduce_mean(tf.square(x - made))
    gradients = tape.gradient(loss, self.trainable_variables)
    ```

    ## Fix
    None: which lines belong into the block is the author's to say.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - TensorFlow guide, Introduction to gradients and automatic differentiation: getting a gradient of None
    """

    code = "KV509"
    name = "outside-the-tape"
    triggers = ("GradientTape",)
    companions = (".apply_gradients(", ".apply(")
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per gradient."""
        for found in module.unrecorded_losses:
            call = found.event.call
            if call is None:
                continue
            notes = ((found.place.record, _NOTES[found.how]),) if module.owns(found.place) else ()
            yield Report(call, _MESSAGES[found.how], notes)
