"""What the one walk over a module writes down: scopes, bindings, functions, classes, stores and loads."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

Expression = cst.BaseExpression


@dataclass(eq=False, slots=True)
class Block:
    """A suite of statements. ``owner`` is the compound statement and ``arm`` which of its suites this is."""

    parent: Block | None
    owner: cst.CSTNode | None
    arm: str
    loop: bool = False

    def encloses(self, other: Block) -> bool:
        """True if ``other`` is this block or lies in it."""
        at: Block | None = other
        while at is not None:
            if at is self:
                return True
            at = at.parent
        return False

    def excludes(self, other: Block) -> bool:
        """True if the two are different arms of one ``if`` (never both executed in one pass)."""
        arms: dict[cst.CSTNode, str] = {}
        at: Block | None = self
        while at is not None:
            if at.owner is not None and isinstance(at.owner, cst.If):
                arms[at.owner] = at.arm
            at = at.parent
        at = other
        while at is not None:
            if at.owner is not None and arms.get(at.owner, at.arm) != at.arm:
                return True
            at = at.parent
        return False

    def innermost_loop(self) -> Block | None:
        """The nearest enclosing loop body, this one included."""
        at: Block | None = self
        while at is not None:
            if at.loop:
                return at
            at = at.parent
        return None


@dataclass(eq=False, slots=True)
class Binding:
    """One place where a name gets a value.

    ``value`` is the expression it comes from (None where there is none: parameters, exceptions);
    ``path`` says which part of it (``("[]", 1)`` second item, ``("*",)`` an element while iterating).
    """

    name: str
    kind: str  # assign walrus annotated aug for with except import star parameter def class del
    node: cst.CSTNode
    order: int
    block: Block
    value: Expression | None = None
    path: tuple[int | str, ...] = ()
    target: str = ""  # imports: the absolute (or relative, with leading dots) dotted name


@dataclass(eq=False, slots=True)
class Scope:
    """A namespace: of the module, a class, a function, a lambda or a comprehension."""

    kind: str
    node: cst.CSTNode
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)  # names declared global or nonlocal

    def lookup(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that binds ``name`` as seen from here, with its bindings; class scopes only from themselves."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if (first or scope.kind != "class") and name in scope.bindings and name not in scope.outer:
                return scope, scope.bindings[name]
            first = False
            scope = scope.parent
        return None


@dataclass(eq=False, slots=True)
class Parameter:
    """One parameter of a function; ``kind`` is positional, keyword, star or double_star."""

    name: str
    default: Expression | None
    kind: str
    index: int


@dataclass(eq=False, slots=True)
class Function:
    """A function, a lambda, or (``node`` a Module) the module's own code."""

    name: str
    node: cst.FunctionDef | cst.Lambda | cst.Module
    scope: Scope
    parent: Function | None
    owner: ClassFacts | None  # the class whose body it stands in
    parameters: list[Parameter] = field(default_factory=list)
    returns: list[Expression] = field(default_factory=list)
    calls: list[CallFacts] = field(default_factory=list)
    children: list[Function] = field(default_factory=list)
    decorators: tuple[Expression, ...] = ()

    @property
    def receiver(self) -> str | None:
        """The name of ``self`` here: the first parameter of a method; nested functions see their method's."""
        if self.owner is not None:
            for decorator in self.decorators:
                if isinstance(decorator, cst.Name) and decorator.value == "staticmethod":
                    return None
            return self.parameters[0].name if self.parameters else None
        if self.parent is not None:
            outer = self.parent.receiver
            return None if outer in {parameter.name for parameter in self.parameters} else outer
        return None

    @property
    def method(self) -> Function | None:
        """The method that this function is, or stands in."""
        at: Function | None = self
        while at is not None and at.owner is None:
            at = at.parent
        return at

    @property
    def class_facts(self) -> ClassFacts | None:
        """The class whose ``self`` this function sees."""
        method = self.method
        return method.owner if method else None


@dataclass(eq=False, slots=True)
class CallFacts:
    """One call expression and where it stands."""

    node: cst.Call
    function: Function
    order: int
    block: Block


@dataclass(eq=False, slots=True)
class Store:
    """A value put into an attribute: ``obj.attribute = value``.

    ``kind`` is assign, annotated, aug, setattr, element (``obj.a.append(v)``, ``obj.a[k] = v``) or other
    (loop and with targets).
    """

    attribute: str
    obj: Expression
    node: cst.CSTNode  # the target expression, or the call for setattr and append
    function: Function
    statement: cst.CSTNode
    order: int
    block: Block
    value: Expression | None
    path: tuple[int | str, ...]
    kind: str


@dataclass(eq=False, slots=True)
class Load:
    """An attribute read: ``obj.attribute``."""

    attribute: str
    node: cst.Attribute
    function: Function


@dataclass(eq=False, slots=True)
class ClassFacts:
    """One class statement."""

    name: str
    node: cst.ClassDef
    scope: Scope
    function: Function  # where the statement stands
    bases: tuple[Expression, ...]
    methods: dict[str, Function] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class ModuleFacts:
    """Everything that the walk found in one module."""

    module: cst.Module
    root: Function
    parents: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    function_of: dict[cst.CSTNode, Function] = field(default_factory=dict)
    classes: list[ClassFacts] = field(default_factory=list)
    class_of: dict[cst.CSTNode, ClassFacts] = field(default_factory=dict)
    calls: list[CallFacts] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    loads: dict[str, list[Load]] = field(default_factory=dict)
    names: dict[str, list[cst.Name]] = field(default_factory=dict)
    scope_of: dict[cst.CSTNode, Scope] = field(default_factory=dict)  # nodes that open a scope
    place_of: dict[cst.CSTNode, tuple[int, Block]] = field(default_factory=dict)  # statements
    stars: list[str] = field(default_factory=list)
