"""KV420 posterior-not-sampled."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.values import LayerObject

from ._objective import tensors

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per KL over a mean that is decoded bare."""
        if _draws(model):
            return
        for loss in model.objective.losses:
            if loss.kind == "returned":
                continue
            for part in loss.parts("kl"):
                kl = part.kl
                if kl is None or kl.mean is None or kl.log_variance is None:
                    continue
                mean = tensors(kl.mean)
                node = model.objective.kl_node(kl, model)
                decoded = _decoded(model, mean) if mean and not mean & tensors(kl.log_variance) else None
                if node is not None and decoded is not None:
                    yield Report(
                        node,
                        "The loss holds a KL, but the decoder reads the posterior mean and nothing draws a sample: the"
                        " latent space is pulled together and never filled, in Keras 2 and 3. Decode a sample.",
                        ((decoded, "the mean is decoded here"),),
                    )
                    return


def _draws(model: SemanticModel) -> bool:
    """True if any name speaks of drawing; the making of data by NumPy in the script itself does not count."""
    for node in model.facts.parents:
        if isinstance(node, (cst.Name, cst.Attribute)):
            word = node.value if isinstance(node, cst.Name) else node.attr.value
            if _DRAWS.search(word) and not (
                model.function_at(node) is model.facts.root and (model.name(node) or "").startswith(_HOST)
            ):
                return True
    return False


def _decoded(model: SemanticModel, mean: frozenset[f.Atom]) -> cst.Call | None:
    """A call of a layer or model on the mean alone."""
    for call in model.facts.calls:
        given = call.node.args[0].value if call.node.args else None
        if not isinstance(given, (cst.Name, cst.Attribute)):
            continue
        if frozenset({model.objective.form(given).factor}) == mean:
            if any(isinstance(value, LayerObject) for value in model.values(call.node.func)):
                return call.node
    return None
