"""KV505 train-step-drops-losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import LeftOut


class TrainStepDropsLosses(Rule):
    """A `train_step` that never adds `self.losses`: regularizers and `add_loss` do nothing.

    ## What it finds
    A `train_step` of one's own (a method, or a function of that name) that calls layers with a regularizer (kernel,
    bias, activity, …) or an `add_loss` in their `call`, moves their weights, and whose code never speaks of `losses`,
    nor calls Keras's own `compute_loss` or `train_step`. `compiled_loss` without `regularization_losses` adds none.
    Not: losses of the parts (`self.encoder.losses`); regularizers of weight 0 or that may be None; frozen layers;
    a model that is handed to code that can't be seen.

    ## Why it bites
    Keras computes the layers' losses and hands them over in `self.losses`; a step of one's own has to add them.
    Measured: with `kernel_regularizer=l2(10.0)` a kernel that should shrink to nothing stays as it is, and an
    `add_loss` term has no gradient. Nothing is printed.

    ## Bad
    ```python
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
    gradients = tape.gradient(loss, self.trainable_variables)
    ```

    ## Good
    ```python
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        loss += sum(self.losses)
    ```

    ## Fix
    Unsafe, as the training then has another aim: `loss += sum(self.losses)` below the loss, where that is assigned once
    inside of the tape.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issue 33556
    - keras-team/keras issue 16836
    """

    code = "KV505"
    name = "train-step-drops-losses"
    triggers = ("def train_step",)
    companions = ("regularizer", "add_loss", "ActivityRegularization")
    fixable = "sometimes"
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per step."""
        if module.flavour.graph:
            return
        for found in module.left_out_losses:
            call = found.gradient.event.call
            if call is None:
                continue
            yield Report(
                call.arguments[0] if call.arguments else call,
                "This loss leaves out what layers add to it: their regularizers and `add_loss` have no effect, in Keras"
                " 2 and 3. Add `sum(self.losses)` inside of the tape.",
                module.notes("this layer's loss is left out", *found.holders[:3]),
                _fix(module, found, call),
            )


def _fix(module: Module, found: LeftOut, call: records.Call) -> Draft | None:
    """Add them below the one assignment of the loss, if that stands inside of the tape."""
    loss = call.arguments[0].value if call.arguments else None
    tape = call.func.value if isinstance(call.func, records.Attribute) else None
    function, step = records.function_of(call), found.step.function.function
    if not isinstance(loss, records.Name) or not isinstance(tape, records.Name) or function is not step:
        return None
    if found.step.model is None or not step.parameters:
        return None
    made = [record for record in step.walk() if isinstance(record, records.Name) and record.id == loss.id]
    written = [s for name in made if (s := records.statement_of(name)) is not None and _assigns(s, loss.id)]
    if len(set(written)) != 1 or not _is_under(written[0], tape.id):
        return None
    editor = module.editor()
    editor.insert_after_statement(written[0], [f"{loss.id} += sum({step.parameters[0].name}.losses)"])
    return editor.draft("Add the layers' losses", Applicability.UNSAFE)


def _assigns(statement: records.Statement, name: str) -> bool:
    if isinstance(statement, records.Augmented):
        return isinstance(statement.target, records.Name) and statement.target.id == name
    if not isinstance(statement, records.Assign):
        return False
    return any(isinstance(at, records.Name) and at.id == name for target in statement.targets for at in target.walk())


def _is_under(statement: records.Statement, tape: str) -> bool:
    """True for a statement directly in the block of a tape of that name."""
    if not isinstance(statement, records.Assign) or not isinstance(statement.targets[0], records.Name):
        return False
    block = statement.parent
    items = block.items if isinstance(block, records.With) else ()
    return any(isinstance(item.target, records.Name) and item.target.id == tape for item in items)
