"""KV410 no-kl-pressure-relief."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import LayerObject

from ._objective import is_plain, kl_place, pairs

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per plain KL beside such a decoder."""
        if any(word in model.source.text for word in _RELIEF) or "BatchNormalization" in model.source.text:
            return
        decoder = next(iter(_decoders(model)), None)
        if decoder is None or model.writes:
            return
        for variants in pairs(model):
            pair = variants[0]
            if pair.loss.kind == "returned" or not all(is_plain(p.kl) and p.kl.coefficient > 0 for p in variants):
                continue
            if pair.kl.latent != "sum" or not pair.errors:
                continue
            place = kl_place(model, pair)
            if place is None:
                continue
            yield Report(
                place,
                "This decoder is fed its own target, and the KL stands in the loss with its full weight from the first"
                " step: the cheapest posterior is the prior, so the KL vanishes with what the code carries, in Keras 2"
                " and 3. Anneal its weight, keep free bits, or normalize the mean (recipes kl-annealing, bn-vae).",
                ((decoder, "the decoder sees the true past"),),
            )
            return


def _decoders(model: SemanticModel) -> Iterator[cst.Call]:
    """Calls of a recurrent layer that start from a sample and read something else."""
    objective = model.objective
    draws = {sample.draw for sample in objective.samples}
    assert objective.translator is not None
    for call in model.facts.calls:
        state = argument(call.node, None, "initial_state")
        if state is None or not call.node.args or model.name(call.node.func) is not None:
            continue
        layers = [v for v in model.values(call.node.func) if isinstance(v, LayerObject)]
        if not layers or any(layer.name not in _RECURRENT for layer in layers) or not _gives_sequence(layers[0]):
            continue
        states = state.elements if isinstance(state, (cst.List, cst.Tuple)) else [cst.Element(state)]
        if not any(_reads(model, element.value, draws) for element in states):
            continue
        if not _reads(model, call.node.args[0].value, draws):
            yield call.node


def _gives_sequence(layer: LayerObject) -> bool:
    made = layer.node
    given = argument(made, None, "return_sequences") if isinstance(made, cst.Call) else None
    return (isinstance(given, cst.Name) and given.value == "True") or (given is not None and literal(given) == 1)


def _reads(model: SemanticModel, node: cst.BaseExpression, draws: set[f.Atom]) -> bool:
    """True if an expression is made of a sample, through the layers that it went through."""
    todo: list[cst.BaseExpression] = [node]
    seen: set[cst.BaseExpression] = set()
    translator = model.objective.translator
    assert translator is not None
    while todo and len(seen) < 60:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        form = translator.form(at)
        if form.atoms() & draws:
            return True
        for factor in form.factors():
            made = model.objective.made.get(factor)
            if made is not None and made.model is model and isinstance(made.node, cst.Call):
                for given in made.node.args:
                    if isinstance(given.value, (cst.List, cst.Tuple)):
                        todo += [element.value for element in given.value.elements]
                    else:
                        todo.append(given.value)
    return False
