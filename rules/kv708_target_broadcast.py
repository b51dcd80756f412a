"""KV708 target-broadcast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Computed, Module, Value, constant, is_none, library_class, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Task, TrainingStep

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "Bidirectional", "RNN")
_HEADS = frozenset({"Dense", "Dropout", "Activation", "BatchNormalization"})


class TargetBroadcast(Rule):
    """The output has an axis that the targets lack: each target is compared with a whole row of outputs.

    ## What it finds
    `mse`, `mae`, `huber` and the like where the output's shape and that of the targets differ and the one is stretched
    to the other: a recurrent layer with `return_sequences=True` right before the head and one target for each sample,
    convolutions and a `Dense(1)` with no `Flatten` or pooling between, a backbone without its pooling; or one output
    and several targets. In code for Keras 2 `binary_crossentropy` too. Both shapes have to be known, but for
    `return_sequences=True` before a `Dense(1)`, a preview finding for arrays of a shape that is not known. Not:
    `TimeDistributed` heads, and losses that raise.

    ## Why it bites
    The loss broadcasts without a word. Measured, an LSTM with `return_sequences=True` and `Dense(1)`: the output is
    (B, 5, 1), the loss stays at 6.4, where the right model reaches 0.003, as every time step is drawn to the one
    target. With targets of shape (B,) each sample is compared with those of all others: the predictions are constant.

    ## Bad
    ```python
    model = keras.Sequential([keras.Input((5, 2)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
    model.compile("adam", "mse")
    ```

    ## Good
    ```python
    model = keras.Sequential([keras.Input((5, 2)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    ```

    ## Fix
    None: the missing layer, or other targets, are yours to choose.

    ## Keras 2 and Keras 3
    The same in both. `binary_crossentropy`, and targets of shape (B,) for several outputs, raise in Keras 3 and
    broadcast in Keras 2.

    ## References
    - keras-contrib issue 229
    - keras-team/keras issue 5663
    - Stack Overflow 45120429
    """

    code = "KV708"
    name = "target-broadcast"
    triggers = (".compile(",)
    fixable = "no"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per ``fit`` whose targets are stretched to the output, or the other way round."""
        seen: set[records.Record] = set()
        for task in module.tasks:
            spread = task.is_regression or (task.loss_name == "binary_crossentropy" and module.flavour.only2)
            if not spread or not task.is_standard or task.output.shape is None:
                continue
            for step, target in zip(_given(task), task.targets, strict=False):
                place = step.site.record
                if place in seen or not module.owns(step.site) or target.shape is None:
                    continue
                raises = len(task.output.shape) == 2 and len(target.shape) == 1 and task.output.units != 1
                if raises and module.flavour.only3:
                    continue
                if _is_stretched(task.output.shape, target.shape):
                    seen.add(place)
                    where = "2" if raises or not task.is_regression else "2 and 3"
                    yield Report(
                        place,
                        f"The model gives {_spelled(task.output.shape)} for targets of {_spelled(target.shape)}: the"
                        f" loss stretches the smaller one, in Keras {where}. " + _advice(task),
                        _notes(module, task),
                    )
            at = _sequence_before_head(task)
            known = task.reconstructs or any(target.shape is not None for target in task.targets)
            arrays = bool(task.fits) and all("y" in step.arguments for step in task.fits)
            if at is not None and arrays and not known and module.owns(task.compiled.site) and at not in seen:
                seen.add(at)
                yield Report(
                    at,
                    "With `return_sequences=True` the head gives a value for each time step: a single target for each"
                    " sample meets all of them, in Keras 2 and 3. Leave it out, or give a target for each step.",
                    preview=True,
                )


def _given(task: Task) -> list[TrainingStep]:
    """The trainings that give targets, in the order of these."""
    return [step for step in task.fits if step.y]


def _is_stretched(output: tuple[object, ...], target: tuple[object, ...]) -> bool:
    """True for two shapes that differ, but for axes of 1, and that broadcast all the same."""
    if any(size is not None and not isinstance(size, int) for size in (*output[1:], *target[1:])):
        return False
    made, given = _squeezed(output), _squeezed(target)
    if made == given or None in (*made, *given):
        return bool(made) and not given and len(output) != len(target)  # a size that nobody can tell may be theirs
    if not made or not given:
        return True
    return len(made) != len(given)


def _squeezed(shape: tuple[object, ...]) -> list[object]:
    return [size for size in shape[1:] if size != 1]


def _spelled(shape: tuple[object, ...]) -> str:
    sizes = ["B", *("?" if size is None else str(size) for size in shape[1:])]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _advice(task: Task) -> str:
    if _sequence_before_head(task) is not None:
        return "Leave out `return_sequences=True` in the last recurrent layer."
    shape = task.output.shape
    return (
        "Flatten or pool before the head." if shape is not None and len(shape) > 2 else "Give the head a unit for each."
    )


def _chain(task: Task) -> Iterator[Computed]:
    """The calls that give an output, the last one first, as long as each has one input."""
    at: Value | None = task.output.value
    for _ in range(12):
        if not isinstance(at, Computed) or at.op != "layer" or at.maker is None:
            return
        yield at
        at = at.operands[0] if at.operands else None


def _sequence_before_head(task: Task) -> records.Record | None:
    """Where a recurrent layer before the head is told to give all its steps; None if there is none."""
    if task.output.units != 1 or task.output.shape is None or len(task.output.shape) != 3:
        return None
    for call in _chain(task):
        last = library_class(call.maker).rpartition(".")[2] if call.maker is not None else ""
        if last in _HEADS:
            continue
        if last not in _RECURRENT or call.maker is None:
            return None
        layer = getattr(call.maker, "arguments", {})
        inner = layer.get("layer", call.maker) if isinstance(layer, dict) else call.maker
        given = getattr(inner, "arguments", {}).get("return_sequences")
        if given is None or is_none(given) or constant(given) is not True:
            return None
        return given.site.record if given.site is not None else None
    return None


def _notes(module: Module, task: Task) -> tuple[tuple[records.Record, str], ...]:
    site = task.ending_site
    return ((site.record, "the output"),) if site is not None and module.owns(site) else ()
