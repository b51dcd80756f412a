"""KV417 exp-overflow."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Call,
    Computed,
    Head,
    LibraryName,
    Module,
    Value,
    constant,
    ending_of,
    leaves,
    library_class,
    records,
)

_HALF = frozenset({"mixed_float16", "float16"})
_POLICIES = frozenset(
    {
        "keras.mixed_precision.set_global_policy",
        "keras.mixed_precision.set_dtype_policy",
        "keras.mixed_precision.experimental.set_policy",
        "keras.mixed_precision.set_policy",
        "keras.mixed_precision.Policy",
        "keras.config.set_dtype_policy",
        "keras.backend.set_floatx",
    }
)
_LAYERS = frozenset({"keras.layers.Dense", "keras.layers.Conv1D", "keras.layers.Conv2D"})
_SCALED = ("Rescaling", "Normalization", "normalize", "Scaler", "per_image_standardization")
_KEEPING = frozenset(
    {"cast", "reshape", "getitem", "copy", "squeeze", "repeat", "take", "expand_dims", "constant", "concat", "convert"}
)
_IMAGES = frozenset(f"keras.datasets.{name}.load_data" for name in ("mnist", "fashion_mnist", "cifar10", "cifar100"))


class ExpOverflow(Rule):
    """`exp` of an unbounded log-variance under float16, or on data from 0 to 255: inf, then NaN.

    ## What it finds
    A posterior's log-variance that comes straight from a layer, unclipped, and is exponentiated while the file chooses
    `mixed_float16`, or trains on a `keras.datasets` image set that nothing scales.

    ## Why it bites
    float16 ends at 65504, which is `exp(11.09)`; a head reaches that easily. On pixels from 0 to 255 a fresh head gives
    log-variances of several hundred, and `exp` overflows in float32 too: the first KL is inf, the weights are NaN.

    ## Bad
    ```python
    keras.mixed_precision.set_global_policy("mixed_float16")
    z = mean + tf.exp(0.5 * log_var) * noise
    ```

    ## Good
    ```python
    z = mean + tf.exp(0.5 * tf.clip_by_value(log_var, -10.0, 5.0)) * noise
    ```

    ## Fix
    Unsafe, for float16: the log-variance is clipped where it is exponentiated. For unscaled data none: divide by 255.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - vanderschaarlab/synthcity issue 331
    - AppliedDataSciencePartners/WorldModels issue 9
    """

    code = "KV417"
    name = "exp-overflow"
    triggers = ("float16", "load_data")
    fixable = "sometimes"
    probes = ("kl", "loss", "build")
    preview = True
    outranks = ("KV715",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per exponential in a half-precision file, or one for the data."""
        half = next((call for call in module.calls(*_POLICIES) if _is_half(call)), None)
        data = None if half is not None else _raw_pixels(module)
        if half is None and data is None:
            return
        spreads = [head for head in module.objective.posterior.heads if head.role == "spread"]
        if not spreads or not all(_is_open(head) for head in spreads):
            return
        calls = [call for call in module.all_calls if _is_exponential(call, spreads)]
        if half is not None:
            for call in calls:
                yield Report(
                    call,
                    "float16 overflows at exp(11.1), and nothing bounds this log-variance: the KL becomes inf and the"
                    " weights NaN, in Keras 2 and 3. Clip it, or compute this part in float32.",
                    ((half.record, "half precision is chosen here"),),
                    _fix(module, call),
                )
        elif data is not None and calls and not any(_is_scaled(head) for head in spreads):
            yield Report(
                data,
                "These pixels go from 0 to 255 and nothing scales them: the log-variance starts at some hundreds and"
                " its `exp` is inf, in Keras 2 and 3. Divide the data by 255.",
                ((calls[0].record, "overflows here"),),
                about=tuple(step.site.record for training in module.trainings for step in training.fits),
            )


def _is_half(call: Call) -> bool:
    given = call.argument("policy", "name", "value", at=0)
    return given is not None and constant(given) in _HALF


def _is_open(head: Head) -> bool:
    """True for a head that a layer with no activation gives."""
    link = head.links[0]
    if link.layer is None or library_class(link.layer) not in _LAYERS:
        return False
    ending = ending_of(link.value)
    return ending is not None and ending.name == "linear"


def _is_scaled(head: Head) -> bool:
    """True if the encoder itself divides what it gets."""
    return any(isinstance(leaf, Computed) and leaf.op == "divide" for leaf in leaves(head.links[0].value))


def _is_exponential(call: Call, spreads: list[Head]) -> bool:
    """True for ``exp`` of a log-variance, or of a multiple of it, on tensors."""
    home, _, word = call.name.rpartition(".")
    if word != "exp" or home in {"np", "math"} or len(call.record.arguments) != 1:
        return False
    given = call.argument("x", at=0)
    return given is not None and any(
        _base(member) is head.links[0].value for member in given.alternatives() for head in spreads
    )


def _base(value: Value) -> Value:
    """What a value is a multiple of."""
    while isinstance(value, Computed) and value.op in {"multiply", "divide", "negative"}:
        varying = [operand for operand in value.operands if not isinstance(constant(operand), (int, float))]
        if len(varying) != 1:
            break
        value = varying[0]
    return value


def _fix(module: Module, call: Call) -> Draft | None:
    argument = call.record.arguments[0].value
    while isinstance(argument, records.Binary) and argument.operator in {"*", "/"}:
        argument = argument.right if isinstance(argument.left, records.Constant) else argument.left
    func = call.record.func
    if not isinstance(func, records.Attribute) or not isinstance(argument, (records.Name, records.Attribute)):
        return None
    home = module.text(func.value)
    clip = f"{home.removesuffix('.math')}.clip_by_value" if call.name.startswith("tf.") else f"{home}.clip"
    editor = module.editor()
    editor.replace(argument, f"{clip}({module.text(argument)}, -10.0, 5.0)")
    return editor.draft("Clip the log-variance", Applicability.UNSAFE)


# data -------------------------------------------------------------------------------------------
def _raw_pixels(module: Module) -> records.Record | None:
    """The ``load_data`` whose images reach ``fit`` as they are."""
    if any(word in _called(call) for call in module.all_calls for word in _SCALED):
        return None
    for fit in module.schedules.fits:
        given = fit.run.arguments.get("x")
        made = _loaded(given) if given is not None else None
        if made is not None and made.site is not None and module.owns(made.site):
            return made.site.record
    return None


def _called(call: Call) -> str:
    """The word that is called, as it is written."""
    func = call.record.func
    return func.id if isinstance(func, records.Name) else call.method


def _loaded(value: Value) -> Computed | None:
    """Follow ``astype``, ``reshape`` and indexing back to ``keras.datasets…load_data()``."""
    while isinstance(value, Computed) and value.op in _KEEPING and value.operands:
        value = value.operands[0]
    if isinstance(value, Computed) and isinstance(value.maker, LibraryName) and value.maker.name in _IMAGES:
        return value
    return None
