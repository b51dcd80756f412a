"""KV409 from-logits-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel

from ._crossentropy import CLASSES, Entropy, calls_of, entropies

_SQUASHED = frozenset({"sigmoid", "softmax", "hard_sigmoid"})
_RAW = frozenset({"linear"})


class FromLogitsMismatch(Rule):
    """A cross-entropy takes probabilities for logits, or logits for probabilities.

    ## What it finds
    A cross-entropy with `from_logits=True` (or one of `tf.nn`, which take logits only) on an output that ends in a
    sigmoid or softmax, and one with the default on an output with no activation. A functional or Sequential model
    is followed from its outputs to `compile`, by name or in order, and so is a class that trains as Keras does; losses
    that are called are followed to the layer that made their argument, through helpers too, where all calls agree.

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
    triggers = ("rossentropy", "cross_entropy_with_logits")
    fixable = "sometimes"
    probes = ("loss",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per cross-entropy."""
        found = list(entropies(model))
        seen: set[cst.CSTNode] = set()
        for entropy in found:
            squashed = entropy.logits and entropy.ending.name in _SQUASHED
            raw = not entropy.logits and entropy.ending.name == "linear"
            at = entropy.flag if entropy.flag is not None else entropy.at
            if not (squashed or raw) or at in seen:
                continue
            uses = [other for other in found if other.at is entropy.at]
            if any((other.ending.name in _SQUASHED) != squashed for other in uses):
                continue
            seen.add(at)
            words = _squashed(entropy) if squashed else _raw(entropy)
            notes = ((entropy.ending.node, "the output ends here"),) if model.owns(entropy.ending.node) else ()
            called = {use.call for use in uses if use.call is not None}
            sure = all(use.ending.literal for use in uses) and calls_of(model, entropy.at) == called
            agreed = all(use.agreed and use.ending.name in (_SQUASHED if squashed else _RAW) for use in uses)
            yield Report(at, words, notes, _fix(model, entropy, sure) if agreed else None)


def _squashed(entropy: Entropy) -> str:
    what = f"`{entropy.name}` takes logits" if entropy.always else "`from_logits=True`"
    start = f"{what}, but the output is a {entropy.ending.name} already"
    if entropy.always or not entropy.ending.direct:
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


def _fix(model: SemanticModel, entropy: Entropy, sure: bool) -> Draft | None:
    if entropy.always:
        return None
    editor = Editor(model)
    if entropy.flag is not None:
        editor.replace(entropy.flag, "False" if entropy.logits else "True")
        safe = entropy.logits and sure
        return editor.draft("Flip `from_logits`", Applicability.SAFE if safe else Applicability.UNSAFE)
    if isinstance(entropy.at, cst.Call):
        editor.add_argument(entropy.at, "from_logits=True")
    else:
        name = next((c for c, function in CLASSES.items() if function == entropy.name), None)
        if name is None or model.keras_prefix is None:
            return None
        editor.replace(entropy.at, f"{model.keras_prefix}.losses.{name}(from_logits=True)")
    return editor.draft("Read the output as logits", Applicability.UNSAFE)
