"""What the two rules on early distributions share."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.kept import Kept, kept_values, learned
from kerasvae_lint.semantics.values import (
    Deferred,
    Distribution,
    Snapshot,
    Value,
    Variable,
    variables_in,
)

TRIGGERS = ("tfd.", "tfb.", "distributions.", "bijectors.", "tensorflow_probability")


def parts_of(value: Distribution) -> Iterator[Value]:
    """Everything that goes into a distribution, nested distributions and bijectors included."""
    for _, part in value.parts:
        for item in part:
            yield item
            if isinstance(item, Distribution):
                yield from parts_of(item)


def snapshots_of(model: SemanticModel, value: Distribution) -> list[Snapshot]:
    """The parameters that are tensors computed from variables that learn."""
    return [
        part for part in parts_of(value) if isinstance(part, Snapshot) and not part.symbolic and learned(model, part.of)
    ]


def live_parameters(model: SemanticModel, value: Distribution) -> list[Variable]:
    """The variables that are parameters as they are, or through a DeferredTensor."""
    found: list[Variable] = []
    for part in parts_of(value):
        if isinstance(part, Variable):
            found.append(part)
        elif isinstance(part, Deferred):
            found += variables_in((part,))
    return [variable for variable in found if learned(model, (variable,))]


def kept_distributions(model: SemanticModel) -> Iterator[tuple[Kept, Distribution]]:
    """Distributions that a class keeps from its construction and reads when called."""
    for kept in kept_values(model):
        if isinstance(kept.value, Distribution):
            yield kept, kept.value
