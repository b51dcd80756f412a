"""Findings made by hand."""

from __future__ import annotations

from kerasvae_lint.core import Applicability, Edit, Finding, Fix, Note, Position

SAFE = Fix(
    Applicability.SAFE,
    "Make the variable non-trainable",
    (Edit(", trainable=False", Position(2, 18), Position(2, 18), 27, 27),),
)
UNSAFE = Fix(Applicability.UNSAFE, "Scale the loss", ())
MESSAGE = (
    "`beta` of KLDivergence is set by host code, but it is a trainable variable of the layer: "
    "the optimizer moves it too, in Keras 2. Make it non-trainable."
)


def finding(
    start: tuple[int, int] = (1, 1),
    end: tuple[int, int] = (1, 2),
    *,
    filename: str = "train.py",
    code: str = "KV101",
    name: str = "trainable-schedule",
    message: str = MESSAGE,
    cell: int | None = None,
    fix: Fix | None = None,
    notes: tuple[Note, ...] = (),
    recipe: str | None = None,
) -> Finding:
    """One finding with everything but its place filled in."""
    return Finding(code, name, message, filename, Position(*start), Position(*end), cell, fix, notes, recipe)
