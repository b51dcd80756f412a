"""KV607 mixed-keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, is_model, library_class

if TYPE_CHECKING:
    from kerasvae_lint.model import Mixed, Value


class MixedKeras(Rule):
    """A layer of one Keras in a model of another: it is refused, or never trained.

    ## What it finds
    A layer of `keras`, `tf_keras` or `tensorflow.python.keras` that stands in a Sequential of another one, that is
    called on a symbolic tensor of another one, or that a layer or model of another one holds as an attribute; and a
    functional model whose inputs are of another Keras. `tf.keras` counts as `tf_keras` where the file sets
    `TF_USE_LEGACY_KERAS`, as `keras` where it needs Keras 3; else only `tensorflow.python.keras` is a stranger to it.
    Not: imports, utilities and callbacks of another Keras, `tf.keras` beside `keras` or `tf_keras` where nothing says
    which of them it is, names that are imported from one Keras or another, held layers without weights, frozen ones,
    networks of `keras.applications`, classes with a training of their own, projects that pin TensorFlow below 2.16 or
    Keras below 3. Layers of tfp are KV308's.

    ## Why it bites
    Each Keras has classes of its own. A Sequential refuses a stranger's layer, and a functional model fails deep inside
    with `'tuple' object has no attribute 'rank'`. Two meetings pass without a word (measured, Keras 3.15 and tf_keras
    2.21): a layer of `tf_keras` that a model of `keras` holds as an attribute, and a layer of `keras` on a tensor of
    `tf_keras`. Both compute, but the model counts 2 weights of 4: the stranger's are never trained (they move by 0.0 in
    a `fit`) nor saved.

    ## Bad
    ```python
    import keras
    from tf_keras import layers

    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1)
    ```

    ## Good
    ```python
    import keras
    from keras import layers
    ```

    ## Fix
    None: which Keras it should be is the author's to say. `tensorflow.python.keras` is a copy that TensorFlow keeps for
    itself, and never the right one: until TensorFlow 2.5 it was `tf.keras`, and it stands apart now.

    ## Keras 2 and Keras 3
    With TensorFlow 2.16 and later, where `keras` is Keras 3 and `tf_keras` is Keras 2.

    ## References
    - tensorflow/tensorflow issue 50249
    - keras-team/keras issue 11329
    """

    code = "KV607"
    name = "mixed-keras"
    triggers = ("tf_keras", "tensorflow.python", "LEGACY_KERAS")
    probes = ("build", "gradients")
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per layer."""
        for one in module.mixed:
            yield Report(one.place.record, _message(one))


def _message(one: Mixed) -> str:
    name = f"`{_name(one.layer)}`"
    if one.meeting == "made":
        return (
            f"This is a model of `{one.home}`, and its inputs are tensors of `{one.host}`: it can't be built. Take both"
            " from one Keras."
        )
    if one.meeting == "listed":
        return (
            f"{name} is of `{one.home}`, and a Sequential of `{one.host}` refuses it: each has classes of its own."
            " Take the layers and the model from one Keras."
        )
    if one.meeting == "called" and one.host == "tf_keras" and one.home == "keras":
        return (
            f"{name} is of `keras`, and a model of `tf_keras` takes it for a plain function: its weights are never"
            " trained nor saved. Take the layers and the model from one Keras."
        )
    if one.meeting == "called":
        return (
            f"{name} is of `{one.home}`, and can't be called on a tensor of a `{one.host}` model. Take the layers and"
            " the model from one Keras."
        )
    holder = one.holder
    kind = "model" if holder is not None and is_model(holder) else "layer"
    if kind == "model" and one.host == "tf_keras":
        return (
            f"{name} is of `keras`, and a model of `tf_keras` that holds it fails in `fit`. Take the layers and the"
            " model from one Keras."
        )
    return (
        f"{name} is of `{one.home}`, and a {kind} of `{one.host}` does not see it among its attributes: its weights are"
        " never trained nor saved. Take both from one Keras."
    )


def _name(layer: Value) -> str:
    own = getattr(getattr(layer, "cls", None), "name", None)
    return own if isinstance(own, str) else library_class(layer).rpartition(".")[2] or "Input"
