"""KV737 constraint-as-regularizer."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Call, LibraryName, LibraryObject, Module, Value, records

_ROLES = ("kernel", "bias", "recurrent", "depthwise", "pointwise", "embeddings", "gamma", "beta")


class ConstraintAsRegularizer(Rule):
    """A constraint given as a regularizer is added to the loss: Keras 3 drives the weights down.

    ## What it finds
    An object or class of `keras.constraints` (`MaxNorm`, `NonNeg`, …) given as `kernel_regularizer`, `bias_regularizer`
    and their like.

    ## Why it bites
    A regularizer gives a number that is added to the loss, a constraint gives back the weights. Keras 3 adds up what it
    gets without a word: the sum of all weights is made small. Measured on y = x1 + x2 + x3 + x4: weights of 0.45
    to 0.53 where 1.0 is right, and a squared error of 1.03.

    ## Bad
    ```python
    layers.Dense(64, kernel_regularizer=keras.constraints.MaxNorm(3))
    ```

    ## Good
    ```python
    layers.Dense(64, kernel_constraint=keras.constraints.MaxNorm(3))
    ```

    ## Fix
    Safe: the argument's name.

    ## Keras 2 and Keras 3
    Silent in Keras 3; Keras 2 raises at the first step.

    ## References
    - NeuraLint, sample scripts
    """

    code = "KV737"
    name = "constraint-as-regularizer"
    triggers = ("_regularizer",)
    fixable = "sometimes"
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per constraint that a layer gets as a regularizer."""
        for call in module.all_calls:
            if not call.name.startswith("keras.layers."):
                continue
            for role in _ROLES:
                given = call.argument(f"{role}_regularizer")
                if given is not None and _is_constraint(given):
                    written = call.written(f"{role}_regularizer")
                    yield Report(
                        written or call,
                        "This constraint is given as a regularizer: Keras 3 adds the weights themselves to the"
                        f" loss, and Keras 2 raises. Give it as `{role}_constraint`.",
                        fix=_fix(module, call, written, role),
                    )


def _is_constraint(given: Value) -> bool:
    members = given.alternatives()
    return all(
        isinstance(member, (LibraryName, LibraryObject)) and member.name.startswith("keras.constraints.")
        for member in members
    )


def _fix(module: Module, call: Call, written: records.Argument | None, role: str) -> Draft | None:
    if written is None or written.name is None or call.is_given(f"{role}_constraint") != "absent":
        return None
    editor = module.editor()
    editor.edit(written.start, written.start + len(written.name), f"{role}_constraint")
    return editor.draft(f"Give it as `{role}_constraint`")
