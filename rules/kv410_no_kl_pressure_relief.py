"""KV410 no-kl-pressure-relief."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import (
    Call,
    Computed,
    LibraryObject,
    Module,
    Pair,
    Value,
    constant,
    is_plain,
    is_summed,
    leaves,
)

_RECURRENT = frozenset({"keras.layers.LSTM", "keras.layers.GRU", "keras.layers.SimpleRNN", "keras.layers.RNN"})
_RELIEF = ("anneal", "warm", "free_bits", "freebits", "free_nats", "beta", "kl_weight", "capacity", "cyclic", "Dropout")


class NoKLPressureRelief(Rule):
    """An autoregressive decoder beside a plain KL: it learns to do without the latent code, and the KL vanishes.

    ## What it finds
    A recurrent decoder that starts from a sample (`initial_state=`) and is fed the target shifted by one step, in a
    file whose loss holds the Gaussian KL with no factor: no annealing, no free bits, no BatchNormalization on the
    mean, no dropout on the decoder's input. Not: a decoder that reads only `RepeatVector(z)`.

    ## Why it bites
    A decoder that sees the true past can predict the next step without the code, while each nat of KL costs from the
    first step on. The cheapest solution is a posterior equal to the prior: the KL is 0 and the code carries nothing.

    ## Bad
    ```python
    outputs = layers.LSTM(64, return_sequences=True)(shifted, initial_state=[h, c])  # h, c from z
    loss = reconstruction + kl
    ```

    ## Good
    ```python
    loss = reconstruction + self.kl_weight * kl  # a variable that a callback raises from 0 to 1
    ```

    ## Fix
    None: `kvlint recipe kl-annealing` and `kvlint recipe bn-vae` are two ways; free bits and word dropout are others.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Bowman et al., Generating Sentences from a Continuous Space (arXiv 1511.06349)
    - Zhu et al., A Batch Normalized Inference Network Keeps the KL Vanishing Away (arXiv 2004.12585)
    """

    code = "KV410"
    name = "no-kl-pressure-relief"
    triggers = ("initial_state",)
    probes = ("kl",)
    recipe = "kl-annealing"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per plain KL beside such a decoder."""
        if any(word in module.source.text for word in (*_RELIEF, "BatchNormalization")):
            return
        decoder = next(_decoders(module), None)
        if decoder is None or any(variable.writes for variable in module.objects("variable")):
            return
        for variants in module.objective.pairs:
            place = (
                module.objective.place(variants[0].kl, variants[0].loss) if all(map(_is_unrelieved, variants)) else None
            )
            if place is not None:
                yield Report(
                    place,
                    "This decoder is fed its own target, and the KL stands in the loss with its full weight from the"
                    " first step: the cheapest posterior is the prior, so the KL vanishes with what the code carries,"
                    " in Keras 2 and 3. Anneal its weight, keep free bits, or normalize the mean (recipes kl-annealing,"
                    " bn-vae).",
                    ((decoder.record, "the decoder sees the true past"),),
                )
                return


def _is_unrelieved(pair: Pair) -> bool:
    """True for the whole KL beside a reconstruction, both summed or both averaged."""
    if pair.loss.kind == "returned" or not pair.errors or not is_plain(pair.kl) or pair.kl.coefficient < 0:
        return False
    return pair.kl.latent == "sum" or (pair.kl.latent == "mean" and not any(map(is_summed, pair.errors)))


def _decoders(module: Module) -> Iterator[Call]:
    """Calls of a recurrent layer that start from a sample and read something else."""
    for call in module.all_calls:
        for event in call.events:
            state, given = event.arguments.keywords.get("initial_state"), event.arguments.positional
            if state is None or not given or not _gives_sequences(event.callee):
                continue
            if _is_drawn(state) and not _is_drawn(given[0]):
                yield call


def _gives_sequences(layer: Value) -> bool:
    """True for a recurrent layer of Keras that gives an output for each step."""
    if not isinstance(layer, LibraryObject) or layer.name not in _RECURRENT:
        return False
    given = layer.arguments.get("return_sequences")
    return given is not None and bool(constant(given))


def _is_drawn(value: Value) -> bool:
    """True for what is made of a sample, through the layers that it went through."""
    return any(isinstance(part, Computed) and part.op == "draw" for part in leaves(value))
