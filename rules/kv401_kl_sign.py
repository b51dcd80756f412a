"""KV401 kl-sign."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.algebra.gaussian import match_kl
from kerasvae_lint.semantics.algebra.losses import variants
from kerasvae_lint.semantics.literals import literal

from ._objective import Pair, kl_place, pairs


class KlSign(Rule):
    """The KL enters the loss with the wrong sign.

    ## What it finds
    A Gaussian KL, in whatever algebraic form, whose sign in the loss (`add_loss`, a compiled loss, what a tape or an
    optimizer differentiates) is negative. An ELBO that is negated before it is minimised is right.

    ## Why it bites
    Training then makes the KL as large as it can: the posterior runs away from the prior, the loss falls without end,
    and samples from the prior decode to nothing.

    ## Bad
    ```python
    kl = 0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    loss = reconstruction + kl
    ```

    ## Good
    ```python
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    ```

    ## Fix
    Safe: the sign of the KL's factor, or of the sum that it stands in.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Kingma and Welling 2014, appendix B
    - keras-team/keras-io issue 270
    """

    code = "KV401"
    name = "kl-sign"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per KL that training makes larger."""
        for found in pairs(model):
            if not found or not all(_is_bad(pair) for pair in found):
                continue
            pair = found[0]
            kl = kl_place(model, pair)
            factor = _factor(model, kl) if kl is not None else None
            minus = _minus(model, pair) if factor is None else None
            node = minus if minus is not None else kl if kl is not None else pair.loss.node
            if not model.owns(node):
                continue
            notes = [(kl, "the KL is computed here")] if kl is not None and node is minus else []
            if model.owns(pair.loss.node) and pair.loss.node is not node:
                notes.append((pair.loss.node, "this is minimised"))
            yield Report(
                node,
                "The KL divergence enters the loss with a minus sign: training makes it as large as it can, in Keras 2"
                " and 3. Turn its sign.",
                tuple(notes),
                _fix(model, factor, minus),
            )


def _is_bad(pair: Pair) -> bool:
    return pair.loss.kind != "returned" and pair.kl.coefficient < 0 and not pair.kl.folded


def _fix(model: SemanticModel, factor: cst.BaseExpression | None, minus: cst.BinaryOperation | None) -> Draft | None:
    """Turn the sign where it is wrong: at the KL's factor, or at the minus that stands before a right KL."""
    editor = Editor(model)
    if factor is not None:
        text = model.text(factor)
        editor.replace(factor, text[1:].lstrip() if text.startswith("-") else f"-{text}")
        return editor.draft("Turn the sign of the KL")
    if minus is not None:
        editor.replace(minus.operator, "+")
        return editor.draft("Add the KL")
    return None


def _factor(model: SemanticModel, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The number that the wrong KL is multiplied by, on the way up from its sum."""
    at: cst.CSTNode | None = node
    while at is not None and not isinstance(at, cst.BaseSmallStatement):
        if isinstance(at, cst.BinaryOperation) and isinstance(at.operator, cst.Multiply):
            for side in (at.left, at.right):
                if isinstance(literal(side), float):
                    kl = match_kl(model.objective.form(at))
                    wrong = (kl is not None and kl.scale < 0) or _wrong(model, at)
                    return side if wrong else None
        at = model.parent(at)
    return None


def _wrong(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True if the expression is a reduced KL with the wrong sign."""
    found = variants(model.objective.form(node))
    return len(found) == 1 and len(found[0]) == 1 and found[0][0].kl is not None and found[0][0].coefficient < 0


def _minus(model: SemanticModel, pair: Pair) -> cst.BinaryOperation | None:
    """The difference in which a right KL is subtracted."""
    for node in list(model.facts.parents):
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Subtract):
            found = variants(model.objective.form(node.right))
            if len(found) == 1 and len(found[0]) == 1:
                part = found[0][0]
                if part.kl is not None and pair.kl.kl is not None and part.kl.key == pair.kl.kl.key:
                    return node if part.coefficient > 0 else None
    return None
