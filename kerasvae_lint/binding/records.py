"""The code of one file as small records: expressions, statements, functions, classes, each with its span.

A record knows where it stands (``start`` and ``end`` are offsets into the file's text, in characters) and what it
stands in (``parent``). Nothing above this room holds a parser's node, so the parser is a detail of the builder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal


class Record:
    """A piece of code.

    Attributes:
        start: offset of its first character.
        end: offset behind its last one. Parentheses around an expression are not part of it (a tuple's own are).
        parent: the record that it stands in; None for the module.
    """

    __slots__ = ("end", "parent", "start")

    parts: tuple[str, ...] = ()
    """The attributes that hold records or tuples of records, in source order."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.parent: Record | None = None

    def children(self) -> Iterator[Record]:
        """The records right inside this one, in source order."""
        for name in self.parts:
            part = getattr(self, name)
            if isinstance(part, Record):
                yield part
            elif isinstance(part, tuple):
                for item in part:
                    if isinstance(item, Record):
                        yield item

    def walk(self) -> Iterator[Record]:
        """This record and everything inside it, nested functions and classes included, in source order."""
        todo: list[Record] = [self]
        while todo:
            record = todo.pop()
            yield record
            if isinstance(record, Dictionary):  # its keys and values in turn are no parts
                todo += reversed(list(record.children()))
            for name in reversed(record.parts):
                part = getattr(record, name)
                if isinstance(part, tuple):
                    todo += [item for item in reversed(part) if isinstance(item, Record)]
                elif isinstance(part, Record):
                    todo.append(part)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.start}:{self.end}>"


class Expression(Record):
    """Something that has a value."""

    __slots__ = ()


class Statement(Record):
    """Something that is executed."""

    __slots__ = ()


# expressions ------------------------------------------------------------------------------------
class Constant(Expression):
    """A literal: a number, a string (joined ones as one), bytes, None, True, False or ``...``.

    An integer too long for Python to write out has ``...`` for its value.
    """

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: object) -> None:
        super().__init__(start, end)
        self.value = value


class Name(Expression):
    """A name, read, bound or deleted."""

    __slots__ = ("id",)

    def __init__(self, start: int, end: int, id: str) -> None:  # noqa: A002
        super().__init__(start, end)
        self.id = id


class Attribute(Expression):
    """``value.attr``; the attribute's own name ends where the record ends."""

    __slots__ = ("attr", "value")
    parts = ("value",)

    def __init__(self, start: int, end: int, value: Expression, attr: str) -> None:
        super().__init__(start, end)
        self.value = value
        self.attr = attr


class Argument(Record):
    """One argument of a call, or of a class statement: ``value``, ``name=value``, ``*value`` or ``**value``."""

    __slots__ = ("name", "star", "value")
    parts = ("value",)

    def __init__(self, start: int, end: int, value: Expression, name: str | None, star: Literal["", "*", "**"]) -> None:
        super().__init__(start, end)
        self.value = value
        self.name = name
        self.star = star


class Call(Expression):
    """``func(arguments)``."""

    __slots__ = ("arguments", "func")
    parts = ("func", "arguments")

    def __init__(self, start: int, end: int, func: Expression, arguments: tuple[Argument, ...]) -> None:
        super().__init__(start, end)
        self.func = func
        self.arguments = arguments


class Subscript(Expression):
    """``value[index]``; several indices are a :class:`Tuple`."""

    __slots__ = ("index", "value")
    parts = ("value", "index")

    def __init__(self, start: int, end: int, value: Expression, index: Expression) -> None:
        super().__init__(start, end)
        self.value = value
        self.index = index


class Slice(Expression):
    """``lower:upper:step`` inside a subscript."""

    __slots__ = ("lower", "step", "upper")
    parts = ("lower", "upper", "step")

    def __init__(
        self, start: int, end: int, lower: Expression | None, upper: Expression | None, step: Expression | None
    ) -> None:
        super().__init__(start, end)
        self.lower = lower
        self.upper = upper
        self.step = step


class Binary(Expression):
    """``left operator right``; the operator as it is written: ``+``, ``//``, ``@``."""

    __slots__ = ("left", "operator", "right")
    parts = ("left", "right")

    def __init__(self, start: int, end: int, left: Expression, operator: str, right: Expression) -> None:
        super().__init__(start, end)
        self.left = left
        self.operator = operator
        self.right = right


class Unary(Expression):
    """``-operand``, ``+operand``, ``~operand``, ``not operand``."""

    __slots__ = ("operand", "operator")
    parts = ("operand",)

    def __init__(self, start: int, end: int, operator: str, operand: Expression) -> None:
        super().__init__(start, end)
        self.operator = operator
        self.operand = operand


class Boolean(Expression):
    """``a and b and c`` or ``a or b or c``."""

    __slots__ = ("operator", "values")
    parts = ("values",)

    def __init__(self, start: int, end: int, operator: str, values: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.operator = operator
        self.values = values


class Comparison(Expression):
    """``first < second <= third``: one more operand than operators (``is not`` and ``not in`` are one operator)."""

    __slots__ = ("operands", "operators")
    parts = ("operands",)

    def __init__(self, start: int, end: int, operands: tuple[Expression, ...], operators: tuple[str, ...]) -> None:
        super().__init__(start, end)
        self.operands = operands
        self.operators = operators


class Conditional(Expression):
    """``body if test else orelse``."""

    __slots__ = ("body", "orelse", "test")
    parts = ("body", "test", "orelse")

    def __init__(self, start: int, end: int, test: Expression, body: Expression, orelse: Expression) -> None:
        super().__init__(start, end)
        self.test = test
        self.body = body
        self.orelse = orelse


class Display(Expression):
    """A list, tuple or set written out; ``kind`` says which. An item may be :class:`Starred`."""

    __slots__ = ("items", "kind")
    parts = ("items",)

    def __init__(
        self, start: int, end: int, kind: Literal["list", "tuple", "set"], items: tuple[Expression, ...]
    ) -> None:
        super().__init__(start, end)
        self.kind = kind
        self.items = items


class Dictionary(Expression):
    """A dictionary written out; where a key is None, the value is a ``**mapping``."""

    __slots__ = ("keys", "values")

    def __init__(
        self, start: int, end: int, keys: tuple[Expression | None, ...], values: tuple[Expression, ...]
    ) -> None:
        super().__init__(start, end)
        self.keys = keys
        self.values = values

    def children(self) -> Iterator[Record]:
        """Keys and values in turn."""
        for key, value in zip(self.keys, self.values, strict=True):
            if key is not None:
                yield key
            yield value


class Starred(Expression):
    """``*value`` in a display, a subscript or an assignment's target."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, start: int, end: int, value: Expression) -> None:
        super().__init__(start, end)
        self.value = value


class Generator(Record):
    """One ``for target in iterable if conditions`` of a comprehension."""

    __slots__ = ("conditions", "iterable", "target")
    parts = ("target", "iterable", "conditions")

    def __init__(
        self, start: int, end: int, target: Expression, iterable: Expression, conditions: tuple[Expression, ...]
    ) -> None:
        super().__init__(start, end)
        self.target = target
        self.iterable = iterable
        self.conditions = conditions


class Comprehension(Expression):
    """A comprehension; ``kind`` is ``list``, ``set``, ``dict`` or ``generator``; only a dict's has a ``key``.

    ``scope`` is its own; the first iterable is read outside it.
    """

    __slots__ = ("element", "generators", "key", "kind", "scope")
    parts = ("key", "element", "generators")

    def __init__(
        self,
        start: int,
        end: int,
        kind: Literal["list", "set", "dict", "generator"],
        key: Expression | None,
        element: Expression,
        generators: tuple[Generator, ...],
        scope: Scope,
    ) -> None:
        super().__init__(start, end)
        self.kind = kind
        self.key = key
        self.element = element
        self.generators = generators
        self.scope = scope


class Walrus(Expression):
    """``target := value``."""

    __slots__ = ("target", "value")
    parts = ("target", "value")

    def __init__(self, start: int, end: int, target: Name, value: Expression) -> None:
        super().__init__(start, end)
        self.target = target
        self.value = value


class Formatted(Expression):
    """An f-string: its parts in order, the literal ones as :class:`Constant`.

    ``plain`` says for each part whether it is formatted by ``str`` alone (no other conversion, no
    format specification).
    A part whose specification holds expressions is a Formatted of its own, with the specification's parts behind it.
    Parts inside have the span of the whole string: older Pythons do not tell their places.
    """

    __slots__ = ("plain", "values")
    parts = ("values",)

    def __init__(self, start: int, end: int, values: tuple[Expression, ...], plain: tuple[bool, ...]) -> None:
        super().__init__(start, end)
        self.values = values
        self.plain = plain


class Template(Expression):
    """A template string, ``t"…"``, which is no string: the expressions and literal parts in it, in order.

    Parts inside have the span of the whole, as in :class:`Formatted`.
    """

    __slots__ = ("values",)
    parts = ("values",)

    def __init__(self, start: int, end: int, values: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.values = values


class Suspend(Expression):
    """``await value``, ``yield value`` or ``yield from value``; ``kind`` is ``await``, ``yield`` or ``from``."""

    __slots__ = ("kind", "value")
    parts = ("value",)

    def __init__(self, start: int, end: int, kind: Literal["await", "yield", "from"], value: Expression | None) -> None:
        super().__init__(start, end)
        self.kind = kind
        self.value = value


class Lambda(Expression):
    """A lambda; what it is as a function stands in ``function``, whose body is the one expression."""

    __slots__ = ("function",)
    parts = ("function",)

    def __init__(self, start: int, end: int, function: Function) -> None:
        super().__init__(start, end)
        self.function = function


# functions and classes --------------------------------------------------------------------------
class Parameter(Record):
    """A parameter; ``kind`` says how it is given."""

    __slots__ = ("annotation", "default", "kind", "name")
    parts = ("annotation", "default")

    def __init__(
        self,
        start: int,
        end: int,
        name: str,
        kind: Literal["positional-only", "positional", "*", "keyword", "**"],
        default: Expression | None,
        annotation: Expression | None,
    ) -> None:
        super().__init__(start, end)
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation


class Scope:
    """Where names live: of a module, a class, a function (or lambda) or a comprehension.

    Attributes:
        kind: ``module``, ``class``, ``function`` or ``comprehension``.
        bound: names that are bound here, in the order of their first binding; a module's also hold the globals that
            functions bind after ``global``. What a star import brings is not known.
        outer: names that ``global`` (to "global") or ``nonlocal`` (to "nonlocal") hand on.
    """

    __slots__ = ("bound", "kind", "outer", "parent")

    def __init__(self, kind: Literal["module", "class", "function", "comprehension"], parent: Scope | None) -> None:
        self.kind = kind
        self.parent = parent
        self.bound: dict[str, None] = {}
        self.outer: dict[str, Literal["global", "nonlocal"]] = {}


class Function(Record):
    """A function, a method or a lambda.

    Attributes:
        name: ``<lambda>`` for a lambda.
        parameters: in order.
        body: the statements; of a lambda one :class:`Return` with the span of its expression.
        decorators: outermost first.
        scope: of its body.
        owner: the class statement whose method it is; None for functions, lambdas, and functions nested in a method.
        around: the function that it is nested in; None at module level and for methods of module-level classes.
        is_generator: whether it yields.
        name_start: offset of its name in the text; of a lambda its start.
        body_start: offset of the first statement of the body.
    """

    __slots__ = (
        "around",
        "body",
        "body_start",
        "decorators",
        "is_async",
        "is_generator",
        "name",
        "name_start",
        "owner",
        "parameters",
        "returns",
        "scope",
    )
    parts = ("decorators", "parameters", "returns", "body")

    def __init__(self, start: int, end: int, name: str, scope: Scope) -> None:
        super().__init__(start, end)
        self.name = name
        self.scope = scope
        self.parameters: tuple[Parameter, ...] = ()
        self.body: tuple[Statement, ...] = ()
        self.decorators: tuple[Expression, ...] = ()
        self.returns: Expression | None = None
        self.owner: Class | None = None
        self.around: Function | None = None
        self.is_generator = False
        self.is_async = False
        self.name_start = start
        self.body_start = start

    @property
    def is_lambda(self) -> bool:
        """Whether it is a lambda."""
        return self.name == "<lambda>"

    @property
    def docstring(self) -> str | None:
        """The string that the body begins with, if it does."""
        return _docstring(self.body)


class Class(Record):
    """A class as written.

    Attributes:
        bases: the arguments of the class statement, keywords (``metaclass=``) included.
        methods: the functions defined in its body (arms of an ``if`` included), the last of each name; a property's
            setter is kept under ``name.setter``.
        around: the function that it is defined in.
    """

    __slots__ = ("around", "bases", "body", "decorators", "methods", "name", "name_start", "scope")
    parts = ("decorators", "bases", "body")

    def __init__(self, start: int, end: int, name: str, scope: Scope) -> None:
        super().__init__(start, end)
        self.name = name
        self.scope = scope
        self.bases: tuple[Argument, ...] = ()
        self.body: tuple[Statement, ...] = ()
        self.decorators: tuple[Expression, ...] = ()
        self.methods: dict[str, Function] = {}
        self.around: Function | None = None
        self.name_start = start

    @property
    def docstring(self) -> str | None:
        """The string that the body begins with, if it does."""
        return _docstring(self.body)


# statements -------------------------------------------------------------------------------------
class ExpressionStatement(Statement):
    """An expression that stands alone."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, start: int, end: int, value: Expression) -> None:
        super().__init__(start, end)
        self.value = value


class Assign(Statement):
    """``a = b = value``; an annotated assignment with a value has its ``annotation``."""

    __slots__ = ("annotation", "targets", "value")
    parts = ("targets", "annotation", "value")

    def __init__(
        self,
        start: int,
        end: int,
        targets: tuple[Expression, ...],
        value: Expression,
        annotation: Expression | None = None,
    ) -> None:
        super().__init__(start, end)
        self.targets = targets
        self.value = value
        self.annotation = annotation


class Declaration(Statement):
    """``target: annotation`` with no value."""

    __slots__ = ("annotation", "target")
    parts = ("target", "annotation")

    def __init__(self, start: int, end: int, target: Expression, annotation: Expression) -> None:
        super().__init__(start, end)
        self.target = target
        self.annotation = annotation


class Augmented(Statement):
    """``target operator= value``; the operator without its ``=``."""

    __slots__ = ("operator", "target", "value")
    parts = ("target", "value")

    def __init__(self, start: int, end: int, target: Expression, operator: str, value: Expression) -> None:
        super().__init__(start, end)
        self.target = target
        self.operator = operator
        self.value = value


class Return(Statement):
    """``return value``."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, start: int, end: int, value: Expression | None) -> None:
        super().__init__(start, end)
        self.value = value


class Delete(Statement):
    """``del targets``."""

    __slots__ = ("targets",)
    parts = ("targets",)

    def __init__(self, start: int, end: int, targets: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.targets = targets


class Simple(Statement):
    """``pass``, ``break`` or ``continue``; ``kind`` says which."""

    __slots__ = ("kind",)

    def __init__(self, start: int, end: int, kind: Literal["pass", "break", "continue"]) -> None:
        super().__init__(start, end)
        self.kind = kind


class Raise(Statement):
    """``raise value from cause``."""

    __slots__ = ("cause", "value")
    parts = ("value", "cause")

    def __init__(self, start: int, end: int, value: Expression | None, cause: Expression | None) -> None:
        super().__init__(start, end)
        self.value = value
        self.cause = cause


class Assert(Statement):
    """``assert test, message``."""

    __slots__ = ("message", "test")
    parts = ("test", "message")

    def __init__(self, start: int, end: int, test: Expression, message: Expression | None) -> None:
        super().__init__(start, end)
        self.test = test
        self.message = message


class Outer(Statement):
    """``global`` or ``nonlocal`` names; ``kind`` says which."""

    __slots__ = ("kind", "names")

    def __init__(self, start: int, end: int, kind: Literal["global", "nonlocal"], names: tuple[str, ...]) -> None:
        super().__init__(start, end)
        self.kind = kind
        self.names = names


class Alias(Record):
    """One name of an import statement.

    Attributes:
        target: what is imported, dotted: ``tensorflow.keras``; of a ``from`` import with the module in front,
            ``tensorflow.keras.layers.Dense``, leading dots kept; ``*`` last for a star.
        bound: the name that it gets here: ``np``; for ``import a.b`` it is ``a``; ``*`` for a star.
        whole: False for ``import a.b`` without ``as``, where ``bound`` means only ``a``.
    """

    __slots__ = ("bound", "target", "whole")

    def __init__(self, start: int, end: int, target: str, bound: str, whole: bool) -> None:
        super().__init__(start, end)
        self.target = target
        self.bound = bound
        self.whole = whole


class Import(Statement):
    """``import …`` (``module`` is None) or ``from module import …``."""

    __slots__ = ("aliases", "module")
    parts = ("aliases",)

    def __init__(self, start: int, end: int, aliases: tuple[Alias, ...], module: str | None) -> None:
        super().__init__(start, end)
        self.aliases = aliases
        self.module = module


class If(Statement):
    """``if test: body else: orelse``; an ``elif`` is an If alone in ``orelse``."""

    __slots__ = ("body", "orelse", "test")
    parts = ("test", "body", "orelse")

    def __init__(
        self, start: int, end: int, test: Expression, body: tuple[Statement, ...], orelse: tuple[Statement, ...]
    ) -> None:
        super().__init__(start, end)
        self.test = test
        self.body = body
        self.orelse = orelse


class While(Statement):
    """``while test: body else: orelse``."""

    __slots__ = ("body", "orelse", "test")
    parts = ("test", "body", "orelse")

    def __init__(
        self, start: int, end: int, test: Expression, body: tuple[Statement, ...], orelse: tuple[Statement, ...]
    ) -> None:
        super().__init__(start, end)
        self.test = test
        self.body = body
        self.orelse = orelse


class For(Statement):
    """``for target in iterable: body else: orelse``, ``async`` or not."""

    __slots__ = ("body", "iterable", "orelse", "target")
    parts = ("target", "iterable", "body", "orelse")

    def __init__(
        self,
        start: int,
        end: int,
        target: Expression,
        iterable: Expression,
        body: tuple[Statement, ...],
        orelse: tuple[Statement, ...],
    ) -> None:
        super().__init__(start, end)
        self.target = target
        self.iterable = iterable
        self.body = body
        self.orelse = orelse


class WithItem(Record):
    """``context as target``."""

    __slots__ = ("context", "target")
    parts = ("context", "target")

    def __init__(self, start: int, end: int, context: Expression, target: Expression | None) -> None:
        super().__init__(start, end)
        self.context = context
        self.target = target


class With(Statement):
    """``with items: body``, ``async`` or not."""

    __slots__ = ("body", "items")
    parts = ("items", "body")

    def __init__(self, start: int, end: int, items: tuple[WithItem, ...], body: tuple[Statement, ...]) -> None:
        super().__init__(start, end)
        self.items = items
        self.body = body


class Handler(Record):
    """``except exception as name: body``."""

    __slots__ = ("body", "exception", "name")
    parts = ("exception", "body")

    def __init__(
        self, start: int, end: int, exception: Expression | None, name: str | None, body: tuple[Statement, ...]
    ) -> None:
        super().__init__(start, end)
        self.exception = exception
        self.name = name
        self.body = body


class Try(Statement):
    """``try: body except …: else: orelse finally: final``."""

    __slots__ = ("body", "final", "handlers", "orelse")
    parts = ("body", "handlers", "orelse", "final")

    def __init__(
        self,
        start: int,
        end: int,
        body: tuple[Statement, ...],
        handlers: tuple[Handler, ...],
        orelse: tuple[Statement, ...],
        final: tuple[Statement, ...],
    ) -> None:
        super().__init__(start, end)
        self.body = body
        self.handlers = handlers
        self.orelse = orelse
        self.final = final


class Pattern(Record):
    """A pattern of a ``case``.

    ``kind`` says what it is: ``value`` (``value`` is the expression to be equal to; singletons too), ``capture``
    (``name``, None for ``_``; ``patterns`` holds the pattern in front of ``as``, if any), ``sequence``, ``star``
    (``name``), ``mapping`` (``keys`` with ``patterns``; ``name`` is the ``**rest``), ``class`` (``value`` is the
    class; ``names`` are those of the last patterns, given by keyword), ``or``.
    """

    __slots__ = ("keys", "kind", "name", "names", "patterns", "value")
    parts = ("value", "keys", "patterns")

    def __init__(
        self,
        start: int,
        end: int,
        kind: Literal["value", "capture", "sequence", "star", "mapping", "class", "or"],
        value: Expression | None = None,
        name: str | None = None,
        patterns: tuple[Pattern, ...] = (),
        keys: tuple[Expression, ...] = (),
        names: tuple[str, ...] = (),
    ) -> None:
        super().__init__(start, end)
        self.kind = kind
        self.value = value
        self.name = name
        self.patterns = patterns
        self.keys = keys
        self.names = names


class Case(Record):
    """``case pattern if guard: body``."""

    __slots__ = ("body", "guard", "pattern")
    parts = ("pattern", "guard", "body")

    def __init__(
        self, start: int, end: int, pattern: Pattern, guard: Expression | None, body: tuple[Statement, ...]
    ) -> None:
        super().__init__(start, end)
        self.pattern = pattern
        self.guard = guard
        self.body = body


class Match(Statement):
    """``match subject: cases``."""

    __slots__ = ("cases", "subject")
    parts = ("subject", "cases")

    def __init__(self, start: int, end: int, subject: Expression, cases: tuple[Case, ...]) -> None:
        super().__init__(start, end)
        self.subject = subject
        self.cases = cases


class FunctionStatement(Statement):
    """``def``; decorators stand in the function, and the span begins with the first of them."""

    __slots__ = ("function",)
    parts = ("function",)

    def __init__(self, start: int, end: int, function: Function) -> None:
        super().__init__(start, end)
        self.function = function


class ClassStatement(Statement):
    """``class``; the span begins with the first decorator."""

    __slots__ = ("cls",)
    parts = ("cls",)

    def __init__(self, start: int, end: int, cls: Class) -> None:
        super().__init__(start, end)
        self.cls = cls


class Module(Record):
    """A whole file (or the program that a notebook's cells make).

    Attributes:
        body: its statements.
        scope: of its globals.
        functions: all functions of the file, nested ones and lambdas included, in source order.
        classes: all classes of the file, in source order.
        calls: all calls, in source order.
        imports: all import statements, wherever they stand.
    """

    __slots__ = ("_everything", "body", "calls", "classes", "functions", "imports", "scope")
    parts = ("body",)

    def __init__(self, end: int, scope: Scope) -> None:
        super().__init__(0, end)
        self._everything: tuple[Record, ...] = ()
        self.scope = scope
        self.body: tuple[Statement, ...] = ()
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.calls: list[Call] = []
        self.imports: list[Import] = []

    def walk(self) -> Iterator[Record]:
        """This record and everything inside it; kept once it was asked for, as many ask."""
        if not self._everything:
            self._everything = tuple(super().walk())
        return iter(self._everything)

    @property
    def docstring(self) -> str | None:
        """The string that the file begins with, if it does."""
        return _docstring(self.body)


def _docstring(body: tuple[Statement, ...]) -> str | None:
    first = body[0] if body else None
    if isinstance(first, ExpressionStatement) and isinstance(first.value, Constant):
        return first.value.value if isinstance(first.value.value, str) else None
    return None


# places -----------------------------------------------------------------------------------------
def statement_of(record: Record) -> Statement | None:
    """The innermost statement that a record stands in (or is)."""
    at: Record | None = record
    while at is not None and not isinstance(at, Statement):
        at = at.parent
    return at


def function_of(record: Record) -> Function | None:
    """The innermost function whose body (or default) a record stands in; None at module or class level."""
    at = record.parent
    while at is not None and not isinstance(at, Function):
        at = at.parent
    return at


def tests_of(record: Record) -> Iterator[Expression]:
    """What is asked before a record runs: the tests of each ``if`` and conditional whose branch it stands in.

    Those around its function too: a function may be defined for one version only.
    """
    below, at = record, record.parent
    while at is not None and not isinstance(at, Class):
        if isinstance(at, (If, Conditional)) and below is not at.test:
            yield at.test
        below, at = at, at.parent


def scope_of(record: Record) -> Scope:
    """The scope in which the names of a record are looked up; of a record that has a scope, the one around it.

    Decorators, defaults, annotations, bases and the first iterable of a comprehension belong to the scope outside.
    """
    below, at = record, record.parent
    while at is not None:
        if isinstance(at, Module):
            return at.scope
        if isinstance(at, (Function, Class)) and isinstance(below, Statement):
            return at.scope
        if isinstance(at, Comprehension) and not (
            isinstance(below, Generator) and below is at.generators[0] and _is_iterable(record, below)
        ):
            return at.scope
        below, at = at, at.parent
    raise ValueError("a record outside any module")


def home_of(name: Name) -> Scope | None:
    """The scope in which a name is bound; None for builtins and for what a star import brings."""
    scope: Scope | None = scope_of(name)
    while scope is not None:
        if name.id in scope.bound and name.id not in scope.outer:
            return scope
        is_global = scope.outer.get(name.id) == "global"
        scope = scope.parent
        while scope is not None and (scope.kind == "class" or (is_global and scope.kind != "module")):
            scope = scope.parent
    return None


def _is_iterable(record: Record, generator: Generator) -> bool:
    at: Record | None = record
    while at is not None and at is not generator:
        if at is generator.iterable:
            return True
        at = at.parent
    return False


def class_of(record: Record) -> Class | None:
    """The innermost class that a record stands in, methods and functions nested in them included."""
    at = record.parent
    while at is not None and not isinstance(at, Class):
        at = at.parent
    return at


def method_of(record: Record) -> Function | None:
    """The method that a record stands in, nested functions looked through; None outside methods."""
    at = function_of(record)
    while at is not None and at.owner is None:
        at = function_of(at)
    return at
