"""KV604 symbolic-add-loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Call, Computed, FunctionValue, Module, Unknown, Value, is_functional, leaves, records

_ENDS = frozenset({"input", "inputs", "output", "outputs"})


class SymbolicAddLoss(Rule):
    """`model.add_loss(tensor)` on a functional model: Keras 3 has no such thing.

    ## What it finds
    `add_loss` of a functional model, whatever it is given, and `add_loss` of anything that gets a tensor computed from
    an `Input` or a layer's `output`; also where the model is an attribute of an object of another file, whose `input`
    and `output` the loss is made of.
    Not: `self.add_loss(…)` in the `call` of a layer or subclassed model, where the loss is a real tensor.

    ## Why it bites
    `Functional.add_loss` raises NotImplementedError in Keras 3, without a word; a layer's raises ValueError for a
    tensor that no number is in (measured on 3.15). In Keras 2 the model is trained by it.

    ## Bad
    ```python
    kl = -0.5 * tf.reduce_mean(tf.reduce_sum(1 + z_log_var - z_mean**2 - tf.exp(z_log_var), axis=-1))
    vae = keras.Model(inputs, decoder(z))
    vae.add_loss(kl)
    ```

    ## Good
    ```python
    class AddKL(keras.layers.Layer):
        def call(self, inputs):
            mean, log_var = inputs
            kl = -0.5 * tf.reduce_mean(tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=-1))
            self.add_loss(kl)
            return inputs

    z_mean, z_log_var = AddKL()([z_mean, z_log_var])  # before `z` is drawn from them
    ```

    ## Fix
    None: the loss moves into the `call` of a layer that its tensors pass through; so it trains the same in both.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), an error in Keras 3.

    ## References
    - Keras's guide to migrating to Keras 3
    - GoogleCloudPlatform/asl-ml-immersion pull request 631
    """

    code = "KV604"
    name = "symbolic-add-loss"
    triggers = ("add_loss",)
    probes = ("build",)
    recipe = "kl-layer"
    outranks = ("KV606",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call that gives a functional model a loss."""
        if module.flavour.only2 or module.flavour.graph:
            return
        for call in module.method_calls("add_loss"):
            if call.traced or any(isinstance(event.callee, FunctionValue) for event in call.events):
                continue
            loss = call.argument("losses", "loss", at=0)
            if loss is None:
                continue
            if any(map(is_functional, call.receivers)):
                happens = "A functional model's `add_loss` raises NotImplementedError in Keras 3 (Keras 2 takes it)."
            elif not _is_in_layer(call) and (module.symbolic.among(loss) or _is_of_unseen_model(module, call, loss)):
                happens = (
                    "Keras 3 refuses a loss made of a functional model's tensors, with an error (Keras 2 takes it)."
                )
            else:
                continue
            yield Report(
                call,
                f"{happens} Call `self.add_loss` in the `call` of a layer that these tensors pass through.",
                about=tuple(module.symbolic.computed_for(loss)),
            )


def _is_in_layer(call: Call) -> bool:
    """True in what the ``call`` of a class may use: there the loss is a real tensor."""
    method = records.method_of(call.record)
    owner = method.owner if method is not None else None
    return owner is not None and "call" in owner.methods and method is not None and method.name != "__init__"


def _is_of_unseen_model(module: Module, call: Call, loss: Value) -> bool:
    """True for a loss of a model that nobody can see: made of its own ends, or given to it before its ``compile``."""
    func = call.record.func
    if not isinstance(func, records.Attribute) or not all(isinstance(owner, Unknown) for owner in call.receivers):
        return False
    owner = module.text(func.value)
    read = [record for argument in call.record.arguments for record in argument.walk()]
    read += [leaf.site.record for leaf in leaves(loss) if leaf.site is not None and module.owns(leaf.site)]
    ends = [record for record in read if isinstance(record, records.Attribute) and record.attr in _ENDS]
    return any(module.text(end.value) == owner for end in ends) or (
        any(isinstance(value, Computed) for value in loss.alternatives())
        and any(_is_compiled(module, other, call, owner) for other in module.all_calls)
    )


def _is_compiled(module: Module, other: Call, call: Call, owner: str) -> bool:
    func = other.record.func
    return (
        isinstance(func, records.Attribute)
        and func.attr == "compile"
        and other.function is call.function
        and call.function is not None
        and module.text(func.value) == owner
    )
