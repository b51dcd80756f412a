"""KV602 add-loss-inputs."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per call with an ``inputs`` argument."""
        if model.flavour.only2:
            return
        for call in model.method_calls("add_loss"):
            argument = _inputs(call.node)
            if argument is None:
                continue
            editor = Editor(model)
            editor.remove_argument(call.node, argument)
            yield Report(
                argument,
                "`add_loss` has no `inputs` in Keras 3: TypeError. Keras 2 does not need it either.",
                fix=editor.draft("Leave `inputs` out"),
            )


def _inputs(call: cst.Call) -> cst.Arg | None:
    if not any(argument.keyword is None and not argument.star for argument in call.args[:1]):
        keywords = {a.keyword.value for a in call.args if a.keyword is not None}
        if not keywords & {"losses", "loss"}:
            return None
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "inputs":
            return argument
    if len(call.args) == 2 and call.args[1].keyword is None and not call.args[1].star and not call.args[0].star:
        return call.args[1]
    return None
