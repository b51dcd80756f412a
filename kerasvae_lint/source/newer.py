"""Code that is newer than the Python that runs: LibCST reads it, and its tree is turned into ``ast``'s nodes."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from kerasvae_lint.source.newer_expressions import ExpressionConverter, stand_in


def newer_code(text: str) -> ast.Module | None:
    """What ``ast`` of a newer Python makes of the text; None if it isn't Python, or holds nothing newer.

    Classes that this Python's ``ast`` lacks are stood in for by classes of the same name. The parameters of generic
    functions, classes and types (``def f[T](…)``) are left out.
    """
    try:
        module = cst.parse_module(text)
        converter = _Converter(module, text)
        tree = converter.module()
    except RecursionError:
        raise
    except Exception:  # no Python, or a literal that Python refuses; LibCST's parser fails in several ways
        return None
    # LibCST drops a continuation line that holds nothing but its backslash, and then has all places wrong.
    return tree if converter.found_newer and module.code == text else None


_TypeAlias = stand_in("TypeAlias", ("name", "type_params", "value"), ast.stmt)
_TryStar = stand_in("TryStar", ("body", "handlers", "orelse", "finalbody"), ast.stmt)


class _Converter(ExpressionConverter):
    """Turns LibCST's statements and patterns into ``ast``'s; a method for each of its classes, by name."""

    def module(self) -> ast.Module:
        """The whole file."""
        return ast.Module(self.statements(self.tree.body), [])

    def statements(self, nodes: Any) -> list[ast.stmt]:
        """Statements, those that share a line one after the other."""
        made: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                made += [self.convert(small) for small in node.body]
            else:
                made.append(self.convert(node))
        return made

    def suite(self, node: Any) -> list[ast.stmt]:
        """The body of a compound statement, or of its ``else`` or ``finally``; nothing for None."""
        if node is None:
            return []
        if isinstance(node, (cst.Else, cst.Finally)):
            node = node.body
        if isinstance(node, cst.SimpleStatementSuite):
            return [self.convert(small) for small in node.body]
        return self.statements(node.body)

    # simple statements --------------------------------------------------------------------------
    def on_expr(self, node: cst.Expr) -> ast.stmt:
        return self.place(ast.Expr(self.convert(node.value)), node)

    def on_pass(self, node: cst.Pass) -> ast.stmt:
        return self.place(ast.Pass(), node)

    def on_break(self, node: cst.Break) -> ast.stmt:
        return self.place(ast.Break(), node)

    def on_continue(self, node: cst.Continue) -> ast.stmt:
        return self.place(ast.Continue(), node)

    def on_return(self, node: cst.Return) -> ast.stmt:
        return self.place(ast.Return(self.optional(node.value)), node)

    def on_del(self, node: cst.Del) -> ast.stmt:
        if isinstance(node.target, cst.Tuple) and not node.target.lpar:
            targets = [self.convert(element.value, ast.Del()) for element in node.target.elements]
        else:
            targets = [self.convert(node.target, ast.Del())]
        return self.place(ast.Delete(targets), node)

    def on_assign(self, node: cst.Assign) -> ast.stmt:
        targets = [self.convert(target.target, ast.Store()) for target in node.targets]
        return self.place(ast.Assign(targets, self.convert(node.value), None), node)

    def on_ann_assign(self, node: cst.AnnAssign) -> ast.stmt:
        target, annotation = self.convert(node.target, ast.Store()), self.convert(node.annotation.annotation)
        simple = isinstance(node.target, cst.Name) and not node.target.lpar
        return self.place(ast.AnnAssign(target, annotation, self.optional(node.value), int(simple)), node)

    def on_aug_assign(self, node: cst.AugAssign) -> ast.stmt:
        operator = self.operator(type(node.operator).__name__.removesuffix("Assign"))
        return self.place(
            ast.AugAssign(self.convert(node.target, ast.Store()), operator, self.convert(node.value)), node
        )

    def on_raise(self, node: cst.Raise) -> ast.stmt:
        cause = None if node.cause is None else self.convert(node.cause.item)
        return self.place(ast.Raise(self.optional(node.exc), cause), node)

    def on_assert(self, node: cst.Assert) -> ast.stmt:
        return self.place(ast.Assert(self.convert(node.test), self.optional(node.msg)), node)

    def on_global(self, node: cst.Global) -> ast.stmt:
        return self.place(ast.Global([item.name.value for item in node.names]), node)

    def on_nonlocal(self, node: cst.Nonlocal) -> ast.stmt:
        return self.place(ast.Nonlocal([item.name.value for item in node.names]), node)

    def on_type_alias(self, node: cst.TypeAlias) -> ast.stmt:
        self.found_newer = True
        made = _TypeAlias(self.convert(node.name, ast.Store()), [], self.convert(node.value))
        placed: ast.stmt = self.place(made, node)
        return placed

    def on_import(self, node: cst.Import) -> ast.stmt:
        return self.place(ast.Import([self._alias(alias) for alias in node.names]), node)

    def on_import_from(self, node: cst.ImportFrom) -> ast.stmt:
        if isinstance(node.names, cst.ImportStar):
            names = [self.place(ast.alias("*", None), node.names)]
        else:
            names = [self._alias(alias) for alias in node.names]
        module = None if node.module is None else _dotted(node.module)
        return self.place(ast.ImportFrom(module, names, len(node.relative)), node)

    def on_lazy_import(self, node: Any) -> ast.stmt:
        self.found_newer = True
        return self.on_import(node)

    def on_lazy_import_from(self, node: Any) -> ast.stmt:
        self.found_newer = True
        return self.on_import_from(node)

    def _alias(self, node: cst.ImportAlias) -> ast.alias:
        name = None if node.asname is None else getattr(node.asname.name, "value", None)
        return self.place(ast.alias(_dotted(node.name), name), node)

    # compound statements ------------------------------------------------------------------------
    def on_if(self, node: cst.If) -> ast.stmt:
        chain = [node]
        while isinstance(chain[-1].orelse, cst.If):
            chain.append(chain[-1].orelse)
        orelse = self.suite(chain[-1].orelse)
        for each in reversed(chain):
            made = self.place(ast.If(self.convert(each.test), self.suite(each.body), orelse), each)
            orelse = [made]
        return made

    def on_while(self, node: cst.While) -> ast.stmt:
        return self.place(ast.While(self.convert(node.test), self.suite(node.body), self.suite(node.orelse)), node)

    def on_for(self, node: cst.For) -> ast.stmt:
        kind = ast.For if node.asynchronous is None else ast.AsyncFor
        target, iterable = self.convert(node.target, ast.Store()), self.convert(node.iter)
        return self.place(kind(target, iterable, self.suite(node.body), self.suite(node.orelse), None), node)

    def on_with(self, node: cst.With) -> ast.stmt:
        kind = ast.With if node.asynchronous is None else ast.AsyncWith
        items = [
            ast.withitem(
                self.convert(item.item), None if item.asname is None else self.convert(item.asname.name, ast.Store())
            )
            for item in node.items
        ]
        return self.place(kind(items, self.suite(node.body), None), node)

    def on_try(self, node: cst.Try) -> ast.stmt:
        return self._try(ast.Try, node)

    def on_try_star(self, node: cst.TryStar) -> ast.stmt:
        self.found_newer = True
        return self._try(_TryStar, node)

    def _try(self, kind: Any, node: cst.Try | cst.TryStar) -> ast.stmt:
        handlers = [self._handler(handler) for handler in node.handlers]
        body, orelse, final = self.suite(node.body), self.suite(node.orelse), self.suite(node.finalbody)
        made: ast.stmt = self.place(kind(body, handlers, orelse, final), node)
        return made

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ast.ExceptHandler:
        if isinstance(node.type, cst.Tuple) and not node.type.lpar:
            self.found_newer = True
        name = None if node.name is None else getattr(node.name.name, "value", None)
        return self.place(ast.ExceptHandler(self.optional(node.type), name, self.suite(node.body)), node)

    def on_function_def(self, node: cst.FunctionDef) -> ast.stmt:
        self.found_newer |= node.type_parameters is not None
        kind = ast.FunctionDef if node.asynchronous is None else ast.AsyncFunctionDef
        made = kind(
            name=node.name.value,
            args=self.parameters(node.params),
            body=self.suite(node.body),
            decorator_list=[self.convert(decorator.decorator) for decorator in node.decorators],
            returns=None if node.returns is None else self.convert(node.returns.annotation),
            type_comment=None,
            **self._no_type_parameters(kind),
        )
        return self.place(made, node)

    def on_class_def(self, node: cst.ClassDef) -> ast.stmt:
        self.found_newer |= node.type_parameters is not None
        bases, keywords = self.arguments([*node.bases, *node.keywords])
        made = ast.ClassDef(
            name=node.name.value,
            bases=bases,
            keywords=keywords,
            body=self.suite(node.body),
            decorator_list=[self.convert(decorator.decorator) for decorator in node.decorators],
            **self._no_type_parameters(ast.ClassDef),
        )
        return self.place(made, node)

    @staticmethod
    def _no_type_parameters(kind: type[ast.AST]) -> Any:
        return {"type_params": []} if "type_params" in kind._fields else {}

    # match --------------------------------------------------------------------------------------
    def on_match(self, node: cst.Match) -> ast.stmt:
        cases = [
            ast.match_case(self.convert(case.pattern), self.optional(case.guard), self.suite(case.body))
            for case in node.cases
        ]
        return self.place(ast.Match(self.convert(node.subject), cases), node)

    def on_match_value(self, node: cst.MatchValue) -> ast.pattern:
        return self.place(ast.MatchValue(self.convert(node.value)), node.value)

    def on_match_singleton(self, node: cst.MatchSingleton) -> ast.pattern:
        value = {"None": None, "True": True, "False": False}[node.value.value]
        return self.place(ast.MatchSingleton(value), node.value)

    def on_match_list(self, node: cst.MatchList) -> ast.pattern:
        return self._sequence(node)

    def on_match_tuple(self, node: cst.MatchTuple) -> ast.pattern:
        return self._sequence(node)

    def _sequence(self, node: cst.MatchList | cst.MatchTuple) -> ast.pattern:
        patterns = [self.convert(item if isinstance(item, cst.MatchStar) else item.value) for item in node.patterns]
        return self.place(ast.MatchSequence(patterns), node)

    def on_match_star(self, node: cst.MatchStar) -> ast.pattern:
        return self.place(ast.MatchStar(_captured(node.name)), node)

    def on_match_mapping(self, node: cst.MatchMapping) -> ast.pattern:
        keys = [self.convert(element.key) for element in node.elements]
        patterns = [self.convert(element.pattern) for element in node.elements]
        rest = None if node.rest is None else node.rest.value
        return self.place(ast.MatchMapping(keys, patterns, rest), node)

    def on_match_class(self, node: cst.MatchClass) -> ast.pattern:
        patterns = [self.convert(element.value) for element in node.patterns]
        names = [element.key.value for element in node.kwds]
        keywords = [self.convert(element.pattern) for element in node.kwds]
        return self.place(ast.MatchClass(self.convert(node.cls), patterns, names, keywords), node)

    def on_match_as(self, node: cst.MatchAs) -> ast.pattern:
        return self.place(ast.MatchAs(self.optional(node.pattern), _captured(node.name)), node)

    def on_match_or(self, node: cst.MatchOr) -> ast.pattern:
        return self.place(ast.MatchOr([self.convert(element.pattern) for element in node.patterns]), node)


def _captured(name: cst.Name | None) -> str | None:
    return None if name is None or name.value == "_" else name.value


def _dotted(name: cst.BaseExpression) -> str:
    parts = []
    while isinstance(name, cst.Attribute):
        parts.append(name.attr.value)
        name = name.value
    assert isinstance(name, cst.Name)
    return ".".join([name.value, *reversed(parts)])
