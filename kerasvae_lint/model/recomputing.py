"""The one fix of the stale-value rules: compute the kept value where it is used, and stop keeping it.

A local at the top of each traced method that reads the attribute; a property instead where the attribute is read
elsewhere too (a script that prints it, another method, an inherited ``call``).
"""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.keras.kept import Kept
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.moving import Mover, NotMovableError, is_receiver, receiver_of
from kerasvae_lint.values.interpreter import CONSTRUCTION
from kerasvae_lint.values.lattice import Computed, FunctionValue, Instance, LibraryObject, leaves

_OPPOSITE = {"is": "is not", "is not": "is", "==": "!=", "!=": "==", "in": "not in", "not in": "in"}


@dataclass(frozen=True, eq=False, slots=True)
class _Store:
    """``self.attribute = value`` in a method: the target, the statement, the value where it stands written.

    For ``setattr(self, "attribute", value)`` the target is the call.
    """

    target: r.Attribute | r.Call
    statement: r.Assign | r.ExpressionStatement
    function: r.Function
    value: r.Expression | None


def recompute(module: Module, kept: Kept, message: str) -> Draft | None:
    """The fix for a kept value, or None where it can't be made with certainty."""
    cls = r.class_of(kept.write.site.record)
    stores = _stores(cls, kept.attribute) if cls is not None else []
    store = next((s for s in stores if s.target is kept.write.site.record), None)
    if cls is None or store is None or store.value is None or _makes_its_variables(module, kept, store.value):
        return None
    records = [write.site.record for write in kept.owner.writes[kept.attribute]]
    if any(all(record is not s.target for s in stores) for record in records):
        return None
    try:
        return _Recomputing(module, kept, cls, store, [s for s in stores if s is not store]).draft(message)
    except NotMovableError:
        return None


def _stores(cls: r.Class, attribute: str) -> list[_Store]:
    found = []
    for statement in cls.walk():
        function = r.method_of(statement) if isinstance(statement, (r.Assign, r.ExpressionStatement)) else None
        if function is None or r.function_of(statement) is not function:
            continue
        if isinstance(statement, r.ExpressionStatement):
            call = statement.value
            if isinstance(call, r.Call) and _is_setattr(call, attribute, function):
                found.append(_Store(call, statement, function, call.arguments[2].value))
            continue
        assert isinstance(statement, r.Assign)
        for target in statement.targets:
            for part, value in _pairs(target, statement.value):
                if isinstance(part, r.Attribute) and part.attr == attribute and is_receiver(part.value, function):
                    found.append(_Store(part, statement, function, value))
    return found


def _is_setattr(call: r.Call, attribute: str, function: r.Function) -> bool:
    """True for ``setattr(self, "attribute", value)``."""
    if not isinstance(call.func, r.Name) or call.func.id != "setattr" or len(call.arguments) != 3:
        return False
    owner, name = call.arguments[0].value, call.arguments[1].value
    return is_receiver(owner, function) and isinstance(name, r.Constant) and name.value == attribute


def _pairs(target: r.Expression, value: r.Expression | None) -> list[tuple[r.Expression, r.Expression | None]]:
    if not isinstance(target, r.Display):
        return [(target, value)]
    items = value.items if isinstance(value, r.Display) and len(value.items) == len(target.items) else None
    found = []
    for index, item in enumerate(target.items):
        found += _pairs(item, items[index] if items is not None else None)
    return found


def _makes_its_variables(module: Module, kept: Kept, value: r.Expression) -> bool:
    """True where the expression makes the variables itself: it can run only once."""
    made = set()
    for part in leaves(kept.value):
        if isinstance(part, LibraryObject) and part.kind == "variable" and part.name != "weight":
            made.add(part)
    for distribution in (*kept.snapshots, *kept.live):
        made |= {v for v in leaves(distribution) if isinstance(v, LibraryObject) and v.kind == "variable"}
    called = {
        event.callee.function
        for call in module.all_calls
        if module.stands_in(call.record, value)
        for event in call.events
        if isinstance(event.callee, FunctionValue)
    }
    for variable in made:
        if variable.name != "weight" and variable.site is not None:
            if module.stands_in(variable.site.record, value) or variable.function in called:
                return True
    return False


class _Recomputing:
    """The edits for one store."""

    def __init__(self, module: Module, kept: Kept, cls: r.Class, store: _Store, others: list[_Store]) -> None:
        self.module = module
        self.kept = kept
        self.cls = cls
        self.store = store
        self.others = others
        self.mover = Mover(module, cls)
        self.editor: Editor = module.editor()

    def draft(self, message: str) -> Draft | None:
        """The fix; None where it can't be made."""
        expression, whole = self._expression()
        appended = self._appended()
        gone = frozenset({self.store.statement, *appended})
        traced = [read.site.record for read in self.kept.reads]
        if any(read.site.unit is not self.module.unit for read in self.kept.reads):
            return None
        elsewhere = [x for x in self._loads() if x not in traced and r.statement_of(x) not in gone]
        self._remove(gone)
        for statement in appended:
            self.editor.delete_statement(statement, gone, collapse=True)
        if elsewhere or self.kept.inherited:
            done = self._as_property(elsewhere, expression, whole)
        else:
            done = self._as_local(traced, expression)
        if not done:
            return None
        if self.mover.unkept:
            names = " and ".join(f"`{name}`" for name in self.mover.unkept)
            return self.editor.draft(
                f"{message}, and keep {names}, whose weights then are this layer's too", Applicability.UNSAFE
            )
        draws = any(isinstance(part, Computed) and part.op == "draw" for part in leaves(self.kept.value))
        return self.editor.draft(message, Applicability.UNSAFE if draws else Applicability.SAFE)

    # the value ----------------------------------------------------------------------------------
    def _expression(self) -> tuple[str, str]:
        """The value as an expression of a method: with its condition, for a local and for a property."""
        store = self.store
        assert store.value is not None
        text = self.mover.text(store.value, store.function)
        holder = store.statement.parent
        if holder is store.function:
            if self.others:
                raise NotMovableError
            return text, text
        if not isinstance(holder, r.If) or holder.parent is not store.function:
            raise NotMovableError
        arm = store.statement in holder.body
        if any(o.statement.parent is not holder or (o.statement in holder.body) is arm for o in self.others):
            raise NotMovableError
        condition = self.mover.text(holder.test, store.function)
        if isinstance(holder.test, (r.Conditional, r.Lambda, r.Walrus)):
            condition = f"({condition})"
        if isinstance(store.value, (r.Conditional, r.Lambda)):
            text = f"({text})"
        rest = f"self.{self.kept.attribute}" if self.others else "None"
        hidden = f"self.{self._hidden}" if self.others else "None"
        if arm:
            return f"{text} if {condition} else {rest}", f"{text} if {condition} else {hidden}"
        return f"{rest} if {condition} else {text}", f"{hidden} if {condition} else {text}"

    @property
    def _hidden(self) -> str:
        return f"_{self.kept.attribute.lstrip('_')}"

    # reads --------------------------------------------------------------------------------------
    def _loads(self) -> list[r.Attribute]:
        """Where the attribute is read, on this object or on one that nobody can tell from it."""
        found = []
        stores = {s.target for s in (self.store, *self.others)}
        for record in self.module.code.walk():
            if isinstance(record, r.Attribute) and record.attr == self.kept.attribute and record not in stores:
                if record.start > self.store.statement.end or record.end < self.store.statement.start:
                    if not self._is_another(record):
                        found.append(record)
        return found

    def _is_another(self, load: r.Attribute) -> bool:
        """True where the object is known to be something else."""
        owners = self.module.value(load.value).alternatives()
        own = self.kept.owner.cls
        return all(
            isinstance(owner, LibraryObject)
            or (isinstance(owner, Instance) and not owner.cls.is_subclass(own) and not own.is_subclass(owner.cls))
            for owner in owners
        )

    def _appended(self) -> list[r.Statement]:
        """``self.non_trainable_weights.append(self.kernel)`` statements, which go with what they append."""
        found: list[r.Statement] = []
        for load in self._loads():
            call = load.parent.parent if isinstance(load.parent, r.Argument) else None
            if isinstance(call, r.Call) and isinstance(call.func, r.Attribute) and call.func.attr == "append":
                weights = call.func.value
                if isinstance(weights, r.Attribute) and weights.attr.strip("_").endswith("trainable_weights"):
                    if isinstance(call.parent, r.ExpressionStatement):
                        found.append(call.parent)
        return found

    # edits --------------------------------------------------------------------------------------
    def _remove(self, gone: frozenset[r.Statement]) -> None:
        """Take the store's target, or its whole statement, out."""
        store, statement = self.store, self.store.statement
        keep = [f"{receiver_of(store.function)}.{name} = {name}" for name in self.mover.unkept]
        if isinstance(statement, r.ExpressionStatement):
            if keep:
                self.editor.replace(statement, "; ".join(keep))
            else:
                self.editor.delete_statement(statement, gone, collapse=True)
        elif len(statement.targets) > 1:
            if store.target not in statement.targets or keep:
                raise NotMovableError
            assert isinstance(store.target, r.Attribute)
            behind = statement.targets[statement.targets.index(store.target) + 1 :]
            following = behind[0] if behind else statement.value
            self.editor.edit(store.target.start, self.editor.span(following)[0], "")
        elif statement.targets[0] is not store.target:
            self._remove_part(keep)
        elif keep:
            self.editor.replace(statement, "; ".join(keep))
        elif not self._inverted(gone):
            self.editor.delete_statement(statement, gone, collapse=True)

    def _remove_part(self, keep: list[str]) -> None:
        """``a, self.b = x, y`` → ``a = x``."""
        statement = self.store.statement
        assert isinstance(statement, r.Assign)
        target, value = statement.targets[0], statement.value
        if keep or not isinstance(target, r.Display) or not isinstance(value, r.Display):
            raise NotMovableError
        if not isinstance(self.store.target, r.Attribute) or self.store.target not in target.items:
            raise NotMovableError
        if len(target.items) != len(value.items) or len(value.items) < 2:
            raise NotMovableError
        at = target.items.index(self.store.target)
        left = ", ".join(self.module.text(item) for i, item in enumerate(target.items) if i != at)
        right = ", ".join(self.module.text(item) for i, item in enumerate(value.items) if i != at)
        self.editor.replace(statement, f"{left} = {right}")

    def _inverted(self, gone: frozenset[r.Statement]) -> bool:
        """``if a: gone else: rest`` → ``if not a: rest``; False where the statement stands otherwise."""
        holder = self.store.statement.parent
        if not isinstance(holder, r.If) or not all(statement in gone for statement in holder.body):
            return False
        text = self.module.source.text
        behind = holder.orelse[0] if holder.orelse else None
        if behind is None or text.startswith("elif", behind.start) or text.startswith("elif", holder.start):
            return False
        if text[self.editor.line_start(behind.start) : behind.start].strip():
            return False
        self.editor.edit(
            holder.start, self.editor.line_start(behind.start), f"if {self._negated(holder.test)}:{self.editor.newline}"
        )
        return True

    def _negated(self, test: r.Expression) -> str:
        if isinstance(test, r.Unary) and test.operator == "not":
            return self.module.text(test.operand)
        if isinstance(test, r.Comparison) and len(test.operators) == 1 and test.operators[0] in _OPPOSITE:
            left, right = (self.module.text(operand) for operand in test.operands)
            return f"{left} {_OPPOSITE[test.operators[0]]} {right}"
        simple = isinstance(test, (r.Name, r.Attribute, r.Call, r.Subscript))
        return f"not {self.module.text(test)}" if simple else f"not ({self.module.text(test)})"

    def _as_local(self, loads: list[r.Record], expression: str) -> bool:
        by_method: dict[r.Function, list[r.Record]] = {}
        for load in loads:
            method = r.method_of(load)
            if method is None or receiver_of(method) != "self" or not isinstance(load, r.Attribute):
                return False
            by_method.setdefault(method, []).append(load)
        for method, inside in by_method.items():
            name = _free_name(method, self.kept.attribute)
            made = self.editor.insert_at_top(method, [f"{name} = {expression}"])
            for load in inside:
                self.editor.replace(load, name if made else f"({expression})")
        return True

    def _as_property(self, loads: list[r.Attribute], expression: str, whole: str) -> bool:
        attribute, cls = self.kept.attribute, self.cls
        if attribute in cls.methods or (self.others and attribute.startswith("_")):
            return False
        owner = self.kept.owner
        first = min(write.order for write in owner.writes[attribute])
        reads = owner.reads.get(attribute, ())
        early = {read.site.record for read in reads if read.phase == CONSTRUCTION and read.order < first}
        others: set[r.Record] = {other.target for other in self.others}
        if any(load in early or (load not in others and self.others and self._is_early(load)) for load in loads):
            return False
        anchor = cls.methods.get("call") or self.store.function
        step = self._step(anchor)
        lines = ["@property", f"def {attribute}(self):", f"{step}return {whole if self.others else expression}"]
        self.editor.insert_before_function(anchor, lines)
        for other in self.others:
            if not isinstance(other.target, r.Attribute):
                return False
            self.editor.replace(other.target, f"{self.module.text(other.target.value)}.{self._hidden}")
        return True

    def _is_early(self, load: r.Attribute) -> bool:
        method = r.method_of(load)
        return method is not None and method is self.store.function

    def _step(self, method: r.Function) -> str:
        """One level of indentation as the method uses it."""
        outer = self.editor.indent_at(method.parent.start if method.parent is not None else method.start)
        inner = self.editor.indent_at(method.body[0].start)
        return inner[len(outer) :] if inner.startswith(outer) and len(inner) > len(outer) else "    "


def _free_name(method: r.Function, attribute: str) -> str:
    """A local's name that the method has no other use for."""
    name = attribute.strip("_") or attribute
    taken = {record.id for record in method.walk() if isinstance(record, r.Name)}
    taken |= {p.name for record in method.walk() if isinstance(record, r.Function) for p in record.parameters}
    while name in taken:
        name += "_"
    return name
