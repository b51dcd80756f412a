"""From Python's ``ast`` to the records of one file, with their places, parents and scopes."""

from __future__ import annotations

import ast
import re
from typing import Any, Literal

from kerasvae_lint.binding import records
from kerasvae_lint.binding.expressions import BINARY, ByClass, ExpressionBuilder, adopt
from kerasvae_lint.binding.records import Scope, Statement
from kerasvae_lint.source.collector import paused_collector
from kerasvae_lint.source.text import SourceError

_DEFINED = re.compile(r"(?:async(?:\s|\\)+)?(?:def|class)(?:\s|\\)+")
_ACCESSORS = ("setter", "deleter")


def build(tree: ast.Module, text: str) -> records.Module:
    """The records of a file: ``tree`` is what ``ast`` made of ``text``.

    Raises:
        SourceError: the code is nested too deeply.
    """
    with paused_collector():
        try:
            return _Builder(text).module(tree)
        except RecursionError:
            raise SourceError("code is nested too deeply") from None


class _Builder(ExpressionBuilder):
    """Builds statements, too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.cls: records.Class | None = None
        self.classes: list[records.Class] = []
        self.imports: list[records.Import] = []

    def module(self, node: ast.Module) -> records.Module:
        """The whole file."""
        module = records.Module(len(self.text), self.scope)
        module.body = self.block(node.body, module)
        module.functions, module.classes = self.functions, self.classes
        module.calls, module.imports = self.calls, self.imports
        return module

    def block(self, nodes: list[ast.stmt], parent: records.Record | None = None) -> tuple[Statement, ...]:
        """The records of several statements."""
        made = []
        for node in nodes:
            statement = _STATEMENTS[type(node)](self, node)
            statement.parent = parent
            made.append(statement)
        return tuple(made)

    # simple statements --------------------------------------------------------------------------
    def expression_statement(self, node: ast.Expr) -> Statement:
        """An expression alone."""
        start, end = self.span(node)
        value = self.expression(node.value)
        value.parent = record = records.ExpressionStatement(start, end, value)
        return record

    def assign(self, node: ast.Assign) -> Statement:
        """``a = b = value``."""
        start, end = self.span(node)
        targets = self.expressions(node.targets)
        value = self.expression(node.value)
        value.parent = record = records.Assign(start, end, targets, value)
        for target in targets:
            target.parent = record
        return record

    def annotated(self, node: ast.AnnAssign) -> Statement:
        """``target: annotation = value``, the value if there is one."""
        start, end = self.span(node)
        target, annotation = self.expression(node.target), self.expression(node.annotation)
        if node.value is None:
            return adopt(records.Declaration(start, end, target, annotation), target, annotation)
        value = self.expression(node.value)
        return adopt(records.Assign(start, end, (target,), value, annotation), target, annotation, value)

    def type_alias(self, node: Any) -> Statement:
        """``type Name = value`` of Python 3.12."""
        start, end = self.span(node)
        target, value = self.expression(node.name), self.expression(node.value)
        return adopt(records.Assign(start, end, (target,), value), target, value)

    def augmented(self, node: ast.AugAssign) -> Statement:
        """``target += value``."""
        start, end = self.span(node)
        target, value = self.expression(node.target), self.expression(node.value)
        return adopt(records.Augmented(start, end, target, BINARY[type(node.op)], value), target, value)

    def return_(self, node: ast.Return) -> Statement:
        """``return value``."""
        value = self.optional(node.value)
        return adopt(records.Return(*self.span(node), value), value)

    def delete(self, node: ast.Delete) -> Statement:
        """``del targets``."""
        targets = self.expressions(node.targets)
        return adopt(records.Delete(*self.span(node), targets), *targets)

    def simple(self, node: ast.Pass | ast.Break | ast.Continue) -> Statement:
        """``pass``, ``break``, ``continue``."""
        kind: Literal["pass", "break", "continue"] = "pass"
        if type(node) is not ast.Pass:
            kind = "break" if type(node) is ast.Break else "continue"
        return records.Simple(*self.span(node), kind)

    def raise_(self, node: ast.Raise) -> Statement:
        """``raise value from cause``."""
        value, cause = self.optional(node.exc), self.optional(node.cause)
        return adopt(records.Raise(*self.span(node), value, cause), value, cause)

    def assert_(self, node: ast.Assert) -> Statement:
        """``assert test, message``."""
        test, message = self.expression(node.test), self.optional(node.msg)
        return adopt(records.Assert(*self.span(node), test, message), test, message)

    def outer(self, node: ast.Global | ast.Nonlocal) -> Statement:
        """``global`` and ``nonlocal``."""
        kind: Literal["global", "nonlocal"] = "global" if type(node) is ast.Global else "nonlocal"
        if self.scope is not self.globals:
            self.scope.outer.update(dict.fromkeys(node.names, kind))
        return records.Outer(*self.span(node), kind, tuple(node.names))

    def import_(self, node: ast.Import) -> Statement:
        """``import a.b as c``."""
        aliases = []
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            whole = alias.asname is not None or "." not in alias.name
            aliases.append(records.Alias(*self.span(alias), alias.name, bound, whole))
            self.bind(bound)
        return self._imported(node, aliases, None)

    def import_from(self, node: ast.ImportFrom) -> Statement:
        """``from module import a as b``."""
        module = "." * (node.level or 0) + (node.module or "")
        prefix = f"{module}." if node.module else module
        aliases = []
        for alias in node.names:
            bound = alias.asname or alias.name
            aliases.append(records.Alias(*self.span(alias), prefix + alias.name, bound, True))
            if bound != "*":
                self.bind(bound)
        return self._imported(node, aliases, module)

    def _imported(
        self, node: ast.Import | ast.ImportFrom, aliases: list[records.Alias], module: str | None
    ) -> Statement:
        record = records.Import(*self.span(node), tuple(aliases), module)
        self.imports.append(record)
        return adopt(record, *aliases)

    # compound statements ------------------------------------------------------------------------
    def if_(self, node: ast.If) -> Statement:
        """``if``; a chain of ``elif`` is built from the top, without recursion."""
        made: list[records.If] = []
        while True:
            test = self.expression(node.test)
            body = self.block(node.body)
            record = adopt(records.If(*self.span(node), test, body, ()), test, *body)
            if made:
                made[-1].orelse = (record,)
                record.parent = made[-1]
            made.append(record)
            if len(node.orelse) != 1 or type(node.orelse[0]) is not ast.If:
                break
            node = node.orelse[0]
        record.orelse = self.block(node.orelse, record)
        return made[0]

    def while_(self, node: ast.While) -> Statement:
        """``while``."""
        test, body, orelse = self.expression(node.test), self.block(node.body), self.block(node.orelse)
        return adopt(records.While(*self.span(node), test, body, orelse), test, *body, *orelse)

    def for_(self, node: ast.For | ast.AsyncFor) -> Statement:
        """``for``."""
        target, iterable = self.expression(node.target), self.expression(node.iter)
        body, orelse = self.block(node.body), self.block(node.orelse)
        record = records.For(*self.span(node), target, iterable, body, orelse)
        return adopt(record, target, iterable, *body, *orelse)

    def with_(self, node: ast.With | ast.AsyncWith) -> Statement:
        """``with``."""
        items = []
        for item in node.items:
            context, target = self.expression(item.context_expr), self.optional(item.optional_vars)
            end = context.end if target is None else target.end
            items.append(adopt(records.WithItem(context.start, end, context, target), context, target))
        body = self.block(node.body)
        return adopt(records.With(*self.span(node), tuple(items), body), *items, *body)

    def try_(self, node: ast.Try) -> Statement:
        """``try``, with ``except*`` or not."""
        body = self.block(node.body)
        handlers = []
        for each in node.handlers:
            exception = self.optional(each.type)
            if each.name is not None:
                self.bind(each.name)
            inner = self.block(each.body)
            handler = records.Handler(*self.span(each), exception, each.name, inner)
            handlers.append(adopt(handler, exception, *inner))
        orelse, final = self.block(node.orelse), self.block(node.finalbody)
        record = records.Try(*self.span(node), body, tuple(handlers), orelse, final)
        return adopt(record, *body, *handlers, *orelse, *final)

    # match --------------------------------------------------------------------------------------
    def match(self, node: ast.Match) -> Statement:
        """``match``."""
        start, end = self.span(node)
        subject = self.expression(node.subject)
        cases = []
        at = subject.end
        for case in node.cases:
            pattern, guard = self.pattern(case.pattern), self.optional(case.guard)
            body = self.block(case.body)
            first = max(self.text.rfind("case", at, pattern.start), at)
            at = body[-1].end
            cases.append(adopt(records.Case(first, at, pattern, guard, body), pattern, guard, *body))
        return adopt(records.Match(start, end, subject, tuple(cases)), subject, *cases)

    def pattern(self, node: ast.pattern) -> records.Pattern:
        """Any pattern of a ``case``."""
        record = _PATTERNS[type(node)](self, node)
        return adopt(record, record.value, *record.keys, *record.patterns)

    def patterns(self, nodes: list[ast.pattern]) -> tuple[records.Pattern, ...]:
        """Several patterns."""
        return tuple([self.pattern(node) for node in nodes])

    def match_value(self, node: ast.MatchValue) -> records.Pattern:
        """``case 3``."""
        return records.Pattern(*self.span(node), "value", self.expression(node.value))

    def match_singleton(self, node: ast.MatchSingleton) -> records.Pattern:
        """``case None``."""
        span = self.span(node)
        return records.Pattern(*span, "value", records.Constant(*span, node.value))

    def match_sequence(self, node: ast.MatchSequence) -> records.Pattern:
        """``case [a, b]``."""
        return records.Pattern(*self.span(node), "sequence", patterns=self.patterns(node.patterns))

    def match_star(self, node: ast.MatchStar) -> records.Pattern:
        """``*rest`` in a sequence."""
        if node.name is not None:
            self.bind(node.name)
        return records.Pattern(*self.span(node), "star", name=node.name)

    def match_mapping(self, node: ast.MatchMapping) -> records.Pattern:
        """``case {"a": b}``."""
        keys, patterns = self.expressions(node.keys), self.patterns(node.patterns)
        if node.rest is not None:
            self.bind(node.rest)
        return records.Pattern(*self.span(node), "mapping", name=node.rest, patterns=patterns, keys=keys)

    def match_class(self, node: ast.MatchClass) -> records.Pattern:
        """``case Point(x, y=0)``."""
        value = self.expression(node.cls)
        patterns = self.patterns([*node.patterns, *node.kwd_patterns])
        return records.Pattern(*self.span(node), "class", value, patterns=patterns, names=tuple(node.kwd_attrs))

    def match_as(self, node: ast.MatchAs) -> records.Pattern:
        """``case name``, ``case _``, ``case … as name``."""
        patterns = () if node.pattern is None else (self.pattern(node.pattern),)
        if node.name is not None:
            self.bind(node.name)
        return records.Pattern(*self.span(node), "capture", name=node.name, patterns=patterns)

    def match_or(self, node: ast.MatchOr) -> records.Pattern:
        """``case 1 | 2``."""
        return records.Pattern(*self.span(node), "or", patterns=self.patterns(node.patterns))

    # functions and classes ----------------------------------------------------------------------
    def function_statement(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Statement:
        """``def``."""
        start, end = self.span(node)
        first = self._first(node.decorator_list, start)
        self.bind(node.name)
        function = records.Function(first, end, node.name, Scope("function", self.scope))
        function.name_start = self._name_start(start)
        function.is_async = type(node) is ast.AsyncFunctionDef
        function.owner, function.around = self.cls, self.function
        self.functions.append(function)
        function.decorators = self.expressions(node.decorator_list)
        function.parameters = self.parameters(node.args, function)
        function.returns = self.optional(node.returns)
        adopt(function, *function.decorators, function.returns)
        outside = self.scope, self.function, self.cls
        self.scope, self.function, self.cls = function.scope, function, None
        function.body = self.block(node.body, function)
        self.scope, self.function, self.cls = outside
        function.body_start = function.body[0].start
        if self.cls is not None:
            self.cls.methods[_method_name(function)] = function
        return adopt(records.FunctionStatement(first, end, function), function)

    def class_statement(self, node: ast.ClassDef) -> Statement:
        """``class``."""
        start, end = self.span(node)
        first = self._first(node.decorator_list, start)
        self.bind(node.name)
        cls = records.Class(first, end, node.name, Scope("class", self.scope))
        cls.name_start = self._name_start(start)
        cls.around = self.function
        self.classes.append(cls)
        cls.decorators = self.expressions(node.decorator_list)
        cls.bases = self.arguments(node.bases, node.keywords)
        adopt(cls, *cls.decorators, *cls.bases)
        outside = self.scope, self.cls
        self.scope, self.cls = cls.scope, cls
        cls.body = self.block(node.body, cls)
        self.scope, self.cls = outside
        return adopt(records.ClassStatement(first, end, cls), cls)

    def _first(self, decorators: list[ast.expr], start: int) -> int:
        if not decorators:
            return start
        return max(self.text.rfind("@", 0, self.span(decorators[0])[0]), 0)

    def _name_start(self, start: int) -> int:
        found = _DEFINED.match(self.text, start)
        return found.end() if found is not None else start


def _method_name(function: records.Function) -> str:
    for decorator in function.decorators:
        if isinstance(decorator, records.Attribute) and decorator.attr in _ACCESSORS:
            if isinstance(decorator.value, records.Name) and decorator.value.id == function.name:
                return f"{function.name}.{decorator.attr}"
    return function.name


_STATEMENTS: ByClass[Statement] = ByClass(
    {
        "AnnAssign": _Builder.annotated,
        "Assert": _Builder.assert_,
        "Assign": _Builder.assign,
        "AsyncFor": _Builder.for_,
        "AsyncFunctionDef": _Builder.function_statement,
        "AsyncWith": _Builder.with_,
        "AugAssign": _Builder.augmented,
        "Break": _Builder.simple,
        "ClassDef": _Builder.class_statement,
        "Continue": _Builder.simple,
        "Delete": _Builder.delete,
        "Expr": _Builder.expression_statement,
        "For": _Builder.for_,
        "FunctionDef": _Builder.function_statement,
        "Global": _Builder.outer,
        "If": _Builder.if_,
        "Import": _Builder.import_,
        "ImportFrom": _Builder.import_from,
        "Match": _Builder.match,
        "Nonlocal": _Builder.outer,
        "Pass": _Builder.simple,
        "Raise": _Builder.raise_,
        "Return": _Builder.return_,
        "Try": _Builder.try_,
        "TryStar": _Builder.try_,
        "TypeAlias": _Builder.type_alias,
        "While": _Builder.while_,
        "With": _Builder.with_,
    }
)
_PATTERNS: ByClass[records.Pattern] = ByClass(
    {
        "MatchAs": _Builder.match_as,
        "MatchClass": _Builder.match_class,
        "MatchMapping": _Builder.match_mapping,
        "MatchOr": _Builder.match_or,
        "MatchSequence": _Builder.match_sequence,
        "MatchSingleton": _Builder.match_singleton,
        "MatchStar": _Builder.match_star,
        "MatchValue": _Builder.match_value,
    }
)
