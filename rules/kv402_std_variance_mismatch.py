"""KV402 std-variance-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import KL, Module, Sample, exponent_of, records


class StdVarianceMismatch(Rule):
    """Sampling and KL read the same tensor differently: as a standard deviation here, as a log-variance there.

    ## What it finds
    A reparameterized sample `mean + scale * noise` and a Gaussian KL over the same head, where the scale is not the
    standard deviation that the KL means: `exp(log_var)` for `exp(0.5 * log_var)`, no `exp` at all, half of a logarithm
    of the standard deviation. Judged by the algebra, whatever the names say.

    ## Why it bites
    The posterior that is sampled is not the one that the KL measures: the ELBO is no bound any more, and the noise has
    the variance's size.

    ## Bad
    ```python
    z = mean + K.exp(log_var) * epsilon
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    ```

    ## Good
    ```python
    z = mean + K.exp(0.5 * log_var) * epsilon
    ```

    ## Fix
    Unsafe: `exp(0.5 * x)` in the sampler, which changes what a trained model means.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 3283
    - another view: keras-team/keras pull request 9972 (the head learns either scale)
    """

    code = "KV402"
    name = "std-variance-mismatch"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per sampler that disagrees with a KL over the same head."""
        reported: list[records.Record] = []
        for sample in module.objective.samples:
            kl = next((kl for kl in module.objective.kls if sample.contradicts(kl)), None)
            if kl is None or any(module.stands_in(inner, sample.record) for inner in reported):
                continue
            reported.append(sample.record)
            yield Report(
                sample.record,
                f"The sample takes {_words(exponent_of(sample.form.scale))} as its standard deviation, the KL takes"
                f" {_kl_words(kl, sample)}: they are different posteriors, in Keras 2 and 3. Make them agree.",
                ((kl.record, "the KL reads it here"),) if kl.record is not None else (),
                _fix(module, sample, kl),
            )


def _words(exponent: float | None) -> str:
    """``exp(exponent * head)`` in words."""
    if exponent is None:
        return "one function of its head"
    if exponent == 0:
        return "the head itself"
    return "exp(head)" if exponent == 1 else f"exp({exponent:g} * head)"


def _kl_words(kl: KL, sample: Sample) -> str:
    exponent = exponent_of(kl.deviation) if kl.deviation is not None else None
    if exponent is None or exponent_of(sample.form.scale) is None:
        return "another"
    return _words(exponent)


def _fix(module: Module, sample: Sample, kl: KL) -> Draft | None:
    """``exp(x)`` → ``exp(0.5 * x)`` where the KL reads ``x`` as a log-variance."""
    if exponent_of(sample.form.scale) != 1 or kl.deviation is None or exponent_of(kl.deviation) != 0.5:
        return None
    sampler = records.function_of(sample.record)
    exponentials = [call for call in module.all_calls if call.function is sampler and _is_exp(call.name)]
    if len(exponentials) != 1 or len(exponentials[0].record.arguments) != 1:
        return None
    argument = exponentials[0].record.arguments[0].value
    text = module.text(argument)
    is_plain = isinstance(argument, (records.Name, records.Attribute))
    editor = module.editor()
    editor.replace(argument, f"0.5 * {text}" if is_plain else f"0.5 * ({text})")
    return editor.draft("Halve the log-variance in the sampler", Applicability.UNSAFE)


def _is_exp(name: str) -> bool:
    return name.rpartition(".")[2] == "exp"
