"""KV609 symbolic-closure-loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, Site, records

if TYPE_CHECKING:
    from kerasvae_lint.model import SymbolicLoss


class SymbolicClosureLoss(Rule):
    """A compiled loss or metric that reads a functional model's own tensors: no number is in them when it runs.

    ## What it finds
    A function (method, lambda, partial, loss object) that `compile` is given as a loss or metric and that computes with
    tensors of a functional model which it was not given: a mean or log-variance from around it, `self.z_mean`,
    `encoder.output`, what was computed from one, also through helpers and factories, in other files too. And such a
    tensor itself in a loss's place.
    Not: what a tensor tells without numbers (its `shape`), a model built from tensors inside the loss, code of
    TensorFlow 1 or with eager execution switched off.

    ## Why it bites
    The loss runs on numbers of a batch, the tensor from outside is a place in a graph: a TypeError in Keras 2
    (TensorFlow 2.4 and later; 2.2 and 2.3 raised another error), a ValueError or TypeError in Keras 3, at the first
    step of `fit` (measured on tf-keras 2.21 and Keras 3.15). `run_eagerly=True` changes nothing. In TensorFlow 1 it
    worked, which is why so much VAE code is written so.

    ## Bad
    ```python
    def vae_loss(target, output):
        kl = -0.5 * tf.reduce_sum(1 + z_log_var - z_mean**2 - tf.exp(z_log_var), axis=-1)
        return tf.reduce_sum((target - output) ** 2, axis=-1) + kl

    vae.compile("adam", loss=vae_loss)
    ```

    ## Good
    ```python
    class AddKL(keras.layers.Layer):
        def call(self, inputs):
            mean, log_var = inputs
            kl = -0.5 * tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=-1)
            self.add_loss(tf.reduce_mean(kl))
            return inputs

    z_mean, z_log_var = AddKL()([z_mean, z_log_var])  # before `z` is drawn from them

    def squared_error(target, output):
        return tf.reduce_sum((target - output) ** 2, axis=-1)

    vae.compile("adam", loss=squared_error)
    ```

    ## Fix
    None: the KL moves into the `call` of a layer that adds it to the loss, as the recipe does.

    ## Keras 2 and Keras 3
    An error in both.

    ## References
    - tensorflow/tensorflow issues 38056, 40336
    - davidADSP/GDL_code issue 100
    """

    code = "KV609"
    name = "symbolic-closure-loss"
    triggers = ("compile",)
    probes = ("build",)
    recipe = "kl-layer"
    outranks = ("KV606",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per `compile` that gets a loss or metric which can't be computed."""
        if module.flavour.graph:
            return
        by_compile: dict[records.Record, list[SymbolicLoss]] = {}
        for loss in module.symbolic_losses:
            by_compile.setdefault(loss.run.site.record, []).append(loss)
        for compiled, losses in by_compile.items():
            loss = losses[0]
            what = "loss" if loss.given_as == "loss" else "metric"
            if loss.reads:
                message = (
                    f"This {what} reads tensors of the functional model, in which no number is when it runs: an error"
                    " in Keras 2 and 3 at the first step. Add that term in the `call` of a layer, by `self.add_loss`."
                )
            else:
                message = (
                    f"A tensor of the functional model is no {what}: `compile` takes functions of target and output,"
                    " and Keras 2 and 3 raise. Add it in the `call` of a layer, by `self.add_loss`."
                )
            notes = tuple((module.place(site), "read here") for site in _by_statement(loss)[:3])
            about = [place for one in losses for place in _about(module, one)]
            yield Report(_written(loss) or compiled, message, notes, about=tuple(about))


def _about(module: Module, loss: SymbolicLoss) -> Iterator[records.Record]:
    """Where the loss, or what it reads, is computed."""
    for value in loss.values:
        yield from module.symbolic.computed_for(value)
    for function in {id(f): f for site in loss.reads if (f := records.function_of(site.record))}.values():
        yield from (part for part in function.walk() if isinstance(part, records.Call))


def _by_statement(loss: SymbolicLoss) -> list[Site]:
    """The first read of each statement."""
    return list({id(records.statement_of(site.record)): site for site in reversed(loss.reads)}.values())[::-1]


def _written(loss: SymbolicLoss) -> records.Argument | None:
    """The argument of `compile`, where it is written there."""
    call = loss.run.site.record
    given = call.arguments if isinstance(call, records.Call) else ()
    named = next((argument for argument in given if argument.name == loss.given_as), None)
    if named is not None or loss.given_as != "loss":
        return named
    return (
        given[1] if len(given) > 1 and given[0].name is None and given[1].name is None and not given[1].star else None
    )
