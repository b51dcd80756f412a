"""KV701 single-unit-softmax."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Ending, ModelOutput, Module, records

_BINARY = frozenset({"binary_crossentropy", "BinaryCrossentropy"})


class SingleUnitSoftmax(Rule):
    """A softmax over one number is always 1: the model predicts 1.0 for everything.

    ## What it finds
    An output of a model that ends in a softmax over an axis of size 1: `Dense(1, activation="softmax")`, a `Dense(1)`
    or a convolution with one filter and an `Activation("softmax")`, a `Softmax()` or `tf.nn.softmax` behind it. The
    number may come from a constant or a builder's argument. A softmax over another axis, such as the time in
    attention pooling, is none, and neither is one of a size that is not known.

    ## Why it bites
    The softmax of one number is 1, whatever the number. With binary cross-entropy the loss falls all the same, as
    Keras computes it from the logits that the output keeps: `predict` gives 1.0 for every sample, and the accuracy is
    the share of ones. With `mse` or `mae` nothing is trained: no weight moves.

    ## Bad
    ```python
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## Good
    ```python
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fix
    Sigmoid in place of softmax. Safe where binary cross-entropy of probabilities is the loss of the output; else
    unsafe: for a regression, no activation at all may be meant.

    ## Keras 2 and Keras 3
    The same in both. Keras 3 warns once that the axis has size 1; Keras 2 says nothing.

    ## References
    - Stack Overflow 45378493, 51749207, 58844149
    - keras-team/keras pull request 19193
    """

    code = "KV701"
    name = "single-unit-softmax"
    triggers = ("softmax", "Softmax", ".compile(")
    fixable = "sometimes"
    probes = ("data", "gradients")
    outranks = ("KV409", "KV707", "KV711", "KV714", "KV719", "KV722")

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per softmax that has one number in every output that ends in it."""
        found: dict[records.Record, list[ModelOutput]] = {}
        for output in module.outputs.every:
            if output.ending is not None and output.ending.name == "softmax" and output.ending.site is not None:
                found.setdefault(output.ending.site.record, []).append(output)
        for written, outputs in found.items():
            endings = [output.ending for output in outputs if output.ending is not None]
            single = [ending for ending in endings if _has_one_number(module, ending)]
            if not single:
                continue
            size = module.outputs.size_written(single[0].value) if single[0].value is not None else None
            sure = len(single) == len(endings) and module.owns(single[0].site)
            at = written if sure else size.record if size is not None and module.owns(size) else None
            if at is None:
                continue
            notes = ((size.record, "one unit"),) if size is not None and module.owns(size) and at is written else ()
            yield Report(
                at,
                "The softmax of one number is always 1: `predict` gives 1.0 for everything, in Keras 2 and 3, even"
                " where the loss falls. Use a sigmoid, or as many units as there are classes.",
                notes,
                _fix(module, single[0], outputs) if sure else None,
                about=(written,),
            )


def _has_one_number(module: Module, ending: Ending) -> bool:
    axis = ending.axis
    return ending.value is not None and axis is not None and module.outputs.size(ending.value, axis) == 1


def _fix(module: Module, ending: Ending, outputs: list[ModelOutput]) -> Draft | None:
    assert ending.site is not None
    written, editor = ending.site.record, module.editor()
    text = module.text(written)
    if isinstance(written, records.Constant):
        editor.replace(written, text.replace("softmax", "sigmoid"))
    elif isinstance(written, (records.Name, records.Attribute)) and text.endswith(".softmax"):
        editor.replace(written, f"{text.removesuffix('softmax')}sigmoid")
    elif isinstance(written, records.Call) and module.text(written.func).endswith((".softmax", ".Softmax")):
        name = module.text(written.func)
        if name.endswith(".softmax"):
            editor.replace(written.func, f"{name.removesuffix('softmax')}sigmoid")
        elif not written.arguments:
            editor.replace(written, f'{name.removesuffix("Softmax")}Activation("sigmoid")')
        else:
            return None
    else:
        return None
    uses = [use for uses in module.entropies.values() for use in uses if _ends_in(use.ending, written)]
    binary = all(use.name in _BINARY and use.logits is False for use in uses)
    others = [loss for output in outputs for loss in output.losses if loss.name.rpartition(".")[2] not in _BINARY]
    safe = bool(uses) and binary and not others and ending.literal
    return editor.draft("Use a sigmoid", Applicability.SAFE if safe else Applicability.UNSAFE)


def _ends_in(ending: Ending | None, written: records.Record) -> bool:
    return ending is not None and ending.site is not None and ending.site.record is written
