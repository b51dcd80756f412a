"""The one read-only walk over a module: what each kind of statement and expression means to the facts."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from kerasvae_lint.semantics.facts import Block, CallFacts, ClassFacts, Function, ModuleFacts, Scope
from kerasvae_lint.semantics.recorder import Recorder
from kerasvae_lint.semantics.signatures import dotted_name, read_parameters


class Walker(Recorder):
    """Builds the facts of one module; use :func:`walk`."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.handlers = {
            cst.Name: self._name,
            cst.Attribute: self._attribute,
            cst.Call: self._call,
            cst.SimpleString: self._leaf,
            cst.Integer: self._leaf,
            cst.Float: self._leaf,
            cst.SimpleStatementLine: self._line,
            cst.SimpleStatementSuite: self._line,
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.NamedExpr: self._walrus,
            cst.FunctionDef: self._function,
            cst.Lambda: self._lambda,
            cst.ClassDef: self._class,
            cst.ListComp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.DictComp: self._comprehension,
            cst.GeneratorExp: self._comprehension,
            cst.Import: self._import,
            cst.ImportFrom: self._import_from,
            cst.For: self._for,
            cst.While: self._while,
            cst.If: self._if,
            cst.Try: self._try,
            cst.TryStar: self._try,
            cst.With: self._with,
            cst.Global: self._outer,
            cst.Nonlocal: self._outer,
            cst.Return: self._return,
        }

    def _leaf(self, node: cst.CSTNode) -> None:
        pass

    # statements ---------------------------------------------------------------------------------
    def _line(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
        for small in node.body:
            self._begin(small)
            self.visit(small, node)

    def _suite(self, body: cst.CSTNode, owner: cst.CSTNode, arm: str, loop: bool = False) -> None:
        outer = self.block
        self.block = Block(outer, owner, arm, loop)
        self.visit(body, owner)
        self.block = outer

    def _if(self, node: cst.If) -> None:
        self._begin(node)
        self.visit(node.test, node)
        self._suite(node.body, node, "if")
        if node.orelse is not None:
            self._suite(node.orelse, node, "else")

    def _while(self, node: cst.While) -> None:
        self._begin(node)
        outer = self.block
        self.block = Block(outer, node, "loop", True)
        self.visit(node.test, node)
        self.visit(node.body, node)
        self.block = outer
        if node.orelse is not None:
            self._suite(node.orelse, node, "else")

    def _for(self, node: cst.For) -> None:
        self._begin(node)
        self.visit(node.iter, node)
        outer = self.block
        self.block = Block(outer, node, "loop", True)
        self._target(node.target, node, node.iter, ("*",), "for")
        self.visit(node.body, node)
        self.block = outer
        if node.orelse is not None:
            self._suite(node.orelse, node, "else")

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        self._begin(node)
        self._suite(node.body, node, "try")
        handlers: Sequence[cst.ExceptHandler | cst.ExceptStarHandler] = node.handlers
        for index, handler in enumerate(handlers):
            self.facts.parents[handler] = node
            outer, self.block = self.block, Block(self.block, node, f"except{index}")
            if handler.type is not None:
                self.visit(handler.type, handler)
            if handler.name is not None:
                self._target(handler.name.name, handler, None, (), "except")
            self.visit(handler.body, handler)
            self.block = outer
        for arm, body in (("else", node.orelse), ("finally", node.finalbody)):
            if body is not None:
                self._suite(body, node, arm)

    def _with(self, node: cst.With) -> None:
        self._begin(node)
        for item in node.items:
            self.facts.parents[item] = node
            self.visit(item.item, item)
            if item.asname is not None:
                self._target(item.asname.name, item, item.item, ("with",), "with")
        self.visit(node.body, node)

    def _return(self, node: cst.Return) -> None:
        if node.value is not None:
            self.visit(node.value, node)
            self.function.returns.append(node.value)

    def _outer(self, node: cst.Global | cst.Nonlocal) -> None:
        for item in node.names:
            self.scope.outer.add(item.name.value)

    def _assign(self, node: cst.Assign) -> None:
        self.visit(node.value, node)
        for target in node.targets:
            self.facts.parents[target] = node
            self._target(target.target, target, node.value, (), "assign")

    def _annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value, node)
            self._target(node.target, node, node.value, (), "annotated")
        else:
            self.facts.parents[node.target] = node

    def _augmented(self, node: cst.AugAssign) -> None:
        self.visit(node.value, node)
        self._target(node.target, node, node.value, ("aug",), "aug")
        if isinstance(node.target, cst.Attribute):
            self._load(node.target)

    def _walrus(self, node: cst.NamedExpr) -> None:
        self.visit(node.value, node)
        self._target(node.target, node, node.value, (), "walrus")

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            dotted = dotted_name(alias.name)
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                self._bind(alias.asname.name.value, "import", alias, target=dotted)
            elif dotted:
                self._bind(dotted.split(".")[0], "import", alias, target=dotted.split(".")[0])

    def _import_from(self, node: cst.ImportFrom) -> None:
        source = "." * len(node.relative) + (dotted_name(node.module) if node.module else "")
        if isinstance(node.names, cst.ImportStar):
            self.facts.stars.append(source)
            return
        for alias in node.names:
            name = dotted_name(alias.name)
            bound = name
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                bound = alias.asname.name.value
            joined = source + name if source.endswith(".") else f"{source}.{name}"
            self._bind(bound, "import", alias, target=joined)

    # scopes -------------------------------------------------------------------------------------
    def _function(self, node: cst.FunctionDef) -> None:
        self._begin(node)
        for decorator in node.decorators:
            self.facts.parents[decorator] = node
            self.visit(decorator.decorator, decorator)
        self._bind(node.name.value, "def", node)
        decorators = tuple(decorator.decorator for decorator in node.decorators)
        self._enter(node, node.name.value, "function", node.params, node.body, decorators)

    def _lambda(self, node: cst.Lambda) -> None:
        self._enter(node, "<lambda>", "lambda", node.params, node.body, ())

    def _enter(
        self,
        node: cst.FunctionDef | cst.Lambda,
        name: str,
        kind: str,
        params: cst.Parameters,
        body: cst.CSTNode,
        decorators: tuple[cst.BaseExpression, ...],
    ) -> None:
        parameters = read_parameters(params)
        for parameter in parameters:
            if parameter.default is not None:
                self.visit(parameter.default, node)
        owner = self.owner if self.scope.kind == "class" and kind == "function" else None
        saved = (self.scope, self.function, self.block, self.owner, self.statement)
        self.scope = Scope(kind, node, saved[0])
        self.function = Function(name, node, self.scope, saved[1], owner, parameters, decorators=decorators)
        self.block = Block(None, node, "body")
        saved[1].children.append(self.function)
        self.facts.functions.append(self.function)
        self.facts.function_of[node] = self.function
        self.facts.scope_of[node] = self.scope
        if owner is not None:
            owner.methods[name] = self.function
        for parameter in parameters:
            self._bind(parameter.name, "parameter", node)
        if kind == "lambda":
            self.order += 1
            self.facts.place_of[body] = (self.order, self.block)
            self.function.returns.append(body)  # type: ignore[arg-type]
        self.visit(body, node)
        self.scope, self.function, self.block, self.owner, self.statement = saved

    def _class(self, node: cst.ClassDef) -> None:
        self._begin(node)
        for decorator in node.decorators:
            self.visit(decorator.decorator, node)
        for argument in (*node.bases, *node.keywords):
            self.visit(argument.value, node)
        self._bind(node.name.value, "class", node)
        bases = tuple(argument.value for argument in node.bases if not argument.star)
        saved = (self.scope, self.owner, self.block)
        self.scope = Scope("class", node, saved[0])
        self.owner = ClassFacts(node.name.value, node, self.scope, self.function, bases)
        self.block = Block(None, node, "class")
        self.facts.classes.append(self.owner)
        self.facts.class_of[node] = self.owner
        self.facts.scope_of[node] = self.scope
        self.visit(node.body, node)
        self.scope, self.owner, self.block = saved

    def _comprehension(self, node: cst.BaseComp) -> None:
        saved = self.scope
        self.scope = Scope("comprehension", node, saved)
        self.facts.scope_of[node] = self.scope
        clause: cst.CompFor | None = node.for_in
        above: cst.CSTNode = node
        while clause is not None:
            self.facts.parents[clause] = above
            self.visit(clause.iter, clause)
            self._target(clause.target, clause, clause.iter, ("*",), "for")
            for condition in clause.ifs:
                self.visit(condition, clause)
            above, clause = clause, clause.inner_for_in
        for part in (getattr(node, name, None) for name in ("key", "value", "elt")):
            if part is not None:
                self.visit(part, node)
        self.scope = saved

    # expressions --------------------------------------------------------------------------------
    def _name(self, node: cst.Name) -> None:
        self.facts.names.setdefault(node.value, []).append(node)

    def _attribute(self, node: cst.Attribute) -> None:
        self._load(node)
        self.visit(node.value, node)

    def _call(self, node: cst.Call) -> None:
        call = CallFacts(node, self.function, self.order, self.block)
        self.function.calls.append(call)
        self.facts.calls.append(call)
        self.visit(node.func, node)
        for argument in node.args:
            self.facts.parents[argument] = node
            self.visit(argument.value, argument)
        self._stores_of_call(node)

    def _stores_of_call(self, node: cst.Call) -> None:
        """``setattr(self, "a", v)``, ``self.a.append(v)`` and their like are stores too."""
        func = node.func
        arguments: Sequence[cst.Arg] = node.args
        if isinstance(func, cst.Name) and func.value == "setattr" and len(arguments) == 3:
            name = arguments[1].value
            if isinstance(name, cst.SimpleString) and isinstance(name.evaluated_value, str):
                self._store(
                    name.evaluated_value,
                    arguments[0].value,
                    node,
                    arguments[2].value,
                    (),
                    "setattr",
                )
        elif isinstance(func, cst.Attribute) and isinstance(func.value, cst.Attribute) and arguments:
            if func.attr.value in {"append", "extend", "insert", "add"}:
                path: tuple[int | str, ...] = ("*",) if func.attr.value == "extend" else ()
                inner = func.value
                self._store(inner.attr.value, inner.value, node, arguments[-1].value, path, "element")


def walk(module: cst.Module) -> ModuleFacts:
    """Walk ``module`` once and return its facts."""
    walker = Walker(module)
    walker.children(module)
    return walker.facts
