"""How a number that a training changes is made live: a non-trainable variable, and ``.assign`` wherever it is set."""

from __future__ import annotations

import math

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.mentions import is_own
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.moving import parenthesized
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import Computed, Constant, Parameter, Site, Unknown, Value

_MESSAGE = "Make it a non-trainable variable and assign it"
_STEPS = {"+": "assign_add", "-": "assign_sub"}
_SIGNS = frozenset({"*", "/", "//", "%", "**"})
_PYTHON_ONLY = frozenset({"min", "max", "range", "int", "float", "round", "print", "bool", "str", "isinstance"})


# setting ----------------------------------------------------------------------------------------
def assign_instead(editor: Editor, place: r.Record) -> bool:
    """Have ``x.a = v`` written as ``x.a.assign(v)``, ``x.a += v`` as ``x.a.assign_add(v)``.

    Args:
        editor: collects the edits.
        place: what is set: the attribute or name in its statement, or the call of ``setattr``.

    Returns:
        False where it can't be written so: several targets at once, ``__dict__.update``, the target of a loop.
    """
    if isinstance(place, r.Call):
        return _instead_of_setattr(editor, place)
    statement = place.parent
    if not isinstance(place, (r.Attribute, r.Name)):
        return False
    if isinstance(statement, r.Augmented) and statement.target is place:
        if statement.operator in _STEPS:
            return _call_instead(editor, place, _STEPS[statement.operator], statement.value)
        return statement.operator in _SIGNS and _compute_and_assign(editor, place, statement)
    if isinstance(statement, r.Assign) and statement.targets == (place,):
        return _call_instead(editor, place, "assign", statement.value)
    return False


def _instead_of_setattr(editor: Editor, call: r.Call) -> bool:
    if not isinstance(call.func, r.Name) or call.func.id != "setattr" or len(call.arguments) != 3:
        return False
    obj, name, value = (argument.value for argument in call.arguments)
    word = name.value if isinstance(name, r.Constant) else None
    if any(argument.star for argument in call.arguments) or not isinstance(word, str) or not word.isidentifier():
        return False
    target = parenthesized(_text(editor, obj), obj)
    editor.replace(call, f"{target}.{word}.assign({_text(editor, value)})")
    return True


def _call_instead(editor: Editor, target: r.Expression, method: str, value: r.Expression) -> bool:
    """``target.method(value)`` in place of a statement, the value left as it is written."""
    if isinstance(value, r.Suspend) or _is_bare_tuple(editor, value):
        return False
    start, end = editor.span(value)
    if (start, end) != (value.start, value.end):
        editor.edit(target.end, start, f".{method}")
        return True
    editor.edit(target.end, start, f".{method}(")
    editor.edit(end, end, ")")
    return True


def _compute_and_assign(editor: Editor, target: r.Expression, statement: r.Augmented) -> bool:
    written, value = _text(editor, target), statement.value
    if isinstance(value, r.Suspend) or _is_bare_tuple(editor, value):
        return False
    right = parenthesized(_text(editor, value), value)
    editor.replace(statement, f"{written}.assign({written} {statement.operator} {right})")
    return True


def _is_bare_tuple(editor: Editor, value: r.Expression) -> bool:
    return isinstance(value, r.Display) and value.kind == "tuple" and editor.text[value.start] != "("


def _text(editor: Editor, record: r.Record) -> str:
    return editor.text[record.start : record.end]


# making -----------------------------------------------------------------------------------------
def live_attribute(module: Module, cls: Class, attribute: str) -> Draft | None:
    """Make an attribute of a class's objects a variable; None where an edit of this file alone is not clear."""
    found = cls.attributes.get(attribute)
    if found is None or cls.unit is not module.unit or any(attribute in base.slots for base in cls.value.classes()):
        return None
    machine = module.program.machine
    loose = [access for _, name, access in machine.loose_writes if name == attribute]
    writes = {access.site.record: access for access in (*found.writes, *loose) if access.kind != "delete"}
    made = [access for access in writes.values() if access.function is not None and access.function.name == "__init__"]
    if len(made) != 1 or not all(module.owns(a.site) and a.phase != TRACING for a in writes.values()):
        return None
    if any(_is_no_number(access.value) for access in writes.values()) or _is_set_elsewhere(module, cls, attribute):
        return None
    reads = [access for access in found.reads if module.owns(access.site)]
    if any(access.phase == TRACING and _is_decided_by(access.site.record) for access in reads):
        return None
    editor = module.editor()
    first, start = made[0].site.record, made[0].site.record.parent
    if not isinstance(start, r.Assign) or start.targets != (first,) or start.annotation is not None:
        return None
    if not _make(module, editor, start.value):
        return None
    if not all(assign_instead(editor, record) for record in writes if record is not first):
        return None
    for access in reads:
        if access.function is not None and access.function.name == "get_config":
            editor.replace(access.site.record, f"float({module.text(access.site.record)})")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def live_global(module: Module, name: str) -> Draft | None:
    """Make a global of the file a variable; None where an edit is not clear."""
    uses = [use for use in module.code.walk() if isinstance(use, r.Name) and use.id == name]
    uses = [use for use in uses if r.home_of(use) is module.code.scope]
    bound = [use for use in uses if _binds(use)]
    first = [use for use in bound if r.function_of(use) is None]
    start = first[0].parent if len(first) == 1 else None
    if not isinstance(start, r.Assign) or start.targets != (first[0],) or start.annotation is not None:
        return None
    traced = [use for use in uses if use not in bound and _is_traced(module, use)]
    editor = module.editor()
    if any(_is_decided_by(use) for use in traced) or not _make(module, editor, start.value):
        return None
    if not all(assign_instead(editor, use) for use in bound if use is not first[0]):
        return None
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def live_number(module: Module, number: Site, reads: list[Site], writes: list[r.Expression]) -> Draft | None:
    """Make a number with a name a variable, and assign it where attributes that it was handed to are set.

    Args:
        module: the file.
        number: the number as it is written.
        reads: where traced code reads it.
        writes: the attributes, where they are set.
    """
    start = number.record.parent
    if not isinstance(start, r.Assign) or len(start.targets) != 1 or start.annotation is not None:
        return None
    name = start.targets[0]
    if not module.owns(number) or start.value is not number.record or not isinstance(name, r.Name):
        return None
    if any(not module.owns(read) or _is_decided_by(read.record) for read in reads):
        return None
    home = r.home_of(name)
    uses = [use for use in module.code.walk() if isinstance(use, r.Name) and use.id == name.id]
    uses = [use for use in uses if use is not name and r.home_of(use) is home]
    if any(_binds(use) or not (isinstance(use.parent, r.Argument) or _is_traced(module, use)) for use in uses):
        return None
    editor = module.editor()
    assert isinstance(number.record, r.Expression)
    if not _make(module, editor, number.record) or not all(assign_instead(editor, write) for write in writes):
        return None
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def _binds(use: r.Name) -> bool:
    """True if a name stands where it gets a value: the target of an assignment, a loop, a ``with``, a ``del``."""
    below: r.Record = use
    at = use.parent
    while isinstance(at, (r.Display, r.Starred)):
        below, at = at, at.parent
    if isinstance(at, (r.Assign, r.Delete)):
        return below in at.targets
    return isinstance(at, (r.Augmented, r.For, r.WithItem, r.Generator, r.Walrus)) and at.target is below


def _is_traced(module: Module, use: r.Record) -> bool:
    function = r.function_of(use)
    return function is not None and TRACING in module.phases(function)


def _is_no_number(value: Value) -> bool:
    """True for what can plainly be something else than a number: None, a text, an object."""
    for member in value.alternatives():
        if isinstance(member, Constant) and not isinstance(member.value, (int, float)):
            return True
        if not isinstance(member, (Constant, Computed, Parameter, Unknown)):
            return True
    return False


def _is_set_elsewhere(module: Module, cls: Class, attribute: str) -> bool:
    """True if another file that knows the class sets an attribute of that name of some object."""
    for unit in module.around.search((attribute, cls.name)) if module.around is not None else ():
        if any(own.name == cls.name for own in unit.module.classes):
            continue
        for record in unit.module.walk():
            targets = record.targets if isinstance(record, r.Assign) else ()
            if isinstance(record, r.Augmented):
                targets = (record.target,)
            for target in targets:
                if isinstance(target, r.Attribute) and target.attr == attribute and not is_own(target):
                    return True
    return False


def _is_decided_by(record: r.Record) -> bool:
    """True if Python itself asks for the value: an ``if``, a comparison, ``min``, ``range``."""
    below, at = record, record.parent
    while at is not None and not isinstance(at, (r.Function, r.Class, r.Module)):
        if isinstance(at, (r.Comparison, r.Boolean, r.Formatted)):
            return True
        if isinstance(at, (r.If, r.Conditional, r.While)) and at.test is below:
            return True
        if isinstance(at, r.Call) and isinstance(at.func, r.Name) and at.func.id in _PYTHON_ONLY:
            return True
        if isinstance(at, r.Statement):
            return False
        below, at = at, at.parent
    return False


def _make(module: Module, editor: Editor, value: r.Expression) -> bool:
    """Have the number that a value starts with made the start of a variable; False if it may be no number."""
    text, kind = module.text(value), ', dtype="float32"'
    literal = _literal(value)
    if literal is not None:
        if isinstance(literal, int) and not _is_decimal(text):
            return False
        text, kind = (f"{text}.0" if isinstance(literal, int) else text), ""
    elif not isinstance(value, (r.Name, r.Call, r.Binary, r.Attribute)):
        return False
    editor.replace(value, f"{_variable(module, editor)}({text}, trainable=False{kind})")
    return True


def _literal(value: r.Expression) -> int | float | None:
    """The number that is written, its sign included; None for all else."""
    if isinstance(value, r.Unary) and value.operator in {"+", "-"}:
        inner = _literal(value.operand)
        return None if inner is None else -inner if value.operator == "-" else inner
    found = value.value if isinstance(value, r.Constant) else None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _is_decimal(text: str) -> bool:
    """True for an integer that is a float once ``.0`` stands behind it."""
    digits = text.lstrip("+-").replace("_", "")
    return digits.isdigit() and math.isfinite(float(digits))


def _variable(module: Module, editor: Editor) -> str:
    """``tf.Variable``; in code for Keras 3 that does without TensorFlow ``keras.Variable``."""
    without = editor.module_alias(("tensorflow", "tensorflow.compat.v2", "tensorflow.compat.v1")) is None
    if module.flavour.only3 and without and module.keras_prefix == "keras":
        return "keras.Variable"
    return f"{editor.tensorflow()}.Variable"
