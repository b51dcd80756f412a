"""KV420 posterior-not-sampled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, is_layer, is_model, records, tensors

_HOST = ("np.random", "numpy.random", "random.", "keras.utils.", "tf.random.set_seed")
_DRAWS = re.compile(r"rand|sampl|noise|eps|gauss|distrib|tfp|tfd|stochastic|reparam|perturb|dropout", re.IGNORECASE)


class PosteriorNotSampled(Rule):
    """A model with a KL decodes the posterior mean, and nothing draws from the posterior.

    ## What it finds
    A Gaussian KL in a loss, whose mean goes into a further layer or model, in a file where nothing is drawn and no name
    speaks of drawing.

    ## Why it bites
    The KL pulls every code towards the origin, but the decoder never meets a code beside the mean: the latent space is
    not filled, and the log-variance, which only the KL reads, goes to 0 for all data.

    ## Bad
    ```python
    mean, log_var = encoder(x)
    decoded = decoder(mean)
    ```

    ## Good
    ```python
    decoded = decoder(Sampling()([mean, log_var]))
    ```

    ## Fix
    None: where the sample is to be drawn is the author's to say.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV420"
    name = "posterior-not-sampled"
    triggers = ("exp(",)
    probes = ("kl",)
    recipe = "vae-loss"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per KL over a mean that is decoded bare."""
        if _draws(module):
            return
        for loss in module.objective.losses:
            for part in loss.kls if loss.kind != "returned" else ():
                place = module.objective.place(part, loss)
                if place is None or part.kl is None or part.kl.mean is None or part.kl.log_variance is None:
                    continue
                mean = tensors(part.kl.mean)
                decoded = _decoded(module, mean) if mean and not mean & tensors(part.kl.log_variance) else None
                if decoded is not None:
                    yield Report(
                        place,
                        "The loss holds a KL, but the decoder reads the posterior mean and nothing draws a sample: the"
                        " latent space is pulled together and never filled, in Keras 2 and 3. Decode a sample.",
                        ((decoded, "the mean is decoded here"),),
                    )
                    return


def _draws(module: Module) -> bool:
    """True if any name speaks of drawing; the making of data by NumPy in the script itself does not count."""
    return any(_DRAWS.search(_word(record)) and not _is_data(module, record) for record in module.code.walk())


def _word(record: records.Record) -> str:
    """The name that a piece of code says; empty for what says none."""
    if isinstance(record, records.Name):
        return record.id
    if isinstance(record, records.Attribute):
        return record.attr
    if isinstance(record, records.Alias):
        return record.bound
    if isinstance(record, (records.Argument, records.Parameter, records.Function, records.Class)):
        return record.name or ""
    return ""


def _is_data(module: Module, mention: records.Record) -> bool:
    if not isinstance(mention, records.Expression) or records.function_of(mention) is not None:
        return False
    return module.objective.name_of(mention).startswith(_HOST)


def _decoded(module: Module, mean: frozenset[object]) -> records.Call | None:
    """A call of a layer or model on the mean alone."""
    for call in module.all_calls:
        written = call.record.arguments[0].value if call.record.arguments else None
        if not isinstance(written, (records.Name, records.Attribute)):
            continue
        if any(is_layer(event.callee) or is_model(event.callee) for event in call.events):
            if any(frozenset({form.factor}) == mean for form in module.objective.forms(written)):
                return call.record
    return None
