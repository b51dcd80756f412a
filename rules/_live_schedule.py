"""The fix of frozen schedules: a non-trainable variable, and ``.assign`` wherever the file sets it."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Binding, Store
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.owners import owners_of

_MESSAGE = "Make it a non-trainable variable and assign it"
_STEPS = {cst.AddAssign: "assign_add", cst.SubtractAssign: "assign_sub"}
_SIGNS = {cst.MultiplyAssign: "*", cst.DivideAssign: "/", cst.PowerAssign: "**"}


def live_attribute(model: SemanticModel, cls: ClassInfo, attribute: str) -> Draft | None:
    """Make ``attribute`` of ``cls`` a variable; None where an edit is not clear."""
    made = [store for _, store in cls.stores(attribute) if store.function.name == "__init__"]
    if cls.model is not model or cls.class_attribute(attribute) is not None or len(made) != 1:
        return None
    if cls.method(attribute) is not None or _set_elsewhere(model, cls, attribute):
        return None
    if any(_decides(model, load.node) for load in model.facts.loads.get(attribute, ())):
        return None
    editor = Editor(model)
    first = made[0]
    if first.value is None or first.path or first.kind != "assign" or not _make(editor, first.value):
        return None
    for store in model.facts.stores:
        if store.attribute != attribute or store is first:
            continue
        if cls not in owners_of(model, store.obj, attribute):
            continue
        if not assign_instead(editor, store):
            return None
    for load in model.facts.loads.get(attribute, ()):
        if load.function.name == "get_config":
            editor.replace(load.node, f"float({model.text(load.node)})")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def live_global(model: SemanticModel, name: str) -> Draft | None:
    """Make the global ``name`` a variable; None where an edit is not clear."""
    bindings = model.facts.root.scope.bindings.get(name, [])
    first = [b for b in bindings if model.function_at(b.node) is model.facts.root]
    if len(first) != 1 or first[0].value is None or first[0].path:
        return None
    editor = Editor(model)
    if not _make(editor, first[0].value):
        return None
    if any(_decides(model, use) for use in model.facts.names.get(name, ())):
        return None
    if not all(_assign_global(model, editor, name, b) for b in bindings if b is not first[0]):
        return None
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def _assign_global(model: SemanticModel, editor: Editor, name: str, binding: Binding) -> bool:
    statement = model.statement_of(binding.node)
    return binding.value is not None and _reassign(editor, statement, name, binding.value)


def _set_elsewhere(model: SemanticModel, cls: ClassInfo, attribute: str) -> bool:
    """True if another file that knows the class sets the attribute of an object."""
    others = model.project.search(model, (attribute, cls.name)) if model.project is not None else []
    return any(
        store.attribute == attribute and not other.is_self(store.obj, store.function)
        for other in others
        if all(own.name != cls.name for own in other.classes)
        for store in other.facts.stores
    )


def _decides(model: SemanticModel, node: cst.CSTNode) -> bool:
    """True if traced code asks a Python question of the value: an ``if``, ``min``, ``range``."""
    if model.function_at(node) not in model.schedules.tracing.functions:
        return False
    below, at = node, model.parent(node)
    while at is not None and not isinstance(at, (cst.BaseSmallStatement, cst.IndentedBlock, cst.Lambda)):
        if isinstance(at, (cst.Comparison, cst.BooleanOperation, cst.FormattedString)):
            return True
        if isinstance(at, (cst.If, cst.IfExp, cst.While)) and at.test is below:
            return True
        if isinstance(at, cst.Call) and isinstance(at.func, cst.Name):
            if at.func.value in {"min", "max", "range", "int", "float", "round", "print", "bool"}:
                return True
        below, at = at, model.parent(at)
    return False


def _make(editor: Editor, value: cst.BaseExpression) -> bool:
    """The number as the start of a variable."""
    model = editor.model
    text, kind = model.text(value), ', dtype="float32"'
    number = literal(value)
    if isinstance(number, (bool, str)):
        return False
    if isinstance(number, float):
        kind = ""
    elif isinstance(number, int):
        text, kind = f"{text}.0", ""
    elif not _is_computed(value):
        return False
    editor.replace(value, f"{_variable(editor)}({text}, trainable=False{kind})")
    return True


def _is_computed(value: cst.BaseExpression) -> bool:
    """True for expressions that may well be numbers."""
    if isinstance(value, cst.Name):
        return value.value not in {"None", "True", "False"}
    return isinstance(value, (cst.Call, cst.BinaryOperation, cst.Attribute))


def _variable(editor: Editor) -> str:
    """``tf.Variable``; in code for Keras 3 that does without TensorFlow ``keras.Variable``."""
    model = editor.model
    without = editor.module_alias(("tensorflow", "tensorflow.compat.v2", "tensorflow.compat.v1")) is None
    if model.flavour.only3 and without and model.keras_prefix == "keras":
        return "keras.Variable"
    return f"{editor.tensorflow()}.Variable"


def assign_instead(editor: Editor, store: Store) -> bool:
    """``x.a = v`` as ``x.a.assign(v)``."""
    model = editor.model
    if store.value is None or store.path not in {(), ("aug",)}:
        return False
    if store.kind == "setattr":
        target = f"{model.text(store.obj)}.{store.attribute}"
        editor.replace(store.node, f"{target}.assign({model.text(store.value)})")
        return True
    if store.kind not in {"assign", "aug"}:
        return False
    return _reassign(editor, model.statement_of(store.node), model.text(store.node), store.value)


def _reassign(editor: Editor, statement: cst.CSTNode, target: str, value: cst.BaseExpression) -> bool:
    text = editor.model.text(value)
    if isinstance(statement, cst.AugAssign):
        kind = type(statement.operator)
        if kind in _STEPS:
            editor.replace(statement, f"{target}.{_STEPS[kind]}({text})")
            return True
        sign = _SIGNS.get(kind)
        if sign is None:
            return False
        right = text if isinstance(value, (cst.Name, cst.Attribute, cst.Integer, cst.Float, cst.Call)) else f"({text})"
        editor.replace(statement, f"{target}.assign({target} {sign} {right})")
        return True
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return False
    if not isinstance(statement.targets[0].target, (cst.Name, cst.Attribute)):
        return False
    editor.replace(statement, f"{target}.assign({text})")
    return True
