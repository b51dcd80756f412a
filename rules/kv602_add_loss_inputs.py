"""KV602 add-loss-inputs."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Call, Module, records


class AddLossInputs(Rule):
    """`add_loss(value, inputs=…)`: Keras 3 takes the value alone.

    ## What it finds
    Calls of `add_loss` with an `inputs` argument, on a layer or model.

    ## Why it bites
    The argument is gone in Keras 3: a TypeError at the first call. Keras 2 (2.15) trains the same without it.

    ## Bad
    ```python
    self.add_loss(kl, inputs=inputs)
    ```

    ## Good
    ```python
    self.add_loss(kl)
    ```

    ## Fix
    Safe: the argument goes.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), TypeError in Keras 3.

    ## References
    - keras-team/keras pull request 5789
    """

    code = "KV602"
    name = "add-loss-inputs"
    triggers = ("add_loss",)
    fixable = "safe"
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call that gives more than the loss."""
        if module.flavour.only2:
            return
        for call in module.method_calls("add_loss"):
            argument = _inputs(call)
            if argument is None:
                continue
            editor = module.editor()
            editor.remove_argument(call.record, argument)
            value = call.written("losses")
            if value is not None and value.name == "losses":
                editor.edit(value.start, module.spelled_from(value), "")
            yield Report(
                argument,
                "`add_loss` has no `inputs` in Keras 3: TypeError. Keras 2 does not need it either.",
                fix=editor.draft("Leave `inputs` out"),
            )


def _inputs(call: Call) -> records.Argument | None:
    """The argument ``inputs``, by name or as the second of two."""
    given = call.record.arguments
    if not given or (given[0].star or (given[0].name is not None and not _names_loss(call))):
        return None
    named = next((argument for argument in given if argument.name == "inputs"), None)
    if named is not None:
        return named
    alone = len(given) == 2 and all(argument.name is None and not argument.star for argument in given)
    return given[1] if alone else None


def _names_loss(call: Call) -> bool:
    return any(argument.name in {"losses", "loss"} for argument in call.record.arguments)
