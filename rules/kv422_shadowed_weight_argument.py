"""KV422 shadowed-weight-argument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Shadowed


class ShadowedWeightArgument(Rule):
    """A constructor keeps `kl_weight`, and the loss reads a global of the same name: the argument does nothing.

    ## What it finds
    `self.kl_weight = kl_weight` in a constructor, which nothing reads but `get_config`, in a class whose traced code
    reads the global `kl_weight`, a number that is set once in the file; where the name says a weight, a temperature or
    a scale. Not: an attribute that anything in the file asks for; objects that are all given the number of the global.

    ## Why it bites
    Each model trains with the global's number, whatever it is made with: a search over weights compares one model with
    itself. Measured: a loss of 4.218 with `kl_weight=0.1`, and of 4.218 with `kl_weight=0.5`.

    ## Bad
    ```python
    kl_weight = 0.5


    class KLDivergence(layers.Layer):
        def __init__(self, kl_weight=1.0):
            super().__init__()
            self.kl_weight = kl_weight

        def call(self, inputs):
            ...
            self.add_loss(kl_weight * kl)
    ```

    ## Good
    ```python
    class KLDivergence(layers.Layer):
        ...

        def call(self, inputs):
            ...
            self.add_loss(self.kl_weight * kl)
    ```

    ## Fix
    Safe: `self.` before each use in the class's methods.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV422"
    name = "shadowed-weight-argument"
    triggers = ("def __init__",)
    fixable = "safe"
    probes = ("reaction",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per argument, where the global is read first."""
        for found in module.shadowed:
            word = found.kept.attr
            yield Report(
                found.reads[0],
                f"This reads the global `{word}`, not the argument that {found.cls.name} keeps as `self.{word}` and"
                " reads nowhere: the argument does nothing, in Keras 2 and 3. Read the attribute.",
                ((found.kept, "the argument is kept here"), (found.name, "the global")),
                _fix(module, found),
            )


def _fix(module: Module, found: Shadowed) -> Draft | None:
    editor = module.editor()
    for read in found.reads:
        method = records.method_of(read)
        if method is None or method.decorators or not method.parameters:
            return None
        editor.replace(read, f"{method.parameters[0].name}.{found.kept.attr}")
    return editor.draft("Read the attribute")
