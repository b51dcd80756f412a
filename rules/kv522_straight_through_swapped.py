"""KV522 straight-through-swapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, leaves, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Swapped

_MESSAGES = {
    "negated": (
        "The stop_gradient of this straight-through estimator is on the wrong side: what was quantised gets the"
        " gradient with the sign reversed, in Keras 2 and 3. Write `z + stop_gradient(q - z)`."
    ),
    "undone": (
        "The stop_gradient of this straight-through estimator is on the wrong side: its value is what came in, not the"
        " quantised one, in Keras 2 and 3. Write `z + stop_gradient(q - z)`."
    ),
}


class StraightThroughSwapped(Rule):
    """A straight-through estimator stops the gradient on the wrong side.

    ## What it finds
    `stop_gradient(z) + (q - z)`, and `q + stop_gradient(z - q)`, where `q` is made from `z` by `argmin`, `round`,
    `sign` or another step: the codes of a VQ-VAE, quantised weights. Not: `z + stop_gradient(q - z)`; a layer that
    returns its raw codes; the same sum over tensors that are no steps.

    ## Why it bites
    The first form has the right value and a gradient of minus one: measured, the encoder gets -1 and -2 for 1 and 2,
    and training drives it away from the data. The second gives the gradient to the codes, and its value is `z`: nothing
    is quantised.

    ## Bad
    ```python
    q = tf.stop_gradient(z) + (q - z)
    ```

    ## Good
    ```python
    q = z + tf.stop_gradient(q - z)
    ```

    ## Fix
    Unsafe: the two are put in their places.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV522"
    name = "straight-through-swapped"
    triggers = ("stop_gradient",)
    fixable = "sometimes"
    outranks = ("KV508",)
    probes = ("loss", "gradients")
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per estimator."""
        for found in module.swapped_estimators:
            behind = [value.site.record for value in leaves(found.quantised) if value.site is not None]
            yield Report(
                found.site.record, _MESSAGES[found.kind], (), _fix(module, found), about=(found.site.record, *behind)
            )


def _fix(module: Module, found: Swapped) -> Draft | None:
    record = found.site.record
    if not isinstance(record, records.Binary) or "\n" in module.text(record):
        return None
    stops = [part for part in (record.left, record.right) if isinstance(part, records.Call)]
    stop = next((part for part in stops if "stop_gradient" in module.text(part.func)), None)
    if stop is None or len(stop.arguments) != 1:
        return None
    other = record.right if stop is record.left else record.left
    inner = stop.arguments[0].value
    difference = other if found.kind == "negated" else inner
    if not isinstance(difference, records.Binary) or difference.operator != "-":
        return None
    one, two = module.text(difference.left), module.text(difference.right)
    quantised, raw = (one, two) if found.kind == "negated" else (two, one)
    if not all(text.replace(".", "").replace("_", "").isalnum() for text in (quantised, raw)):
        return None
    editor = module.editor()
    editor.replace(record, f"{raw} + {module.text(stop.func)}({quantised} - {raw})")
    return editor.draft("Stop the gradient of the difference", Applicability.UNSAFE)
