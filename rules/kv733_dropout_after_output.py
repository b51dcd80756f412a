"""KV733 dropout-after-output."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Computed,
    Ending,
    LibraryObject,
    Module,
    Value,
    constant,
    ending_of,
    library_class,
    records,
)

_DROPS = frozenset({"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"})
_ENDS = frozenset({"softmax", "sigmoid"})


class DropoutAfterOutput(Rule):
    """A dropout behind the output layer deletes predictions while the model trains.

    ## What it finds
    A model whose output comes out of a `Dropout` (with a rate above 0) right behind a softmax or sigmoid, or whose
    softmax or sigmoid is a layer of its own with a `Dropout` between it and the last layer. Not: dropout before the
    last layer, behind a layer without such an activation (features that another model goes on with), with a rate that
    is not known.

    ## Why it bites
    In training some probabilities are 0 and the others are scaled up past 1, so loss and accuracy say nothing about the
    model: measured 0.57 and 0.57 in training, 0.0008 and 1.0 by `evaluate`, in both Kerases. In front of the softmax
    the scores of some classes become 0, whatever the network found: 0.38 and 0.78 in training, 0.05 and 1.0 by
    `evaluate`.

    ## Bad
    ```python
    model.add(layers.Dense(3, activation="softmax"))
    model.add(layers.Dropout(0.5))
    ```

    ## Good
    ```python
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(3, activation="softmax"))
    ```

    ## Fix
    Unsafe: the rate becomes 0, which leaves names and weights as they are; better is the dropout before the layer.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV733"
    name = "dropout-after-output"
    triggers = ("Dropout",)
    fixable = "unsafe"
    probes = ("learning",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per dropout that gives a model's output and stands behind a softmax or sigmoid."""
        seen: set[records.Record] = set()
        for output in module.outputs.every:
            layer, before, word = _dropped(output.value)
            if layer is None or before is None:
                continue
            rate = layer.arguments.get("rate", layer.arguments.get("p"))
            number = constant(rate) if rate is not None else None
            site = layer.site
            if not isinstance(number, (int, float)) or not number:
                continue
            if site is None or not module.owns(site) or site.record in seen:
                continue
            seen.add(site.record)
            note = ((before.site.record, "the output"),) if before.site is not None and module.owns(before.site) else ()
            yield Report(
                site.record,
                f"This dropout stands {word} in training, in Keras 2 and 3. Put it before the last layer.",
                note,
                _fix(module, site.record),
            )


def _dropped(value: Value) -> tuple[LibraryObject | None, Ending | None, str]:
    """The dropout at a model's end, the layer in front of it, and where that is, in words."""
    ending = ending_of(value)
    layer, inner = _dropout(value)
    before = ending_of(inner) if inner is not None else None
    if layer is not None and before is not None and before.name in _ENDS:
        return layer, before, f"behind the {before.name}: it deletes predictions"
    if ending is None or ending.name not in _ENDS or ending.before is None:
        return None, None, ""
    layer, inner = _dropout(ending.before)
    before = ending_of(inner) if inner is not None else None
    if before is None or before.name != "linear" or not before.direct:
        return None, None, ""
    return layer, before, f"between the last layer and its {ending.name}: it sets scores of classes to 0"


def _dropout(value: Value) -> tuple[LibraryObject | None, Value | None]:
    layer = value.maker if isinstance(value, Computed) and value.op == "layer" else None
    if not isinstance(layer, LibraryObject) or library_class(layer).rpartition(".")[2] not in _DROPS:
        return None, None
    return layer, value.operands[0] if isinstance(value, Computed) and value.operands else None


def _fix(module: Module, call: records.Record) -> Draft | None:
    given = call.arguments if isinstance(call, records.Call) else ()
    written = next((argument for argument in given if argument.name in {"rate", "p", None}), None)
    if written is None or not isinstance(written.value, records.Constant):
        return None
    editor = module.editor()
    editor.replace(written.value, "0.0")
    return editor.draft("Switch the dropout off", Applicability.UNSAFE)
