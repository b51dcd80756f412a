"""KV610 optimizer-lr-ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import RateUse

_MESSAGES = {
    "set": (
        "Keras 3 ignores `lr`: the optimizer goes on with its old rate, without a word (Keras 2 obeys). Set"
        " `learning_rate`."
    ),
    "handed": (
        "`set_value` of a learning rate raises AttributeError in Keras 3 (Keras 2 sets it). Assign to `learning_rate`"
        " of the optimizer."
    ),
    "read": (
        "Optimizers of Keras 3 have no `lr`: reading it raises AttributeError (in Keras 2 it is the learning rate)."
        " Read `learning_rate`."
    ),
    "read back": (
        "Optimizers of Keras 3 have no `lr`: this reads what the code has set itself, not the rate (Keras 2: the"
        " rate). Read `learning_rate`."
    ),
}


class OptimizerLrIgnored(Rule):
    """`optimizer.lr = …` sets nothing in Keras 3: the rate is called `learning_rate`, and only that.

    ## What it finds
    `optimizer.lr`, set or read, `setattr(optimizer, "lr", …)`, and `K.set_value(optimizer.learning_rate, …)`, where
    the optimizer is one of Keras's own: of a model, of a callback's model, or made here.
    Not: optimizers of one's own class and of other libraries, settings (`config.optimizer.lr`), arguments (`Adam(lr=…)`
    raises at once), code that asks `hasattr(optimizer, "lr")` or for a version before.

    ## Why it bites
    Measured on 3.0 to 3.15: with `optimizer.lr = 0` in a callback the weights go on moving, and nothing is printed.
    Reading `optimizer.lr` raises AttributeError, and so does `K.set_value` with either name, in the middle of `fit`:
    "'str' object has no attribute 'name'".

    ## Bad
    ```python
    self.model.optimizer.lr = 1e-4
    K.set_value(self.model.optimizer.lr, 1e-4)
    rate = float(self.model.optimizer.lr)
    ```

    ## Good
    ```python
    self.model.optimizer.learning_rate = 1e-4
    rate = float(self.model.optimizer.learning_rate)
    ```

    ## Fix
    Safe: `learning_rate`, which both know; in place of `K.set_value` an assignment, or `.assign` inside an expression.

    ## Keras 2 and Keras 3
    All of it works in Keras 2. Silent where the code is for Keras 2 only.

    ## References
    - keras-team/keras issues 19148, 5218
    - surmenok/keras_lr_finder pull request 23
    """

    code = "KV610"
    name = "optimizer-lr-ignored"
    triggers = ("lr", "learning_rate")
    companions = ("optim", "opt.", "set_value")
    fixable = "sometimes"
    probes = ("schedule", "build")

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per use of a rate that Keras 3 does not know."""
        if module.flavour.only2:
            return
        is_set = any(use.kind == "set" for use in module.old_rates)
        for use in module.old_rates:
            kind = "read back" if use.kind == "read" and is_set else use.kind
            yield Report(use.call or use.record, _MESSAGES[kind], fix=_fix(module, use))


def _fix(module: Module, use: RateUse) -> Draft | None:
    if module.flavour.old:
        return None  # there the rate has no other name
    editor = module.editor()
    if isinstance(use.record, records.Call):
        editor.replace(use.record.arguments[1].value, '"learning_rate"')
    elif use.call is not None:
        value = use.call.arguments[1] if len(use.call.arguments) == 2 else None
        if value is None or value.star or value.name not in {None, "value"}:
            return None
        rate = f"{module.text(use.record.value)}.learning_rate"
        is_statement = isinstance(use.call.parent, records.ExpressionStatement)
        text = module.text(value.value)
        editor.replace(use.call, f"{rate} = {text}" if is_statement else f"{rate}.assign({text})")
    elif isinstance(use.record.parent, records.Augmented):
        return None  # no variable can be computed with in place
    else:
        editor.replace(use.record, f"{module.text(use.record.value)}.learning_rate")
    return editor.draft("Name it `learning_rate`")
