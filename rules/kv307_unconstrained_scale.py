"""KV307 unconstrained-scale."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Report, Rule
from kerasvae_lint.model import (
    Call,
    Computed,
    LibraryName,
    LibraryObject,
    Module,
    Site,
    Value,
    constant,
    ending_of,
    is_none,
    is_variable,
    library_class,
    trainable,
)

# class → (position, keyword) of its scale, from the tfp 0.25 signatures
_SCALES = {
    "Normal": (1, "scale"),
    "LogNormal": (1, "scale"),
    "Laplace": (1, "scale"),
    "Cauchy": (1, "scale"),
    "Logistic": (1, "scale"),
    "Gumbel": (1, "scale"),
    "HalfNormal": (0, "scale"),
    "HalfCauchy": (1, "scale"),
    "TruncatedNormal": (1, "scale"),
    "StudentT": (2, "scale"),
    "LogitNormal": (1, "scale"),
    "MultivariateNormalDiag": (1, "scale_diag"),
}

_CARRIERS = frozenset(
    {
        *("getitem", "split", "unstack", "reshape", "flatten", "cast", "squeeze", "expand_dims", "identity"),
        *("transpose", "convert", "convert_to_tensor", "batch_flatten", "strided_slice", "gather", "read"),
    }
)
_POSITIVE = frozenset({"tfp.util.TransformedVariable", "weight"})


class UnconstrainedScale(Rule):
    """A distribution's scale can be zero or negative.

    ## What it finds
    The scale of a tfp distribution that is a bare weight, a weight under `NonNeg`, the output of a linear or relu
    `Dense` or convolution, or a slice of one, used as it is. A weight is reported once, where it is first used. Not:
    under `validate_args=True`, which raises and says why; a weight that nothing in sight trains.

    ## Why it bites
    With a scale of 0 or below, `Normal.log_prob` is NaN. `MultivariateNormalDiag` is worse: with a negative scale its
    log probability is finite and wrong (measured: -0.919), so nothing shows.

    ## Bad
    ```python
    d = tfd.Normal(mean, Dense(1)(h))
    ```

    ## Good
    ```python
    d = tfd.Normal(mean, tf.nn.softplus(Dense(1)(h)) + 1e-6)
    ```

    ## Fix
    Unsafe: `softplus` and an epsilon; a trained weight then means another scale.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV307"
    name = "unconstrained-scale"
    triggers = tuple(f"{name}(" for name in _SCALES)
    fixable = "unsafe"
    probes = ("loss", "gradients")
    recipe = "learned-normal"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per scale that nothing keeps positive."""
        seen: set[LibraryObject] = set()
        names = [f"{prefix}.{name}" for name in _SCALES for prefix in ("tfp.distributions", "tf.distributions")]
        for call in module.calls(*names):
            name = call.name.rpartition(".")[2]
            position, keyword = _SCALES[name]
            scale, written = call.argument(keyword, at=position), call.written(keyword, at=position)
            found = _unconstrained(scale) if scale is not None else None
            if scale is None or found is None or scale in seen or _is_validated(call):
                continue
            weights = [value for value in scale.alternatives() if is_variable(value)]
            if weights and not any(module.may_train(weight) for weight in weights):
                continue
            if isinstance(scale, LibraryObject):
                seen.add(scale)
            why, where = found
            fix = None
            if written is not None:
                editor = module.editor()
                editor.replace(written.value, f"{editor.tensorflow()}.nn.softplus({module.text(written.value)}) + 1e-6")
                fix = editor.draft("Pass the scale through softplus", Applicability.UNSAFE)
            yield Report(
                written.value if written is not None else call,
                f"The scale of this {name} is {why}: its log probability is then NaN, or finite and wrong, in Keras 2"
                " and 3. Pass it through `softplus` and add an epsilon.",
                ((where.record, "it comes from here"),) if where is not None and module.owns(where) else (),
                fix,
            )


def _is_validated(call: Call) -> bool:
    """True under ``validate_args=True``: a scale that is not positive raises then, and says why."""
    given = call.argument("validate_args")
    return given is not None and constant(given) is True


def _unconstrained(scale: Value) -> tuple[str, Site | None] | None:
    """Why a scale can be zero or negative, and what says so; None where it can't be told or is positive."""
    reasons = [_of_one(value) for value in scale.alternatives()]
    return reasons[0] if all(reasons) else None


def _of_one(value: Value) -> tuple[str, Site | None] | None:
    if is_variable(value):
        return _of_variable(value)
    if not isinstance(value, Computed):
        return None
    if value.op in _CARRIERS:
        return _unconstrained(value.operands[0]) if value.operands else None
    ending = ending_of(value)
    if ending is None or ending.layer is None:
        return None
    layer = library_class(ending.layer).rpartition(".")[2]
    if ending.name == "linear" and (layer == "Dense" or layer.startswith("Conv")):
        return f"the output of a linear {layer}", ending.layer.site
    if ending.name == "relu":
        return "the output of a relu, which can be zero", ending.site
    return None


def _of_variable(value: Value) -> tuple[str, Site | None] | None:
    if not isinstance(value, LibraryObject) or value.name in _POSITIVE or trainable(value) is not True:
        return None
    constraint = value.arguments.get("constraint")
    if constraint is None or is_none(constraint):
        return ("a bare weight, which training can make zero or negative", value.site) if value.complete else None
    given = constraint.name if isinstance(constraint, (LibraryName, LibraryObject)) else constant(constraint)
    word = given.rpartition(".")[2].lower().replace("_", "") if isinstance(given, str) else ""
    return ("a weight kept non-negative, which can be zero", value.site) if word == "nonneg" else None
