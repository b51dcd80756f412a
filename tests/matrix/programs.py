"""What a cell of the matrix is made of: a fact, a way that carries it, and the program that the two make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Literal

Kind = Literal["text", "number", "flag", "object", "tensor"]
Needs = Literal["anything", "constant", "text", "no-class", "alone", "alone-no-class"]

REASONS: Mapping[Needs, str] = {
    "constant": "only a constant can stand there, not an object or a tensor",
    "text": "only texts are joined or formatted",
    "no-class": "the place of use is in a class already, and classes do not stand in methods",
    "alone": "the expression needs names of the place where it is used, so it can't stand at the top of a module",
    "alone-no-class": "needs an expression that stands alone, used outside of a class",
}


@dataclass(frozen=True)
class Spec:
    """What a way may know of the fact that it carries: the two expressions and where they are used.

    ``arrives`` is what reaches the place of use, ``other`` what is lost on the way. A cell and its sound twin are one
    program with the two exchanged, so a way is honest only if ``other`` really never arrives.
    """

    arrives: str
    other: str
    free: tuple[str, ...]
    imports: str
    in_class: bool
    base: str

    @property
    def names(self) -> str:
        """The local names that both expressions need, as parameters and as arguments: ``mean, log_var``."""
        return ", ".join(self.free)

    @property
    def then(self) -> str:
        """The same before further parameters: ``mean, log_var, ``."""
        return "".join(f"{name}, " for name in self.free)


@dataclass(frozen=True)
class Own:
    """Methods of the class in which the value is used, its base, and what its constructor is given."""

    methods: str
    base: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class Carried:
    """How a value comes to its place of use.

    ``before`` runs just before it; a line ``<body>`` there says where the using statements stand, if not after all of
    it. ``top`` is what the module defines, ``files`` the other files, ``main`` the name of this one.
    """

    use: str
    before: str = ""
    top: str = ""
    own: Own | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    main: str = "main.py"


@dataclass(frozen=True)
class Way:
    """A way from a value to the place where it is used."""

    name: str
    family: str
    make: Callable[[Spec], Carried]
    needs: Needs = "anything"


@dataclass(frozen=True)
class Fact:
    """Something that a rule has to know, in a program with a place for it.

    The program's ``body`` holds ``{use}``, the place of use. Lines that end in ``#!`` are where the finding may stand;
    with ``at_expression`` it may also stand where the value is written. A ``<methods>`` line and ``<base>`` are there
    where the body is in a class.
    """

    name: str
    code: str
    kind: Kind
    bad: str
    good: str
    opening: str
    body: str
    closing: str = ""
    imports: str = "import keras\nimport tensorflow as tf\nfrom keras import layers\n"
    free: tuple[str, ...] = ()
    base: str = ""
    at_expression: bool = False

    @property
    def in_class(self) -> bool:
        """True where the place of use is in a method of the program's own class."""
        return bool(self.base)

    def spec(self, twin: bool) -> Spec:
        """The two expressions as a way takes them; in the sound twin the good one arrives."""
        pair = (self.good, self.bad) if twin else (self.bad, self.good)
        return Spec(*pair, self.free, self.imports, self.in_class, self.base or "object")

    def refuses(self, way: Way) -> Needs | None:
        """Why a way makes no sense for this fact; None if it does."""
        constant = self.kind in {"text", "number", "flag"}
        needed: dict[Needs, bool] = {
            "anything": True,
            "constant": constant,
            "text": self.kind == "text",
            "no-class": not self.in_class,
            "alone": not self.free,
            "alone-no-class": not self.free and not self.in_class,
        }
        return None if needed[way.needs] else way.needs


@dataclass(frozen=True)
class Program:
    """The files of one cell, and the places where the fact may be reported."""

    files: Mapping[str, str]
    main: str
    places: frozenset[tuple[str, int]]

    @property
    def text(self) -> str:
        """The main file."""
        return self.files[self.main]


def code(text: str) -> str:
    """A block of code without its indentation and the empty lines around it."""
    return dedent(text).strip("\n") + "\n" if text.strip() else ""


def place(before: str, body: str) -> str:
    """The using statements put after, or where ``<body>`` stands among, the statements before."""
    before = code(before)
    if "<body>" not in before:
        return before + body
    return re.sub(r"^([ ]*)<body>\n", lambda m: indent(body, m[1]), before, flags=re.MULTILINE)


def program(fact: Fact, way: Way, twin: bool) -> Program:
    """Write the program in which a fact goes a way."""
    spec = fact.spec(twin)
    carried = way.make(spec)
    core = place(carried.before, code(fact.body).replace("{use}", carried.use))
    opening = code(fact.opening)
    own = carried.own
    methods = code(own.methods) if own else ""
    if fact.in_class:
        base = own.base if own and own.base else fact.base
        core = indent(core, " " * 8)
        opening = opening.replace("<base>", base)
        closing = indent(methods, " " * 4) + ("\n" if methods else "") + fact.closing.lstrip("\n")
    else:
        if own:
            header = f"class Experiment({own.base}):\n" if own.base else "class Experiment:\n"
            run = "def run(self):\n" + indent(core, " " * 4)
            core = f"{header}{indent(methods, ' ' * 4)}\n{indent(run, ' ' * 4)}\n\nExperiment({own.arguments}).run()\n"
        closing = code(fact.closing)
    joint = "" if fact.in_class or not opening else "\n\n"
    main = f"{_sorted_imports(fact.imports, code(carried.top))}\n\n{opening}{joint}{core}{closing}"
    texts = {carried.main: main, **{name: code(text) for name, text in carried.files.items()}}
    places = frozenset(
        (name, row)
        for name, text in texts.items()
        for row, line in enumerate(text.split("\n"), 1)
        if line.endswith("#!") or (fact.at_expression and _holds(line, spec.arrives))
    )
    clean = {name: re.sub(r" *#!$", "", text, flags=re.MULTILINE) for name, text in texts.items()}
    return Program(clean, carried.main, places)


def _holds(line: str, expression: str) -> bool:
    """True where a line holds the expression itself, not its negative."""
    return re.search(rf"(?<![-\w]){re.escape(expression)}", line) is not None


def _sorted_imports(imports: str, top: str) -> str:
    """The module's head: imports that the way needs stand with the others."""
    lines = top.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(("import ", "from "))), len(lines))
    own, rest = lines[:count], "\n".join(lines[count:]).strip("\n")
    standard = [line for line in own if line.split()[1].split(".")[0] in _STANDARD]
    others = [line for line in own if line not in standard]
    head = "\n".join(standard) + "\n\n" if standard else ""
    tail = "\n" + "\n".join(others) + "\n" if others else ""
    return f"{head}{imports}{tail}" + (f"\n\n{rest}\n" if rest else "")


_STANDARD = frozenset(
    {
        "argparse",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "enum",
        "functools",
        "operator",
        "os",
        "sys",
        "types",
    }
    | {"typing"}
)
