"""The random draws that reparameterized samples add to their means: where, when, of which shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.objective.forms import Atom
from kerasvae_lint.keras.objective.gaussian import Sample
from kerasvae_lint.keras.objective.training import Objective
from kerasvae_lint.values.interpreter import CONSTRUCTION, TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    LibraryName,
    LibraryObject,
    leaves,
)
from kerasvae_lint.values.unit import Unit

_HOST_DRAWS = frozenset(
    {"normal", "randn", "rand", "random", "uniform", "standard_normal", "random_sample", "randint", "choice"}
    | {"permutation", "shuffle", "gauss", "normalvariate", "sample", "multivariate_normal", "binomial", "laplace"}
    | {"exponential", "beta", "gamma", "betavariate", "randrange", "poisson"}
)
_OF_A_BATCH = ("batch_size", "batch_shape", "batch_input_shape", "tensor")


def is_host_draw(name: str) -> bool:
    """True for NumPy's and Python's draws."""
    home, _, last = name.rpartition(".")
    return home in {"np.random", "random"} and last in _HOST_DRAWS


@dataclass(eq=False, slots=True)
class Noise:
    """The draw of a reparameterized sample.

    Attributes:
        call: the call that draws.
        name: the canonical name of what draws.
        values: what it gave, in each run.
        samples: the expressions of the file that are the sample.
        meets_weights: True where the formula of a mean or a scale holds weights, as it does where weights are drawn.
    """

    call: r.Call
    name: str
    values: list[Computed | LibraryObject]
    samples: list[r.Expression] = field(default_factory=list)
    meets_weights: bool = False

    @property
    def is_variable(self) -> bool:
        """True for numbers that are drawn once, as a variable's first value."""
        return any(isinstance(value, LibraryObject) for value in self.values)

    @property
    def phases(self) -> frozenset[str]:
        """The phases in which it is drawn."""
        return frozenset(value.phase for value in self.values)


def noises(found: Objective, unit: Unit) -> list[Noise]:
    """The draws in a file that samples over data add to their means, each once."""
    known: dict[r.Record, Noise] = {}
    for sample in found.samples:
        value = found.reader.draws.get(sample.sample.draw)
        site = value.site if value is not None else None
        if value is None or site is None or site.unit is not unit or not isinstance(site.record, r.Call):
            continue
        if not _is_over_data(sample.sample):
            continue
        noise = known.get(site.record)
        if noise is None:
            name = value.name if isinstance(value, LibraryObject) else _name_of(value)
            noise = known[site.record] = Noise(site.record, name, [])
        noise.values.append(value)
        noise.meets_weights |= any(atom.label == "variable" for atom in _atoms(sample.sample))
        if sample.site.unit is unit and isinstance(sample.site.record, r.Expression):
            noise.samples.append(sample.site.record)
    return sorted(known.values(), key=lambda noise: noise.call.start)


def _name_of(draw: Computed) -> str:
    return draw.maker.name if isinstance(draw.maker, (LibraryName, LibraryObject)) else ""


def _is_over_data(sample: Sample) -> bool:
    """True where the mean or the scale comes from data, not from weights or settings alone."""
    return any(atom.kind in {"tensor", "data"} and atom.label != "variable" for atom in _atoms(sample))


def _atoms(sample: Sample) -> frozenset[Atom]:
    return sample.mean.atoms() | sample.scale.atoms()


def is_kept(machine: Interpreter, noise: Noise) -> bool:
    """True for a draw in a layer's construction that traced code adds to a mean."""
    cls = r.class_of(noise.call)
    is_layers = any(value.cls is cls and kinds_of(value) & {"layer", "model"} for value in machine.classes)
    if cls is None or not is_layers or CONSTRUCTION not in noise.phases:
        return False
    functions = [r.function_of(sample) for sample in noise.samples]
    return any(function is not None and TRACING in machine.executed.get(function, ()) for function in functions)


def inputs_of(machine: Interpreter, expression: r.Expression) -> Iterator[list[Computed]]:
    """The ``Input``s that an expression was computed from, in each run that has any."""
    for value in machine.values.seen.get(expression, ()):
        found = [
            leaf
            for leaf in leaves(value)
            if isinstance(leaf, Computed) and leaf.op == "input" and isinstance(leaf.maker, LibraryName)
        ]
        if found:
            yield found


def fixes_batch(given: Computed) -> bool:
    """True for an ``Input`` that fixes the size of the batch, or takes a tensor that has one."""
    return any(name in given.options for name in _OF_A_BATCH)
