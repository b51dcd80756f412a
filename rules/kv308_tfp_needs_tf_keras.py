"""KV308 tfp-needs-tf-keras."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class TfpNeedsTfKeras(Rule):
    """A layer of TensorFlow Probability in a model of Keras 3: it is a layer of another Keras.

    ## What it finds
    A layer of `tfp.layers` in a Sequential, functional or subclassed model of code that is for Keras 3: by its imports,
    by the project's pins, or by `target-keras`. One finding for each model. Not: code that sets `TF_USE_LEGACY_KERAS`,
    imports `tf_keras`, or says nothing of which Keras it is for.

    ## Why it bites
    tfp's layers are made of `tf_keras`, Keras 2. In Keras 3 a Sequential refuses them with `Only instances of
    keras.Layer can be added`, and a functional model fails deep inside with a `KerasTensor` that can't be used in a
    TensorFlow function. Distributions and bijectors are no layers, and work.

    ## Bad
    ```python
    import keras
    from keras import ops

    model = keras.Sequential([keras.layers.Dense(2), tfp.layers.IndependentNormal(1)])
    ```

    ## Good
    ```python
    import tf_keras

    model = tf_keras.Sequential([tf_keras.layers.Dense(2), tfp.layers.IndependentNormal(1)])
    ```

    ## Fix
    None: either all of the model is built with `tf_keras` (or `TF_USE_LEGACY_KERAS=1` is set before TensorFlow is
    imported), or a layer of Keras 3 makes the distribution in its `call`.

    ## Keras 2 and Keras 3
    Keras 3. In Keras 2 they are at home.

    ## References
    - tensorflow/probability issues 1780, 1829
    - keras-team/keras issue 19894
    """

    code = "KV308"
    name = "tfp-needs-tf-keras"
    triggers = ("tensorflow_probability",)
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per model."""
        if not module.flavour.only3:
            return
        for layer in module.layers_of_tfp:
            if layer.site is None:
                continue
            name = layer.name.rpartition(".")[2]
            yield Report(
                layer.site.record,
                f"`{name}` is a layer of `tf_keras`, and Keras 3 refuses it in a model. Build the model with"
                " `tf_keras`, or make the distribution in a layer of Keras 3.",
            )
