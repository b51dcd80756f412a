"""Where a value came from: the answers of the evaluator.

An expression may have several values (branches, call sites), so the evaluator gives tuples of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import Function


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """Base of all values; ``node`` is the expression that made it (in the module that made it)."""

    node: cst.CSTNode

    kind = "unknown"


@dataclass(frozen=True, eq=False, slots=True)
class Unknown(Value):
    """Nothing is known; ``why`` is for ``kvlint inspect``."""

    why: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Constant(Value):
    """A Python literal: number, string, bool, None."""

    value: object = None

    kind = "constant"


@dataclass(frozen=True, eq=False, slots=True)
class Static(Value):
    """Something known without running the graph: a shape, a rank, a dtype, a NumPy copy."""

    kind = "static"


@dataclass(frozen=True, eq=False, slots=True)
class Variable(Value):
    """A variable.

    ``maker`` is the canonical name of what made it (``keras.backend.variable``, ``tf.Variable``,
    ``keras.Variable``, ``add_weight``) or ``attribute`` when it is another layer's weight read as
    ``layer.kernel``. ``trainable`` is None where it can't be told. ``foreign`` marks another layer's.
    """

    maker: str = ""
    trainable: bool | None = None
    foreign: bool = False
    attribute: str = ""

    kind = "variable"


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot(Value):
    """A tensor computed from variables (``of``): when made outside traced code it is a frozen copy.

    ``via`` names the operation that made it (``[]``, ``+``, ``tf.nn.softplus``); ``symbolic`` says that a functional
    model's tensor went in too: then it is part of the graph and follows the variable.
    """

    of: tuple[Variable, ...] = ()
    via: str = ""
    symbolic: bool = False

    kind = "snapshot"


@dataclass(frozen=True, eq=False, slots=True)
class Deferred(Value):
    """A ``tfp.util.DeferredTensor`` or ``TransformedVariable``: computed anew when read (in Keras 2)."""

    of: tuple[Variable, ...] = ()

    kind = "deferred"


@dataclass(frozen=True, eq=False, slots=True)
class Distribution(Value):
    """A tfp distribution or bijector; ``parts`` are the values of its arguments, by name or position."""

    name: str = ""
    parts: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    kind = "distribution"


@dataclass(frozen=True, eq=False, slots=True)
class Draw(Value):
    """A random draw."""

    name: str = ""

    kind = "draw"


@dataclass(frozen=True, eq=False, slots=True)
class LayerObject(Value):
    """A layer or model object: ``name`` is the canonical class name, ``cls`` its class in the project."""

    name: str = ""
    cls: ClassInfo | None = None

    kind = "layer"


@dataclass(frozen=True, eq=False, slots=True)
class Instance(Value):
    """An object of a project class that is no layer (a callback, a plain class)."""

    cls: ClassInfo | None = None

    kind = "instance"


@dataclass(frozen=True, eq=False, slots=True)
class LayerOutput(Value):
    """What a layer returned: ``layer`` is the object that was called, ``node`` the call."""

    layer: LayerObject | None = None

    kind = "output"


@dataclass(frozen=True, eq=False, slots=True)
class Tensor(Value):
    """A tensor that no variable of this program is known to be behind; ``via`` names the operation."""

    via: str = ""
    symbolic: bool = False

    kind = "tensor"


@dataclass(frozen=True, eq=False, slots=True)
class Container(Value):
    """A tuple, list or dict display; ``items`` are the values per element, ``keys`` those of a dict."""

    items: tuple[tuple[Value, ...], ...] = ()
    keys: tuple[object, ...] | None = None

    kind = "container"


@dataclass(frozen=True, eq=False, slots=True)
class FunctionObject(Value):
    """A function or lambda as a value."""

    function: Function | None = None

    kind = "function"


@dataclass(frozen=True, eq=False, slots=True)
class Parameter(Value):
    """A parameter that no call in sight gives a value to."""

    function: Function | None = None
    name: str = ""

    kind = "parameter"


@dataclass(frozen=True, eq=False, slots=True)
class Self(Value):
    """The object whose method is running."""

    cls: ClassInfo | None = None

    kind = "self"


def variables_in(values: tuple[Value, ...]) -> tuple[Variable, ...]:
    """The variables that ``values`` are, or were computed from, distributions' parameters included."""
    found: dict[Variable, None] = {}
    for value in values:
        if isinstance(value, Variable):
            found[value] = None
        elif isinstance(value, (Snapshot, Deferred)):
            found.update(dict.fromkeys(value.of))
        elif isinstance(value, Container):
            for item in value.items:
                found.update(dict.fromkeys(variables_in(item)))
        elif isinstance(value, Distribution):
            for _, part in value.parts:
                found.update(dict.fromkeys(variables_in(part)))
    return tuple(found)


def is_symbolic(value: Value) -> bool:
    """True for what a functional model computes: a layer's output, an Input, and what is made of them."""
    if isinstance(value, (Snapshot, Tensor)):
        return value.symbolic or (isinstance(value, Tensor) and value.via == "input")
    if isinstance(value, Container):
        return any(is_symbolic(item) for items in value.items for item in items)
    return isinstance(value, LayerOutput)
