"""The posteriors of the file's program as a rule sees them: the heads that make them, and what draws from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.objective.heads import Head, alike, heads, shared
from kerasvae_lint.keras.objective.noise import Noise, inputs_of, is_kept, noises
from kerasvae_lint.keras.objective.training import Objective
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed
from kerasvae_lint.values.unit import Unit


@dataclass(frozen=True, eq=False, slots=True)
class SharedHead:
    """One tensor that is both the mean and the log-variance of a posterior.

    Attributes:
        value: the tensor.
        places: the expressions of the file that compute it, in source order; at least one.
    """

    value: Computed
    places: tuple[r.Expression, ...]


class Posterior:
    """The posteriors of a program.

    Args:
        machine: what ran it.
        found: its objective.
        unit: the file that is asked about.
    """

    def __init__(self, machine: Interpreter, found: Objective, unit: Unit) -> None:
        self._machine = machine
        self._found = found
        self._unit = unit

    @cached_property
    def heads(self) -> list[Head]:
        """What makes the means and the spreads, known by their use."""
        return heads(self._machine, self._found)

    @cached_property
    def shared_heads(self) -> list[SharedHead]:
        """The tensors that are mean and log-variance at once, where the file makes them."""
        return list(self._shared())

    def _shared(self) -> Iterator[SharedHead]:
        for value in shared(self._found):
            if value.site is not None and value.site.unit is self._unit:
                places = alike(self._machine, self._found, value)
                if places:
                    yield SharedHead(value, tuple(places))

    # draws --------------------------------------------------------------------------------------
    @cached_property
    def noises(self) -> list[Noise]:
        """The random draws of the file that samples over data add to their means, each once."""
        return noises(self._found, self._unit)

    def is_kept(self, noise: Noise) -> bool:
        """True for a draw in a layer's construction that traced code adds to a mean."""
        return is_kept(self._machine, noise)

    def inputs_of(self, expression: r.Expression) -> list[list[Computed]]:
        """The ``Input``s that an expression was computed from, in each run of it in a functional model."""
        return list(inputs_of(self._machine, expression))
