"""From ``ast``'s expressions to records: the half of the builder that needs no statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from kerasvae_lint.binding import records
from kerasvae_lint.binding.records import Expression, Scope
from kerasvae_lint.binding.spans import Span, spans_of

LONGEST_INTEGER = 256
"""Bits of an integer that is read: some of them multiplied are still a float, and written out by every Python."""

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
Parent = TypeVar("Parent", bound=records.Record)
Made = TypeVar("Made", bound=records.Record)
_LATER: Any = None  # a call keeps its place in the list while what stands inside it is built


class ExpressionBuilder:
    """Builds expressions, and gathers on the way what the module lists: calls, functions, names that are bound."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.span: Callable[[Any], Span] = spans_of(text)
        self.globals = Scope("module", None)
        self.scope = self.globals
        self.function: records.Function | None = None
        self.functions: list[records.Function] = []
        self.calls: list[records.Call] = []

    # names --------------------------------------------------------------------------------------
    def bind(self, name: str, scope: Scope | None = None) -> None:
        """Note that ``name`` is bound in the scope that is being built (or in ``scope``)."""
        scope = scope or self.scope
        outer = scope.outer.get(name)
        if outer is None:
            scope.bound.setdefault(name)
        elif outer == "global":
            self.globals.bound.setdefault(name)

    def bind_walrus(self, name: str) -> None:
        """A walrus binds outside the comprehensions that it stands in."""
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        self.bind(name, scope)

    # expressions --------------------------------------------------------------------------------
    def expression(self, node: ast.expr) -> Expression:
        """The record of any expression."""
        return EXPRESSIONS[type(node)](self, node)

    def optional(self, node: ast.expr | None) -> Expression | None:
        """The record of an expression that may be missing."""
        return None if node is None else EXPRESSIONS[type(node)](self, node)

    def expressions(self, nodes: list[ast.expr]) -> tuple[Expression, ...]:
        """The records of several expressions."""
        return tuple([EXPRESSIONS[type(node)](self, node) for node in nodes])

    def constant(self, node: ast.Constant) -> Expression:
        """A literal."""
        start, end = self.span(node)
        value = node.value
        if type(value) is int and value.bit_length() > LONGEST_INTEGER:
            return records.Constant(start, end, ...)
        return records.Constant(start, end, value)

    def name(self, node: ast.Name) -> Expression:
        """A name; it is bound if it isn't read."""
        start, end = self.span(node)
        if type(node.ctx) is not ast.Load:
            self.bind(node.id)
        return records.Name(start, end, node.id)

    def attribute(self, node: ast.Attribute) -> Expression:
        """``value.attr``."""
        start, end = self.span(node)
        value = EXPRESSIONS[type(node.value)](self, node.value)
        value.parent = record = records.Attribute(start, end, value, node.attr)
        return record

    def call(self, node: ast.Call) -> Expression:
        """``func(arguments)``."""
        start, end = self.span(node)
        place = len(self.calls)
        self.calls.append(_LATER)
        func = EXPRESSIONS[type(node.func)](self, node.func)
        arguments = self.arguments(node.args, node.keywords)
        record = records.Call(start, end, func, arguments)
        func.parent = record
        for argument in arguments:
            argument.parent = record
        self.calls[place] = record
        return record

    def arguments(self, args: list[ast.expr], keywords: list[ast.keyword]) -> tuple[records.Argument, ...]:
        """The arguments of a call or of a class statement, in the order in which they are written."""
        given: list[ast.expr | ast.keyword] = [*args, *keywords]
        if keywords and args:
            given.sort(key=lambda node: (node.lineno, node.col_offset))
        made = []
        for node in given:
            star: Literal["", "*", "**"] = ""
            name = None
            if type(node) is ast.keyword:
                inner, name = node.value, node.arg
                star = "**" if name is None else ""
                start, end = self.span(node)
                value = EXPRESSIONS[type(inner)](self, inner)
            elif type(node) is ast.Starred:
                star = "*"
                start, end = self.span(node)
                value = EXPRESSIONS[type(node.value)](self, node.value)
            else:
                value = EXPRESSIONS[type(node)](self, node)
                start, end = value.start, value.end
            value.parent = argument = records.Argument(start, end, value, name, star)
            made.append(argument)
        return tuple(made)

    def subscript(self, node: ast.Subscript) -> Expression:
        """``value[index]``."""
        start, end = self.span(node)
        value = EXPRESSIONS[type(node.value)](self, node.value)
        index = EXPRESSIONS[type(node.slice)](self, node.slice)
        value.parent = index.parent = record = records.Subscript(start, end, value, index)
        return record

    def slice_(self, node: ast.Slice) -> Expression:
        """``lower:upper:step``."""
        start, end = self.span(node)
        lower, upper, step = self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        return adopt(records.Slice(start, end, lower, upper, step), lower, upper, step)

    def binary(self, node: ast.BinOp) -> Expression:
        """``left operator right``: a chain to the left is built from inside, without recursion."""
        chain = [node]
        inner = node.left
        while type(inner) is ast.BinOp:
            chain.append(inner)
            inner = inner.left
        left = EXPRESSIONS[type(inner)](self, inner)
        while chain:
            node = chain.pop()
            start, end = self.span(node)
            right = EXPRESSIONS[type(node.right)](self, node.right)
            record = records.Binary(start, end, left, BINARY[type(node.op)], right)
            left.parent = right.parent = record
            left = record
        return left

    def unary(self, node: ast.UnaryOp) -> Expression:
        """``-operand`` and its like."""
        start, end = self.span(node)
        operand = EXPRESSIONS[type(node.operand)](self, node.operand)
        operand.parent = record = records.Unary(start, end, _UNARY[type(node.op)], operand)
        return record

    def boolean(self, node: ast.BoolOp) -> Expression:
        """``and``, ``or``."""
        start, end = self.span(node)
        values = self.expressions(node.values)
        return adopt(records.Boolean(start, end, "and" if type(node.op) is ast.And else "or", values), *values)

    def comparison(self, node: ast.Compare) -> Expression:
        """``first < second <= third``."""
        start, end = self.span(node)
        operands = self.expressions([node.left, *node.comparators])
        operators = tuple([_COMPARED[type(op)] for op in node.ops])
        return adopt(records.Comparison(start, end, operands, operators), *operands)

    def conditional(self, node: ast.IfExp) -> Expression:
        """``body if test else orelse``."""
        start, end = self.span(node)
        body, test, orelse = self.expression(node.body), self.expression(node.test), self.expression(node.orelse)
        return adopt(records.Conditional(start, end, test, body, orelse), body, test, orelse)

    def list_(self, node: ast.List) -> Expression:
        """``[items]``."""
        return self.display(node, "list")

    def tuple_(self, node: ast.Tuple) -> Expression:
        """``items,``."""
        return self.display(node, "tuple")

    def set_(self, node: ast.Set) -> Expression:
        """``{items}``."""
        return self.display(node, "set")

    def display(self, node: ast.List | ast.Tuple | ast.Set, kind: Literal["list", "tuple", "set"]) -> Expression:
        """A list, tuple or set."""
        start, end = self.span(node)
        items = self.expressions(node.elts)
        return adopt(records.Display(start, end, kind, items), *items)

    def dictionary(self, node: ast.Dict) -> Expression:
        """``{key: value, **mapping}``."""
        start, end = self.span(node)
        keys, values = [], []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(self.optional(key))
            values.append(EXPRESSIONS[type(value)](self, value))
        return adopt(records.Dictionary(start, end, tuple(keys), tuple(values)), *keys, *values)

    def starred(self, node: ast.Starred) -> Expression:
        """``*value``."""
        start, end = self.span(node)
        value = self.expression(node.value)
        return adopt(records.Starred(start, end, value), value)

    def walrus(self, node: ast.NamedExpr) -> Expression:
        """``target := value``."""
        start, end = self.span(node)
        target = records.Name(*self.span(node.target), node.target.id)
        self.bind_walrus(target.id)
        value = self.expression(node.value)
        return adopt(records.Walrus(start, end, target, value), target, value)

    def suspend(self, node: ast.Await | ast.Yield | ast.YieldFrom) -> Expression:
        """``await``, ``yield`` and ``yield from``."""
        start, end = self.span(node)
        kind: Literal["await", "yield", "from"] = "await"
        if type(node) is not ast.Await:
            kind = "yield" if type(node) is ast.Yield else "from"
            if self.function is not None:
                self.function.is_generator = True
        value = self.optional(node.value)
        return adopt(records.Suspend(start, end, kind, value), value)

    # comprehensions -----------------------------------------------------------------------------
    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Expression:
        """Every kind of comprehension."""
        start, end = self.span(node)
        outside = self.scope
        self.scope = scope = Scope("comprehension", outside)
        key: Expression | None = None
        if type(node) is ast.DictComp:
            kind: Literal["list", "set", "dict", "generator"] = "dict"
            element = self.expression(node.key)
            if node.value is not None:  # {**mapping for …} of Python 3.15 has none
                key, element = element, self.expression(node.value)
        else:
            assert not isinstance(node, ast.DictComp)
            kind = _KINDS[type(node)]
            element = self.expression(node.elt)
        generators: list[records.Generator] = []
        at = element.end
        for each in node.generators:
            generators.append(self._generator(each, at, outside if not generators else scope))
            at = generators[-1].end
        self.scope = outside
        record = records.Comprehension(start, end, kind, key, element, tuple(generators), scope)
        return adopt(record, key, element, *generators)

    def _generator(self, node: ast.comprehension, after: int, iterable_scope: Scope) -> records.Generator:
        scope = self.scope
        target = self.expression(node.target)
        self.scope = iterable_scope
        iterable = self.expression(node.iter)
        self.scope = scope
        conditions = self.expressions(node.ifs)
        start = self.text.rfind("async" if node.is_async else "for", after, target.start)
        end = conditions[-1].end if conditions else iterable.end
        record = records.Generator(start if start >= 0 else target.start, end, target, iterable, conditions)
        for child in (target, iterable, *conditions):
            child.parent = record
        return record

    # strings with expressions in them -----------------------------------------------------------
    def formatted(self, node: ast.JoinedStr) -> Expression:
        """An f-string; what stands in it gets the whole string's span."""
        whole = self.span(node)
        span, self.span = self.span, lambda _: whole
        values, plain = [], []
        for part in node.values:
            if type(part) is ast.FormattedValue:
                values.append(self.formatted_value(part))
                plain.append(part.conversion in {-1, ord("s")} and part.format_spec is None)
            else:
                values.append(self.expression(part))
                plain.append(True)
        self.span = span
        return adopt(records.Formatted(*whole, tuple(values), tuple(plain)), *values)

    def formatted_value(self, node: ast.FormattedValue) -> Expression:
        """What stands between the braces, with the expressions of its format specification, if there are any."""
        value = self.expression(node.value)
        specification = node.format_spec
        if not isinstance(specification, ast.JoinedStr) or all(type(x) is ast.Constant for x in specification.values):
            return value
        inner = self.expression(specification)
        assert isinstance(inner, records.Formatted)
        parts = (value, *inner.values)
        return adopt(records.Formatted(*self.span(node), parts, (False,) * len(parts)), *parts)

    def template(self, node: Any) -> Expression:
        """A template string of Python 3.14."""
        whole = self.span(node)
        span, self.span = self.span, lambda _: whole
        values = self.expressions(node.values)
        self.span = span
        return adopt(records.Template(*whole, values), *values)

    # lambdas ------------------------------------------------------------------------------------
    def lambda_(self, node: ast.Lambda) -> Expression:
        """``lambda parameters: body``."""
        start, end = self.span(node)
        function = records.Function(start, end, "<lambda>", Scope("function", self.scope))
        function.around = self.function
        self.functions.append(function)
        function.parameters = self.parameters(node.args, function)
        outside = self.scope, self.function
        self.scope, self.function = function.scope, function
        value = self.expression(node.body)
        self.scope, self.function = outside
        body = records.Return(value.start, value.end, value)
        value.parent, body.parent = body, function
        function.body, function.body_start = (body,), value.start
        return adopt(records.Lambda(start, end, function), function)

    def parameters(self, node: ast.arguments, function: records.Function) -> tuple[records.Parameter, ...]:
        """The parameters of a function, bound in its scope; defaults and annotations are read in the scope outside."""
        positional = [*node.posonlyargs, *node.args]
        missing = len(positional) - len(node.defaults)
        made = []
        for index, arg in enumerate(positional):
            kind: Literal["positional-only", "positional"] = "positional"
            if index < len(node.posonlyargs):
                kind = "positional-only"
            made.append(self._parameter(arg, kind, node.defaults[index - missing] if index >= missing else None))
        if node.vararg is not None:
            made.append(self._parameter(node.vararg, "*", None))
        for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            made.append(self._parameter(arg, "keyword", default))
        if node.kwarg is not None:
            made.append(self._parameter(node.kwarg, "**", None))
        for parameter in made:
            function.scope.bound.setdefault(parameter.name)
            parameter.parent = function
        return tuple(made)

    def _parameter(
        self,
        node: ast.arg,
        kind: Literal["positional-only", "positional", "*", "keyword", "**"],
        default_node: ast.expr | None,
    ) -> records.Parameter:
        start, end = self.span(node)
        annotation, default = self.optional(node.annotation), self.optional(default_node)
        if kind in {"*", "**"} and self.text[start : start + 1] != "*":
            start = max(self.text.rfind(kind, 0, start), 0)
        if default is not None:
            opened = self.text.count("(", end, default.start)
            end = default.end
            for _ in range(opened):
                end = self.text.find(")", end) + 1
        record = records.Parameter(start, end, node.arg, kind, default, annotation)
        for child in (annotation, default):
            if child is not None:
                child.parent = record
        return record


def adopt(record: Parent, *children: records.Record | None) -> Parent:
    """Make ``record`` the parent of what stands in it."""
    for child in children:
        if child is not None:
            child.parent = record
    return record


_KINDS: dict[type[ast.expr], Literal["list", "set", "generator"]] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
}


class ByClass(dict[type[ast.AST], Callable[[Any, Any], Made]]):
    """What builds a node, by its class; a class of the same name stands for one that this Python's ``ast`` lacks."""

    def __init__(self, makers: dict[str, Callable[[Any, Any], Made]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, cls: type[ast.AST]) -> Callable[[Any, Any], Made]:
        self[cls] = maker = self._makers[cls.__name__]
        return maker


EXPRESSIONS: ByClass[Expression] = ByClass(
    {
        "Attribute": ExpressionBuilder.attribute,
        "Await": ExpressionBuilder.suspend,
        "BinOp": ExpressionBuilder.binary,
        "BoolOp": ExpressionBuilder.boolean,
        "Call": ExpressionBuilder.call,
        "Compare": ExpressionBuilder.comparison,
        "Constant": ExpressionBuilder.constant,
        "Dict": ExpressionBuilder.dictionary,
        "DictComp": ExpressionBuilder.comprehension,
        "FormattedValue": ExpressionBuilder.formatted_value,
        "GeneratorExp": ExpressionBuilder.comprehension,
        "IfExp": ExpressionBuilder.conditional,
        "Interpolation": ExpressionBuilder.formatted_value,
        "JoinedStr": ExpressionBuilder.formatted,
        "Lambda": ExpressionBuilder.lambda_,
        "List": ExpressionBuilder.list_,
        "ListComp": ExpressionBuilder.comprehension,
        "Name": ExpressionBuilder.name,
        "NamedExpr": ExpressionBuilder.walrus,
        "Set": ExpressionBuilder.set_,
        "SetComp": ExpressionBuilder.comprehension,
        "Slice": ExpressionBuilder.slice_,
        "Starred": ExpressionBuilder.starred,
        "Subscript": ExpressionBuilder.subscript,
        "TemplateStr": ExpressionBuilder.template,
        "Tuple": ExpressionBuilder.tuple_,
        "UnaryOp": ExpressionBuilder.unary,
        "Yield": ExpressionBuilder.suspend,
        "YieldFrom": ExpressionBuilder.suspend,
    }
)
