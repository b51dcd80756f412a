"""The one fix of the stale-value rules: compute the kept value where it is used, and stop keeping it.

A local at the top of each traced method that reads the attribute; a property instead where the attribute is read
elsewhere too (a script that prints it, another method, an inherited ``call``).
"""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.editing import Editor
from kerasvae_lint.semantics.facts import Block, Function, Load, Store
from kerasvae_lint.semantics.kept import Kept
from kerasvae_lint.semantics.phases import CONSTRUCTION

from ._moving import Mover, NotMovableError


def recompute(model: SemanticModel, kept: Kept, message: str) -> Draft | None:
    """The fix for ``kept``, or None where it can't be made with certainty."""
    stores = [s for _, s in kept.cls.stores(kept.attribute) if s.kind != "element"]
    if any(store not in kept.cls.own_stores() for store in stores):
        return None
    if any(owner.model is not model for owner, _ in kept.reads):
        return None
    others = [s for s in stores if s is not kept.store]
    try:
        mover = Mover(model, kept)
        expression, whole = _expression(mover, kept, others)
    except NotMovableError:
        return None
    editor = Editor(model)
    leftover = _appended(model, kept)
    gone = frozenset({kept.store.statement, *leftover})
    if not _remove(editor, kept.store, gone):
        return None
    for statement in leftover:
        editor.delete_statement(statement, gone)
    elsewhere = [r for r in kept.other_reads if model.statement_of(r.node) not in gone and _is_read(r, stores)]
    if elsewhere or kept.inherited:
        done = _as_property(editor, kept, others, expression, whole)
    else:
        done = _as_local(editor, kept, expression)
    return editor.draft(message, Applicability.SAFE) if done else None


def _is_read(load: Load, stores: list[Store]) -> bool:
    return all(load.node is not store.node for store in stores)


def _expression(mover: Mover, kept: Kept, others: list[Store]) -> tuple[str, str]:
    """The value as an expression of a method: with its condition, for a local and for a property."""
    store = kept.store
    assert store.value is not None
    value = store.value
    path = list(store.path)
    while path:
        if path[0] != "[]" or not isinstance(value, (cst.Tuple, cst.List)) or not isinstance(path[1], int):
            raise NotMovableError
        value = value.elements[path[1]].value
        path = path[2:]
    text = mover.text(value, store.function)
    if store.block.owner is store.function.node:
        if others:
            raise NotMovableError
        return text, text
    condition = _condition(mover, store.block, store.function)
    rest = f"self.{kept.attribute}" if others else "None"
    hidden = f"self._{kept.attribute.lstrip('_')}" if others else "None"
    if any(not other.block.excludes(store.block) for other in others):
        raise NotMovableError
    if isinstance(value, (cst.IfExp, cst.Lambda)):
        text = f"({text})"
    if store.block.arm == "if":
        return f"{text} if {condition} else {rest}", f"{text} if {condition} else {hidden}"
    return f"{rest} if {condition} else {text}", f"{hidden} if {condition} else {text}"


def _condition(mover: Mover, block: Block, function: Function) -> str:
    owner = block.owner
    if not isinstance(owner, cst.If) or block.parent is None or block.parent.owner is not function.node:
        raise NotMovableError
    if isinstance(mover.model.parent(owner), cst.If):
        raise NotMovableError
    text = mover.text(owner.test, function)
    return f"({text})" if isinstance(owner.test, (cst.IfExp, cst.Lambda, cst.NamedExpr)) else text


def _remove(editor: Editor, store: Store, gone: frozenset[cst.CSTNode]) -> bool:
    """Take the store's target, or its whole statement, out."""
    statement = store.statement
    if store.kind in {"setattr", "annotated"}:
        editor.delete_statement(statement, gone)
        return True
    if not isinstance(statement, cst.Assign) or store.kind != "assign":
        return False
    if len(statement.targets) > 1:
        index = next((i for i, t in enumerate(statement.targets) if t.target is store.node), None)
        if index is None:
            return False
        following = statement.targets[index + 1] if index + 1 < len(statement.targets) else statement.value
        editor.edit(editor.model.span(statement.targets[index])[0], editor.model.span(following)[0], "")
        return True
    target = statement.targets[0].target
    if target is store.node:
        editor.delete_statement(statement, gone)
        return True
    value = statement.value
    if not isinstance(target, (cst.Tuple, cst.List)) or not isinstance(value, (cst.Tuple, cst.List)):
        return False
    left = [e.value for e in target.elements]
    right = [e.value for e in value.elements]
    if store.node not in left or len(left) != len(right) or len(left) < 2:
        return False
    index = left.index(store.node)  # type: ignore[arg-type]
    model = editor.model
    kept_left = ", ".join(model.text(e) for i, e in enumerate(left) if i != index)
    kept_right = ", ".join(model.text(e) for i, e in enumerate(right) if i != index)
    editor.replace(statement, f"{kept_left} = {kept_right}")
    return True


def _appended(model: SemanticModel, kept: Kept) -> list[cst.CSTNode]:
    """``self.non_trainable_weights.append(self.kernel)`` statements, which go with what they append."""
    found: list[cst.CSTNode] = []
    for load in kept.other_reads:
        argument = model.parent(load.node)
        call = model.parent(argument) if isinstance(argument, cst.Arg) else None
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
            inner = call.func.value
            statement = model.parent(call)
            if isinstance(inner, cst.Attribute) and inner.attr.value.strip("_").endswith("trainable_weights"):
                if isinstance(statement, cst.Expr):
                    found.append(statement)
    return found


def _local_name(model: SemanticModel, function: Function, attribute: str) -> str:
    name = attribute.strip("_") or attribute
    taken = set(function.scope.bindings)
    for child in function.children:
        taken |= set(child.scope.bindings)
    if function.node in model.facts.parents:
        globals_used = {n for n in model.facts.root.scope.bindings if n in model.facts.names}
        taken |= {n for n in globals_used if any(model.function_at(u).method is function for u in model.facts.names[n])}
    while name in taken:
        name += "_"
    return name


def _as_local(editor: Editor, kept: Kept, expression: str) -> bool:
    model = editor.model
    by_method: dict[Function, list[Load]] = {}
    for _, load in kept.reads:
        method = load.function.method
        if method is None or not isinstance(method.node, cst.FunctionDef):
            return False
        by_method.setdefault(method, []).append(load)
    for method, loads in by_method.items():
        node = method.node
        assert isinstance(node, cst.FunctionDef)
        receiver = method.receiver
        if receiver != "self":
            return False
        name = _local_name(model, method, kept.attribute)
        if editor.insert_at_top(node, [f"{name} = {_one_line(expression)}"]):
            for load in loads:
                editor.replace(load.node, name)
        else:
            for load in loads:
                editor.replace(load.node, f"({expression})")
    return True


def _one_line(expression: str) -> str:
    return expression


def _as_property(editor: Editor, kept: Kept, others: list[Store], expression: str, whole: str) -> bool:
    model = editor.model
    cls = kept.cls
    if any(other.kind != "assign" or other.path for other in others) or cls.method(kept.attribute):
        return False
    if any(
        CONSTRUCTION in model.phases(cls, load.function) and load.function.class_facts is cls.facts
        for load in kept.other_reads
        if _is_read(load, others) and not _appended_read(model, load)
    ):
        return False
    own = cls.facts.methods
    anchor = own.get("call") or kept.store.function.method
    if anchor is None or not isinstance(anchor.node, cst.FunctionDef):
        return False
    indent = _step(model, anchor.node)
    value = whole if others else expression
    lines = ["@property", f"def {kept.attribute}(self):", f"{indent}return {value}"]
    editor.insert_before_function(anchor.node, lines)
    for other in others:
        assert isinstance(other.node, cst.Attribute)
        editor.replace(other.node, f"{model.text(other.node.value)}._{kept.attribute.lstrip('_')}")
    return not (others and kept.attribute.startswith("_"))


def _appended_read(model: SemanticModel, load: Load) -> bool:
    argument = model.parent(load.node)
    call = model.parent(argument) if isinstance(argument, cst.Arg) else None
    return isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value == "append"


def _step(model: SemanticModel, node: cst.FunctionDef) -> str:
    """One level of indentation as the method uses it."""
    body = node.body
    if isinstance(body, cst.IndentedBlock) and body.indent is not None:
        return body.indent
    return model.module.default_indent
