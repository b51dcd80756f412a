"""KV406 frozen-noise."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import (
    TRACING,
    Call,
    Computed,
    Constant,
    Module,
    Noise,
    Parameter,
    Unknown,
    Value,
    fixes_batch,
    is_host_draw,
    mentions,
    records,
)

from ._eager import is_eager, of_tensorflow
from ._noise_fix import from_host, multiplied, on_shape, where_used

_INPUT = "keras.layers.Input"
_OPEN = "this Input has an open batch"
_FIXING = frozenset({"batch_shape", "batch_input_shape"})
_GRAPH_MODE = frozenset(
    {"Session", "InteractiveSession", "placeholder", "disable_eager_execution", "disable_v2_behavior"}
)


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per draw that is not made anew for each sample of each batch."""
        seen: set[object] = set()
        for report in (*_host(module), *_samples(module), *_unused(module)):
            if report.at not in seen:
                seen.add(report.at)
                yield report


def _host(module: Module) -> Iterator[Report]:
    """NumPy's and Python's draws in traced code."""
    draws = [call for call in module.all_calls if is_host_draw(call.name) and TRACING in call.phases]
    if not draws or is_eager(module):
        return
    noises = {noise.call: noise for noise in module.objective.posterior.noises}
    for call in draws:
        if not _is_on_purpose(module, call):
            name = module.text(call.record.func)
            yield Report(
                call.record,
                f"`{name}` runs once, while this code is traced: every step and every epoch gets"
                " the same numbers, in Keras 2 and 3. Draw with `tf.random` or `keras.random`.",
                fix=from_host(module, call, noises.get(call.record)),
            )


def _is_on_purpose(module: Module, call: Call) -> bool:
    """True for ``tf.constant(np.random…)``, after a seed, and in preprocessing layers, which work on Python's lists."""
    function = call.function
    if function is not None and any(other.function is function for other in module.calls("np.random.seed")):
        return True
    around = call.record.parent
    while isinstance(around, (records.Expression, records.Argument)):
        outer = module.call_at(around)
        if outer is not None and outer.name in {"tf.constant", "keras.backend.constant"}:
            return True
        around = around.parent
    cls = module.class_of(call.record)
    return cls is not None and any("Preprocess" in getattr(base, "name", "") for base in cls.value.mro())


def _is_graph_mode(module: Module) -> bool:
    """True for code of TensorFlow 1, where whatever is drawn is an operation of the graph."""
    if any(True for word in _GRAPH_MODE for _ in of_tensorflow(module, word)):
        return True
    return any(alias.target.startswith("tensorflow.contrib") for s in module.code.imports for alias in s.aliases)


def _samples(module: Module) -> Iterator[Report]:
    for noise in module.objective.posterior.noises:
        if noise.is_variable:
            yield Report(
                noise.call,
                "`random_normal_variable` makes a variable: its numbers are drawn once, so the noise is a constant, in"
                " Keras 2 (Keras 3 has no such function). Draw with `random_normal` on the mean's shape.",
                fix=on_shape(module, noise),
            )
        elif TRACING in noise.phases:
            yield from _shaped(module, noise)
        elif not _is_graph_mode(module) and (module.objective.posterior.is_kept(noise) or _meets_graph(module, noise)):
            where = "import" if records.function_of(noise.call) is None else "construction"
            yield Report(
                noise.call,
                f"This noise is drawn once, at {where}: to the model it is a constant, so nothing is sampled, in"
                " Keras 2 and 3. Draw it in a layer's `call`, on the mean's shape.",
                fix=where_used(module, noise),
            )


def _meets_graph(module: Module, noise: Noise) -> bool:
    """True where a functional model is built and its tensor meets a draw whose shape is a display of settings."""
    shape = _display(module, noise)
    if shape is None or any(
        isinstance(value, Computed) and value.kind not in {"number", "any"}
        for item in shape.items
        for value in module.value(item).alternatives()
    ):
        return False
    builders = {call.function for call in module.calls(_INPUT)}
    sums = [s for s in noise.samples if isinstance(s, records.Binary) and records.function_of(s) in builders]
    return any(module.objective.posterior.inputs_of(place) for place in sums)


# shapes -----------------------------------------------------------------------------------------
def _display(module: Module, noise: Noise) -> records.Display | None:
    """The shape of a draw where the file writes it out: in the call, or where it comes from."""
    call = module.call_at(noise.call)
    shape = call.argument("shape", at=0) if call is not None else None
    site = shape.site if shape is not None else None
    display = site.record if site is not None and module.owns(site) else None
    is_list = isinstance(display, records.Display) and display.kind in {"tuple", "list"} and bool(display.items)
    return display if is_list and isinstance(display, records.Display) else None


def _shaped(module: Module, noise: Noise) -> Iterator[Report]:
    shape = _display(module, noise) if not is_host_draw(noise.name) else None
    if shape is None:
        return
    batch = shape.items[0]
    if len(shape.items) == 1:
        if _is_size(module, batch) and not noise.meets_weights:
            yield Report(
                noise.call,
                "This noise has no batch axis: all samples of a batch share one draw, in Keras 2 and 3. Draw it on the"
                " mean's shape.",
                fix=on_shape(module, noise),
            )
        return
    size = _fixed(module, batch)
    if size is None or _is_batch_fixed(module, noise):
        return
    one = size == "1"
    if one and _trains_one_by_one(module):
        return
    open_input = next((call.record for call in module.calls(_INPUT)), None)
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
        on_shape(module, noise),
    )


def _is_size(module: Module, expression: records.Expression) -> bool:
    """True for a number, a setting or an attribute; False for what may be a whole shape."""
    if isinstance(expression, (records.Starred, records.Call)):
        return False
    return all(isinstance(value, (Constant, Unknown)) for value in module.value(expression).alternatives())


def _fixed(module: Module, expression: records.Expression) -> str | None:
    """The batch size that a draw fixes, in words; None where it comes from a tensor or can't be told."""
    values = module.value(expression).alternatives()
    numbers = {value.value for value in values if isinstance(value, Constant) and isinstance(value.value, int)}
    if all(isinstance(value, Constant) and isinstance(value.value, int) for value in values):
        return str(numbers.pop()) if len(numbers) == 1 else "a fixed size"
    text = module.text(expression)
    if "batch" not in text.lower() or not all(isinstance(value, Unknown) for value in values):
        return None
    here = records.function_of(expression)
    givers = [_giver(value) for value in values]
    if any(giver is not None for giver in givers):
        outer = all(giver is not None and giver.function is not here for giver in givers)
        return f"`{text}`" if outer else None
    return f"`{text}`" if _is_imported(module, expression) else None


def _giver(value: Value) -> Parameter | None:
    """The parameter that a value is, or that it is an item or attribute of."""
    at: Value | None = value
    while isinstance(at, Unknown) and not isinstance(at, Parameter):
        at = at.base
    return at if isinstance(at, Parameter) else None


def _is_imported(module: Module, expression: records.Expression) -> bool:
    """True for a name that comes from another module."""
    aliases = [alias for statement in module.code.imports for alias in statement.aliases]
    if isinstance(expression, records.Attribute):
        root = expression.value
        return isinstance(root, records.Name) and any(alias.bound == root.id for alias in aliases)
    if not isinstance(expression, records.Name):
        return False
    if any(alias.bound == expression.id for alias in aliases):
        return True
    if expression.id in module.code.scope.bound:
        bound = (s for s in module.code.body if isinstance(s, records.Assign))
        made = [s.value for s in bound if expression.id in map(module.text, s.targets)]
        return bool(made) and all(_is_imported(module, value) for value in made)
    here = records.function_of(expression)
    return any(alias.bound == "*" for alias in aliases) and (here is None or expression.id not in here.scope.bound)


def _is_batch_fixed(module: Module, noise: Noise) -> bool:
    """True where the model of a sample, or its data, has batches of one size."""
    given = {argument.name for call in module.code.calls for argument in call.arguments if not _is_false(argument)}
    if given & {"drop_remainder", "stateful"}:
        return True
    runs = [run for place in noise.samples for run in module.objective.posterior.inputs_of(place)]
    if runs:
        return all(any(fixes_batch(value) for value in run) for run in runs)
    made = [value for call in module.calls(_INPUT) for value in call.result.alternatives()]
    return bool(given & _FIXING) or any(isinstance(value, Computed) and fixes_batch(value) for value in made)


def _trains_one_by_one(module: Module) -> bool:
    """True where every training has batches of one sample, for which one draw is right."""
    fits = [step for training in module.trainings for step in training.fits]
    return bool(fits) and all(step.batch_size == 1 for step in fits)


def _is_false(argument: records.Argument) -> bool:
    return isinstance(argument.value, records.Constant) and argument.value.value is False


# drawn for nothing ------------------------------------------------------------------------------
def _unused(module: Module) -> Iterator[Report]:
    """A draw that nobody reads, in a function that returns a mean plus ``exp(…)`` times a setting."""
    for call in module.all_calls:
        function, statement = call.function, call.record.parent
        if "normal" not in call.name or is_host_draw(call.name) or function is None or not _is_draw(call):
            continue
        if not isinstance(statement, records.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if not isinstance(target, records.Name) or len(list(mentions(function, target.id))) != 1:
            continue
        for record in function.walk():
            if isinstance(record, records.Return) and records.function_of(record) is function:
                factor = _lonely(module, record.value)
                if factor is not None:
                    yield Report(
                        call.record,
                        f"`{target.id}` is drawn and never used: the sample is the mean plus a constant, in Keras 2"
                        " and 3. Multiply the scale by it.",
                        ((factor, "the draw belongs here"),),
                        multiplied(module, factor, target.id),
                    )


def _is_draw(call: Call) -> bool:
    return all(isinstance(value, Computed) and value.op == "draw" for value in call.result.alternatives())


def _lonely(module: Module, returned: records.Expression | None) -> records.Name | None:
    """The name that stands in a draw's place in ``mean + exp(…) * name``."""
    product = returned.right if isinstance(returned, records.Binary) and returned.operator == "+" else None
    if not isinstance(product, records.Binary) or product.operator != "*":
        return None
    for one, other in ((product.left, product.right), (product.right, product.left)):
        value = module.value(one)
        if isinstance(other, records.Name) and isinstance(value, Computed) and value.op == "exp":
            settings = module.value(other).alternatives()
            return other if all(isinstance(setting, (Constant, Parameter)) for setting in settings) else None
    return None
