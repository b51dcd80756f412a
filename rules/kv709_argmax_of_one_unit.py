"""KV709 argmax-of-one-unit."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, ModelOutput, Module, Value, constant, is_none, records


class ArgmaxOfOneUnit(Rule):
    """The argmax over the outputs of a model with one unit is 0 for every sample.

    ## What it finds
    `np.argmax`, `tf.argmax` or `.argmax` along the last axis (or the axis 1 of two) of what a model predicts whose
    output has one unit, and of one row of it without an axis. An argmax along the batch, of an output whose size is not
    known, or of the whole prediction is none. Not: under a condition that asks for a size (`if len(pred[0]) > 1`).

    ## Why it bites
    The place of the largest of one number is 0: every sample gets class 0, whatever the model has learned. Measured:
    an accuracy of 1.0 in training, and 0.47, the share of zeros, by argmax. Nothing is printed.

    ## Bad
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    classes = np.argmax(model.predict(x), axis=1)
    ```

    ## Good
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    classes = (model.predict(x)[:, 0] > 0.5).astype(int)
    ```

    ## Fix
    The comparison with 0.5, of the same shape as the argmax. Safe behind a sigmoid; else unsafe, as the threshold
    depends on what the output means.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - TensorFlow's release notes of 2.6: `predict_classes` is gone
    """

    code = "KV709"
    name = "argmax-of-one-unit"
    triggers = ("argmax",)
    fixable = "sometimes"
    probes = ("data",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per argmax over an axis of size 1 of what comes out of a model."""
        for call in module.calls("np.argmax", "tf.argmax", "keras.backend.argmax", "keras.ops.argmax"):
            written = call.written("x", "a", "input")
            yield from _judged(module, call, call.argument("x", "a", "input"), written.value if written else None)
        for call in module.method_calls("argmax"):
            if call.receivers and isinstance(call.record.func, records.Attribute):
                yield from _judged(module, call, module.value(call.record.func.value), call.record.func.value)


def _judged(module: Module, call: Call, array: Value | None, written: records.Expression | None) -> Iterator[Report]:
    outputs = module.outputs
    output = outputs.origin(array) if array is not None else None
    if array is None or written is None or output is None or any(map(_asks_size, records.tests_of(call.record))):
        return
    shape = outputs.shape(array)
    rank = len(shape) if shape is not None else None
    given = call.argument("axis", at=0 if call.record.func is written.parent else None)
    axis = constant(given) if given is not None else None
    if given is None or is_none(given):
        axis = -1 if rank == 1 and call.is_given("axis") == "absent" else None
    if not isinstance(axis, int) or outputs.size(array, axis) != 1:
        return
    size = outputs.size_written(array)
    is_last = axis == -1 or axis + 1 == rank
    yield Report(
        call,
        "The output has one unit: its argmax is 0 for every sample, in Keras 2 and 3. Compare it with a threshold.",
        ((size.record, "one unit"),) if size is not None and module.owns(size) else (),
        _fix(module, call, written, output, rank) if is_last and outputs.is_prediction(array) else None,
    )


def _asks_size(test: records.Expression) -> bool:
    return any(
        (isinstance(part, records.Attribute) and part.attr in {"shape", "output_shape", "ndim"})
        or (isinstance(part, records.Name) and part.id == "len")
        for part in test.walk()
    )


def _fix(module: Module, call: Call, array: records.Expression, output: ModelOutput, rank: int | None) -> Draft | None:
    if call.is_given("keepdims") != "absent" or call.is_given("out") != "absent":
        return None
    ending, editor, text = output.ending, module.editor(), module.text(array)
    if not isinstance(array, (records.Name, records.Attribute, records.Call, records.Subscript)):
        text = f"({text})"
    picked = f"{text}[{'0' if rank == 1 else ':, 0' if rank == 2 else '..., 0'}]"
    if call.name.startswith("tf."):
        tf = editor.tensorflow()
        editor.replace(call.record, f"{tf}.cast({picked} > 0.5, {tf}.int64)")
    elif call.name.startswith("keras."):
        return None
    else:
        editor.replace(call.record, f"int({picked} > 0.5)" if rank == 1 else f"({picked} > 0.5).astype(int)")
    is_sigmoid = ending is not None and ending.name == "sigmoid"
    return editor.draft("Compare with 0.5", Applicability.SAFE if is_sigmoid else Applicability.UNSAFE)
