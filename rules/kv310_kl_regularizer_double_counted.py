"""KV310 kl-regularizer-double-counted."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Module, constant, is_distribution_layer, is_none, records

_REGULARIZER = "tfp.layers.KLDivergenceRegularizer"


class KlRegularizerDoubleCounted(Rule):
    """`KLDivergenceRegularizer` on a distribution layer of tfp adds the KL twice.

    ## What it finds
    `activity_regularizer=tfp.layers.KLDivergenceRegularizer(…)` given to `DistributionLambda`, `IndependentNormal`,
    `MultivariateNormalTriL` or another layer that gives a distribution. Not: a weight of 0.5 or 0.

    ## Why it bites
    Such a layer returns the distribution and its draw, and Keras regularizes each of them. Measured in functional and
    Sequential models: a KL of 1.0 is twice in `model.losses` and 2.0 in the loss, so every VAE written this way with a
    weight of 1 is a beta-VAE with beta 2. With `test_points_reduce_axis=0` each copy is divided by the batch size too.

    ## Bad
    ```python
    layer = tfpl.MultivariateNormalTriL(8, activity_regularizer=tfpl.KLDivergenceRegularizer(prior))
    ```

    ## Good
    ```python
    layer = tfpl.MultivariateNormalTriL(8, activity_regularizer=tfpl.KLDivergenceRegularizer(prior, weight=0.5))
    ```

    ## Fix
    Unsafe: half the weight, where it is a number. The other way is the mean of `tfd.kl_divergence(posterior, prior)`,
    given to `add_loss`.

    ## Keras 2 and Keras 3
    Keras 2 (`tf_keras`): tfp's layers don't run in Keras 3.

    ## References
    - tensorflow/probability issue 1215
    """

    code = "KV310"
    name = "kl-regularizer-double-counted"
    triggers = ("KLDivergenceRegularizer",)
    fixable = "sometimes"
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per regularizer."""
        seen: set[records.Record] = set()
        for layer in module.objects("layer"):
            given = layer.arguments.get("activity_regularizer")
            if given is None or not is_distribution_layer(layer) or layer.site is None:
                continue
            for made in given.alternatives():
                if not isinstance(made, LibraryObject) or made.name != _REGULARIZER or made.site is None:
                    continue
                place = made.site.record if module.owns(made.site) else layer.site.record
                if place in seen or _is_halved(module, made):
                    continue
                seen.add(place)
                name = layer.name.rpartition(".")[2]
                yield Report(
                    place,
                    f"`{name}` gives a distribution and its draw, and Keras 2 regularizes both: the KL enters the loss"
                    " twice. Halve the weight, or add the KL by `add_loss`.",
                    module.notes("the layer", layer),
                    _fix(module, made),
                )


def _is_halved(module: Module, made: LibraryObject) -> bool:
    """True for a weight of one half or of nothing, and for one that is written as half of something."""
    weight = made.arguments.get("weight")
    if not made.complete or (weight is not None and constant(weight) in (0.5, 0, 0.0)):
        return True
    written = _written(module, made)
    if not isinstance(written, records.Binary):
        return False
    parts = (written.left, written.right) if written.operator == "*" else ()
    half = any(isinstance(part, records.Constant) and part.value == 0.5 for part in parts)
    other = written.right if written.operator == "/" else None
    return half or (isinstance(other, records.Constant) and other.value == 2)


def _written(module: Module, made: LibraryObject) -> records.Expression | None:
    """The weight as it stands in the call that makes a regularizer."""
    call = module.call_at(made.site.record) if made.site is not None and module.owns(made.site) else None
    found = call.written("weight") if call is not None else None
    return found.value if found is not None else None


def _fix(module: Module, made: LibraryObject) -> Draft | None:
    call = made.site.record if made.site is not None and module.owns(made.site) else None
    if not isinstance(call, records.Call):
        return None
    weight = made.arguments.get("weight")
    editor = module.editor()
    if weight is None or is_none(weight):
        if weight is not None:
            return None
        editor.add_argument(call, "weight=0.5")
    else:
        written = _written(module, made)
        if not isinstance(written, records.Constant):
            return None
        editor.replace(written, f"0.5 * {module.text(written)}")
    return editor.draft("Halve the weight", Applicability.UNSAFE)
