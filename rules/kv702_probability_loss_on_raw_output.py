"""KV702 probability-loss-on-raw-output."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Ending, Entropy, Module

from ._activations import about, limits_of, with_activation

_NEGATIVE = frozenset({"tanh", "elu", "selu", "leaky_relu", "softsign", "swish", "silu", "gelu", "mish", "celu"})
_ABOVE = frozenset({"relu", "relu6"})
_POSITIVE = frozenset({"softplus", "exponential"})
"""Never 0: a loss over classes divides by their sum, which makes probabilities of them."""


class ProbabilityLossOnRawOutput(Rule):
    """A cross-entropy takes the output of a relu, a tanh or the like for probabilities.

    ## What it finds
    An output that ends in a relu, tanh, elu, selu, softplus, … under a binary, categorical or sparse categorical
    cross-entropy that takes probabilities, in `compile` or where the loss is called. An output with no activation
    is KV409's. A `ReLU` with an upper end is none, nor is an output that another layer turns into probabilities, nor a
    softplus under a loss over classes, which divides by the sum.

    ## Why it bites
    What lies outside 0 to 1 is clipped and gets no gradient. With one unit and a relu or tanh the loss stays where it
    began (measured: 8.5, an accuracy of 0.47). With three classes a relu gives NaN as soon as a row is all 0, and a
    tanh ends at an accuracy of 0.35 to 0.67.

    ## Bad
    ```python
    model.add(layers.Dense(1, activation="relu"))
    model.compile("adam", "binary_crossentropy")
    ```

    ## Good
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fix
    Unsafe: a sigmoid for the binary loss, a softmax for those over classes.

    ## Keras 2 and Keras 3
    The same in both; nothing is printed. Keras 3 clips a sparse loss's argument less, and may get away with it.

    ## References
    - Stack Overflow 44066044, 47352366
    """

    code = "KV702"
    name = "probability-loss-on-raw-output"
    triggers = ("rossentropy", ".compile(")
    fixable = "unsafe"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per cross-entropy that takes such an output for probabilities."""
        for place, every in module.entropies.items():
            uses = [use for use in every if use.use.record not in module.idle_compiles]
            raw = [use for use in uses if use.ending is not None and use.logits is False and _is_raw(use, use.ending)]
            if not raw or any(use.ending is None for use in uses):
                continue
            ending = raw[0].ending
            assert ending is not None
            mine = ending.site is not None and module.owns(ending.site)
            yield Report(
                place,
                _said(raw[0], ending),
                ((ending.site.record, "the output ends here"),) if mine and ending.site is not None else (),
                _fix(module, ending, uses) if mine and len(raw) == len(uses) else None,
                about=about(*(use.ending for use in raw)),
            )


def _is_raw(use: Entropy, ending: Ending) -> bool:
    if ending.name in _ABOVE:
        return limits_of(ending) is not None
    return ending.name in _NEGATIVE or (ending.name in _POSITIVE and "binary" in use.name.lower())


def _said(use: Entropy, ending: Ending) -> str:
    above = ending.name in _ABOVE | _POSITIVE
    what = "can be above 1" if above else "can be negative" if ending.name != "tanh" else "lies between -1 and 1"
    if above and "binary" not in use.name.lower():
        what = "can be 0 for all classes, which gives NaN"
    word = "sigmoid" if "binary" in use.name.lower() else "softmax"
    return (
        f"`{use.name}` takes probabilities, and a {ending.name} {what}: what is clipped gets no gradient, in Keras 2"
        f" and 3. End in a {word}."
    )


def _fix(module: Module, ending: Ending, uses: list[Entropy]) -> Draft | None:
    binary = {"binary" in use.name.lower() for use in uses}
    if len(binary) > 1:
        return None
    word = "sigmoid" if binary.pop() else "softmax"
    editor = with_activation(module, ending, word)
    return editor.draft(f"End in a {word}", Applicability.UNSAFE) if editor is not None else None
