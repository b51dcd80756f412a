"""KV401 kl-sign."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, Pair, Part, match_kl, records


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per KL that training makes larger."""
        seen: set[records.Record] = set()
        for variants in module.objective.pairs:
            if not all(_is_negative(pair) for pair in variants):
                continue
            pair = variants[0]
            kl = module.objective.place(pair.kl, pair.loss)
            factor = _factor(module, kl) if kl is not None else None
            minus = _minus(module, pair.kl) if factor is None else None
            loss = pair.loss.site.record if module.owns(pair.loss.site) else None
            place = minus or kl or loss
            if place is None or place in seen:
                continue
            seen.add(place)
            notes: list[tuple[records.Record, str]] = (
                [(kl, "the KL is computed here")] if kl is not None and place is minus else []
            )
            if loss is not None and loss is not place:
                notes.append((loss, "this is minimised"))
            yield Report(
                place,
                "The KL divergence enters the loss with a minus sign: training makes it as large as it can, in Keras 2"
                " and 3. Turn its sign.",
                tuple(notes),
                _fix(module, factor, minus),
            )


def _is_negative(pair: Pair) -> bool:
    return pair.loss.kind != "returned" and -inf < pair.kl.coefficient < 0 and not pair.kl.folded


def _fix(module: Module, factor: records.Expression | None, minus: records.Binary | None) -> Draft | None:
    """Turn the sign where it is wrong: at the KL's factor, or at the minus that stands before a right KL."""
    editor = module.editor()
    if factor is not None:
        text = module.text(factor)
        editor.replace(factor, text[1:].lstrip() if text.startswith("-") else f"-{text}")
        return editor.draft("Turn the sign of the KL")
    if minus is not None:
        editor.replace_operator(minus, "+")
        return editor.draft("Add the KL")
    return None


def _factor(module: Module, kl: records.Expression) -> records.Expression | None:
    """The number that the wrong KL is multiplied by, on the way up from its sum."""
    at: records.Record | None = kl
    while at is not None and not isinstance(at, records.Statement):
        if isinstance(at, records.Binary) and at.operator == "*":
            for side in (at.left, at.right):
                if _is_number(side):
                    return side if _is_wrong(module, at) else None
        at = at.parent
    return None


def _is_number(expression: records.Expression) -> bool:
    if isinstance(expression, records.Unary) and expression.operator == "-":
        expression = expression.operand
    return (
        isinstance(expression, records.Constant)
        and isinstance(expression.value, (int, float))
        and isfinite(expression.value)
    )


def _is_wrong(module: Module, product: records.Expression) -> bool:
    """True if a product is a KL with the wrong sign, reduced or not."""
    kls = [match_kl(form) for form in module.objective.forms(product)]
    if any(kl is not None for kl in kls):
        return all(kl is not None and kl.scale < 0 for kl in kls)
    return all(part is not None and part.kl is not None and part.coefficient < 0 for part in _terms(module, product))


def _terms(module: Module, expression: records.Expression) -> list[Part | None]:
    return list(module.objective.terms(expression)) or [None]


def _minus(module: Module, kl: Part) -> records.Binary | None:
    """The difference in which a right KL is subtracted."""
    assert kl.kl is not None
    for record in module.code.walk():
        if isinstance(record, records.Binary) and record.operator == "-":
            for part in _terms(module, record.right):
                if part is not None and part.kl is not None and part.kl.key == kl.kl.key:
                    return record if part.coefficient > 0 else None
    return None
