"""The one interpreter: it runs a file's code on abstract values, in the order in which Python would.

Branches that nobody can decide are all tried and joined; loops over known items are unrolled, others run until what
they carry is known well enough; calls of the project's functions are followed, in other files too, as far as the
budget goes. Everything that happens is written down: which values an expression has had, which calls were made with
what, which attributes were read and written in which phase.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager

from kerasvae_lint.binding import records as r
from kerasvae_lint.values import attributes, builtins, operators, standard
from kerasvae_lint.values.binding import bind_function
from kerasvae_lint.values.heap import Heap, Writes
from kerasvae_lint.values.lattice import (
    Access,
    Builtin,
    ClassValue,
    Computed,
    Constant,
    DictObject,
    Entries,
    Frame,
    FunctionValue,
    Imported,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    ModuleObject,
    Native,
    Object,
    Parameter,
    Partial,
    Property,
    Site,
    Super,
    Tuple,
    Union,
    Unknown,
    Value,
    births,
    constant,
    is_none,
    join,
    plainly,
    whole,
)
from kerasvae_lint.values.patterns import Pattern, bind_pattern
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import Arguments, CallEvent, Loader, World

NORMAL, RETURN, RAISE, BREAK, CONTINUE = range(5)
Span = tuple[FunctionValue, int, int]
"""One run of a function of the project, from when until when."""

MAX_DEPTH = 24
MAX_UNROLLED = 40
MAX_COUNTED = 16
MAX_EVENTS = 24
MAX_SEEN = 16
LONG_ROUND = 2_500
"""Steps of one round of a loop after which a counted loop is no longer unrolled."""

HOST, CONSTRUCTION, TRACING = "host", "construction", "tracing"


class Interpreter:
    """Runs code. One interpreter serves a file and the files that it uses.

    Args:
        world: what libraries do.
        loader: where other files are; None if there are none.
        steps: how many expressions may be evaluated before calls are no longer followed.
        patience: how many times as many rounds of a loop are run one by one; with more than 1, the default of a
            parameter that nobody in sight gives counts as given.
    """

    def __init__(self, world: World, loader: Loader | None, steps: int = 120_000, patience: int = 1) -> None:
        self.world = world
        self.patience = patience
        self.loader = loader
        self.heap = Heap()
        self.phase = HOST
        self.left = steps
        self._elsewhere = steps // 3
        self._floor = 0
        self.order = 0
        self.tracing = 0
        self.modules: dict[str, ModuleObject] = {}
        self.values = Seen()
        self.calls: dict[r.Record, list[CallEvent]] = {}
        self.events: list[CallEvent] = []
        self.loose_writes: list[tuple[Value, str, Access]] = []
        self.loose_reads: list[tuple[Value, str, Access]] = []
        self.executed: dict[r.Function, set[str]] = {}
        self.spans: dict[r.Function, list[Span]] = {}
        self.objects: list[Instance] = []
        self.memory: dict[Hashable, object] = {}
        self.made: dict[r.Function, FunctionValue] = {}
        self.classes: list[ClassValue] = []
        self._aside: dict[r.Record, tuple[tuple[r.Statement, ...], Frame]] = {}
        self._visited: set[r.Record] = set()
        self._never: list[tuple[int, int]] = []
        self._roots: list[tuple[int, int]] = []
        self._stack: list[Frame] = []
        self._constants: dict[r.Record, Constant] = {}
        self._expressions: dict[type, Callable[..., Value]] = {
            r.Constant: self._constant,
            r.Name: self._name,
            r.Attribute: self._attribute,
            r.Call: self._call,
            r.Subscript: self._subscript,
            r.Slice: self._slice,
            r.Binary: self._binary,
            r.Unary: self._unary,
            r.Boolean: self._boolean,
            r.Comparison: self._comparison,
            r.Conditional: self._conditional,
            r.Display: self._display,
            r.Dictionary: self._dictionary,
            r.Starred: self._starred,
            r.Comprehension: self._comprehension,
            r.Walrus: self._walrus,
            r.Formatted: self._formatted,
            r.Template: self._template,
            r.Suspend: self._suspend,
            r.Lambda: self._lambda,
        }
        self._statements: dict[type, Callable[..., int]] = {
            r.ExpressionStatement: self._expression_statement,
            r.Assign: self._assign,
            r.Declaration: self._nothing,
            r.Augmented: self._augmented,
            r.Return: self._return,
            r.Delete: self._delete,
            r.Simple: self._simple,
            r.Raise: self._raise,
            r.Assert: self._assert,
            r.Outer: self._nothing,
            r.Import: self._import,
            r.If: self._if,
            r.While: self._while,
            r.For: self._for,
            r.With: self._with,
            r.Try: self._try,
            r.Match: self._match,
            r.FunctionStatement: self._function_statement,
            r.ClassStatement: self._class_statement,
        }

    # what is going on ---------------------------------------------------------------------------
    @property
    def traced(self) -> bool:
        """True inside traced code, also while a layer is made there."""
        return self.tracing > 0

    @property
    def now(self) -> int:
        """A number that grows as the program runs."""
        self.order += 1
        return self.order

    @property
    def frame(self) -> Frame | None:
        """The frame of the code that runs."""
        return self._stack[-1] if self._stack else None

    @property
    def function(self) -> r.Function | None:
        """The function whose code runs."""
        return self._stack[-1].function if self._stack else None

    @contextmanager
    def in_phase(self, phase: str) -> Iterator[None]:
        """Run the block in another phase of the program."""
        old = self.phase
        self.phase = phase
        self.tracing += phase == TRACING
        try:
            yield
        finally:
            self.tracing -= phase == TRACING
            self.phase = old

    # modules ------------------------------------------------------------------------------------
    def run_unit(self, unit: Unit) -> ModuleObject:
        """Run a file from top to bottom, once."""
        module = self.modules.get(unit.filename)
        if module is not None:
            return module
        module = self.modules[unit.filename] = ModuleObject(unit)
        named = "__main__" if not self._stack else unit.name
        module.slots["__name__"] = Constant(named, None, assumed=self.patience == 1)
        frame = Frame(module, unit.module.scope, None, unit)
        phase, tracing, stack = self.phase, self.tracing, self._stack
        try:
            with self._away(unit), self.heap.settled():
                self.phase, self.tracing, self._stack = HOST, 0, [frame]
                self.block(unit.module.body, frame)
        finally:
            self.phase, self.tracing, self._stack = phase, tracing, stack
        return module

    def finish(self) -> None:
        """Try the branches that no way through the program has reached, each by itself."""
        began = self.now
        while self._aside:
            pending, self._aside = self._aside, {}
            for body, frame in pending.values():
                if body[0] in self._visited:
                    continue
                self._stack.append(frame)
                mark = self.heap.begin()
                try:
                    self.block(body, frame)
                finally:
                    self.heap.end(mark)
                    self._stack.pop()
        self._never.append((began, self.now))

    def is_never(self, order: int) -> bool:
        """True for a moment in a branch that no way through the program reaches."""
        return any(began <= order <= ended for began, ended in self._never)

    def in_one_run(self, *orders: int) -> bool:
        """True for moments of the program itself, or of one run of one function that nobody in sight calls."""
        return len({next((b for b, e in self._roots if b <= order <= e), 0) for order in orders}) == 1

    def imported(self, dotted: str, unit: Unit, site: Site) -> Value:
        """What an absolute dotted name that was imported means: a module or something in one."""
        known = self.world.is_library(dotted)
        if self.loader is not None and (not known or self.world.is_readable(dotted)):
            parts = dotted.split(".")
            for length in range(len(parts), 0, -1):
                found = self.loader.unit(".".join(parts[:length]), unit)
                if found is not None:
                    value: Value = self.run_unit(found)
                    for name in parts[length:]:
                        value = self.get_attribute(value, name, site)
                    return value
        return self.library(dotted, site) if known else Unknown("import", site, None, dotted)

    def library(self, dotted: str, site: Site) -> Value:
        """What a library's dotted name means."""
        name = LibraryName(self.world.canonical(dotted), dotted, site)
        return self.world.member(self, name, site) or name

    # statements ---------------------------------------------------------------------------------
    def block(self, body: tuple[r.Statement, ...], frame: Frame) -> int:
        """Run statements in order; how the block ends."""
        if body:
            self._visited.add(body[0])
        for statement in body:
            flow = self._statements[type(statement)](statement, frame)
            if flow:
                return flow
        return NORMAL

    def branch(self, arms: list[Callable[[], int]]) -> int:
        """Try each arm from the same state and join what they leave behind."""
        ended: list[tuple[int, Writes]] = []
        since = births()
        for arm in arms:
            mark = self.heap.begin()
            flow = RAISE
            try:
                flow = arm()
            finally:
                writes = self.heap.end(mark)
            ended.append((flow, writes))
        going_on = [writes for flow, writes in ended if flow == NORMAL]
        left = [(flow, writes) for flow, writes in ended if flow not in {NORMAL, RAISE}]
        if going_on:
            self.heap.merge(going_on, since)
            for flow, writes in left:
                self._weaken(flow, writes, since)
            return NORMAL
        if not left:
            return RAISE
        self.heap.merge([writes for _, writes in left], since)
        flows = {flow for flow, _ in left}
        return flows.pop() if len(flows) == 1 else RETURN if RETURN in flows else BREAK

    def _weaken(self, flow: int, writes: Writes, since: int) -> None:
        """What an arm wrote that has left the block: a return's locals are gone, objects keep it."""
        if flow == RETURN:
            kept = {place: write for place, write in writes.items() if not isinstance(write[0], Locals)}
            if kept:
                self.heap.weaken(kept, since)
        elif writes:
            self.heap.weaken(writes, since)

    def _put_aside(self, body: tuple[r.Statement, ...], frame: Frame) -> None:
        if body and body[0] not in self._visited:
            self._aside.setdefault(body[0], (body, frame))

    def _nothing(self, statement: r.Statement, frame: Frame) -> int:
        del statement, frame
        return NORMAL

    def _expression_statement(self, statement: r.ExpressionStatement, frame: Frame) -> int:
        self.evaluate(statement.value, frame)
        return NORMAL

    def _assign(self, statement: r.Assign, frame: Frame) -> int:
        value = self.evaluate(statement.value, frame)
        for target in statement.targets:
            self.assign(target, value, frame)
        return NORMAL

    def _augmented(self, statement: r.Augmented, frame: Frame) -> int:
        target = statement.target
        old = self._evaluate(target, frame)
        value = self.evaluate(statement.value, frame)
        site = Site(frame.unit, statement)
        if isinstance(old, ListObject) and statement.operator == "+":
            builtins.extend(self, old, value, site)
            new: Value = old
        elif isinstance(old, DictObject) and statement.operator == "|":
            builtins.update(self, old, Arguments((value,)), site)
            new = old
        elif operators.is_scalar(old) and self._is_kept(target, frame):
            # counted on from call to call: one more is not the number that the first call gives
            word = operators.WORDS[statement.operator]
            new = Computed(word, (old, value), "number", site, None, None, None, self.phase, self.now)
        else:
            new = self.binary(statement.operator, old, value, site)
            if isinstance(old, Computed) and old.kind == "array" and isinstance(target, r.Name):
                self.note_write(old, None, new)
        self.assign(target, new, frame, "augmented", old)
        return NORMAL

    def _is_kept(self, target: r.Expression, frame: Frame) -> bool:
        """True for what outlives the function that sets it: an attribute, a global, a name of a function around.

        A constructor runs once for an object: what it counts there is counted.
        """
        if frame.function is None or frame.function.name == "__init__":
            return False
        return isinstance(target, r.Attribute) or (isinstance(target, r.Name) and target.id in frame.scope.outer)

    def _return(self, statement: r.Return, frame: Frame) -> int:
        if statement.value is not None:
            frame.returned.append(self.evaluate(statement.value, frame))
        else:
            frame.returned.append(Constant(None, Site(frame.unit, statement)))
        return RETURN

    def _delete(self, statement: r.Delete, frame: Frame) -> int:
        for target in statement.targets:
            if isinstance(target, r.Name):
                self.heap.delete(self._holder(target.id, frame), target.id)
            elif isinstance(target, r.Attribute):
                obj = self.evaluate(target.value, frame)
                if isinstance(obj, Object):
                    self.heap.delete(obj, target.attr)
            elif isinstance(target, r.Subscript):
                obj = self.evaluate(target.value, frame)
                index = self.evaluate(target.index, frame)
                builtins.delete_item(self, obj, index)
        return NORMAL

    def _simple(self, statement: r.Simple, frame: Frame) -> int:
        del frame
        return {"pass": NORMAL, "break": BREAK, "continue": CONTINUE}[statement.kind]

    def _raise(self, statement: r.Raise, frame: Frame) -> int:
        if statement.value is not None:
            self.evaluate(statement.value, frame)
        return RAISE

    def _assert(self, statement: r.Assert, frame: Frame) -> int:
        self.evaluate(statement.test, frame)
        return NORMAL

    def _import(self, statement: r.Import, frame: Frame) -> int:
        for alias in statement.aliases:
            if alias.bound == "*":
                self._import_star(alias, frame)
                continue
            site = Site(frame.unit, alias)
            target = alias.target if alias.whole else alias.target.partition(".")[0]
            dotted = self._absolute(target, frame.unit)
            if self.heap.is_settled and isinstance(frame.holder, ModuleObject) and not self.world.is_library(dotted):
                self.bind(alias.bound, Imported(dotted, frame.unit, site), frame)
            else:
                self.bind(alias.bound, self.imported(dotted, frame.unit, site), frame)
        return NORMAL

    def opened(self, holder: Object, name: str, value: Value) -> Value:
        """What a slot holds; an import in it is followed now."""
        if not isinstance(value, Imported) or value.site is None:
            return value
        holder.slots[name] = Unknown("import", value.site, None, value.name)  # a circle of imports ends here
        found = self.imported(value.name, value.unit, value.site)
        holder.slots[name] = found
        return found

    def _absolute(self, dotted: str, unit: Unit) -> str:
        if dotted.startswith(".") and self.loader is not None:
            return self.loader.absolute(dotted, unit)
        return dotted

    def _import_star(self, alias: r.Alias, frame: Frame) -> None:
        dotted = self._absolute(alias.target.removesuffix("*").rstrip(".") or ".", frame.unit)
        site = Site(frame.unit, alias)
        module = self.imported(dotted, frame.unit, site) if not dotted.startswith(".") else Unknown("import", site)
        if isinstance(module, ModuleObject):
            exported = module.slots.get("__all__")
            names: list[str] | None = None
            if isinstance(exported, ListObject) and exported.items.rest is None:
                names = [v.value for v in exported.items.items if isinstance(v, Constant) and isinstance(v.value, str)]
            for name, value in list(module.slots.items()):
                if (names is None and not name.startswith("_")) or (names is not None and name in names):
                    self.heap.store(frame.holder, name, value)
            starred = module.slots.get("*")
            if starred is not None:
                self.heap.store(frame.holder, "*", starred)
            return
        old = frame.holder.slots.get("*")
        stars = (*(old.items if isinstance(old, Tuple) else ()), module)
        self.heap.store(frame.holder, "*", Tuple(stars))

    # control flow -------------------------------------------------------------------------------
    def _if(self, statement: r.If, frame: Frame) -> int:
        test = self.evaluate(statement.test, frame)
        truth = operators.truth(test)
        if truth is not None:
            taken, other = (statement.body, statement.orelse) if truth else (statement.orelse, statement.body)
            self._put_aside(other, frame)
            return self.block(taken, frame)

        def arm(body: tuple[r.Statement, ...], holds: bool) -> Callable[[], int]:
            def run() -> int:
                self.narrow(statement.test, holds, frame)
                return self.block(body, frame)

            return run

        return self.branch([arm(statement.body, True), arm(statement.orelse, False)])

    def narrow(self, test: r.Expression, holds: bool, frame: Frame) -> None:
        """What a name can be where a test of it holds (or does not)."""
        if isinstance(test, r.Unary) and test.operator == "not":
            self.narrow(test.operand, not holds, frame)
            return
        if isinstance(test, r.Boolean) and (test.operator == "and") == holds:
            for part in test.values:
                self.narrow(part, holds, frame)
            return
        tested: r.Expression = test
        wants_none: bool | None = None
        if isinstance(test, r.Comparison) and len(test.operators) == 1 and test.operators[0] in {"is", "is not"}:
            right = test.operands[1]
            if isinstance(right, r.Constant) and right.value is None:
                tested = test.operands[0]
                wants_none = (test.operators[0] == "is") == holds
        if not isinstance(tested, (r.Name, r.Attribute)):
            return
        value = self._evaluate(tested, frame)
        if not isinstance(value, Union):
            return
        if wants_none is None:
            kept = [m for m in value.members if operators.truth(m) is not (not holds)]
        elif wants_none:
            kept = [m for m in value.members if is_none(m) or isinstance(m, Unknown)]
        else:
            kept = [m for m in value.members if not is_none(m)]
        if kept and len(kept) < len(value.members):
            if isinstance(tested, r.Name):
                self.heap.store(self._holder(tested.id, frame), tested.id, join(*kept))
            elif isinstance(tested.value, r.Name):
                obj = self._evaluate(tested.value, frame)
                if isinstance(obj, Instance) and tested.attr in obj.slots:
                    self.heap.store(obj, tested.attr, join(*kept))

    def _while(self, statement: r.While, frame: Frame) -> int:
        test = self.evaluate(statement.test, frame)
        if operators.truth(test) is False:
            self._put_aside(statement.body, frame)
            return self.block(statement.orelse, frame)

        def round_() -> int:
            flow = self.block(statement.body, frame)
            self.evaluate(statement.test, frame)
            return flow

        return self._repeat(round_, statement.orelse, frame)

    def _repeat(self, round_: Callable[[], int], orelse: tuple[r.Statement, ...], frame: Frame) -> int:
        """Run a loop whose number of rounds nobody knows: twice, so that what one round leaves reaches the next."""
        flow = NORMAL
        for _ in range(2):
            flow = self.branch([round_, lambda: NORMAL])
        if orelse and flow == NORMAL:
            return self.block(orelse, frame)
        return NORMAL if flow in {BREAK, CONTINUE, NORMAL} else flow

    def _for(self, statement: r.For, frame: Frame) -> int:
        iterable = self.evaluate(statement.iterable, frame)
        site = Site(frame.unit, statement.iterable)
        items, rest = self.iterate(iterable, site)
        counted = isinstance(iterable, ListObject) and iterable.kind == "range"
        limit = (MAX_COUNTED if counted else MAX_UNROLLED) * self.patience
        if rest is None and len(items) <= limit:
            return self._unrolled(statement, items, frame)
        every = [*items, rest] if rest is not None else list(items)
        element = join(*every) if every else Unknown("element", site)

        def round_() -> int:
            self.assign(statement.target, element, frame)
            return self.block(statement.body, frame)

        return self._repeat(round_, statement.orelse, frame)

    def _unrolled(self, statement: r.For, items: tuple[Value, ...], frame: Frame) -> int:
        if not items:
            self._put_aside(statement.body, frame)
        for index, item in enumerate(items):
            before = self.left
            self.assign(statement.target, item, frame)
            flow = self.block(statement.body, frame)
            if flow == BREAK:
                return NORMAL
            if flow in {RETURN, RAISE}:
                return flow
            if before - self.left > LONG_ROUND * self.patience and index >= 1 and len(items) > 6:
                rest = join(*items[index + 1 :]) if items[index + 1 :] else None
                if rest is not None:
                    self.assign(statement.target, rest, frame)
                    self.block(statement.body, frame)
                break
        return self.block(statement.orelse, frame)

    def _with(self, statement: r.With, frame: Frame) -> int:
        for item in statement.items:
            context = self.evaluate(item.context, frame)
            site = Site(frame.unit, item.context)
            entered = self._enter(context, site)
            if item.target is not None:
                self.assign(item.target, entered, frame)
        return self.block(statement.body, frame)

    def _enter(self, context: Value, site: Site) -> Value:
        if isinstance(context, Instance):
            method = self.method(context, "__enter__")
            if method is not None:
                return self.call(method, Arguments(), site)
            return context
        if isinstance(context, ListObject) and context.kind == "contextmanager":
            return context.items.any_item() or Constant(None)
        found = self.world.enter(self, context, site)
        return found if found is not None else Unknown("context", site, context)

    def _try(self, statement: r.Try, frame: Frame) -> int:
        flow = NORMAL

        def body() -> int:
            found = self.block(statement.body, frame)
            return found or self.block(statement.orelse, frame)

        if not statement.handlers:
            flow = body()
        else:
            flow = body()

            def handled(handler: r.Handler) -> Callable[[], int]:
                def run() -> int:
                    if handler.exception is not None:
                        self.evaluate(handler.exception, frame)
                    if handler.name is not None:
                        self.bind(handler.name, Unknown("exception", Site(frame.unit, handler)), frame)
                    return self.block(handler.body, frame)

                return run

            went = flow
            after = self.branch([lambda: went, *(handled(handler) for handler in statement.handlers)])
            flow = went if after == RAISE and went == NORMAL else after
        if statement.final:
            final = self.block(statement.final, frame)
            flow = final or flow
        return flow

    def _match(self, statement: r.Match, frame: Frame) -> int:
        subject = self.evaluate(statement.subject, frame)
        arms: list[Callable[[], int]] = []
        sure = False

        def arm(case: r.Case, pattern: Pattern) -> Callable[[], int]:
            def run() -> int:
                for name, value in pattern.bound.items():
                    self.bind(name, value, frame)
                if case.guard is not None:
                    self.evaluate(case.guard, frame)
                return self.block(case.body, frame)

            return run

        for case in statement.cases:
            pattern = bind_pattern(self, case.pattern, subject, frame)
            if sure or pattern.fits is False:
                self._put_aside(case.body, frame)
                continue
            arms.append(arm(case, pattern))
            if pattern.fits is True and case.guard is None:
                sure = True
        if not sure:
            arms.append(lambda: NORMAL)
        return arms[0]() if len(arms) == 1 else self.branch(arms)

    # functions and classes ----------------------------------------------------------------------
    def _function_statement(self, statement: r.FunctionStatement, frame: Frame) -> int:
        function = statement.function
        value: Value = self._make_function(function, frame, Site(frame.unit, function))
        for decorator in reversed(function.decorators):
            value = self._decorate(decorator, value, frame)
        self.bind(function.name, value, frame)
        return NORMAL

    def _make_function(self, function: r.Function, frame: Frame, site: Site) -> FunctionValue:
        defaults = {
            parameter.name: self.evaluate(parameter.default, frame)
            for parameter in function.parameters
            if parameter.default is not None
        }
        owner = frame.holder if isinstance(frame.holder, ClassValue) and function.owner is not None else None
        value = FunctionValue(function, frame.unit, frame, defaults, owner, None, frozenset(), site)
        self.made[function] = value
        return value

    def _decorate(self, decorator: r.Expression, value: Value, frame: Frame) -> Value:
        site = Site(frame.unit, decorator)
        if isinstance(decorator, r.Attribute) and decorator.attr in {"setter", "deleter", "getter"}:
            old = self._evaluate(decorator.value, frame)
            if isinstance(old, Property):
                if decorator.attr == "setter":
                    return Property(old.getter, value)
                return old if decorator.attr == "deleter" else Property(value, old.setter)
        callee = self.evaluate(decorator, frame)
        if isinstance(callee, Builtin):
            found = builtins.decorate(self, callee, value, site)
            if found is not None:
                return found
        found = standard.decorate(self, callee, value, site) or self.world.decorate(self, callee, value, site)
        if found is not None:
            return found
        if isinstance(callee, (FunctionValue, Partial, ClassValue, Native, Instance)):
            return self.call(callee, Arguments((value,)), site)
        return value

    def _class_statement(self, statement: r.ClassStatement, frame: Frame) -> int:
        cls = statement.cls
        site = Site(frame.unit, cls)
        bases = []
        for base in cls.bases:
            value = self.evaluate(base.value, frame)
            if base.name is None:
                bases.append(value.alternatives()[0] if isinstance(value, Union) else value)
        made = ClassValue(cls.name, cls, frame.unit, tuple(bases), site)
        self.classes.append(made)
        inner = Frame(made, cls.scope, frame, frame.unit, frame.function)
        self.block(cls.body, inner)
        builtins.finish_class(made, cls)
        value = made
        decorated: Value = value
        for decorator in reversed(cls.decorators):
            decorated = self._decorate(decorator, decorated, frame)
            if not isinstance(decorated, ClassValue):
                decorated = made
        self.bind(cls.name, decorated, frame)
        return NORMAL

    # binding ------------------------------------------------------------------------------------
    def _holder(self, name: str, frame: Frame) -> Object:
        outer = frame.scope.outer.get(name)
        at: Frame | None = frame
        if frame.scope.kind == "comprehension" and outer is None and name not in frame.scope.bound:
            while at is not None and at.scope.kind == "comprehension":
                at = at.around
            return self._holder(name, at) if at is not None else frame.holder
        if outer is None:
            return frame.holder
        at = frame.around
        while at is not None:
            if at.around is None:
                return at.holder
            if outer == "nonlocal" and at.scope.kind == "function" and name in at.scope.bound:
                return at.holder
            at = at.around
        return frame.holder

    def bind(self, name: str, value: Value, frame: Frame, kind: str = "assign") -> None:
        """Let a name hold a value from now on."""
        holder = self._holder(name, frame)
        if isinstance(holder, ModuleObject) and frame.function is not None and holder is not frame.holder:
            record = self._current
            access = Access(
                Site(frame.unit, record) if record is not None else Site(frame.unit, frame.function),
                self.phase,
                value,
                self.now,
                frame.function,
                kind,
                holder.slots.get(name),
            )
            holder.writes.setdefault(name, []).append(access)
        self.heap.store(holder, name, value)

    _current: r.Record | None = None

    def assign(
        self, target: r.Expression, value: Value, frame: Frame, kind: str = "assign", old: Value | None = None
    ) -> None:
        """Assign to a target: a name, an attribute, an item, or several of these."""
        if isinstance(target, r.Name):
            self._current = target
            self.bind(target.id, value, frame, kind)
        elif isinstance(target, r.Attribute):
            obj = self.evaluate(target.value, frame)
            self.set_attribute(obj, target.attr, value, Site(frame.unit, target), kind)
        elif isinstance(target, r.Subscript):
            obj = self.evaluate(target.value, frame)
            index = self.evaluate(target.index, frame)
            self._set_item(obj, index, value, Site(frame.unit, target))
        elif isinstance(target, r.Display):
            self._unpack(target, value, frame, kind)
        elif isinstance(target, r.Starred):
            self.assign(target.value, value, frame, kind)
        del old

    def _set_item(self, obj: Value, index: Value, value: Value, site: Site) -> None:
        if isinstance(obj, Instance):
            method = self.method(obj, "__setitem__")
            if method is not None:
                self.call(method, Arguments((index, value)), site)
                return
        if isinstance(obj, Builtin) and obj.name == "__dict__" and obj.bound is not None:
            name = constant(index)
            if isinstance(name, str):
                self.set_attribute(obj.bound, name, value, site, "setattr")
            return
        for member in obj.alternatives():
            if isinstance(member, Computed):
                self.note_write(member, index, value)
        builtins.set_item(self, obj, index, value)

    def note_write(self, array: Value, index: Value | None, value: Value) -> None:
        """Remember that items of an array are set, in place; all of them for no index."""
        found = self.memory.setdefault("item writes", [])
        assert isinstance(found, list)
        found.append((array, index, value, self.now))

    def _unpack(self, target: r.Display, value: Value, frame: Frame, kind: str) -> None:
        wanted = len(target.items)
        star = next((i for i, item in enumerate(target.items) if isinstance(item, r.Starred)), None)
        parts: list[list[Value]] = [[] for _ in range(wanted)]
        for member in value.alternatives():
            site = Site(frame.unit, target)
            items, rest = self.iterate(member, site)
            found = self._shares(items, rest, wanted, star, member, site)
            for part, one in zip(parts, found, strict=True):
                part.append(one)
        for item, part in zip(target.items, parts, strict=True):
            self.assign(item, join(*part), frame, kind)

    def _shares(
        self, items: tuple[Value, ...], rest: Value | None, wanted: int, star: int | None, whole: Value, site: Site
    ) -> list[Value]:
        """What each of ``wanted`` targets gets of a sequence; the starred one a list."""
        if star is None:
            found = list(items[:wanted])
            while len(found) < wanted:
                index = len(found)
                if rest is not None and isinstance(whole, (Tuple, ListObject, DictObject)):
                    found.append(rest)
                else:
                    found.append(self.item(whole, Constant(index), site))
            return found
        behind = wanted - star - 1
        if rest is None and len(items) >= wanted - 1:
            middle = items[star : len(items) - behind]
            last = items[len(items) - behind :] if behind else ()
            return [*items[:star], ListObject(Tuple(middle), site), *last]
        unknown = rest if rest is not None else Unknown("element", site)
        front = [items[i] if i < len(items) else unknown for i in range(star)]
        return [*front, ListObject(Tuple((), site, join(*items, unknown)), site), *([unknown] * behind)]

    # expressions --------------------------------------------------------------------------------
    def evaluate(self, expression: r.Expression, frame: Frame) -> Value:
        """The value of an expression; what it has been in other rounds and calls is kept beside it."""
        value = self._expressions[type(expression)](expression, frame)
        self.left -= 1
        seen = self.values.seen
        old = seen.get(expression)
        if old is None:
            seen[expression] = [value]
        elif old[-1] is not value and len(old) < MAX_SEEN:
            old.append(value)
        return value

    def _evaluate(self, expression: r.Expression, frame: Frame) -> Value:
        """The value of an expression, read once more for the interpreter's own use: nothing is written down."""
        if isinstance(expression, r.Name):
            return self.load(expression.id, frame, Site(frame.unit, expression))
        if isinstance(expression, r.Attribute):
            obj = self._evaluate(expression.value, frame)
            if isinstance(obj, Object) and expression.attr in obj.slots:
                return obj.slots[expression.attr]
            return self.get_attribute(obj, expression.attr, Site(frame.unit, expression))
        return self.evaluate(expression, frame)

    def _constant(self, expression: r.Constant, frame: Frame) -> Value:
        found = self._constants.get(expression)
        if found is None:
            found = self._constants[expression] = Constant(expression.value, Site(frame.unit, expression))
        return found

    def _name(self, expression: r.Name, frame: Frame) -> Value:
        return self.load(expression.id, frame, Site(frame.unit, expression))

    def load(self, name: str, frame: Frame, site: Site) -> Value:
        """What a name means in a frame."""
        at: Frame | None = frame
        first = True
        while at is not None:
            scope = at.scope
            outer = scope.outer.get(name)
            if outer == "global":
                while at.around is not None:
                    at = at.around
            elif not first and scope.kind == "class":
                at = at.around
                continue
            if outer != "nonlocal":
                found = at.holder.slots.get(name)
                if found is not None:
                    if type(found) is Imported:
                        found = self.opened(at.holder, name, found)
                    if at.around is None and name in at.unit.rebound and frame.function is not None:
                        access = Access(site, self.phase, found, self.now, frame.function, "read")
                        at.holder.reads.setdefault(name, []).append(access)
                    return found
                if scope.kind == "function" and name in scope.bound and outer is None:
                    return Unknown("unbound", site, None, name)
            first = first and scope.kind == "comprehension"
            if at.around is None:
                return self._global(name, at, site)
            at = at.around
        return Unknown("unbound", site, None, name)

    def _global(self, name: str, frame: Frame, site: Site) -> Value:
        if name in frame.scope.bound:
            return Unknown("unbound", site, None, name)
        if builtins.is_builtin(name):
            return Builtin(name, None, site)
        stars = frame.holder.slots.get("*")
        if isinstance(stars, Tuple):
            named = [module for module in reversed(stars.items) if isinstance(module, LibraryName)]
            for sure in (True, False):  # of several modules, one that is known to have the name goes before a guess
                for module in named:
                    if self.world.star(module.name, name, sure):
                        return self.library(f"{module.spelling}.{name}", site)
        return Unknown("unbound", site, None, name)

    def _attribute(self, expression: r.Attribute, frame: Frame) -> Value:
        obj = self.evaluate(expression.value, frame)
        return self.get_attribute(obj, expression.attr, Site(frame.unit, expression))

    def _call(self, expression: r.Call, frame: Frame) -> Value:
        callee = self.evaluate(expression.func, frame)
        arguments = self._arguments(expression.arguments, frame)
        site = Site(frame.unit, expression)
        if isinstance(callee, Builtin) and callee.name == "super":
            return self._super(arguments, frame, site)
        if isinstance(callee, Builtin) and callee.name in {"locals", "vars"} and not arguments.positional:
            entries: dict[Hashable, tuple[Value, Value]] = {
                name: (Constant(name), held) for name, held in frame.holder.slots.items() if name.isidentifier()
            }
            return DictObject(Entries(entries), site)
        return self.call(callee, arguments, site)

    def _arguments(self, given: tuple[r.Argument, ...], frame: Frame) -> Arguments:
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        more = others = False
        for argument in given:
            value = self.evaluate(argument.value, frame)
            if argument.star == "*":
                items, rest = self.iterate(value, Site(frame.unit, argument))
                positional += items if not more else ()
                more = more or rest is not None
            elif argument.star == "**":
                others = self._spread(value, keywords) or others
            elif argument.name is not None:
                keywords[argument.name] = value
            elif not more:
                positional.append(value)
        return Arguments(tuple(positional), keywords, more, others)

    def _spread(self, value: Value, keywords: dict[str, Value]) -> bool:
        """Open a ``**mapping``; True if it may hold more than is known."""
        if isinstance(value, Builtin) and value.name == "__dict__" and isinstance(value.bound, Object):
            keywords.update(value.bound.slots)
            return value.bound.escaped
        if not isinstance(value, DictObject):
            return True
        entries = value.entries
        for key, (_, item) in entries.items.items():
            if isinstance(key, str):
                keywords[key] = item
        return entries.rest is not None or value.escaped

    def _super(self, arguments: Arguments, frame: Frame, site: Site) -> Value:
        owner: Value | None = frame.owner
        receiver: Value | None = frame.receiver
        at: Frame | None = frame
        while at is not None and (at.owner is None or at.receiver is None):
            at = at.around
        if at is not None:
            owner, receiver = at.owner, at.receiver
        if arguments.positional:
            owner = arguments.positional[0]
            receiver = arguments.positional[1] if len(arguments.positional) > 1 else receiver
        if isinstance(owner, ClassValue) and receiver is not None:
            return Super(receiver, owner, site)
        return Unknown("super", site)

    def _subscript(self, expression: r.Subscript, frame: Frame) -> Value:
        obj = self.evaluate(expression.value, frame)
        index = self.evaluate(expression.index, frame)
        return self.item(obj, index, Site(frame.unit, expression))

    def item(self, obj: Value, index: Value, site: Site) -> Value:
        """``obj[index]``."""
        if isinstance(obj, Union):
            return join(*(self.item(member, index, site) for member in obj.members))
        if isinstance(obj, Instance):
            method = self.method(obj, "__getitem__")
            if method is not None:
                return self.call(method, Arguments((index,)), site)
            if obj.cls.flavour == "namedtuple":
                return builtins.item(self, Tuple(builtins.field_values(obj)), index, site) or Unknown("item", site)
        if isinstance(obj, ClassValue) and obj.flavour == "enum":
            name = constant(index)
            if isinstance(name, str):
                return self.get_attribute(obj, name, site)
        if isinstance(obj, Builtin) and obj.name == "__dict__" and obj.bound is not None:
            name = constant(index)
            return (
                self.get_attribute(obj.bound, name, site) if isinstance(name, str) else Unknown("item", site, obj.bound)
            )
        found = builtins.item(self, obj, index, site)
        if found is None:
            found = self.world.item(self, obj, index, site)
        if found is None and isinstance(obj, Computed):
            found = self.compute("getitem", (obj,), site, {"index": index})
        return found if found is not None else Unknown("item", site, obj, _which(index))

    def _slice(self, expression: r.Slice, frame: Frame) -> Value:
        parts = [
            self.evaluate(part, frame) if part is not None else Constant(None)
            for part in (expression.lower, expression.upper, expression.step)
        ]
        return Computed("slice", tuple(parts), "object", Site(frame.unit, expression))

    def _binary(self, expression: r.Binary, frame: Frame) -> Value:
        left = self.evaluate(expression.left, frame)
        right = self.evaluate(expression.right, frame)
        return self.binary(expression.operator, left, right, Site(frame.unit, expression))

    def binary(self, symbol: str, left: Value, right: Value, site: Site) -> Value:
        """``left symbol right``."""
        if isinstance(left, Union) or isinstance(right, Union):
            ways = [(a, b) for a in left.alternatives() for b in right.alternatives()]
            if len(ways) <= 8:
                return join(*(self.binary(symbol, a, b, site) for a, b in ways))
        if isinstance(left, Constant) and isinstance(right, Constant):
            folded = operators.fold(symbol, left.value, right.value)
            if folded is not None:
                folded.site = site
                folded.assumed = left.assumed or right.assumed
                return folded
        found = builtins.operate(self, symbol, left, right, site)
        if found is not None:
            return found
        if isinstance(left, Instance) or isinstance(right, Instance):
            found = self._overloaded(symbol, left, right, site)
            if found is not None:
                return found
        return self.compute(operators.WORDS.get(symbol, symbol), (left, right), site)

    def _overloaded(self, symbol: str, left: Value, right: Value, site: Site) -> Value | None:
        for obj, other, names in ((left, right, _METHODS), (right, left, _REFLECTED)):
            if isinstance(obj, Instance) and symbol in names:
                method = self.method(obj, names[symbol])
                if method is not None:
                    return self.call(method, Arguments((other,)), site)
        return None

    def compute(
        self, op: str, operands: tuple[Value, ...], site: Site, options: Mapping[str, Value] | None = None
    ) -> Value:
        """The value of an operation, as a formula."""
        found = self.world.operate(self, op, operands, site)
        if found is not None:
            return found
        kind = operators.result_kind(operands)
        return Computed(op, operands, kind, site, options, None, None, self.phase, self.now)

    def _unary(self, expression: r.Unary, frame: Frame) -> Value:
        value = self.evaluate(expression.operand, frame)
        site = Site(frame.unit, expression)
        if expression.operator == "not":
            truth = operators.truth(value)
            if truth is not None:
                return Constant(not truth, site)
            return Computed("not", (value,), "bool", site)
        found = []
        for member in value.alternatives():
            if isinstance(member, Constant) and isinstance(member.value, (int, float, complex)):
                number = member.value
                if expression.operator == "-":
                    found.append(Constant(-number, site, member.assumed))
                    continue
                if expression.operator == "+":
                    found.append(Constant(+number, site, member.assumed))
                    continue
                if isinstance(number, int):
                    found.append(Constant(~number, site, member.assumed))
                    continue
            word = {"-": "negative", "+": "identity", "~": "invert"}[expression.operator]
            found.append(self.compute(word, (member,), site))  # type: ignore[arg-type]
        return join(*found)

    def _boolean(self, expression: r.Boolean, frame: Frame) -> Value:
        found: list[Value] = []
        stop = expression.operator == "or"
        for index, part in enumerate(expression.values):
            value = self.evaluate(part, frame)
            last = index == len(expression.values) - 1
            kept = []
            for member in value.alternatives():
                truth = operators.truth(member)
                if last or truth is None or truth is stop:
                    kept.append(member)
            found += kept
            if operators.truth(value) is stop:
                break
        return join(*found) if found else Unknown("boolean", Site(frame.unit, expression))

    def _comparison(self, expression: r.Comparison, frame: Frame) -> Value:
        values = [self.evaluate(operand, frame) for operand in expression.operands]
        site = Site(frame.unit, expression)
        results = [
            self.compare(symbol, values[i], values[i + 1], site) for i, symbol in enumerate(expression.operators)
        ]
        if len(results) == 1:
            return results[0]
        verdicts = [operators.truth(result) for result in results]
        if False in verdicts:
            return Constant(False, site)
        if all(verdict is True for verdict in verdicts):
            return Constant(True, site)
        return Computed("and", tuple(results), operators.result_kind(tuple(results)), site)

    def compare(self, symbol: str, left: Value, right: Value, site: Site) -> Value:
        """``left symbol right`` for a comparison."""
        if symbol in {"is", "is not"} or (symbol in {"==", "!="} and (is_none(left) or is_none(right))):
            same = operators.identical(left, right)
            if same is not None:
                return Constant(same == (symbol in {"is", "=="}), site)
            return Computed(operators.WORDS[symbol], (left, right), "bool", site)
        ways = [(a, b) for a in left.alternatives() for b in right.alternatives()]
        found: list[Value] = []
        for a, b in ways[:9]:
            one, other = self._unwrapped(a), self._unwrapped(b)
            folded = None
            if isinstance(one, Constant) and isinstance(other, Constant):
                folded = operators.fold(symbol, one.value, other.value)
                if folded is not None:
                    folded.site, folded.assumed = site, one.assumed or other.assumed
            elif symbol in {"in", "not in"}:
                folded = builtins.contains(symbol, one, other, site)
            a, b = (
                before if isinstance(before, ListObject) else after  # a list in a Constant has no key
                for before, after in ((a, one), (b, other))
            )
            if folded is not None:
                found.append(folded)
            else:
                kind = operators.result_kind((a, b))
                found.append(Computed(operators.WORDS[symbol], (a, b), kind if kind != "number" else "bool", site))
        return join(*found)

    @staticmethod
    def _unwrapped(value: Value) -> Value:
        if isinstance(value, Tuple):
            return whole(value) or value
        if isinstance(value, ListObject) and value.kind == "list" and not value.escaped:
            items = whole(value.items)
            return Constant(list(items.value), value.site) if items is not None else value  # type: ignore[call-overload]
        return plainly(value) if isinstance(value, Instance) else value

    def _conditional(self, expression: r.Conditional, frame: Frame) -> Value:
        truth = operators.truth(self.evaluate(expression.test, frame))
        if truth is not None:
            return self.evaluate(expression.body if truth else expression.orelse, frame)
        found: list[Value] = []

        def arm(part: r.Expression, holds: bool) -> Callable[[], int]:
            def run() -> int:
                self.narrow(expression.test, holds, frame)
                found.append(self.evaluate(part, frame))
                return NORMAL

            return run

        self.branch([arm(expression.body, True), arm(expression.orelse, False)])
        return join(*found)

    def _display(self, expression: r.Display, frame: Frame) -> Value:
        items: list[Value] = []
        rest: Value | None = None
        site = Site(frame.unit, expression)
        for item in expression.items:
            if isinstance(item, r.Starred):
                more, unknown = self.iterate(self.evaluate(item.value, frame), Site(frame.unit, item))
                if rest is None:
                    items += more
                    rest = unknown
                else:
                    rest = join(rest, *more, *([unknown] if unknown is not None else []))
            else:
                value = self.evaluate(item, frame)
                if rest is None:
                    items.append(value)
                else:
                    rest = join(rest, value)
        state = Tuple(items, site, rest)
        return state if expression.kind == "tuple" else ListObject(state, site, expression.kind)

    def _dictionary(self, expression: r.Dictionary, frame: Frame) -> Value:
        site = Site(frame.unit, expression)
        made = DictObject(Entries({}), site)
        for key, item in zip(expression.keys, expression.values, strict=True):
            value = self.evaluate(item, frame)
            if key is None:
                builtins.update(self, made, Arguments((value,)), site)
            else:
                builtins.set_item(self, made, self.evaluate(key, frame), value)
        return made

    def _starred(self, expression: r.Starred, frame: Frame) -> Value:
        return self.evaluate(expression.value, frame)

    def _comprehension(self, expression: r.Comprehension, frame: Frame) -> Value:
        site = Site(frame.unit, expression)
        inner = Frame(Locals(), _scope_of(expression), frame, frame.unit, frame.function, frame.receiver, frame.owner)
        found: list[tuple[Value | None, Value]] = []
        exact = self._generate(expression, 0, inner, found)
        if expression.kind == "dict":
            made = DictObject(Entries({}, None), site)
            for key, value in found:
                assert key is not None
                builtins.set_item(self, made, key, value)
            if not exact and found:
                values = join(*(value for _, value in found))
                entries = made.entries
                self.heap.store(made, "{}", Entries(entries.items, values))
            return made
        values_ = [value for _, value in found]
        if exact:
            state = Tuple(values_, site)
        else:
            state = Tuple((), site, join(*values_) if values_ else Unknown("element", site))
        return ListObject(state, site, "list" if expression.kind == "generator" else expression.kind)

    def _generate(
        self, expression: r.Comprehension, at: int, frame: Frame, found: list[tuple[Value | None, Value]]
    ) -> bool:
        """Run a comprehension's loops from ``at`` on; True if each element was made just as often as in the program."""
        if at == len(expression.generators):
            key = self.evaluate(expression.key, frame) if expression.key is not None else None
            found.append((key, self.evaluate(expression.element, frame)))
            return True
        generator = expression.generators[at]
        iterable = self.evaluate(generator.iterable, frame)
        items, rest = self.iterate(iterable, Site(frame.unit, generator.iterable))
        exact = rest is None
        if len(items) > MAX_UNROLLED or (rest is None and len(items) > MAX_COUNTED and len(found) > MAX_UNROLLED):
            items, exact = (join(*items),), False
        for item in (*items, *([rest] if rest is not None else [])):
            self.assign(generator.target, item, frame)
            verdicts = [operators.truth(self.evaluate(test, frame)) for test in generator.conditions]
            if False in verdicts:
                continue
            exact = self._generate(expression, at + 1, frame, found) and exact and None not in verdicts
        return exact

    def _walrus(self, expression: r.Walrus, frame: Frame) -> Value:
        value = self.evaluate(expression.value, frame)
        self.assign(expression.target, value, frame)
        return value

    def _formatted(self, expression: r.Formatted, frame: Frame) -> Value:
        values = [self.evaluate(part, frame) for part in expression.values]
        site = Site(frame.unit, expression)
        texts: list[str] = []
        assumed = False
        for value, plain in zip(values, expression.plain, strict=True):
            known = plainly(value) if plain else value
            if not plain or not isinstance(known, Constant) or isinstance(known.value, (bytes, float)):
                return Computed("format", tuple(values), "string", site)
            texts.append(str(known.value))
            assumed = assumed or known.assumed
        text = "".join(texts)
        if len(text) > operators.MAX_TEXT:
            return Computed("format", tuple(values), "string", site)
        return Constant(text, site, assumed)

    def _template(self, expression: r.Template, frame: Frame) -> Value:
        values = tuple(self.evaluate(part, frame) for part in expression.values)
        return Computed("template", values, "object", Site(frame.unit, expression))

    def _suspend(self, expression: r.Suspend, frame: Frame) -> Value:
        value = self.evaluate(expression.value, frame) if expression.value is not None else Constant(None)
        if expression.kind == "await":
            return value
        if expression.kind == "from":
            items, rest = self.iterate(value, Site(frame.unit, expression))
            frame.yielded += [*items, *([rest] if rest is not None else [])]
        else:
            frame.yielded.append(value)
        return Unknown("sent", Site(frame.unit, expression))

    def _lambda(self, expression: r.Lambda, frame: Frame) -> Value:
        return self._make_function(expression.function, frame, Site(frame.unit, expression))

    # attributes ---------------------------------------------------------------------------------
    def get_attribute(self, obj: Value, name: str, site: Site) -> Value:
        """``obj.name``."""
        return attributes.get(self, obj, name, site)

    def set_attribute(self, obj: Value, name: str, value: Value, site: Site, kind: str = "assign") -> None:
        """``obj.name = value``."""
        attributes.put(self, obj, name, value, site, kind)

    def method(self, obj: Value, name: str) -> Value | None:
        """A method that the project defines for an object, bound to it."""
        if not isinstance(obj, Instance):
            return None
        found = obj.cls.find(name)
        if found is None or found[0] is found[1]:
            return None
        return attributes.bound(found[0], obj)

    def submodule(self, module: ModuleObject, name: str) -> Value | None:
        """A file of a package, as an attribute of the package; None if there is none."""
        if self.loader is None:
            return None
        found = self.loader.unit(f"{module.unit.name}.{name}", module.unit)
        return self.run_unit(found) if found is not None else None

    def base_method(self, instance: Value, base: Value, name: str, site: Site) -> Value:
        """A method that an object has from a library (or unknown) base, bound to it."""
        if isinstance(instance, Instance) and name == "__init__":

            def construct(arguments: Arguments, at: Site) -> Value:
                self.world.construct(self, instance, base, arguments, at)
                return Constant(None, at)

            return Native("__init__", construct, site)
        if name == "__setattr__":

            def put(arguments: Arguments, at: Site) -> Value:
                named = constant(arguments.positional[0]) if arguments.positional else None
                if isinstance(named, str) and len(arguments.positional) > 1:
                    attributes.put(self, instance, named, arguments.positional[1], at, "setattr")
                return Constant(None, at)

            return Native("__setattr__", put, site)
        found = self.world.attribute(self, instance, name, site)
        return found if found is not None else Unknown("super", site, instance, name)

    def put_each(self, obj: Union, name: str, value: Value, site: Site, kind: str) -> None:
        """Set an attribute of one of several objects."""

        def arm(member: Value) -> Callable[[], int]:
            def run() -> int:
                self.set_attribute(member, name, value, site, kind)
                return NORMAL

            return run

        self.branch([arm(member) for member in obj.members])

    def is_running(self, function: Value) -> bool:
        """True if a function's code runs already."""
        return isinstance(function, FunctionValue) and any(f.function is function.function for f in self._stack)

    def iterate(self, value: Value, site: Site) -> tuple[tuple[Value, ...], Value | None]:
        """The items of a value: known ones in order, and what further ones can be (None if there are none)."""
        if isinstance(value, Union):
            states = [self.iterate(member, site) for member in value.members]
            if len({len(items) for items, _ in states}) == 1 and all(rest is None for _, rest in states):
                return tuple(join(*column) for column in zip(*(items for items, _ in states), strict=True)), None
            every = [v for items, rest in states for v in (*items, *([rest] if rest is not None else []))]
            return (), join(*every) if every else Unknown("element", site)
        found = builtins.iterate(self, value, site)
        if found is None and isinstance(value, Instance):
            found = self._iterate_instance(value, site)
        if found is None:
            found = self.world.iterate(self, value, site)
        if found is not None:
            return found
        return (), Unknown("element", site, value)

    def _iterate_instance(self, value: Instance, site: Site) -> tuple[tuple[Value, ...], Value | None] | None:
        if value.cls.flavour == "namedtuple":
            return builtins.field_values(value), None
        method = self.method(value, "__iter__")
        if method is not None:
            made = self.call(method, Arguments(), site)
            if made is not value:
                return self.iterate(made, site)
        method = self.method(value, "__getitem__")
        if method is not None:
            return (), self.call(method, Arguments((Computed("index", (), "number", site),)), site)
        return None

    # calls --------------------------------------------------------------------------------------
    def call(self, callee: Value, arguments: Arguments, site: Site) -> Value:
        """Call a value with arguments; of a union each member."""
        if isinstance(callee, Union):
            return self._call_each(callee, arguments, site)
        event = self._begin(callee, arguments, site)
        if isinstance(callee, FunctionValue):
            result = self.run(callee, arguments, site)
        elif isinstance(callee, ClassValue):
            result = self.construct(callee, arguments, site)
        elif isinstance(callee, Builtin):
            result = builtins.call(self, callee, arguments, site)
        elif isinstance(callee, Partial):
            merged = Arguments(
                (*callee.arguments, *arguments.positional),
                {**callee.keywords, **arguments.keywords},
                arguments.more,
                arguments.others,
            )
            result = self.call(callee.callee, merged, site)
        elif isinstance(callee, Native):
            result = callee.call(arguments, site)
        elif isinstance(callee, Instance):
            method = self.method(callee, "__call__")
            if method is not None:
                result = self.call(method, arguments, site)
            else:
                result = self.world.call_instance(self, callee, arguments, site)
        elif isinstance(callee, LibraryName):
            known = standard.call(self, callee, arguments, site)
            result = known if known is not None else self.world.call(self, callee, arguments, site)
        else:
            result = self.world.call(self, callee, arguments, site)
        if event is not None:
            event.result = result
        return result

    def _call_each(self, callee: Union, arguments: Arguments, site: Site) -> Value:
        found: list[Value] = []

        def arm(member: Value) -> Callable[[], int]:
            def run() -> int:
                found.append(self.call(member, arguments, site))
                return NORMAL

            return run

        self.branch([arm(member) for member in callee.members])
        return join(*found)

    def _begin(self, callee: Value, arguments: Arguments, site: Site) -> CallEvent | None:
        kept = self.calls.setdefault(site.record, [])
        if len(kept) >= MAX_EVENTS:
            return None
        frame = self.frame
        event = CallEvent(
            site,
            callee,
            arguments,
            Unknown("running", site),
            self.phase,
            self.traced,
            frame.function if frame is not None else None,
            frame.receiver if frame is not None else None,
            self.now,
            len(self._stack),
        )
        kept.append(event)
        self.events.append(event)
        return event

    def run(self, callee: FunctionValue, arguments: Arguments, site: Site) -> Value:
        """Run a function of the project."""
        function = callee.function
        running = sum(1 for frame in self._stack if frame.function is function)
        if running > 1 or len(self._stack) > MAX_DEPTH or self.left < self._floor:
            self.escape(arguments.all())
            return Unknown("recursion" if running > 1 else "depth", site)
        given = arguments
        if callee.bound is not None and "staticmethod" not in callee.tags:
            given = arguments.after(callee.bound)
        holder = Locals(site)
        holder.slots.update(bind_function(function, given, callee.defaults, site))
        receiver = callee.bound if callee.bound is not None else None
        frame = Frame(holder, function.scope, callee.closure, callee.unit, function, receiver, callee.owner)
        with self._away(callee.unit):
            return self._run_frame(callee, frame, site)

    @contextmanager
    def _away(self, unit: Unit) -> Iterator[None]:
        """Code of another file has a budget of its own: what a file uses must not leave nothing for the file."""
        if self._floor or not self._stack or self._stack[-1].unit is unit:
            yield
            return
        before = self.left
        self._floor = max(before - self._elsewhere, 1)
        try:
            yield
        finally:
            self._elsewhere -= before - self.left
            self._floor = 0

    def _run_frame(self, callee: FunctionValue, frame: Frame, site: Site) -> Value:
        function = callee.function
        phase = self.world.phase(callee, self.phase)
        self.executed.setdefault(function, set()).add(phase)
        began = self.now
        self._stack.append(frame)
        try:
            with self.in_phase(phase):
                flow = self.block(function.body, frame)
        finally:
            self._stack.pop()
            kept = self.spans.setdefault(function, [])
            if len(kept) < MAX_EVENTS:
                kept.append((callee, began, self.now))
        if function.is_generator:
            kind = "contextmanager" if "contextmanager" in callee.tags else "iterator"
            rest = join(*frame.yielded) if frame.yielded else Unknown("element", site)
            return ListObject(Tuple((), site, rest), site, kind)
        if flow == NORMAL and not function.is_lambda:
            frame.returned.append(Constant(None, Site(callee.unit, function)))
        return join(*frame.returned) if frame.returned else Unknown("raises", site)

    def run_root(self, callee: FunctionValue, given: Mapping[str, Value] | None = None) -> Value:
        """Run a function that nobody in sight calls: its parameters are what ``given`` says, or anybody's guess."""
        function = callee.function
        site = Site(callee.unit, function)
        holder = Locals(site)
        bound = dict(given or {})
        for index, parameter in enumerate(function.parameters):
            name = parameter.name
            here = Site(callee.unit, parameter)
            if index == 0 and callee.bound is not None and "staticmethod" not in callee.tags:
                holder.slots[name] = callee.bound
            elif name in bound:
                holder.slots[name] = bound[name]
            elif parameter.kind == "*":
                more = Parameter(function, name, None, here) if self.patience == 1 else None
                holder.slots[name] = Tuple((), here, more)
            elif parameter.kind == "**":
                more = Parameter(function, name, None, here) if self.patience == 1 else None
                holder.slots[name] = DictObject(Entries({}, more), here)
            elif self.patience > 1 and name in callee.defaults:
                holder.slots[name] = callee.defaults[name]
            else:
                holder.slots[name] = Parameter(function, name, callee.defaults.get(name), here)
        frame = Frame(holder, function.scope, callee.closure, callee.unit, function, callee.bound, callee.owner)
        began = self.now
        returned = self._run_frame(callee, frame, site)
        self._roots.append((began, self.now))
        return returned

    def construct(self, cls: ClassValue, arguments: Arguments, site: Site, generic: bool = False) -> Value:
        """Make an object of a project's class."""
        if cls.flavour == "enum":
            return builtins.enum_member(cls, arguments) or Unknown("enum", site)
        obj = Instance(cls, site, generic)
        self.objects.append(obj)
        found = cls.find("__init__")
        if found is not None and found[0] is not found[1]:
            method = attributes.bound(found[0], obj)
            if isinstance(method, FunctionValue) and generic:
                self.run_root(method)
            else:
                self.call(method, arguments, site)
        elif cls.fields is not None:
            builtins.fill_fields(self, obj, cls, arguments, site, generic)
            method_ = self.method(obj, "__post_init__")
            if method_ is not None:
                self.call(method_, Arguments(), site)
        elif found is not None:
            self.world.construct(self, obj, found[1], arguments, site)
        self.world.made(self, obj)
        return obj

    def copy(self, value: Value, site: Site) -> Value:
        """A shallow copy of what can change; anything else is itself."""
        if isinstance(value, Union):
            return join(*(self.copy(member, site) for member in value.members))
        if isinstance(value, ListObject):
            return ListObject(value.items, site, value.kind)
        if isinstance(value, DictObject):
            return DictObject(value.entries, site)
        if isinstance(value, Instance):
            made = Instance(value.cls, site, value.generic)
            made.slots.update(value.slots)
            made.arguments.update(value.arguments)
            made.facts.update(value.facts)
            made.escaped = value.escaped
            self.objects.append(made)
            return made
        return value

    def escape(self, values: tuple[Value, ...]) -> None:
        """Lists and dictionaries that were handed to code nobody can see hold anything from now on."""
        for value in values:
            for member in value.alternatives():
                if isinstance(member, ListObject):
                    items = member.items
                    unknown = Unknown("escaped", member.site)
                    self.heap.store(member, "[]", Tuple([join(i, unknown) for i in items.items], items.site, unknown))
                elif isinstance(member, DictObject):
                    entries = member.entries
                    unknown = Unknown("escaped", member.site)
                    weak = {k: (key, join(v, unknown)) for k, (key, v) in entries.items.items()}
                    self.heap.store(member, "{}", Entries(weak, unknown))
                elif isinstance(member, (Instance, LibraryObject)):
                    member.escaped = True


class Seen(Mapping[r.Record, Value]):
    """The values that each expression has had, in other rounds and calls too: joined when somebody asks."""

    def __init__(self) -> None:
        self.seen: dict[r.Record, list[Value]] = {}

    def __getitem__(self, record: r.Record) -> Value:
        return join(*self.seen[record])

    def __iter__(self) -> Iterator[r.Record]:
        return iter(self.seen)

    def __len__(self) -> int:
        return len(self.seen)


class Locals(Object):
    """The names of one call of a function (or of a comprehension)."""

    __slots__ = ()


_NO_SCOPE = r.Scope("comprehension", None)


def _which(index: Value) -> str:
    """What tells one unknown item from another: ``[0]``; nothing where the index is not known."""
    found = constant(index)
    return f"[{found!r}]" if isinstance(found, (int, str)) else ""


def _scope_of(expression: r.Comprehension) -> r.Scope:
    """A comprehension's own names: the targets of its loops."""
    scope = r.Scope("comprehension", None)
    for generator in expression.generators:
        for record in generator.target.walk():
            if isinstance(record, r.Name):
                scope.bound[record.id] = None
    return scope


_METHODS = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "@": "__matmul__",
    "**": "__pow__",
    "//": "__floordiv__",
    "%": "__mod__",
    "|": "__or__",
    "&": "__and__",
}
_REFLECTED = {symbol: name.replace("__", "__r", 1) for symbol, name in _METHODS.items()}
