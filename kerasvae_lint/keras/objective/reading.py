"""From values to forms: what the interpreter computed, as a sum of products."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import library_class
from kerasvae_lint.keras.layers import activation_name, argument_of
from kerasvae_lint.keras.objective import forms as f
from kerasvae_lint.keras.objective.forms import Apply, Atom, Axes, Divergence, Error, Factor, Form, Reduced
from kerasvae_lint.keras.objective.losses import holds_core
from kerasvae_lint.keras.scalars import is_scalar_variable
from kerasvae_lint.library import lookup
from kerasvae_lint.values.lattice import (
    Builtin,
    Computed,
    Constant,
    LibraryName,
    LibraryObject,
    ListObject,
    Parameter,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    plainly,
)

MAX_DEPTH = 60
MAX_FACTORS = 300
LATENT = "latent log_prob"
"""The name of the log-density of a sample: the half of a Monte Carlo KL."""

_SAME = frozenset(
    [
        *("cast", "convert", "convert_to_tensor", "identity", "constant", "array", "asarray", "copy", "float", "int"),
        *("reshape", "flatten", "batch_flatten", "squeeze", "expand_dims", "ensure_shape", "broadcast_to", "read"),
        *("in_train_phase", "check_numerics", "print_tensor", "concrete", "boolean_mask", "stop_gradient"),
    ]
)
_OUTSIDE = frozenset({"input", "data", "batch", "target", "output", "element"})
_FRESH = frozenset({"draw"})
_DRAWN_VARIABLE = "keras.backend.random_normal_variable"
_SCALAR_KINDS = frozenset({"number", "shape", "bool", "string"})
_MERGING = {"Add": "add_n", "Subtract": "subtract_n", "Multiply": "multiply_n"}
_JOINING = frozenset({"Concatenate", "concatenate", "concat"})
_REDUCTIONS = frozenset({"sum", "mean", "max"})
_SUMMED = ("MultivariateNormal", "Independent")
_NORMAL = {"Normal": "scale", "MultivariateNormalDiag": "scale_diag"}
_REDUCED_OF_OBJECT = {"sum_over_batch_size": "all", "auto": "all", "mean": "all"}

_ONE: dict[str, Callable[[Form], Form]] = {
    "exp": f.exponential,
    "log": f.logarithm,
    "expm1": lambda form: f.add(f.exponential(form), f.constant(-1.0)),
    "log1p": lambda form: f.logarithm(f.add(form, f.constant(1.0))),
    "sqrt": lambda form: f.power(form, 0.5),
    "rsqrt": lambda form: f.power(form, -0.5),
    "square": lambda form: f.power(form, 2.0),
    "reciprocal": lambda form: f.power(form, -1.0),
    "negative": f.negate,
    "zeros_like": lambda _: f.constant(0.0),
    "ones_like": lambda _: f.constant(1.0),
    "abs": lambda form: f.of(Apply("abs", (form,))),
}
_TWO: dict[str, Callable[[Form, Form], Form]] = {
    "add": f.add,
    "subtract": lambda left, right: f.add(left, f.negate(right)),
    "multiply": f.multiply,
    "divide": f.divide,
    "divide_no_nan": f.divide,
    "div_no_nan": f.divide,
    "squared_difference": lambda left, right: f.power(f.add(left, f.negate(right)), 2.0),
}
_MANY: dict[str, Callable[..., Form]] = {
    "add_n": f.add,
    "subtract_n": lambda first, *rest: f.add(first, *(f.negate(form) for form in rest)),
    "multiply_n": f.multiply,
}


class Reader:
    """Reads values as forms. Values that are computed alike have the same form, whichever run of the code made them.

    Attributes:
        made: what computed a factor: a reduction, an error, a layer's output, a draw.
        draws: what a random draw gave; a variable for numbers that were drawn as its first value.
    """

    def __init__(self) -> None:
        self.made: dict[Factor, Computed] = {}
        self.draws: dict[Atom, Computed | LibraryObject] = {}
        self._kept: dict[int, tuple[Value, int]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._forms: dict[int, Form] = {}
        self._depth = 0

    # numbers ------------------------------------------------------------------------------------
    def number(self, value: Value) -> int:
        """A number that values share if they are computed alike."""
        todo = [value]
        while todo:
            at = todo[-1]
            if id(at) in self._kept:
                todo.pop()
                continue
            missing = [part for part in _parts(at) if id(part) not in self._kept]
            if missing and len(todo) < 20_000 and not any(part is other for part in missing for other in todo):
                todo += missing
                continue
            todo.pop()
            key = self._key(at)
            self._kept[id(at)] = (at, self._numbers.setdefault(key, len(self._numbers)))
        return self._kept[id(value)][1]

    def _key(self, value: Value) -> Hashable:
        def of(part: Value | None) -> Hashable:
            known = self._kept.get(id(part)) if part is not None else None
            return known[1] if known is not None else part and part.key

        if isinstance(value, Computed):
            if value.op in _FRESH or not value.operands:
                return ("made", id(value))
            options = tuple((name, of(option)) for name, option in value.options.items())
            return (value.op, of(value.maker), tuple(of(part) for part in value.operands), options, value.index)
        if isinstance(value, (Tuple, ListObject)):
            items = value if isinstance(value, Tuple) else value.items
            return ("items", tuple(of(item) for item in items.items), of(items.rest))
        if isinstance(value, Union):
            return ("union", frozenset(of(member) for member in value.members))
        if isinstance(value, Parameter):
            return ("parameter", id(value.function), value.name)
        if isinstance(value, Unknown):
            if value.base is not None:
                place = id(value.site.record) if value.site is not None and not value.name else 0
                return ("unknown", value.reason, of(value.base), value.name, place)
            return ("unknown", value.name) if value.name else ("made", id(value))
        return value.key

    # forms --------------------------------------------------------------------------------------
    def form(self, value: Value) -> Form:
        """The form of a value."""
        number = self.number(value)
        known = self._forms.get(number)
        if known is not None:
            return known
        if self._depth >= MAX_DEPTH:
            return _atom(number, value)
        self._depth += 1
        try:
            found = self._read(value, number)
        finally:
            self._depth -= 1
        if sum(1 for _, _ in zip(found.factors(), range(MAX_FACTORS), strict=False)) >= MAX_FACTORS:
            found = _atom(number, value)
        self._forms[number] = found
        return found

    def _read(self, value: Value, number: int) -> Form:
        plain = plainly(value)
        if isinstance(plain, Constant):
            known = _number(plain)
            return f.constant(known) if known is not None else f.of(Atom(number, "scalar", ""))
        if isinstance(value, Union):
            return f.choose(self.form(member) for member in value.members)
        if isinstance(value, Computed):
            return self._computed(value, number)
        if isinstance(value, LibraryObject) and value.name == _DRAWN_VARIABLE:
            return f.of(self._drawn(number, value.name.rpartition(".")[2], value))
        return _atom(number, value)

    def _drawn(self, number: int, label: str, value: Computed | LibraryObject) -> Atom:
        atom = Atom(("draw", number), "draw", label)
        self.draws.setdefault(atom, value)
        return atom

    def _computed(self, value: Computed, number: int) -> Form:
        op, operands = value.op, value.operands
        error = self._error(value)
        if error is not None:
            return self._note(error, value)
        if op == "layer":
            return self._layer(value, number)
        if op == "draw":
            return self._draw(value, number)
        if op == "kl_divergence":
            return self._divergence(value, number)
        if op == "getitem":
            index = value.options.get("index")
            whole = index is not None and all(_is_whole(part) for part in _items(index))
            return self.form(operands[0]) if whole else self._note(_part(number, value, index), value)
        if op == "losses" or (op == "element" and operands and _is_losses(operands[0])):
            return f.of(Atom(number, "scalar", "losses"))
        if op in _SAME and operands:
            return self.form(operands[0])
        if op in _REDUCTIONS and operands and _is_one(operands[0]):
            return self._reduction(value)
        if op in _ONE and operands:
            return _ONE[op](self.form(operands[0]))
        if op in _MANY and operands:
            return self._merge(op, operands)
        second = operands[1] if len(operands) > 1 else _second(value)
        if second is not None:
            if op in _TWO:
                return self._two(op, value, operands[0], second)
            if op == "power":
                return self._power(operands[0], second)
        if op == "where" and len(operands) == 2:
            return f.choose(self.form(operand) for operand in operands)
        return self._other(value, number)

    def _note(self, factor: Factor, value: Computed) -> Form:
        self.made.setdefault(factor, value)
        return f.of(factor)

    def _two(self, op: str, value: Computed, left: Value, right: Value) -> Form:
        one, other = self.form(left), self.form(right)
        if op in {"multiply", "divide"}:
            if _is_chosen(right, value) and holds_core(one):
                setting = f.of(Atom(("chosen", self.number(right)), "scalar", _name_in(value, right)))
                one = f.multiply(setting, one) if op == "multiply" else f.divide(one, setting)
            elif op == "multiply" and _is_chosen(left, value) and holds_core(other):
                other = f.multiply(f.of(Atom(("chosen", self.number(left)), "scalar", _name_in(value, left))), other)
        return _TWO[op](one, other)

    def _power(self, base: Value, exponent: Value) -> Form:
        one, other = self.form(base), self.form(exponent)
        if other.number is not None:
            return f.power(one, other.number)
        return f.of(Apply("power", (one, other)))

    def _merge(self, op: str, operands: tuple[Value, ...]) -> Form:
        items = [item for operand in operands for item in _items(operand)]
        forms = [self.form(item) for item in items]
        return _MANY[op](*forms) if forms else f.constant(0.0)

    def _reduction(self, value: Computed) -> Form:
        found = f.reduce(value.op, axes_of(value), self.form(value.operands[0]))
        for term in found.terms:
            for factor, _ in term.factors:
                if isinstance(factor, Reduced):
                    self.made.setdefault(factor, value)
        return found

    def _other(self, value: Computed, number: int) -> Form:
        """A function that the algebra does not know, of what it does."""
        if value.op in _OUTSIDE or not value.operands or value.op == "call":
            return self._note(_atom_of(number, value), value)
        if value.op[:1].isupper():
            return self._note(Atom(("layer", number), "tensor", value.op), value)
        if value.kind in {"number", "shape", "bool", "string", "object"}:
            return _atom(number, value)
        forms = [self.form(item) for operand in value.operands for item in _items(operand)]
        given = [self.form(option) for name, option in value.options.items() if name in {"minimum", "maximum", "y"}]
        if value.options:
            given.append(f.of(Atom(("options", number), "scalar", "")))
        return self._note(Apply(value.op, (*forms, *given)), value)

    def joined(self, form: Form) -> list[Form]:
        """The forms that a form concatenates; itself where it is no concatenation."""
        made = self.made.get(form.factor) if form.factor is not None else None
        maker = made.maker if made is not None else None
        names = {library_class(maker).rpartition(".")[2] if maker is not None else "", made.op if made else ""}
        if made is None or not names & _JOINING or not made.operands:
            return [form]
        return [self.form(member) for item in _items(made.operands[0]) for member in item.alternatives()]

    # layers -------------------------------------------------------------------------------------
    def _layer(self, value: Computed, number: int) -> Form:
        layer = value.maker
        name = library_class(layer) if layer is not None else ""
        last = name.rpartition(".")[2]
        inner = value.operands[0] if value.operands else None
        if isinstance(layer, LibraryObject) and inner is not None:
            if last in _MERGING:
                return self._merge(_MERGING[last], (inner,))
            if last == "Activation":
                given = argument_of(layer, "activation")
                if given is not None and activation_name(given) == "linear":
                    return self.form(inner)
        return self._note(Atom(("layer", number), "tensor", last), value)

    # random numbers and distributions -----------------------------------------------------------
    def _draw(self, value: Computed, number: int) -> Form:
        maker = value.maker
        label = (
            maker.name.rpartition(".")[2] if isinstance(maker, LibraryName) else str(constant_of(value, "distribution"))
        )
        noise = self._note(self._drawn(number, label, value), value)
        mean, deviation = value.options.get("mean"), value.options.get("stddev")
        if isinstance(maker, LibraryObject):
            mean, deviation = _location_and_scale(maker)
        elif "normal" not in label:
            return noise
        scale = self.form(deviation) if deviation is not None else None
        if scale is None or not any(atom.kind == "tensor" for atom in scale.atoms()):
            return noise
        drawn = f.multiply(scale, noise)
        return f.add(self.form(mean), drawn) if mean is not None else drawn

    def _divergence(self, value: Computed, number: int) -> Form:
        """A KL between distributions: the forms of the first one's mean and log-variance, where it is made in sight."""
        given = value.maker if isinstance(value.maker, LibraryObject) else value.operands[0] if value.operands else None
        mean: Form | None = None
        log_variance: Form | None = None
        summed: bool | None = None
        if isinstance(given, LibraryObject) and given.kind == "distribution":
            summed = given.name.rpartition(".")[2].startswith(_SUMMED)
            location, scale = _location_and_scale(given)
            if location is not None and scale is not None:
                mean, log_variance = self.form(location), f.scale(f.logarithm(self.form(scale)), 2.0)
        return self._note(Divergence(mean, log_variance, summed, ("kl", number)), value)

    # errors -------------------------------------------------------------------------------------
    def _error(self, value: Computed) -> Error | None:
        """A library's loss function, or a log-probability."""
        if value.op == "log_prob" and value.operands:
            of = self.form(value.operands[0])
            is_latent = any(atom.kind == "draw" for atom in of.atoms())
            return Error(LATENT if is_latent else "log_prob", "event", (of,))
        maker = value.maker
        if not isinstance(maker, (LibraryName, LibraryObject)):
            return None
        entry = lookup(maker.name)
        if entry is None or entry.makes not in {"lossfunction", "loss"}:
            return None
        given = tuple(self.form(operand) for operand in value.operands[:2])
        per = entry.reduced or "element"
        if entry.makes == "loss" and isinstance(maker, LibraryObject):
            per = reduced_by(maker)
        elif per == "feature" and any(_is_flat(operand) for operand in value.operands[:2]):
            per = "all"
        return Error(entry.operation, per, given)


def reduced_by(loss: LibraryObject) -> str:
    """What a loss object averages, by its ``reduction``."""
    given = loss.arguments.get("reduction")
    if given is None:
        return "all"
    plain = plainly(given)
    word = (
        plain.value
        if isinstance(plain, Constant)
        else plain.name.rpartition(".")[2]
        if isinstance(plain, LibraryName)
        else ""
    )
    word = str(word).lower()
    if word == "none":
        return "class" if "ategorical" in loss.name else "feature"
    return _REDUCED_OF_OBJECT.get(word, "mixed")


def axes_of(value: Computed) -> Axes:
    """The axes of a reduction."""
    given = value.options.get("axis")
    if given is None:
        return None
    plain = plainly(given)
    if isinstance(plain, Constant):
        if plain.value is None:
            return None
        return (plain.value,) if isinstance(plain.value, int) else "?"
    if isinstance(plain, (Tuple, ListObject)):
        items = plain if isinstance(plain, Tuple) else plain.items
        numbers = [constant(item) for item in items.items]
        if items.rest is None and all(isinstance(n, int) for n in numbers):
            return tuple(sorted(n for n in numbers if isinstance(n, int)))
        return "?"
    if isinstance(plain, Computed) and plain.op == "range" and len(plain.operands) > 1:
        return "rest" if constant(plain.operands[0]) == 1 else "?"
    return "?"


def constant_of(value: Computed, option: str) -> object:
    """The constant that an option is; None if it is none."""
    given = value.options.get(option)
    return constant(given) if given is not None else None


def _number(value: Constant) -> float | None:
    """A constant as a number of the algebra; None for what is none, and for one beyond a float."""
    if isinstance(value.value, bool) or not isinstance(value.value, (int, float)):
        return None
    try:
        found = float(value.value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _atom(number: int, value: Value) -> Form:
    return f.of(_atom_of(number, value))


def _atom_of(number: int, value: Value) -> Atom:
    if isinstance(value, Computed):
        kind = "scalar" if value.kind in _SCALAR_KINDS else "data" if value.op in _OUTSIDE else "tensor"
        return Atom(number, kind, value.op)
    if isinstance(value, Parameter):
        return Atom(number, "scalar" if value.default is not None else "data", value.name)
    if isinstance(value, Unknown):
        is_item = value.reason in {"item", "element"} or not value.name
        return Atom(number, "tensor" if is_item else "scalar", value.name)
    if isinstance(value, LibraryObject) and value.kind == "variable":
        return Atom(number, "scalar" if is_scalar_variable(value) else "tensor", "variable")
    return Atom(number, "tensor", "")


def _part(number: int, value: Computed, index: Value | None) -> Atom:
    found = constant(index) if index is not None else None
    kind = "scalar" if value.kind in _SCALAR_KINDS else "tensor"
    whole = value.operands[0] if value.operands else None
    if isinstance(whole, Computed) and whole.kind == "shape":
        return Atom(number, "scalar", whole.op)
    return Atom(number, kind, str(found) if found is not None else "")


def _parts(value: Value) -> Iterable[Value]:
    """What a value was computed from."""
    if isinstance(value, Computed):
        maker = (value.maker,) if isinstance(value.maker, Unknown) else ()
        return (*maker, *value.operands, *value.options.values())
    if isinstance(value, Tuple):
        return (*value.items, value.rest) if value.rest is not None else value.items
    if isinstance(value, ListObject):
        return _parts(value.items)
    if isinstance(value, Union):
        return value.members
    if isinstance(value, Unknown) and value.base is not None:
        return (value.base,)
    return ()


def _items(value: Value) -> tuple[Value, ...]:
    """The items of a tuple or list; anything else itself."""
    if isinstance(value, ListObject):
        value = value.items
    if isinstance(value, Tuple):
        return value.items if value.rest is None else (*value.items, value.rest)
    return (value,)


def _is_one(value: Value) -> bool:
    """True for what is one tensor, not several."""
    return not isinstance(value, (Tuple, ListObject))


def _second(value: Computed) -> Value | None:
    return next((value.options[name] for name in ("y", "a", "b", "exponent", "exp") if name in value.options), None)


def _is_whole(index: Value) -> bool:
    """True for ``:``, ``None``, ``...`` and ``newaxis``: nothing is left out."""
    if isinstance(index, Constant):
        return index.value is None or index.value is Ellipsis
    if isinstance(index, Computed) and index.op == "slice":
        return all(isinstance(part, Constant) and part.value is None for part in index.operands)
    return isinstance(index, Builtin) and index.name == "Ellipsis"


def _is_losses(value: Value) -> bool:
    return isinstance(value, Computed) and value.op == "losses"


def _is_flat(value: Value) -> bool:
    """True for ``K.flatten(x)``: one axis is left, of everything."""
    for member in value.alternatives():
        if not isinstance(member, Computed):
            return False
        if (
            member.op == "flatten"
            and isinstance(member.maker, LibraryName)
            and member.maker.name == "keras.backend.flatten"
        ):
            continue
        shape = member.options.get("shape", member.operands[1] if len(member.operands) > 1 else None)
        if member.op != "reshape" or shape is None or [constant(item) for item in _items(shape)] != [-1]:
            return False
    return True


def _is_chosen(factor: Value, product: Computed) -> bool:
    """True for a number that is not written in the product itself: somebody chose it, under a name."""
    plain = plainly(factor)
    if not isinstance(plain, Constant) or _number(plain) is None:
        return False
    at, site = product.site, plain.site
    if at is None or site is None or site.unit is not at.unit:
        return True
    if not (at.record.start <= site.record.start and site.record.end <= at.record.end):
        return True
    return any(isinstance(record, (r.Name, r.Attribute)) for record in site.record.walk())


def _name_in(product: Computed, factor: Value) -> str:
    """The name under which a number stands in a product."""
    del factor
    record = product.site.record if product.site is not None else None
    words = [
        part.id if isinstance(part, r.Name) else part.attr
        for part in (record.walk() if record is not None else ())
        if isinstance(part, (r.Name, r.Attribute))
    ]
    return " ".join(words[:8])


def _location_and_scale(distribution: LibraryObject) -> tuple[Value | None, Value | None]:
    """The mean and the standard deviation of a normal distribution, as it was made."""
    last = distribution.name.rpartition(".")[2]
    if last == "Independent":
        inner = distribution.arguments.get("distribution")
        return _location_and_scale(inner) if isinstance(inner, LibraryObject) else (None, None)
    name = _NORMAL.get(last)
    if name is None:
        return None, None
    return distribution.arguments.get("loc"), distribution.arguments.get(name)
