"""KV511 captured-layer-untracked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Captured


class CapturedLayerUntracked(Rule):
    """A layer that the function of a Lambda calls: no model has its weights, so they never learn.

    ## What it finds
    A layer or model with weights, made outside a Lambda and called by the Lambda's function, and by nothing else. Not:
    layers without weights, frozen ones, ready-made networks (`keras.applications`), layers that the model calls
    elsewhere too, models that are compiled or trained by themselves, tensors.

    ## Why it bites
    A Lambda has no weights, and Keras looks into no function for layers. Measured: the model has 2 of 4 weights; the
    captured kernel never moves, and is in no saved file.

    ## Bad
    ```python
    dense = layers.Dense(8)
    hidden = layers.Lambda(lambda tensor: dense(tensor))(inputs)
    ```

    ## Good
    ```python
    hidden = layers.Dense(8)(inputs)
    ```

    ## Fix
    Unsafe: the layer itself in the Lambda's place, where the function does no more than call it.

    ## Keras 2 and Keras 3
    Untrained in both: Keras 2 warns, Keras 3 says nothing.

    ## References
    - tensorflow/tensorflow issues 48535, 49901
    - matterport/Mask_RCNN pull request 3020
    """

    code = "KV511"
    name = "captured-layer-untracked"
    triggers = ("Lambda(",)
    fixable = "sometimes"
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per captured layer."""
        for captured in module.captured:
            site, name = captured.layer.site, module.text(captured.call.func)
            notes = ((module.place(site), f"`{name}` is made here"),) if site is not None else ()
            yield Report(
                captured.call,
                f"Only this Lambda's function knows `{name}`: its weights are in no model, so they are never trained"
                " nor saved, in Keras 2 (which warns) and 3 (which does not). Call it outside, or in your own layer.",
                notes,
                _fix(module, captured),
            )


def _fix(module: Module, captured: Captured) -> Draft | None:
    """``Lambda(lambda t: dense(t))`` → ``dense``."""
    function, call = captured.function, captured.call
    body = function.body[0] if function.is_lambda and len(function.parameters) == 1 else None
    if not isinstance(body, records.Return) or body.value is not call or len(call.arguments) != 1:
        return None
    given = call.arguments[0].value
    if not isinstance(given, records.Name) or given.id != function.parameters[0].name:
        return None
    called = captured.wrapper.parent
    if not isinstance(called, records.Call) or called.func is not captured.wrapper:
        return None
    editor = module.editor()
    editor.replace(captured.wrapper, module.text(call.func))
    return editor.draft("Call the layer itself", Applicability.UNSAFE)
