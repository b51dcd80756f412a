"""KV601 add-weight-positional-name."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, is_text, kinds

_KERAS2_ORDER = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


class AddWeightPositionalName(Rule):
    """`add_weight("name", …)`: in Keras 3 the first parameter is the shape.

    ## What it finds
    `self.add_weight` (of layers, models and metrics) whose first positional argument is a name.

    ## Why it bites
    Keras 2's signature begins with `name`, Keras 3's with `shape`: a ValueError when the layer is built.

    ## Bad
    ```python
    self.w = self.add_weight("w", shape=(3,))
    ```

    ## Good
    ```python
    self.w = self.add_weight(name="w", shape=(3,))
    ```

    ## Fix
    Safe: positional arguments become keywords, which both accept.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), ValueError in Keras 3.
    """

    code = "KV601"
    name = "add-weight-positional-name"
    triggers = ("add_weight",)
    fixable = "safe"
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call whose first positional argument is a string."""
        if module.flavour.only2:
            return
        for call in module.method_calls("add_weight"):
            arguments = call.record.arguments
            if not arguments or arguments[0].name is not None or arguments[0].star:
                continue
            if not any(kinds(owner) & {"layer", "metric"} for owner in call.instances):
                continue
            if not is_text(module.value(arguments[0].value)):
                continue
            editor = module.editor()
            complete = True
            for index, argument in enumerate(arguments):
                if argument.star == "*" or (argument.name is None and index >= len(_KERAS2_ORDER)):
                    complete = False
                elif argument.name is None and not argument.star:
                    start = editor.span(argument.value)[0]
                    editor.edit(start, start, f"{_KERAS2_ORDER[index]}=")
            yield Report(
                arguments[0],
                "`add_weight` takes the shape first in Keras 3: a positional name raises ValueError there."
                " Pass it as `name=`, which both accept.",
                fix=editor.draft("Pass the arguments of `add_weight` by keyword") if complete else None,
            )
