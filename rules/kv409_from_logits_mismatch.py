"""KV409 from-logits-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Entropy, Module, records

_SQUASHED = frozenset({"sigmoid", "softmax", "hard_sigmoid"})
_TELLING = _SQUASHED | {"linear"}
"""Endings that are plainly probabilities or logits: a tanh is neither, and says nothing of the other outputs."""
_CLASSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}


class FromLogitsMismatch(Rule):
    """A cross-entropy takes probabilities for logits, or logits for probabilities.

    ## What it finds
    A cross-entropy with `from_logits=True` (or one of `tf.nn`, which take logits only) on an output that ends in a
    sigmoid or softmax, and one with the default on an output with no activation. A functional or Sequential model
    is followed from its outputs to `compile`, by name or in order, and so is a class that trains as Keras does; losses
    that are called are followed to the layer that made their argument, through helpers too, where all calls agree. Not:
    a model that is compiled and only predicts, a part of another one for example.

    ## Why it bites
    A probability that is squashed again lies between 0.5 and 0.73: the loss stops far above 0. Logits read as
    probabilities are clipped to the range from 0 to 1, and what is clipped gets no gradient.

    ## Bad
    ```python
    outputs = layers.Reshape((28, 28))(layers.Dense(784, activation="sigmoid")(h))
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    ```

    ## Good
    ```python
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=False))
    ```

    ## Fix
    The flag is flipped, where all outputs that use the loss agree. Safe where `from_logits=True` meets an activation
    given as a string and the loss has no other use; else unsafe.

    ## Keras 2 and Keras 3
    On TensorFlow both use the logits that a last sigmoid or softmax keeps, and warn: there the loss is right as long as
    nothing stands between the activation and the loss. On JAX and PyTorch it is wrong.

    ## References
    - keras-team/keras issue 15271
    - keras-team/tf-keras issue 47
    """

    code = "KV409"
    name = "from-logits-mismatch"
    triggers = ("rossentropy", "cross_entropy_with_logits", ".compile(")
    fixable = "sometimes"
    probes = ("loss",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per cross-entropy whose uses all disagree with it."""
        for place, every in module.entropies.items():
            uses = [use for use in every if use.use.record not in module.idle_compiles]
            first = every[0]
            known = [use for use in uses if use.ending is not None and use.ending.name in _TELLING]
            if not known or first.logits is None or any(use.logits is not first.logits for use in uses):
                continue
            if not all(_is_mistaken(use) for use in known):
                continue
            flag = _flag(place)
            ending = known[0].ending
            assert ending is not None
            notes = ((ending.site.record, "the output ends here"),) if ending.site and module.owns(ending.site) else ()
            yield Report(
                flag or _loss_of(place),
                _squashed(first, known) if first.logits else _raw(first),
                notes,
                _fix(module, first, uses) if len(known) == len(uses) else None,
                about=tuple(use.ending.site.record for use in known if use.ending is not None and use.ending.site),
            )


def _is_mistaken(use: Entropy) -> bool:
    """True for a probability that is taken for a logit, and for a logit that is taken for a probability."""
    assert use.ending is not None
    return use.ending.name in _SQUASHED if use.logits else use.ending.name == "linear"


def _flag(place: records.Record) -> records.Expression | None:
    """The value of ``from_logits`` as it is written in the call that makes the loss."""
    given = place.arguments if isinstance(place, records.Call) else ()
    return next((argument.value for argument in given if argument.name == "from_logits"), None)


def _loss_of(place: records.Record) -> records.Record:
    """The ``loss`` of a ``compile`` that gets one from elsewhere; any other place itself."""
    if isinstance(place, records.Call) and isinstance(place.func, records.Attribute) and place.func.attr == "compile":
        return next((argument for argument in place.arguments if argument.name == "loss"), place)
    return place


def _squashed(entropy: Entropy, uses: list[Entropy]) -> str:
    ending = uses[0].ending
    assert ending is not None
    what = f"`{entropy.name}` takes logits" if entropy.always else "`from_logits=True`"
    start = f"{what}, but the output is a {ending.name} already"
    if entropy.always or not ending.direct:
        between = "" if entropy.always else ", with a layer in between"
        return f"{start}{between}: it is squashed twice and the loss stops far above 0, in Keras 2 and 3."
    return (
        f"{start}. TensorFlow's Keras 2 and 3 warn and use the logits that it kept; on JAX and PyTorch, and with any"
        " layer in between, it is squashed twice. Say `from_logits=False`."
    )


def _raw(entropy: Entropy) -> str:
    return (
        f"`{entropy.name}` takes probabilities, but the output has no activation: what lies outside 0 to 1 is clipped"
        " and gets no gradient, in Keras 2 and 3. Say `from_logits=True`, or end in a sigmoid or softmax."
    )


def _has_one_class(use: Entropy) -> bool:
    """True for a softmax, or a loss over classes, on one unit: no flag mends that."""
    if use.ending is None or use.ending.units != 1:
        return False
    return use.ending.name == "softmax" or "categorical" in use.name.lower()


def _fix(module: Module, entropy: Entropy, uses: list[Entropy]) -> Draft | None:
    if entropy.always or not module.owns(entropy.site) or any(_has_one_class(use) for use in uses):
        return None
    editor = module.editor()
    written = entropy.site.record
    if entropy.flag is not None:
        if not module.owns(entropy.flag) or not module.stands_in(entropy.flag.record, written):
            return None
        editor.replace(entropy.flag.record, "False" if entropy.logits else "True")
        sure = all(use.ending is not None and use.ending.literal for use in uses)
        safe = entropy.logits and sure and module.is_used_only(entropy)
        return editor.draft("Flip `from_logits`", Applicability.SAFE if safe else Applicability.UNSAFE)
    if isinstance(written, records.Call):
        editor.add_argument(written, "from_logits=True")
    elif entropy.name in _CLASSES and module.keras_prefix is not None:
        editor.replace(written, f"{module.keras_prefix}.losses.{_CLASSES[entropy.name]}(from_logits=True)")
    else:
        return None
    return editor.draft("Read the output as logits", Applicability.UNSAFE)
