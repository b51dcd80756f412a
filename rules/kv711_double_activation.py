"""KV711 double-activation."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Ending, Module, ending_of, library_class, records

_PAIRS = {
    ("softmax", "softmax"): "no probability can reach 1: with 3 classes none exceeds 0.58, and the loss stops at 0.55",
    ("sigmoid", "sigmoid"): "the outputs lie between 0.5 and 0.73: at a threshold of 0.5 every sample is a 1",
    ("relu", "sigmoid"): "the outputs cannot fall below 0.5, and a unit that is cut off gets no gradient",
    ("relu", "softmax"): "negative scores are cut off: their classes get equal shares and no gradient",
}


class DoubleActivation(Rule):
    """The output goes through two activations, one right behind the other.

    ## What it finds
    A model whose output goes through a softmax twice, through a sigmoid twice, or through a relu and then a softmax or
    sigmoid, with no layer in between: an `Activation`, a `Softmax()` or a function of `tf.nn` behind a layer that has
    an activation already. Two relus are harmless, and what stands inside a model, such as gates, is not looked at.

    ## Why it bites
    A softmax of probabilities is nearly flat: with 3 classes the largest share is 0.58, with 10 classes 0.23, and the
    loss cannot fall below 0.55 and 1.46. A sigmoid of a sigmoid lies between 0.5 and 0.73. What a relu cuts off gets no
    gradient, and a sigmoid behind it never says less than 0.5; measured, a loss of 0.693 that stays.

    ## Bad
    ```python
    model.add(layers.Dense(3, activation="softmax"))
    model.add(layers.Activation("softmax"))
    ```

    ## Good
    ```python
    model.add(layers.Dense(3))
    model.add(layers.Activation("softmax"))
    ```

    ## Fix
    The first activation is dropped. Safe for two equal ones; unsafe for a relu, with which a model can work.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - TheDeepChecker, fault class `redundant_softmax`
    """

    code = "KV711"
    name = "double-activation"
    triggers = ("softmax", "Softmax", "sigmoid")
    fixable = "sometimes"
    probes = ("loss",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per activation whose output goes into another one at a model's end."""
        outputs = [output.ending for output in module.outputs.every if output.ending is not None]
        ends = {ending.site.record for ending in outputs if ending.site is not None}
        seen: set[records.Record] = set()
        for outer in outputs:
            inner = ending_of(outer.before) if outer.before is not None else None
            what = _PAIRS.get((inner.name, outer.name)) if inner is not None else None
            if inner is None or what is None or not inner.direct or inner.site is None or outer.site is None:
                continue
            second = outer.site.record
            if second in seen or not module.owns(outer.site) or outer.axis != -1 or inner.axis != -1:
                continue
            seen.add(second)
            notes = ((inner.site.record, "the first one"),) if module.owns(inner.site) else ()
            is_end = inner.site.record in ends
            yield Report(
                second,
                f"The output is a {inner.name} already: {what}, in Keras 2 and 3. Drop one.",
                notes,
                None if is_end else _fix(module, inner, outer),
                about=(second,),
            )


def _fix(module: Module, inner: Ending, outer: Ending) -> Draft | None:
    """Drop the first one, where it is written as a string."""
    if not inner.literal or not module.owns(inner.site) or inner.site is None or inner.layer is None:
        return None
    editor, written = module.editor(), inner.site.record
    argument = written.parent
    if not isinstance(written, records.Constant) or not isinstance(argument, records.Argument):
        return None
    call = argument.parent
    if library_class(inner.layer).endswith(".Activation") or argument.name is None:
        editor.replace(written, '"linear"')
    elif isinstance(call, records.Call):
        editor.remove_argument(call, argument)
    return editor.draft(
        f"Drop the first {inner.name}", Applicability.SAFE if inner.name == outer.name else Applicability.UNSAFE
    )
