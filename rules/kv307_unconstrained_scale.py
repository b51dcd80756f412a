"""KV307 unconstrained-scale."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.scales import unconstrained

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


class UnconstrainedScale(Rule):
    """A distribution's scale can be zero or negative.

    ## What it finds
    The scale of a tfp distribution that is a bare weight, a weight under `NonNeg`, the output of a linear or relu
    `Dense`, or a slice of one, used as it is.

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per scale that nothing keeps positive."""
        names = [f"{prefix}.{name}" for name in _SCALES for prefix in ("tfp.distributions", "tf.distributions")]
        for call in model.calls_to(*names):
            name = (model.name(call.node.func) or "").rpartition(".")[2]
            scale = argument(call.node, *_SCALES[name])
            found = unconstrained(model, scale) if scale is not None else None
            if scale is None or found is None:
                continue
            why, where = found
            editor = Editor(model)
            editor.replace(scale, f"{editor.tensorflow()}.nn.softplus({model.text(scale)}) + 1e-6")
            yield Report(
                scale,
                f"The scale of this {name} is {why}: its log probability is then NaN, or finite and wrong, in Keras 2"
                " and 3. Pass it through `softplus` and add an epsilon.",
                ((where, "it comes from here"),) if model.owns(where) else (),
                editor.draft("Pass the scale through softplus", Applicability.UNSAFE),
            )
