"""KV521 mask-lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Instance, Module, library_class, records

if TYPE_CHECKING:
    from kerasvae_lint.model import LostMask


class MaskLost(Rule):
    """A mask that gets lost before the layer that needs it: padding counts as data.

    ## What it finds
    The mask of an `Embedding(mask_zero=True)` or a `Masking` that does not reach an LSTM, GRU, RNN, Bidirectional,
    GlobalAveragePooling1D or attention layer, or one of Keras's losses on each timestep, because there is a Lambda, a
    layer of one's own, arithmetic or a Conv1D on the way. Not: a Lambda with a `mask`, functions and layers that take a
    `mask` or say something of `supports_masking` or `compute_mask`, layers that are called with a mask, arithmetic with
    a mask of one's own making, attention with `use_causal_mask`, a recurrent layer that goes forward and gives all
    timesteps, losses of one's own, a `fit` with weights, or on a data set.

    ## Why it bites
    Keras hands a mask on only through layers that say that they support it; Dense, Dropout, normalization,
    activations and recurrent layers do. Nothing fails without one: the recurrent layer goes on over the padding, and
    the mean is taken over it. Measured in both Kerases: one sequence with and without two zeros behind it gives the
    same (0.0 apart) where the mask arrives; behind `Lambda(lambda t: t * 1.0)` an LSTM's outputs are 0.005 apart, a
    mean's 0.034, an attention's 0.034, at embeddings of 0.05. With targets of 1000 at the padding, a loss that gets the
    mask is 0.03, and one that does not is 500.

    ## Bad
    ```python
    hidden = layers.Embedding(5000, 64, mask_zero=True)(tokens)
    hidden = layers.Lambda(lambda t: t * 8.0)(hidden)
    outputs = layers.LSTM(32)(hidden)
    ```

    ## Good
    ```python
    hidden = layers.Embedding(5000, 64, mask_zero=True)(tokens)
    hidden = layers.Lambda(lambda t: t * 8.0, mask=lambda inputs, mask: mask)(hidden)
    outputs = layers.LSTM(32)(hidden)
    ```
    In a layer of one's own: `self.supports_masking = True` behind `super().__init__()` if the mask comes from outside
    (in Keras 2 not as an attribute of the class, which `__init__` hides), a `compute_mask` that returns
    `self.embedding.compute_mask(inputs)` if the Embedding is inside.

    ## Fix
    Unsafe, of a Lambda: it hands the mask on. A function that changes the timesteps needs another mask.

    ## Keras 2 and Keras 3
    The same. Keras 3 warns of Lambdas and layers of one's own, not of arithmetic; Keras 2 is silent.

    ## References
    - keras-team/keras issue 2728
    - keras-team/keras issue 12027
    """

    code = "KV521"
    name = "mask-lost"
    triggers = ("mask_zero", "Masking(")
    fixable = "sometimes"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per place where a mask is lost."""
        if module.flavour.graph:
            return
        for one in module.lost_masks:
            origin, user = one.mask.origin, one.name or "the loss"
            notes = [(module.place(one.user), f"this {one.name} gets no mask" if one.name else "for this loss")]
            if origin.site is not None:
                notes.append((module.place(origin.site), "the mask is made here"))
            yield Report(
                one.lost.record,
                f"{_who(one)} hands on no mask, so that {user} takes padding for data, in Keras 2 and 3."
                f" {_advice(one)}",
                tuple(notes),
                _fix(module, one),
            )


def _who(one: LostMask) -> str:
    culprit = one.mask.culprit
    if culprit is None:
        return "This operation"
    if isinstance(culprit, Instance):
        return f"`{culprit.cls.name}`"
    return f"`{library_class(culprit).rpartition('.')[2]}`"


def _advice(one: LostMask) -> str:
    culprit = one.mask.culprit
    if isinstance(culprit, Instance):
        return "Set `self.supports_masking = True` in it, or give it a `compute_mask`."
    if culprit is not None and culprit.name == "keras.layers.Lambda":
        return "Give it `mask=lambda inputs, mask: mask`."
    if one.name is None:
        return "Give `fit` a `sample_weight` of 0 for padding."
    user, origin = one.name, library_class(one.mask.origin).rpartition(".")[2]
    word = "an `attention_mask`" if user in {"MultiHeadAttention", "GroupQueryAttention"} else "a `mask`"
    return f"Call {user} with {word} made by the `compute_mask` of the {origin}."


def _fix(module: Module, one: LostMask) -> Draft | None:
    culprit, call = one.mask.culprit, one.lost.record
    if culprit is None or library_class(culprit) != "keras.layers.Lambda" or not isinstance(call, records.Call):
        return None
    editor = module.editor()
    editor.add_argument(call, "mask=lambda inputs, mask: mask")
    return editor.draft("Hand the mask on", Applicability.UNSAFE)
