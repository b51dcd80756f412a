"""KV722 label-range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Computed, Module, Value, constant, records

from ._activations import about, spelled

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Task

_BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_SPARSE = "sparse_categorical_crossentropy"
_ONE_HOT = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})


class LabelRange(Rule):
    """The labels lie outside of what the cross-entropy takes.

    ## What it finds
    Targets that are seen to lie outside 0 to 1 under binary cross-entropy: -1 and 1, 1 and 2, the numbers of more than
    two classes under one unit, the targets of a regression, pixels up to 255, standardised data. Under sparse
    categorical cross-entropy labels that were divided, are negative, or count further than there are units. Hinge
    losses, which convert 0 and 1 themselves, are left alone, as are soft targets between 0 and 1. Where the sparse loss
    is the only one, a table's column that is dropped from the inputs and divided by 255 is found without a `fit` too.

    ## Why it bites
    Binary cross-entropy of a label outside 0 to 1 has no lower end: the loss becomes negative and goes on falling
    (measured: -1545 for -1 and 1, -1231 for 1 and 2) while every prediction becomes 0 or 1. Sparse labels that were
    divided are cut off to 0: the loss falls to 0.0, and the accuracy stays at the share of class 0. Labels that have no
    unit raise on a CPU, and give NaN on a GPU.

    ## Bad
    ```python
    y = np.where(x[:, 0] > 0, 1, -1)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y)
    ```

    ## Good
    ```python
    y = np.where(x[:, 0] > 0, 1, 0)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y)
    ```

    ## Fix
    Unsafe: 0 in place of the -1 in an `np.where` that is written out; what compares with -1 later has to follow. None
    elsewhere.

    ## Keras 2 and Keras 3
    The same in both; nothing is printed.

    ## References
    - Stack Overflow 41596619, 46869312, 50079585, 62068109
    """

    code = "KV722"
    name = "label-range"
    triggers = ("rossentropy",)
    companions = (".compile(",)
    fixable = "sometimes"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per loss whose targets are seen to lie where it can't take them."""
        seen: set[records.Record] = set()
        for task in module.tasks:
            site = task.loss_site
            if not task.is_standard or not module.owns(site) or site.record in seen:
                continue
            for target in task.targets:
                said = _judged(task, target)
                if said:
                    seen.add(site.record)
                    yield Report(
                        site.record,
                        said,
                        _origin(module, target),
                        _fix(module, task, target),
                        about=(site.record, *about(task.output.ending)),
                    )
                    break
        yield from _divided_columns(module)


# a table's column -------------------------------------------------------------------------------
def _divided_columns(module: Module) -> Iterator[Report]:
    """The column of a table that is left out of the inputs, as its labels are, and divided as pixels are."""
    if not module.tasks or any(task.loss_name != _SPARSE for task in module.tasks):
        return
    left_out = {_column(module.data(call.result)) for call in module.method_calls("drop")}
    for division in module.code.walk():
        if not isinstance(division, records.Binary) or division.operator != "/":
            continue
        data = module.data(module.value(division))
        last = data.steps[-1] if data.steps else None
        if last is None or last.kind != "scaled" or last.detail not in {"/ 255", "/ 256"}:
            continue
        table, name = _column(data)
        if table is None or (table, f"drop {name[1:-1]}") not in left_out:
            continue
        yield Report(
            division,
            f"This column is left out of the inputs, as labels are, and divided as pixels are: `{_SPARSE}` cuts all"
            " of them off to 0, in Keras 2 and 3. Leave the labels as they are.",
            about=(division,),
        )


def _column(data: Data) -> tuple[Value | None, str]:
    """The table that data come from, and which of its columns they are, or lack; no table for anything else."""
    picked = data.did("selected")
    known = data.source.kind in {"read_csv", "file"} and len(picked) == 1 and data.steps[0] is picked[0]
    return (data.source.value, picked[0].detail) if known else (None, "")


# a loss -----------------------------------------------------------------------------------------
def _judged(task: Task, target: Data) -> str:
    """What is wrong with the labels; empty if nothing is seen to be."""
    found, name, units = target.range, task.loss_name, task.output.units
    if found is None:
        return ""
    lies = f"they go {_range(target)}"
    if name in _BINARY and found.exceeds(0, 1):
        count = target.classes if target.encoding == "integers" and found.lowest == 0 else None
        if count is not None and count > 2 and units == 1:
            return (
                f"There are {count} classes (labels {lies.removeprefix('they go ')}), and one unit under `{name}` tells"
                " two apart: the loss has no lower end, in Keras 2 and 3. Use a softmax with one unit for each class."
            )
        return (
            f"`{name}` takes targets from 0 to 1; {lies}: the loss has no lower end and becomes negative, in Keras 2"
            " and 3. Bring them into that range."
        )
    if name == _SPARSE:
        if target.is_integer is False and found.is_bounded and target.did("scaled", "standardised", "computed"):
            return (
                f"`{name}` takes the numbers of classes and cuts fractions off; {lies} and are no whole numbers:"
                " classes fall together, in Keras 2 and 3. Leave the labels as they are."
            )
        if _is_tried(task):
            return ""
        if found.exceeds(0, math.inf):
            return f"`{name}` counts from 0; {lies}: labels below 0 raise, or give NaN on a GPU, in Keras 2 and 3."
        if units is not None and units > 1 and found.exceeds(0, units - 1):
            return (
                f"The output has {units} units, for classes from 0 to {units - 1}; the labels go {_range(target)}: they"
                " raise, or give NaN on a GPU, in Keras 2 and 3."
            )
    if name in _ONE_HOT and target.encoding not in {"integers", "one-hot"} and (units or 0) > 1:
        if found.exceeds(0, 1):
            return (
                f"`{name}` takes shares from 0 to 1, one column for each class; {lies}: the loss means nothing, in"
                " Keras 2 and 3."
            )
    return ""


def _is_tried(task: Task) -> bool:
    """True if the program catches what a ``fit`` raises."""
    for step in task.fits:
        at: records.Record | None = step.site.record
        while at is not None and not isinstance(at, records.Function):
            if isinstance(at, records.Try):
                return True
            at = at.parent
    return False


def _range(target: Data) -> str:
    """From where to where the labels go, in words."""
    found = target.range
    assert found is not None
    if found.is_bounded:
        return f"from {found.lowest:.4g} to {found.highest:.4g}"
    if math.isinf(found.lowest) and math.isinf(found.highest):
        return "below 0" if found.sure is None or found.sure[0] < 0 else "beyond 1"
    return f"from {spelled((found.lowest, found.highest))}"


def _origin(module: Module, target: Data) -> tuple[tuple[records.Record, str], ...]:
    sites = [
        step.site for step in reversed(target.steps) if step.kind in {"scaled", "encoded", "standardised", "filled"}
    ]
    sites += [target.source.value.site] if target.source.value is not None else []
    site = next((site for site in sites if site is not None and module.owns(site)), None)
    return ((site.record, "the labels"),) if site is not None else ()


def _fix(module: Module, task: Task, target: Data) -> Draft | None:
    """0 for the -1 of ``np.where(…, 1, -1)``."""
    last = next((step for step in reversed(target.steps) if step.kind == "encoded"), None)
    if task.loss_name not in _BINARY or last is None or last.detail not in {"1 or -1", "-1 or 1"}:
        return None
    record = last.site.record if last.site is not None and module.owns(last.site) else None
    if not isinstance(record, records.Call) or target.range is None or target.range.lowest != -1:
        return None
    written = [argument.value for argument in record.arguments if constant(module.value(argument.value)) == -1]
    value = module.value(record)
    if len(written) != 1 or not isinstance(value, Computed) or value.op != "where":
        return None
    editor = module.editor()
    editor.replace(written[0], "0")
    return editor.draft("Say 0 for the negative class", Applicability.UNSAFE)
