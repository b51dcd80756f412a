"""KV406 frozen-noise."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import CONSTRUCTION, SemanticModel
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.operations import is_draw
from kerasvae_lint.semantics.values import Parameter, is_symbolic

from . import _noise as n
from ._noise_fix import from_host, multiplied, on_shape, where_used

_OPEN = "this Input has an open batch"
_OF_A_TENSOR = frozenset({"static", "tensor", "snapshot", "output"})


class FrozenNoise(Rule):
    """Noise that is drawn once, or once for a whole batch: the model is no longer stochastic.

    ## What it finds
    - `np.random` or `random` in traced code (`call`, `train_step`, a Lambda's or a loss's function).
    - The noise of a reparameterized sample that is drawn outside traced code: at import, in a functional model's
      construction, in `__init__`; a `K.random_normal_variable` as noise.
    - Such noise with a batch size of its own (a constant, an argument, 1) where the Input leaves the batch open, and
      noise with no batch axis at all, `shape=(latent_dim,)`.
    - Noise that is drawn and never used, beside a `return mean + exp(…) * setting`.

    Not: shapes read from the tensors (`K.shape(mean)[0]`), noise on the data, noise over weights, and in Keras 2
    `tf.random.normal(tf.shape(mean))` on a symbolic tensor, which becomes a layer.

    ## Why it bites
    Traced code runs once: NumPy's draw becomes a constant of the graph. A constant shifts the mean and nothing more, so
    a VAE trains as a plain autoencoder and the KL is for nothing. One draw for all rows ties the samples of a batch
    together; another fixed size raises on the last batch or in `predict`.

    ## Bad
    ```python
    epsilon = K.random_normal(shape=(batch_size, latent_dim))
    ```

    ## Good
    ```python
    epsilon = K.random_normal(shape=K.shape(mean))
    ```

    ## Fix
    Unsafe: drawn by TensorFlow or Keras on the mean's shape, where the mean has a name beside the draw.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issue 36715
    - keras-team/keras pull requests 5823, 7036
    - twairball/keras_lstm_vae issue 1
    """

    code = "KV406"
    name = "frozen-noise"
    triggers = ("random", "randn", "truncated_normal")
    companions = ("def call", "egularizer", "Loss", "_step", "Lambda(", "compile(", ".function", "Input(", "exp(")
    fixable = "sometimes"
    probes = ("noise",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per draw that is not made anew for each sample of each batch."""
        traced = model.schedules.tracing.functions
        seen: set[object] = set()
        found = n.noises(model)
        by_call = {noise.call: noise for noise in found}
        for report in (*_host(model, traced, by_call), *_samples(model, traced, found), *_unused(model)):
            if report.at not in seen:
                seen.add(report.at)
                yield report


def _host(model: SemanticModel, traced: set[Function], noises: dict[cst.Call, n.Noise]) -> Iterator[Report]:
    """NumPy's and Python's draws in traced code."""
    if "run_eagerly" in model.source.text or _only_eager(model):
        return
    for call in model.facts.calls:
        name = model.name(call.node.func) or ""
        if call.function in traced and n.is_host_draw(name) and not _on_purpose(model, call.node):
            yield Report(
                call.node,
                f"`{model.text(call.node.func)}` runs once, while this code is traced: every step and every epoch gets"
                " the same numbers, in Keras 2 and 3. Draw with `tf.random` or `keras.random`.",
                fix=from_host(model, call.node, name, noises.get(call.node)),
            )


def _on_purpose(model: SemanticModel, call: cst.Call) -> bool:
    """True for ``tf.constant(np.random…)``, and in preprocessing layers, which work on Python's lists."""
    parent = model.parent(call)
    around = model.parent(parent) if isinstance(parent, cst.Arg) else None
    if isinstance(around, cst.Call) and model.name(around.func) in {"tf.constant", "keras.backend.constant"}:
        return True
    cls = model.class_at(call)
    if cls is None:
        return False
    return any("Preprocess" in name for name in (*cls.all_library_bases(), *(c.name for c in cls.mro())))


def _only_eager(model: SemanticModel) -> bool:
    """True where a hand-written loop calls the model and nothing compiles it."""
    text = model.source.text
    if any(word in text for word in (".fit(", ".compile(", "tf.function", "train_step", "Lambda(")):
        return False
    return any(True for _ in model.method_calls("gradient"))


def _samples(model: SemanticModel, traced: set[Function], noises: list[n.Noise]) -> Iterator[Report]:
    for noise in noises:
        function = model.function_at(noise.call)
        if _in_variable(model, noise.call):
            continue
        if noise.name == "keras.backend.random_normal_variable":
            yield Report(
                noise.call,
                "`random_normal_variable` makes a variable: its numbers are drawn once, so the noise is a constant, in"
                " Keras 2 (Keras 3 has no such function). Draw with `random_normal` on the mean's shape.",
                fix=on_shape(model, noise),
            )
        elif function in traced:
            yield from _shaped(model, noise)
        elif any(word in model.source.text for word in n.GRAPH_MODE):
            continue
        elif _is_kept(model, noise, traced) or _meets_graph(model, noise):
            where = "import" if function is model.facts.root else "construction"
            yield Report(
                noise.call,
                f"This noise is drawn once, at {where}: to the model it is a constant, so nothing is sampled, in"
                " Keras 2 and 3. Draw it in a layer's `call`, on the mean's shape.",
                fix=where_used(model, noise, traced),
            )


def _in_variable(model: SemanticModel, call: cst.Call) -> bool:
    """True for ``tf.Variable(tf.random.normal(…))``, which somebody may draw anew."""
    parent = model.parent(call)
    around = model.parent(parent) if isinstance(parent, cst.Arg) else None
    return isinstance(around, cst.Call) and (model.name(around.func) or "").rpartition(".")[2] in {
        "Variable",
        "variable",
        "add_weight",
    }


def _is_kept(model: SemanticModel, noise: n.Noise, traced: set[Function]) -> bool:
    """True for a draw in a layer's construction that traced code adds to a mean."""
    function = model.function_at(noise.call)
    cls = model.class_info(function.class_facts) if function.class_facts is not None else None
    if cls is None or not cls.is_layer or CONSTRUCTION not in model.phases(cls, function):
        return False
    return any(model.function_at(place) in traced for place in noise.places)


def _meets_graph(model: SemanticModel, noise: n.Noise) -> bool:
    """True where a functional model is built and its tensor meets a draw whose shape is a display of settings."""
    shape = n.display_of(model, n.shape_of(noise.call, noise.name))
    if shape is None or any(value.kind in _OF_A_TENSOR for e in shape.elements for value in model.values(e.value)):
        return False
    builders = {call.function for call in model.calls_to("keras.layers.Input")}
    sums = [p for p in noise.places if isinstance(p, cst.BinaryOperation) and model.function_at(p) in builders]
    return any(is_symbolic(v) for place in sums for side in (place.left, place.right) for v in model.values(side))


# shapes -----------------------------------------------------------------------------------------
def _shaped(model: SemanticModel, noise: n.Noise) -> Iterator[Report]:
    shape = n.shape_of(noise.call, noise.name)
    if shape is None or n.is_host_draw(noise.name):
        return
    shape = n.display_of(model, shape)
    batch = n.first_axis(shape) if shape is not None else None
    if batch is None or shape is None:
        return
    if len(shape.elements) == 1:
        if _is_size(model, batch):
            yield Report(
                noise.call,
                "This noise has no batch axis: all samples of a batch share one draw, in Keras 2 and 3. Draw it on the"
                " mean's shape.",
                fix=on_shape(model, noise),
            )
        return
    size = _fixed(model, batch)
    if size is None or _batch_is_fixed(model):
        return
    one = size == "1"
    open_input = next((call.node for call in model.calls_to("keras.layers.Input")), None)
    if not one and open_input is None:
        return
    what = (
        "all samples of a batch share one draw"
        if one
        else "the last batch, `evaluate` or `predict` of another size raises"
    )
    yield Report(
        noise.call,
        f"This noise is drawn for a batch of {size}, whatever the batch is: {what}, in Keras 2 and 3. Draw it on the"
        " mean's shape.",
        ((open_input, _OPEN),) if open_input is not None else (),
        on_shape(model, noise),
    )


def _is_size(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for a number, a setting or an attribute; False for what may be a whole shape."""
    if isinstance(node, (cst.StarredElement, cst.Call)):
        return False
    return all(v.kind in {"constant", "parameter", "unknown"} for v in model.values(node))


def _fixed(model: SemanticModel, node: cst.BaseExpression) -> str | None:
    """The batch size that a draw fixes, in words; None where it comes from a tensor or can't be told."""
    values = model.values(node)
    if n.constants(values):
        numbers = {getattr(value, "value", None) for value in values}
        return str(numbers.pop()) if len(numbers) == 1 else "a fixed size"
    here = model.function_at(node)
    if any(isinstance(value, Parameter) and value.function is not here for value in values):
        named_so = "batch" in model.text(node).lower()
        outer = all(isinstance(v, Parameter) and v.function is not here for v in values)
        return f"`{model.text(node)}`" if outer and named_so else None
    imported = model.name(node) is not None or any(getattr(v, "why", "").startswith("not bound") for v in values)
    if all(v.kind == "unknown" for v in values) and "batch" in model.text(node).lower():
        bindings = model.resolver.bindings(node) if isinstance(node, cst.Name) else []
        star = isinstance(node, cst.Name) and not bindings and bool(model.facts.stars)
        from_module = bool(bindings) and all(
            b.kind == "import" or (b.value is not None and model.name(b.value) is not None) for b in bindings
        )
        if star or from_module or (imported and isinstance(node, cst.Attribute)):
            return f"`{model.text(node)}`"
    return None


def _batch_is_fixed(model: SemanticModel) -> bool:
    """True where something in the module fixes the batch of the model, or of the data."""
    text = model.source.text
    if any(word in text for word in ("batch_shape", "batch_input_shape", "drop_remainder", "stateful=True")):
        return True
    for call in model.calls_to("keras.layers.Input"):
        words = {a.keyword.value for a in call.node.args if a.keyword is not None}
        if words & {"batch_size", "tensor"}:
            return True
    return False


# drawn for nothing ------------------------------------------------------------------------------
def _unused(model: SemanticModel) -> Iterator[Report]:
    """A draw that nobody reads, in a function that returns a mean plus ``exp(…)`` times a setting."""
    for call in model.facts.calls:
        name = model.name(call.node.func) or ""
        if "normal" not in name or n.is_host_draw(name) or not is_draw(name) or call.function is model.facts.root:
            continue
        bindings = [
            b for bs in call.function.scope.bindings.values() for b in bs if b.value is call.node and not b.path
        ]
        if len(bindings) != 1 or any(
            use is not bindings[0].node and model.function_at(use) is call.function
            for use in model.facts.names.get(bindings[0].name, [])
        ):
            continue
        for node in call.function.returns:
            factor = _lonely(model, node)
            if factor is not None:
                yield Report(
                    call.node,
                    f"`{bindings[0].name}` is drawn and never used: the sample is the mean plus a constant, in Keras 2"
                    " and 3. Multiply the scale by it.",
                    ((factor, "the draw belongs here"),),
                    multiplied(model, factor, bindings[0].name),
                )


def _lonely(model: SemanticModel, node: cst.BaseExpression) -> cst.Name | None:
    """The name that stands in a draw's place in ``mean + exp(…) * name``."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Add):
        return None
    product = node.right
    if not isinstance(product, cst.BinaryOperation) or not isinstance(product.operator, cst.Multiply):
        return None
    for one, other in ((product.left, product.right), (product.right, product.left)):
        if isinstance(one, cst.Call) and isinstance(other, cst.Name):
            if (model.name(one.func) or "").rpartition(".")[2] == "exp":
                kinds = {value.kind for value in model.values(other)}
                return other if kinds <= {"constant", "parameter"} and kinds else None
    return None
