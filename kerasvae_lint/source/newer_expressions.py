"""LibCST's expressions as ``ast``'s, with the places that ``ast`` would give them."""

from __future__ import annotations

import ast
import bisect
import re
import sys
import unicodedata
from functools import cache
from typing import Any, TypeVar

import libcst as cst

from kerasvae_lint.source.text import Source
from kerasvae_lint.source.tree import Positions

_NEWLINE = re.compile(r"\r\n|\r|\n")
_Node = TypeVar("_Node", bound=ast.AST)
_OPERATORS: dict[str, type[ast.operator]] = {
    "Add": ast.Add,
    "BitAnd": ast.BitAnd,
    "BitOr": ast.BitOr,
    "BitXor": ast.BitXor,
    "Divide": ast.Div,
    "FloorDivide": ast.FloorDiv,
    "LeftShift": ast.LShift,
    "MatrixMultiply": ast.MatMult,
    "Modulo": ast.Mod,
    "Multiply": ast.Mult,
    "Power": ast.Pow,
    "RightShift": ast.RShift,
    "Subtract": ast.Sub,
}
_UNARY: dict[str, type[ast.unaryop]] = {
    "BitInvert": ast.Invert,
    "Minus": ast.USub,
    "Not": ast.Not,
    "Plus": ast.UAdd,
}
_COMPARED: dict[str, type[ast.cmpop]] = {
    "Equal": ast.Eq,
    "GreaterThan": ast.Gt,
    "GreaterThanEqual": ast.GtE,
    "In": ast.In,
    "Is": ast.Is,
    "IsNot": ast.IsNot,
    "LessThan": ast.Lt,
    "LessThanEqual": ast.LtE,
    "NotEqual": ast.NotEq,
    "NotIn": ast.NotIn,
}
_SINGLETONS = {"None": None, "True": True, "False": False}
_LONGEST_DECIMAL = 4300
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")
_BRACES = re.compile(r"\{\{|\}\}")


def stand_in(name: str, fields: tuple[str, ...], base: type[ast.AST]) -> Any:
    """The class of ``ast``, or one that looks like it."""
    return getattr(ast, name, None) or type(name, (base,), {"_fields": fields, "__module__": __name__})


_TemplateStr = stand_in("TemplateStr", ("values",), ast.expr)
_Interpolation = stand_in("Interpolation", ("value", "str", "conversion", "format_spec"), ast.expr)


class ExpressionConverter:
    """Turns LibCST's expressions into ``ast``'s; a method for each of its classes, by name.

    Attributes:
        found_newer: whether anything was met that the Python that runs doesn't know.
    """

    def __init__(self, tree: cst.Module, text: str) -> None:
        self.tree = tree
        self.text = text
        self.found_newer = False
        self._span = Positions(tree, Source("<text>", text)).bare_span
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        self._strings = 0

    # places -------------------------------------------------------------------------------------
    def bare(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end without the parentheses around; a tuple's own and a generator's own belong to it."""
        start, end = self._span(node)
        if isinstance(node, (cst.Tuple, cst.GeneratorExp, cst.MatchTuple)) and node.lpar:
            return self._span(node.lpar[-1])[0], self._span(node.rpar[0])[1]
        if isinstance(node, cst.Tuple):
            end = start + len(self.text[start:end].rstrip())
        return start, end

    def full(self, node: Any) -> tuple[int, int]:
        """Start and end with all parentheses."""
        if getattr(node, "lpar", ()):
            return self._span(node.lpar[0])[0], self._span(node.rpar[-1])[1]
        return self._span(node)

    def mark_end(self, node: Any) -> int:
        """Where a comma or colon ends, without the whitespace behind it."""
        return self._span(node.whitespace_before)[1] + 1

    def place(self, made: _Node, at: cst.CSTNode | tuple[int, int]) -> _Node:
        """Give a node the place of another one."""
        start, end = at if isinstance(at, tuple) else self.bare(at)
        placed: Any = made
        placed.lineno, placed.col_offset = self._row_and_bytes(start)
        placed.end_lineno, placed.end_col_offset = self._row_and_bytes(end)
        return made

    def _row_and_bytes(self, offset: int) -> tuple[int, int]:
        row = bisect.bisect_right(self._starts, offset)
        return row, len(self.text[self._starts[row - 1] : offset].encode("utf-8", "surrogatepass"))

    # any node -----------------------------------------------------------------------------------
    def convert(self, node: cst.CSTNode, context: ast.expr_context | None = None) -> Any:
        """Any expression, statement or pattern; a target gets its ``context``."""
        make = getattr(self, _method(type(node).__name__))
        return make(node) if context is None else make(node, context)

    def optional(self, node: cst.CSTNode | None) -> Any:
        """None stays None."""
        return None if node is None else self.convert(node)

    @staticmethod
    def operator(name: str) -> ast.operator:
        """An arithmetic operator by LibCST's name."""
        return _OPERATORS[name]()

    # names and literals -------------------------------------------------------------------------
    def on_name(self, node: cst.Name, context: ast.expr_context | None = None) -> ast.expr:
        if node.value in _SINGLETONS and context is None:
            return self.place(ast.Constant(_SINGLETONS[node.value], None), node)
        return self.place(ast.Name(_identifier(node.value), context or ast.Load()), node)

    def on_ellipsis(self, node: cst.Ellipsis) -> ast.expr:
        return self.place(ast.Constant(..., None), node)

    def on_integer(self, node: cst.Integer) -> ast.expr:
        digits = node.value.replace("_", "")
        if len(digits) > _LONGEST_DECIMAL and digits.isdecimal():
            self.found_newer = True  # no matter of age: Python reads it, but not as text
            return self.place(ast.Constant(..., None), node)
        return self._literal(node)

    def on_float(self, node: cst.Float) -> ast.expr:
        return self._literal(node)

    def on_imaginary(self, node: cst.Imaginary) -> ast.expr:
        return self._literal(node)

    def _literal(self, node: cst.BaseNumber) -> ast.expr:
        return self.place(ast.Constant(ast.literal_eval(self.tree.code_for_node(node).strip("() \t")), None), node)

    # strings ------------------------------------------------------------------------------------
    def on_simple_string(self, node: cst.SimpleString) -> ast.expr:
        return self._string(node, [node])

    def on_formatted_string(self, node: cst.FormattedString) -> ast.expr:
        return self._string(node, [node])

    def on_templated_string(self, node: Any) -> ast.expr:
        return self._string(node, [node])

    def on_concatenated_string(self, node: cst.ConcatenatedString) -> ast.expr:
        parts: list[cst.CSTNode] = []
        at: cst.CSTNode = node
        while isinstance(at, cst.ConcatenatedString):
            parts.append(at.left)
            at = at.right
        return self._string(node, [*parts, at])

    def _string(self, whole: cst.CSTNode, parts: list[Any]) -> ast.expr:
        place = self.bare(whole)
        kinds = {type(part).__name__ for part in parts}
        if kinds == {"SimpleString"}:
            values = [_decoded(part.value) for part in parts]
            value = values[0]
            for each in values[1:]:
                value += each
            return self.place(ast.Constant(value, "u" if parts[0].value[0] == "u" else None), place)
        if "TemplatedString" in kinds or not (self._strings or self._is_known(place)):
            self.found_newer = True
        self._strings += 1
        values = []
        for part in parts:
            if isinstance(part, cst.SimpleString):
                values.append(ast.Constant(_decoded(part.value), None))
            else:
                values += self._contents(part.parts, part.start, part.end, place)
        self._strings -= 1
        kind: Any = _TemplateStr if "TemplatedString" in kinds else ast.JoinedStr
        made: ast.expr = self.place(kind(self._merged(values, place)), place)
        return made

    def _is_known(self, place: tuple[int, int]) -> bool:
        """Whether the Python that runs reads this f-string itself."""
        try:
            ast.parse(f"({self.text[place[0] : place[1]]}\n)")
        except (SyntaxError, ValueError):
            return False
        return True

    def _contents(self, parts: Any, start: str, end: str, place: tuple[int, int]) -> list[ast.expr]:
        made: list[ast.expr] = []
        prefix = start.rstrip("\"'").translate(str.maketrans("", "", "fFtT"))
        for part in parts:
            if isinstance(part, cst.FormattedStringText) or not hasattr(part, "expression"):
                text = _BRACES.sub(lambda match: match[0][0], part.value)
                made.append(ast.Constant(_decoded(f"{prefix}{end}{text}{end}"), None))
            else:
                made += self._replacement(part, start, end, place)
        return made

    def _replacement(self, node: Any, start: str, end: str, place: tuple[int, int]) -> list[ast.expr]:
        """``{expression!r:specification}``, with the text in front that ``{expression=}`` writes."""
        made: list[ast.expr] = []
        opened = self._span(node)[0] + 1
        conversion = ord(node.conversion) if node.conversion else -1
        if node.equal is not None:
            behind = self._span(node.equal)[1]
            made.append(ast.Constant(self.text[opened:behind], None))
            if conversion == -1 and node.format_spec is None:
                conversion = ord("r")
        specification = None
        if node.format_spec is not None:
            inner = self._contents(node.format_spec, start, end, place)
            specification = self.place(ast.JoinedStr(self._merged(inner, place)), place)
        value = self.convert(node.expression)
        if type(node).__name__ == "TemplatedStringExpression":
            code = self.text[opened : self.full(node.expression)[1]].strip()
            made.append(self.place(_Interpolation(value, code, conversion, specification), place))
        else:
            made.append(self.place(ast.FormattedValue(value, conversion, specification), place))
        return made

    def _merged(self, values: list[ast.expr], place: tuple[int, int]) -> list[ast.expr]:
        """Literal parts that touch are one; empty ones are none."""
        made: list[ast.expr] = []
        for value in values:
            last = made[-1] if made else None
            if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
                made[-1] = ast.Constant(str(last.value) + str(value.value), None)
            elif not (isinstance(value, ast.Constant) and value.value == ""):
                made.append(value)
        return [self.place(value, place) for value in made]

    # operators ----------------------------------------------------------------------------------
    def on_unary_operation(self, node: cst.UnaryOperation) -> ast.expr:
        operator = _UNARY[type(node.operator).__name__]()
        return self.place(ast.UnaryOp(operator, self.convert(node.expression)), node)

    def on_binary_operation(self, node: cst.BinaryOperation) -> ast.expr:
        chain = [node]
        while isinstance(chain[-1].left, cst.BinaryOperation):
            chain.append(chain[-1].left)
        made: ast.expr = self.convert(chain[-1].left)
        for each in reversed(chain):
            operator = self.operator(type(each.operator).__name__)
            made = self.place(ast.BinOp(made, operator, self.convert(each.right)), each)
        return made

    def on_boolean_operation(self, node: cst.BooleanOperation) -> ast.expr:
        operator = ast.And() if isinstance(node.operator, cst.And) else ast.Or()
        values: list[ast.expr] = []
        todo: list[cst.BaseExpression] = [node]
        while todo:
            at = todo.pop()
            same = isinstance(at, cst.BooleanOperation) and type(at.operator) is type(node.operator)
            if isinstance(at, cst.BooleanOperation) and (at is node or (same and not at.lpar)):
                todo += [at.right, at.left]
            else:
                values.append(self.convert(at))
        return self.place(ast.BoolOp(operator, values), node)

    def on_comparison(self, node: cst.Comparison) -> ast.expr:
        operators = [_COMPARED[type(target.operator).__name__]() for target in node.comparisons]
        operands = [self.convert(target.comparator) for target in node.comparisons]
        return self.place(ast.Compare(self.convert(node.left), operators, operands), node)

    def on_if_exp(self, node: cst.IfExp) -> ast.expr:
        return self.place(ast.IfExp(self.convert(node.test), self.convert(node.body), self.convert(node.orelse)), node)

    def on_named_expr(self, node: cst.NamedExpr) -> ast.expr:
        return self.place(ast.NamedExpr(self.convert(node.target, ast.Store()), self.convert(node.value)), node)

    def on_await(self, node: cst.Await) -> ast.expr:
        return self.place(ast.Await(self.convert(node.expression)), node)

    def on_yield(self, node: cst.Yield) -> ast.expr:
        if isinstance(node.value, cst.From):
            return self.place(ast.YieldFrom(self.convert(node.value.item)), node)
        return self.place(ast.Yield(self.optional(node.value)), node)

    # attributes, items, calls -------------------------------------------------------------------
    def on_attribute(self, node: cst.Attribute, context: ast.expr_context | None = None) -> ast.expr:
        return self.place(
            ast.Attribute(self.convert(node.value), _identifier(node.attr.value), context or ast.Load()), node
        )

    def on_subscript(self, node: cst.Subscript, context: ast.expr_context | None = None) -> ast.expr:
        return self.place(ast.Subscript(self.convert(node.value), self._index(node.slice), context or ast.Load()), node)

    def _index(self, elements: Any) -> ast.expr:
        items = [self._index_item(element.slice) for element in elements]
        if len(items) == 1 and not isinstance(elements[0].comma, cst.Comma) and not isinstance(items[0], ast.Starred):
            return items[0]
        end = self._item_span(elements[-1].slice)[1]
        if isinstance(elements[-1].comma, cst.Comma):
            end = self.mark_end(elements[-1].comma)
        return self.place(ast.Tuple(items, ast.Load()), (self._item_span(elements[0].slice)[0], end))

    def _index_item(self, node: cst.BaseSlice) -> ast.expr:
        if isinstance(node, cst.Slice):
            lower, upper, step = self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
            return self.place(ast.Slice(lower, upper, step), self._item_span(node))
        assert isinstance(node, cst.Index)
        if node.star is None:
            value: ast.expr = self.convert(node.value)
            return value
        self.found_newer |= sys.version_info < (3, 11)
        return self.place(ast.Starred(self.convert(node.value), ast.Load()), self._item_span(node))

    def _item_span(self, node: cst.BaseSlice) -> tuple[int, int]:
        if isinstance(node, cst.Slice):
            first = self.mark_end(node.first_colon) - 1
            start = first if node.lower is None else self.full(node.lower)[0]
            end = first + 1 if node.upper is None else self.full(node.upper)[1]
            if isinstance(node.second_colon, cst.Colon):
                end = self.mark_end(node.second_colon)
            return start, end if node.step is None else self.full(node.step)[1]
        assert isinstance(node, cst.Index)
        start, end = self.full(node.value)
        return (self._span(node)[0] if node.star is not None else start), end

    def on_call(self, node: cst.Call) -> ast.expr:
        args, keywords = self.arguments(node.args)
        if len(node.args) == 1 and isinstance(node.args[0].value, cst.GeneratorExp) and not node.args[0].value.lpar:
            opened = self.text.index("(", self.full(node.func)[1])
            self.place(args[0], (opened, self.bare(node)[1]))
        return self.place(ast.Call(self.convert(node.func), args, keywords), node)

    def arguments(self, nodes: Any) -> tuple[list[ast.expr], list[ast.keyword]]:
        """The arguments of a call or a class statement, by position and by keyword."""
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for node in nodes:
            value = self.convert(node.value)
            place = self._span(node)[0], self.full(node.value)[1]
            if node.star == "*":
                args.append(self.place(ast.Starred(value, ast.Load()), place))
            elif node.keyword is not None or node.star == "**":
                name = None if node.keyword is None else _identifier(node.keyword.value)
                keywords.append(self.place(ast.keyword(name, value), place))
            else:
                args.append(value)
        return args, keywords

    # displays and comprehensions ----------------------------------------------------------------
    def on_tuple(self, node: cst.Tuple, context: ast.expr_context | None = None) -> ast.expr:
        return self.place(ast.Tuple(self._elements(node.elements, context), context or ast.Load()), node)

    def on_list(self, node: cst.List, context: ast.expr_context | None = None) -> ast.expr:
        return self.place(ast.List(self._elements(node.elements, context), context or ast.Load()), node)

    def on_set(self, node: cst.Set) -> ast.expr:
        return self.place(ast.Set(self._elements(node.elements, None)), node)

    def _elements(self, nodes: Any, context: ast.expr_context | None) -> list[ast.expr]:
        return [self.convert(node if isinstance(node, cst.StarredElement) else node.value, context) for node in nodes]

    def on_starred_element(self, node: cst.StarredElement, context: ast.expr_context | None = None) -> ast.expr:
        place = self._span(node)[0], self.full(node.value)[1]
        return self.place(ast.Starred(self.convert(node.value, context), context or ast.Load()), place)

    def on_dict(self, node: cst.Dict) -> ast.expr:
        keys = [self.convert(item.key) if isinstance(item, cst.DictElement) else None for item in node.elements]
        values = [self.convert(item.value) for item in node.elements]
        return self.place(ast.Dict(keys, values), node)

    def on_list_comp(self, node: cst.ListComp) -> ast.expr:
        return self.place(ast.ListComp(self._element(node.elt), self._generators(node.for_in)), node)

    def on_set_comp(self, node: cst.SetComp) -> ast.expr:
        return self.place(ast.SetComp(self._element(node.elt), self._generators(node.for_in)), node)

    def on_generator_exp(self, node: cst.GeneratorExp) -> ast.expr:
        return self.place(ast.GeneratorExp(self._element(node.elt), self._generators(node.for_in)), node)

    def on_dict_comp(self, node: cst.DictComp) -> ast.expr:
        key, value = self.convert(node.key), self.convert(node.value)
        return self.place(ast.DictComp(key, value, self._generators(node.for_in)), node)

    def on_starred_dict_comp(self, node: Any) -> ast.expr:
        self.found_newer = True
        mapping, nothing = self.convert(node.value), self.optional(None)  # as Python 3.15 has it
        return self.place(ast.DictComp(mapping, nothing, self._generators(node.for_in)), node)

    def _element(self, node: cst.BaseExpression) -> Any:
        self.found_newer |= isinstance(node, cst.StarredElement)
        return self.convert(node)

    def _generators(self, node: cst.CompFor | None) -> list[ast.comprehension]:
        made = []
        while node is not None:
            target, iterable = self.convert(node.target, ast.Store()), self.convert(node.iter)
            conditions = [self.convert(condition.test) for condition in node.ifs]
            made.append(ast.comprehension(target, iterable, conditions, int(node.asynchronous is not None)))
            node = node.inner_for_in
        return made

    # functions ----------------------------------------------------------------------------------
    def on_lambda(self, node: cst.Lambda) -> ast.expr:
        return self.place(ast.Lambda(self.parameters(node.params), self.convert(node.body)), node)

    def parameters(self, node: cst.Parameters) -> ast.arguments:
        """The parameters of a function or lambda."""
        positional = [*node.posonly_params, *node.params]
        return ast.arguments(
            posonlyargs=[self._parameter(param) for param in node.posonly_params],
            args=[self._parameter(param) for param in node.params],
            vararg=self._parameter(node.star_arg) if isinstance(node.star_arg, cst.Param) else None,
            kwonlyargs=[self._parameter(param) for param in node.kwonly_params],
            kw_defaults=[self.optional(param.default) for param in node.kwonly_params],
            kwarg=None if node.star_kwarg is None else self._parameter(node.star_kwarg),
            defaults=[self.convert(param.default) for param in positional if param.default is not None],
        )

    def _parameter(self, node: cst.Param) -> ast.arg:
        start, end = self._span(node.name)
        annotation = None
        if node.annotation is not None:
            given = node.annotation.annotation
            self.found_newer |= isinstance(given, cst.StarredElement) and sys.version_info < (3, 11)
            annotation, end = self.convert(given), self.full(given)[1]
        return self.place(ast.arg(_identifier(node.name.value), annotation, None), (start, end))


@cache
def _method(name: str) -> str:
    return "on_" + _HUMP.sub("_", name).lower()


def _identifier(name: str) -> str:
    """A name as Python compares it."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _decoded(code: str) -> Any:
    """The value of a plain string or bytes literal."""
    return ast.literal_eval(_NEWLINE.sub("\n", code))
