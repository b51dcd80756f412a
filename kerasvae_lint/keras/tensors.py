"""Functions on tensors as formulas, by the rows of the library tables."""

from __future__ import annotations

import math
from collections.abc import Callable

from kerasvae_lint.keras.shaping import static_shape
from kerasvae_lint.keras.sources import OPEN
from kerasvae_lint.library import Entry, Signature
from kerasvae_lint.library.shapes.datasets import is_dataset
from kerasvae_lint.values.binding import bind_library
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryName,
    ListObject,
    Native,
    Partial,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    join,
    plainly,
)
from kerasvae_lint.values.operators import kind_of
from kerasvae_lint.values.world import Arguments, Machine

_OPERANDS = ("x", "y")
_LOSS_OPERANDS = ("target", "output")
_MATH: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "square": lambda x: x * x,
    "log1p": math.log1p,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "log2": math.log2,
    "floor": math.floor,
    "ceil": math.ceil,
}


def bound_by_role(entry: Entry | None, arguments: Arguments) -> tuple[dict[str, Value], tuple[Value, ...]]:
    """The arguments of a call by role (by name where the signature is not known), and the positional rest."""
    signature = best_signature(entry, arguments)
    if signature is None:
        return dict(arguments.keywords), arguments.positional
    bound, rest = bind_library(signature.parameters, arguments)
    roles: dict[str, Value] = {}
    for name, value in bound.items():
        parameter = signature.get(name)
        roles[parameter.role if parameter is not None else name] = value
    return roles, rest


def best_signature(entry: Entry | None, arguments: Arguments) -> Signature | None:
    """The signature that a call fits: the likeliest one that has all the names that it uses."""
    if entry is None:
        return None
    found = list(entry.signatures())
    for signature in found:
        if all(name in signature or signature.open for name in arguments.keywords):
            if all(name in signature for name in arguments.keywords):
                return signature
    return found[0] if found else None


def compute(machine: Machine, callee: LibraryName, entry: Entry, arguments: Arguments, site: Site) -> Value:
    """The value of a tensor function: a formula over its operands."""
    roles, rest = bound_by_role(entry, arguments)
    if not arguments.complete and entry.name.startswith(("sklearn.", "keras.datasets.")):
        roles[OPEN] = Unknown("arguments", site)
    if is_dataset(entry.name):
        return Computed(entry.operation, rest, "array", site, roles, callee, None, machine.phase, machine.now)
    names = _LOSS_OPERANDS if entry.makes == "lossfunction" else _OPERANDS
    operands = [roles.pop(name) for name in names if name in roles]
    operands += rest
    operands = [_as_it_is(operand) for operand in operands]
    if not operands and roles and entry.makes in {"tensor", "array", "host"}:
        first = next(iter(roles))
        if first not in {"shape", "axis", "dtype", "name"}:
            operands.append(roles.pop(first))
    folded = _folded(entry, operands, site)
    if folded is not None:
        return folded
    condition = roles.get("condition")
    kind = _kind(entry, operands if condition is None else [*operands, condition])
    return Computed(entry.operation, tuple(operands), kind, site, roles, callee, None, machine.phase, machine.now)


def _as_it_is(value: Value) -> Value:
    """A list as it is now: the code may go on to fill it."""
    return ListObject(value.items, value.site, value.kind) if isinstance(value, ListObject) else value


def _folded(entry: Entry, operands: list[Value], site: Site) -> Value | None:
    """A function of Python's or NumPy's of one known number, or the product of known numbers."""
    if entry.makes not in {"host", "array"} or len(operands) != 1:
        return None
    if entry.operation == "prod" and isinstance(operands[0], (Tuple, ListObject)):
        state = operands[0] if isinstance(operands[0], Tuple) else operands[0].items
        sizes = [item.value for item in map(plainly, state.items) if isinstance(item, Constant)]
        whole = [size for size in sizes if isinstance(size, int)]
        return Constant(math.prod(whole), site) if len(whole) == len(state.items) and state.rest is None else None
    function = _MATH.get(entry.operation)
    plain = plainly(operands[0])
    if function is None or not isinstance(plain, Constant) or not isinstance(plain.value, (int, float)):
        return None
    try:
        return Constant(function(plain.value), site, plain.assumed)
    except (ValueError, OverflowError):
        return None


_ALWAYS_ARRAYS = frozenset({"np.linspace", "np.logspace", "np.geomspace", "np.array", "np.asarray"})


def _kind(entry: Entry, operands: list[Value]) -> str:
    if entry.makes in {"tensor", "lossfunction", "random"} and not entry.name.startswith("np."):
        return "tensor"
    if entry.makes == "shape":
        return "shape"
    kinds = {kind_of(operand) for operand in operands}
    if entry.name in _ALWAYS_ARRAYS:
        return "array"
    if "tensor" in kinds and entry.makes == "array":
        return "array"
    if entry.name.startswith("np.") and kinds <= {"number", "bool"} and operands and entry.makes == "array":
        return "number" if entry.operation not in {"zeros", "ones", "fill", "eye", "range", "constant"} else "array"
    if entry.makes == "array" or entry.name.startswith("np."):
        return "array"
    return "number" if entry.makes == "host" else "any"


def draw(machine: Machine, callee: LibraryName, entry: Entry, arguments: Arguments, site: Site) -> Value:
    """Random numbers. The operands are the mean and the standard deviation, where they are given."""
    roles, rest = bound_by_role(entry, arguments)
    options = dict(roles)
    options["distribution"] = Constant(entry.operation)
    if rest:
        options["rest"] = Tuple(rest)
    if callee.name == "random.choice" and isinstance(roles.get("seq"), (Tuple, ListObject)):
        picked = _picked(roles["seq"])
        if picked is not None:
            return picked
    host = callee.name.startswith(("np.", "random.", "scipy."))
    kind = "array" if host else "tensor"
    return Computed("draw", (), kind, site, options, callee, None, machine.phase, machine.now)


def _picked(given: Value) -> Value | None:
    """One of a few things that are no numbers, such as names of losses; None for numbers."""
    state = given if isinstance(given, Tuple) else given.items if isinstance(given, ListObject) else None
    if state is None or state.rest is not None or not 0 < len(state.items) <= 8:
        return None
    if len(state.items) > 1 and any(isinstance(constant(item), (int, float)) for item in state.items):
        return None
    return join(*state.items)


def control(machine: Machine, entry: Entry, arguments: Arguments, site: Site) -> Value | None:
    """Functions that take functions: what these give, so that what they hold is seen. None for others."""
    roles, _ = bound_by_role(entry, arguments)
    operation = entry.operation
    if operation in {"cond", "switch"} or "true_fn" in roles:
        arms = [roles[name] for name in ("true_fn", "false_fn", "then_expression", "else_expression") if name in roles]
        given = arms or list(arguments.positional[1:3])
        found = [machine.call(arm, Arguments(), site) if is_callable(arm) else arm for arm in given]
        return join(*found) if found else None
    if operation in {"map_fn", "scan", "vectorized_map", "fold"}:
        function = arguments.get(0, "fn", "f", "function")
        elements = arguments.get(1, "elems", "xs", "elements")
        if function is None or elements is None or not is_callable(function):
            return None
        element = machine.item(elements, Unknown("index", site), site)
        result = machine.call(function, Arguments((element,)), site)
        return Computed(operation, (elements, result), "tensor", site, None, None, None, machine.phase, machine.now)
    if operation == "py_function":
        function = arguments.get(0, "func", "func")
        given_ = arguments.get(1, "inp")
        items = machine.iterate(given_, site)[0] if given_ is not None else ()
        if function is not None and is_callable(function):
            with machine.in_phase("host"):
                machine.call(function, Arguments(items), site)
        return Computed("py_function", items, "tensor", site, None, None, None, machine.phase, machine.now)
    if operation == "while_loop":
        body, variables = arguments.get(1, "body"), arguments.get(2, "loop_vars")
        if body is not None and variables is not None and is_callable(body):
            items = machine.iterate(variables, site)[0]
            return join(machine.call(body, Arguments(items), site), variables)
    return None


def is_callable(value: Value) -> bool:
    """True for functions of the project, in whatever form."""
    if isinstance(value, Instance):
        return value.cls.find("__call__") is not None
    return isinstance(value, (FunctionValue, Partial))


# attributes -------------------------------------------------------------------------------------
_SHAPES = frozenset({"shape", "get_shape", "ndim", "size", "_keras_shape"})
_METHODS = {
    "sum": "sum",
    "mean": "mean",
    "std": "std",
    "var": "var",
    "min": "min",
    "max": "max",
    "prod": "prod",
    "reshape": "reshape",
    "flatten": "flatten",
    "ravel": "flatten",
    "astype": "cast",
    "squeeze": "squeeze",
    "transpose": "transpose",
    "dot": "dot",
    "argmax": "argmax",
    "argmin": "argmin",
    "round": "round",
    "clip": "clip",
    "copy": "identity",
    "cumsum": "cumsum",
    "repeat": "repeat",
}


def _shape(machine: Machine, obj: Computed, site: Site) -> Value:
    known = static_shape(machine, obj, site)
    return known if known is not None else Computed("shape", (obj,), "shape", site)


def shape_attribute(shape: Tuple, name: str, site: Site) -> Value | None:
    """What a shape has beside what a tuple has."""
    if name in {"rank", "ndims"}:
        return Constant(len(shape.items), site)
    if name == "dims":
        return shape
    if name in {"as_list", "num_elements", "with_rank", "assert_has_rank", "with_rank_at_least"}:

        def call(arguments: Arguments, at: Site) -> Value:
            del arguments
            if name == "num_elements":
                return Computed("prod", (shape,), "number", at)
            return ListObject(shape, at) if name == "as_list" else shape

        return Native(name, call, site, shape)
    return None


_FETCHES = frozenset({"numpy", "tolist", "item", "eval"})


def attribute(machine: Machine, obj: Computed, name: str, site: Site) -> Value | None:
    """An attribute or method of a tensor or array."""
    if name == "get_shape":

        def shape(arguments: Arguments, at: Site) -> Value:
            del arguments
            return _shape(machine, obj, at)

        return Native(name, shape, site, obj)
    if name in {"shape", "_keras_shape"}:
        return _shape(machine, obj, site)
    if name in _SHAPES:
        return Computed(name, (obj,), "shape", site)
    if name in {"dtype", "name", "device", "op", "graph"}:
        return Computed(name, (obj,), "object", site)
    if name in _FETCHES:

        def fetch(arguments: Arguments, at: Site) -> Value:
            del arguments
            return Computed("numpy", (obj,), "array", at, None, None, None, machine.phase, machine.now)

        return Native(name, fetch, site, obj)
    if name == "T":
        return Computed("transpose", (obj,), obj.kind, site, None, None, None, machine.phase, machine.now)
    if obj.kind in {"object", "string"} or (obj.kind == "shape" and obj.op != "range"):
        return None
    if name in _METHODS:
        word = _METHODS[name]

        def operate(arguments: Arguments, at: Site) -> Value:
            options = dict(arguments.keywords)
            operands: tuple[Value, ...] = (obj,)
            if word in {"sum", "mean", "std", "var", "min", "max", "prod", "argmax", "argmin"}:
                if arguments.positional:
                    options.setdefault("axis", arguments.positional[0])
            else:
                operands = (obj, *arguments.positional)
            return Computed(word, operands, obj.kind, at, options, None, None, machine.phase, machine.now)

        return Native(name, operate, site, obj)
    return None


def elements(machine: Machine, obj: Computed, site: Site) -> tuple[tuple[Value, ...], Value | None]:
    """What iterating over a tensor, an array or data gives."""
    if obj.op in {"split", "unstack"}:
        sections = obj.options.get("sections")
        count = plainly(sections).value if sections is not None and isinstance(plainly(sections), Constant) else None  # type: ignore[attr-defined]
        if isinstance(count, int) and 0 < count <= 16:
            return tuple(part(machine, obj, index, site) for index in range(count)), None
        if isinstance(sections, (Tuple, ListObject)):
            items, rest = machine.iterate(sections, site)
            if rest is None:
                return tuple(part(machine, obj, index, site) for index in range(len(items))), None
    return (), Computed("element", (obj,), obj.kind, site, None, None, None, machine.phase, machine.now)


def part(machine: Machine, obj: Computed, index: int, site: Site) -> Value:
    """One of several things that a call gives."""
    return Computed(
        "getitem", (obj,), obj.kind, site, {"index": Constant(index)}, obj.maker, index, machine.phase, machine.now
    )


__all__ = [
    "attribute",
    "bound_by_role",
    "compute",
    "control",
    "draw",
    "elements",
    "is_callable",
    "part",
    "shape_attribute",
]
