"""What the rules about random draws have in common."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra.forms import Atom
from kerasvae_lint.semantics.algebra.gaussian import Sample
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.values import Value

HOST = frozenset(
    {"normal", "randn", "rand", "random", "uniform", "standard_normal", "random_sample", "randint", "choice"}
    | {"permutation", "shuffle", "gauss", "normalvariate", "sample", "multivariate_normal", "binomial", "laplace"}
    | {"exponential", "beta", "gamma", "betavariate", "randrange", "poisson"}
)
GRAPH_MODE = ("tf.Session", "tf.placeholder", "disable_eager_execution", "disable_v2_behavior", "tf.contrib")


@dataclass(eq=False, slots=True)
class Noise:
    """The draw of a reparameterized sample, and the expressions that are the sample."""

    call: cst.Call
    name: str
    sample: Sample
    places: list[cst.BaseExpression]


def is_host_draw(name: str) -> bool:
    """True for NumPy's and Python's draws."""
    home, _, last = name.rpartition(".")
    return home in {"np.random", "random"} and last in HOST


def noises(model: SemanticModel) -> list[Noise]:
    """The draws in this module that a sample over tensors adds to its mean, each once."""
    found: dict[cst.CSTNode, Noise] = {}
    objective = model.objective
    for sample, places in objective.samples.items():
        made = objective.made.get(sample.draw)
        if made is None or made.model is not model or not isinstance(made.node, cst.Call) or not _over_tensors(sample):
            continue
        noise = found.get(made.node)
        if noise is None:
            noise = found[made.node] = Noise(made.node, model.name(made.node.func) or "", sample, [])
        noise.places += [place.node for place in places if place.model is model]
    return list(found.values())


def _over_tensors(sample: Sample) -> bool:
    """True where mean or scale comes from the data, not from weights or settings alone."""
    atoms = sample.mean.atoms() | sample.scale.atoms()
    return any(atom.kind in {"tensor", "data"} and not _is_weight(atom) for atom in atoms)


def _is_weight(atom: Atom) -> bool:
    key = atom.key
    return isinstance(key, tuple) and bool(key) and key[0] in {"attribute", "call", "library"}


def shape_of(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """The shape that a draw is given."""
    if name.startswith("np."):
        last = name.rpartition(".")[2]
        return argument(call, 2 if last in {"normal", "uniform"} else 0, "size")
    return argument(call, 0, "shape")


def display_of(model: SemanticModel, shape: cst.BaseExpression | None) -> cst.Tuple | cst.List | None:
    """A shape that is written out, here or where its name is bound."""
    if isinstance(shape, cst.Name):
        bindings = model.resolver.bindings(shape)
        shape = bindings[0].value if len(bindings) == 1 and not bindings[0].path else None
    return shape if isinstance(shape, (cst.Tuple, cst.List)) and shape.elements else None


def first_axis(shape: cst.BaseExpression) -> cst.BaseExpression | None:
    """The batch's place in a shape display."""
    if isinstance(shape, (cst.Tuple, cst.List)) and shape.elements:
        first = shape.elements[0]
        return first.value if isinstance(first, cst.Element) else None
    return None


def constants(values: tuple[Value, ...]) -> bool:
    """True where every value is a Python number."""
    return bool(values) and all(v.kind == "constant" and isinstance(getattr(v, "value", None), int) for v in values)


def mean_name(model: SemanticModel, noise: Noise) -> str | None:
    """How the mean is called where the draw stands: the operand of the sum that is a name bound before."""
    function = model.function_at(noise.call)
    start = model.span(noise.call)[0]
    for place in noise.places:
        if not isinstance(place, cst.BinaryOperation) or model.function_at(place) is not function:
            continue
        for side in (place.left, place.right):
            if isinstance(side, cst.Name):
                bindings = model.resolver.bindings(side)
                if bindings and all(b.kind == "parameter" or model.span(b.node)[0] < start for b in bindings):
                    return side.value
    return None
