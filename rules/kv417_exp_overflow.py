"""KV417 exp-overflow."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra.forms import Atom
from kerasvae_lint.semantics.facts import CallFacts
from kerasvae_lint.semantics.heads import Head, heads
from kerasvae_lint.semantics.literals import literal

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
_SCALED = ("Rescaling(", "Normalization(", "normalize(", "Scaler(", "per_image_standardization")
_KEEPING = frozenset({"astype", "reshape", "load_data", "copy", "squeeze", "repeat", "take"})


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per exponential in a half-precision file, or one for the data."""
        half = _half(model)
        data = None if half is not None else _raw_pixels(model)
        if half is None and data is None:
            return
        spreads = [head for head in heads(model) if head.role == "spread"]
        if not spreads or not all(_is_open(head) for head in spreads):
            return
        calls = list(_exponentials(model))
        if half is not None:
            for call in calls:
                yield Report(
                    call,
                    "float16 overflows at exp(11.1), and nothing bounds this log-variance: the KL becomes inf and the"
                    " weights NaN, in Keras 2 and 3. Clip it, or compute this part in float32.",
                    ((half, "half precision is chosen here"),),
                    _fix(model, call),
                )
        elif data is not None and calls:
            yield Report(
                data,
                "These pixels go from 0 to 255 and nothing scales them: the log-variance starts at some hundreds and"
                " its `exp` is inf, in Keras 2 and 3. Divide the data by 255.",
                ((calls[0], "overflows here"),),
            )


def _half(model: SemanticModel) -> cst.Call | None:
    for call in model.calls_to(*_POLICIES):
        if call.node.args and literal(call.node.args[0].value) in _HALF:
            return call.node
    return None


def _is_open(head: Head) -> bool:
    """True for a head that a layer with no bounding activation gives."""
    return isinstance(head.factor, Atom) and head.links[0].layer in {
        "keras.layers.Dense",
        "keras.layers.Conv2D",
        "keras.layers.Conv1D",
    }


def _exponentials(model: SemanticModel) -> Iterator[cst.Call]:
    """Calls of ``exp`` in the samples and KLs of this module."""
    objective = model.objective
    places = [
        place.node
        for found in (objective.samples, objective.kls)
        for many in found.values()
        for place in many
        if place.model is model
    ]
    for call in model.facts.calls:
        name = model.name(call.node.func) or ""
        if name.rpartition(".")[2] != "exp" or name.startswith(("np.", "math.")) or len(call.node.args) != 1:
            continue
        if any(_inside(model, call.node, place) or _kept(model, call, place) for place in places):
            yield call.node


def _inside(model: SemanticModel, node: cst.CSTNode, place: cst.CSTNode) -> bool:
    at: cst.CSTNode | None = node
    while at is not None and at is not place:
        at = model.parent(at)
    return at is place


def _kept(model: SemanticModel, call: CallFacts, place: cst.CSTNode) -> bool:
    """True where the exponential is a local that the sample multiplies by."""
    if model.function_at(place) is not call.function:
        return False
    names = {b.name for bs in call.function.scope.bindings.values() for b in bs if b.value is call.node}
    return any(use.value in names for use in model.names_within(place))


def _fix(model: SemanticModel, call: cst.Call) -> Draft | None:
    argument = call.args[0].value
    while isinstance(argument, cst.BinaryOperation) and isinstance(argument.operator, (cst.Multiply, cst.Divide)):
        argument = argument.right if literal(argument.left) is not None else argument.left
    home = model.text(call.func.value) if isinstance(call.func, cst.Attribute) else ""
    name = model.name(call.func) or ""
    if not home or not isinstance(argument, (cst.Name, cst.Attribute)):
        return None
    clip = f"{home.removesuffix('.math')}.clip_by_value" if name.startswith("tf.") else f"{home}.clip"
    editor = Editor(model)
    editor.replace(argument, f"{clip}({model.text(argument)}, -10.0, 5.0)")
    return editor.draft("Clip the log-variance", Applicability.UNSAFE)


# data -------------------------------------------------------------------------------------------
def _raw_pixels(model: SemanticModel) -> cst.Call | None:
    """The ``load_data`` whose images reach ``fit`` as they are."""
    if any(word in model.source.text for word in _SCALED):
        return None
    for call in model.method_calls("fit"):
        given = next((a.value for a in call.node.args if a.keyword is None or a.keyword.value == "x"), None)
        made = _loaded(model, given, 0) if given is not None else None
        if made is not None:
            return made
    return None


def _loaded(model: SemanticModel, node: cst.BaseExpression, depth: int) -> cst.Call | None:
    """Follow ``astype``, ``reshape`` and indexing back to ``keras.datasets…load_data()``."""
    if depth > 12:
        return None
    if isinstance(node, cst.Subscript):
        return _loaded(model, node.value, depth + 1)
    if isinstance(node, cst.Name):
        bindings = model.resolver.bindings(node)
        found = [
            _loaded(model, b.value, depth + 1) if b.value is not None and b.kind == "assign" else None for b in bindings
        ]
        return found[0] if found and all(f is not None and f is found[0] for f in found) else None
    if not isinstance(node, cst.Call):
        return None
    name = model.name(node.func) or ""
    if name.startswith("keras.datasets.") and name.endswith(".load_data"):
        return node if name.split(".")[2] in {"mnist", "fashion_mnist", "cifar10", "cifar100"} else None
    if name in {"np.reshape", "np.expand_dims", "np.array", "np.asarray", "np.float32", "np.concatenate"} and node.args:
        return _loaded(model, node.args[0].value, depth + 1)
    if isinstance(node.func, cst.Attribute) and not name and node.func.attr.value in _KEEPING:
        return _loaded(model, node.func.value, depth + 1)
    return None
