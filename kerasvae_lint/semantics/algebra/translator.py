"""From expressions to forms: operators, the functions of the tables, helpers, Lambdas, layers and models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.calling import Calls
from kerasvae_lint.semantics.algebra.forms import Atom, Factor, Form
from kerasvae_lint.semantics.algebra.results import Frame, Pack, Result, alternatives, arithmetic, atom, item
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.literals import literal

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel
    from kerasvae_lint.semantics.values import LayerObject

MAX_DEPTH = 60
MAX_STEPS = 20_000
_BLANK = cst.Module([])


@dataclass(eq=False, slots=True)
class Made:
    """Where a factor was made: the call or operation; of a layer's output also the layer and the frame of its call."""

    model: SemanticModel
    node: cst.BaseExpression
    layer: LayerObject | None = None
    frame: Frame | None = None


@dataclass(eq=False, slots=True)
class Shared:
    """What the translators of all modules that one module asks for have in common.

    While ``muted``, what is seen is one of several possibilities, which must not be mixed up with one another.
    """

    watch: Callable[[SemanticModel, cst.BaseExpression, Form], None]
    steps: int = MAX_STEPS
    muted: int = 0
    made: dict[Factor, Made] = field(default_factory=dict)
    translators: dict[SemanticModel, Translator] = field(default_factory=dict)


class Translator(Calls):
    """Forms of the expressions of one module; ask :attr:`SemanticModel.objective` for what they mean."""

    def __init__(self, model: SemanticModel, shared: Shared) -> None:
        self.model = model
        self.shared = shared
        self.busy = set()
        self.cycles = 0
        self._memo: dict[tuple[cst.CSTNode, object], Result] = {}
        shared.translators[model] = self

    def there(self, model: SemanticModel) -> Translator:
        """The translator of another module."""
        return self.shared.translators.get(model) or Translator(model, self.shared)

    def form(self, node: cst.BaseExpression, frame: Frame | None = None) -> Form:
        """The form of an expression; of a pack an atom."""
        found = self.result(node, frame or Frame(self.model.class_at(node)))
        return found if isinstance(found, Form) else atom(("pack", node), "tensor", "")

    def result(self, node: cst.BaseExpression, frame: Frame) -> Result:
        """The form of an expression, or the pack of forms that it is."""
        mark = frame.mark(node)
        if mark in self._memo:
            return self._memo[mark]
        self.shared.steps -= 1
        if frame.depth > MAX_DEPTH or self.shared.steps < 0 or mark in self.busy:
            self.cycles += 1
            return atom(("cut", node), "tensor", "")
        self.busy.add(mark)
        before = self.cycles
        try:
            inner = Frame(frame.cls, frame.arguments, frame.depth + 1) if not frame.arguments else frame
            found = self._dispatch(node, inner)
        finally:
            self.busy.discard(mark)
        if before == self.cycles:
            self._memo[mark] = found
        return found

    def made(
        self, factor: Factor, node: cst.BaseExpression, layer: LayerObject | None = None, frame: Frame | None = None
    ) -> Form:
        """A factor as a form, its origin written down."""
        self.shared.made.setdefault(factor, Made(self.model, node, layer, frame))
        return f.of(factor)

    def _dispatch(self, node: cst.BaseExpression, frame: Frame) -> Result:
        number = literal(node)
        if isinstance(number, (int, float)):
            return f.constant(number)
        match node:
            case cst.Name():
                return self.name(node, frame)
            case cst.Attribute():
                return self.attribute(node, frame)
            case cst.BinaryOperation():
                left, right = self.single(node.left, frame), self.single(node.right, frame)
                found = arithmetic(type(node.operator).__name__, left, right)
                self._seen(node, found)
                return found
            case cst.UnaryOperation():
                inner = self.single(node.expression, frame)
                return f.negate(inner) if isinstance(node.operator, cst.Minus) else inner
            case cst.Call():
                made = self.call(node, frame)
                if isinstance(made, Form):
                    self._seen(node, made)
                return made
            case cst.IfExp():
                return alternatives([self.result(node.body, frame), self.result(node.orelse, frame)])
            case cst.NamedExpr():
                return self.result(node.value, frame)
            case cst.Tuple() | cst.List():
                return Pack(tuple(self.result(element.value, frame) for element in node.elements))
            case cst.Dict():
                pairs = [e for e in node.elements if isinstance(e, cst.DictElement)]
                return Pack(tuple(self.result(e.value, frame) for e in pairs), tuple(literal(e.key) for e in pairs))
            case cst.Subscript():
                return self._subscript(node, frame)
            case _:
                return atom(("node", node), "scalar", "")

    def _seen(self, node: cst.BaseExpression, form: Form) -> None:
        if not self.shared.muted:
            self.shared.watch(self.model, node, form)

    def single(self, node: cst.BaseExpression, frame: Frame) -> Form:
        """The form of an operand."""
        found = self.result(node, frame)
        return found if isinstance(found, Form) else atom(("pack", node), "tensor", "")

    def _subscript(self, node: cst.Subscript, frame: Frame) -> Result:
        found = self.result(node.value, frame)
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            index = literal(node.slice[0].slice.value)
            if index is not None:
                return item(found, index, ("subscript", node))
        if isinstance(found, Pack):
            return atom(("slice", node), "tensor", "")
        if all(whole(element) for element in node.slice):
            return found
        text = _BLANK.code_for_node(node)
        inner = found.factor
        return self.made(Atom(("slice", inner if inner is not None else found, text), "tensor", text), node)

    def axes(self, node: cst.Call) -> f.Axes:
        """The axes of a reduction."""
        given = argument(node, 1, "axis", "reduction_indices", "dim")
        if given is None or (isinstance(given, cst.Name) and given.value == "None"):
            return None
        number = literal(given)
        if isinstance(number, int):
            return (number,)
        if isinstance(given, (cst.Tuple, cst.List)):
            numbers = [literal(element.value) for element in given.elements]
            return tuple(sorted(n for n in numbers if isinstance(n, int))) if numbers else None
        if isinstance(given, cst.Call):
            return self._range(given)
        return "?"

    def _range(self, node: cst.Call) -> f.Axes:
        """``list(range(1, n))`` and its like mean all axes but the batch's."""
        name = self.model.name(node.func) or (node.func.value if isinstance(node.func, cst.Name) else "")
        if name in {"list", "tuple"} and node.args and isinstance(node.args[0].value, cst.Call):
            return self._range(node.args[0].value)
        if name in {"range", "tf.range", "np.arange"} and len(node.args) > 1 and literal(node.args[0].value) == 1:
            return "rest"
        return "?"

    def draw(self, node: cst.Call, name: str, frame: Frame) -> Form:
        """A random draw; with a mean and a standard deviation of its own, the sample."""
        found = self.made(Atom(("draw", node), "draw", name), node)
        mean = argument(node, 1, "mean", "loc")
        deviation = argument(node, 2, "stddev", "scale", "sigma")
        if "normal" in name and deviation is not None:
            scale = self.single(deviation, frame)
            if any(atom.kind == "tensor" for atom in scale.atoms()):
                found = f.multiply(scale, found)
                if mean is not None:
                    found = f.add(self.single(mean, frame), found)
        return found

    def error(self, node: cst.Call, name: str, per: str, frame: Frame) -> Form:
        """A library's loss function."""
        flat = any(self._is_flat(a.value) for a in node.args[:2])
        given = tuple(self.single(a.value, frame) for a in node.args[:2])
        return self.made(f.Error(name, "all" if flat and per == "feature" else per, given), node)

    def _is_flat(self, node: cst.BaseExpression) -> bool:
        """True for ``K.flatten(x)``: one axis is left, of everything."""
        if isinstance(node, cst.Name):
            bindings = self.model.resolver.bindings(node)
            return len(bindings) == 1 and bindings[0].value is not None and self._is_flat(bindings[0].value)
        return isinstance(node, cst.Call) and self.model.name(node.func) == "keras.backend.flatten"

    def operate(self, word: str, node: cst.Call, frame: Frame) -> Result:
        """One of the algebra's own operations."""
        first = argument(node, 0, "x", "a", "input_tensor", "x1", "tensor", "inputs", "value")
        if first is None:
            return atom(("call", node), "tensor", word)
        if word == "same":
            return self.result(first, frame)
        if word.endswith("_all"):
            return self.merge(word, self.result(first, frame), node)
        left = self.single(first, frame)
        if word in {"sum", "mean", "max"}:
            axes = self.axes(node)
            found = f.reduce(word, axes, left)
            for term in found.terms:
                for factor, _ in term.factors:
                    if isinstance(factor, f.Reduced):
                        self.made(factor, node)
            return found
        if word in _ONE:
            return _ONE[word](left)
        second = argument(node, 1, "y", "b", "x2")
        if second is None:
            return atom(("call", node), "tensor", word)
        return combine(word, left, self.single(second, frame))

    def merge(self, word: str, found: Result, node: cst.CSTNode) -> Form:
        """``Add()([a, b])``, ``tf.add_n([a, b])``."""
        if isinstance(found, Form):
            return found
        forms = [r for r in found.items if isinstance(r, Form)]
        if len(forms) != len(found.items) or not forms:
            return atom(("merge", node), "tensor", word)
        if word == "multiply_all":
            return f.multiply(*forms)
        if word == "subtract_all":
            return f.add(forms[0], *(f.negate(form) for form in forms[1:]))
        return f.add(*forms)


_ONE: dict[str, Callable[[Form], Form]] = {
    "exp": f.exponential,
    "log": f.logarithm,
    "sqrt": lambda form: f.power(form, 0.5),
    "rsqrt": lambda form: f.power(form, -0.5),
    "square": lambda form: f.power(form, 2.0),
    "reciprocal": lambda form: f.power(form, -1.0),
    "negate": f.negate,
    "zero": lambda _: f.constant(0.0),
    "one": lambda _: f.constant(1.0),
    "abs": lambda form: f.of(f.Apply("abs", (form,))),
}


def combine(word: str, left: Form, right: Form) -> Form:
    """A function of two tensors."""
    if word == "squared_difference":
        return f.power(f.add(left, f.negate(right)), 2.0)
    if word == "power":
        return arithmetic("Power", left, right)
    return arithmetic(
        {"add": "Add", "subtract": "Subtract", "multiply": "Multiply", "divide": "Divide"}[word], left, right
    )


def whole(element: cst.SubscriptElement) -> bool:
    """True for ``:``, ``None``, ``...`` and ``newaxis``: nothing is left out."""
    inner = element.slice
    if isinstance(inner, cst.Slice):
        return inner.lower is None and inner.upper is None and inner.step is None
    if not isinstance(inner, cst.Index):
        return False
    value = inner.value
    return isinstance(value, cst.Ellipsis) or (
        (isinstance(value, cst.Name) and value.value == "None")
        or (isinstance(value, cst.Attribute) and value.attr.value == "newaxis")
    )
