"""KV414 encoder-called-twice."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.facts import CallFacts, Function
from kerasvae_lint.semantics.values import LayerObject

MAX_DEPTH = 4


class EncoderCalledTwice(Rule):
    """A sub-model with `add_loss` is called twice on the same input in one pass: its loss counts twice.

    ## What it finds
    Two calls of one layer or model on the same tensor, in one `call`, train step or function of a training loop, where
    the callee (or a layer in it) adds a loss, as an encoder with a KL does. Not: calls on different tensors, in
    different arms of an `if`, of a callee that adds no loss.

    ## Why it bites
    Each call adds the loss again: the KL's weight is doubled. And each call draws noise of its own, so the code that is
    decoded is not the one that the other call's numbers describe.

    ## Bad
    ```python
    mean, log_var, _ = self.encoder(x)
    z = self.encoder(x)[2]
    ```

    ## Good
    ```python
    mean, log_var, z = self.encoder(x)
    ```

    ## Fix
    Unsafe: called once, the result kept in a local.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 15332 (the same doubling, by TimeDistributed)
    """

    code = "KV414"
    name = "encoder-called-twice"
    triggers = ("add_loss",)
    fixable = "sometimes"
    probes = ("loss",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per second call."""
        functions = set(model.schedules.tracing.functions)
        functions |= {call.function for call in model.method_calls("gradient")}
        for function in functions:
            seen: dict[tuple[str, object, str], CallFacts] = {}
            for call in sorted(function.calls, key=lambda c: c.order):
                key = _key(model, call)
                if key is None:
                    continue
                first = seen.setdefault(key, call)
                if first is call or not _same_pass(model, first, call) or not _adds_loss(model, call):
                    continue
                name = model.text(call.node.func)
                yield Report(
                    call.node,
                    f"`{name}` is called on `{key[2]}` a second time in this pass, and it adds a loss: the loss counts"
                    " twice, in Keras 2 and 3, and the noise is drawn anew. Call it once and keep the result.",
                    ((first.node, "the first call"),),
                    _fix(model, first, call, name),
                )


def _key(model: SemanticModel, call: CallFacts) -> tuple[str, object, str] | None:
    """What two calls share that do the same: the callee, the binding of the argument."""
    if not call.node.args or any(a.star for a in call.node.args):
        return None
    given = call.node.args[0].value
    if not isinstance(call.node.func, (cst.Name, cst.Attribute)) or not isinstance(given, (cst.Name, cst.Attribute)):
        return None
    rest = [a for a in call.node.args[1:] if a.keyword is None or a.keyword.value != "training"]
    if rest or model.name(call.node.func) is not None:
        return None
    bindings: object = None
    if isinstance(given, cst.Name):
        bindings = tuple(b.node for b in model.resolver.bindings(given))
    spelled = model.module.code_for_node
    return spelled(call.node.func), bindings, spelled(given)


def _same_pass(model: SemanticModel, first: CallFacts, second: CallFacts) -> bool:
    """True where both run in one pass, and nothing between them changes the callee."""
    if first.block.excludes(second.block):
        return False
    return not any(isinstance(parent, cst.IfExp) for parent in (model.parent(first.node), model.parent(second.node)))


def _adds_loss(model: SemanticModel, call: CallFacts) -> bool:
    for value in model.values(call.node.func):
        if isinstance(value, LayerObject) and _layer_adds(model, value, 0):
            return True
    return False


def _layer_adds(model: SemanticModel, layer: LayerObject, depth: int) -> bool:
    """True for a layer whose code calls ``self.add_loss``, and for a model that holds or is made of such a layer."""
    if depth > MAX_DEPTH:
        return False
    if layer.cls is not None:
        return _class_adds(layer.cls, depth)
    if layer.name == "keras.Model" and isinstance(layer.node, cst.Call) and model.owns(layer.node):
        outputs = argument(layer.node, 1, "outputs", "output")
        return outputs is not None and _graph_adds(model, outputs, depth)
    if layer.name == "keras.Sequential" and isinstance(layer.node, cst.Call) and model.owns(layer.node):
        given = argument(layer.node, 0, "layers")
        elements = given.elements if isinstance(given, (cst.List, cst.Tuple)) else ()
        objects = [v for e in elements for v in model.values(e.value) if isinstance(v, LayerObject)]
        return any(_layer_adds(model, inner, depth + 1) for inner in objects)
    return False


def _class_adds(cls: ClassInfo, depth: int) -> bool:
    for owner, function in cls.functions():
        for call in function.calls:
            func = call.node.func
            if isinstance(func, cst.Attribute) and func.attr.value == "add_loss":
                if owner.model.is_self(func.value, function):
                    return True
    for attribute in cls.attributes():
        for owner, store in cls.stores(attribute):
            if store.value is None:
                continue
            for value in owner.model.values(store.value, owner):
                if isinstance(value, LayerObject) and value.cls is not cls:
                    if _layer_adds(owner.model, value, depth + 1):
                        return True
    return False


def _graph_adds(model: SemanticModel, outputs: cst.BaseExpression, depth: int) -> bool:
    """True if a layer on the way to a functional model's outputs adds a loss."""
    todo: list[cst.BaseExpression] = [outputs]
    seen: set[cst.CSTNode] = set()
    while todo and len(seen) < 400:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, (cst.List, cst.Tuple)):
            todo += [element.value for element in node.elements]
        elif isinstance(node, cst.Name):
            todo += [b.value for b in model.resolver.bindings(node) if b.value is not None]
        elif isinstance(node, cst.Subscript):
            todo.append(node.value)
        elif isinstance(node, cst.Call):
            for value in model.values(node.func):
                if isinstance(value, LayerObject) and _layer_adds(model, value, depth + 1):
                    return True
            todo += [a.value for a in node.args]
    return False


def _fix(model: SemanticModel, first: CallFacts, second: CallFacts, name: str) -> Draft | None:
    """``encoded = self.encoder(x)`` before the first call's statement."""
    function: Function = first.function
    if first.block is not second.block or not isinstance(function.node, cst.FunctionDef):
        return None
    if [model.text(a) for a in first.node.args] != [model.text(a) for a in second.node.args]:
        return None
    local = {"encoder": "encoded", "decoder": "decoded"}.get(name.rpartition(".")[2], "result")
    if local in function.scope.bindings:
        return None
    statement = model.statement_of(first.node)
    line = model.parent(statement)
    if not isinstance(line, cst.SimpleStatementLine) or line.body[0] is not statement:
        return None
    editor = Editor(model)
    start = model.span(statement)[0]
    at = editor.line_start(start)
    editor.edit(at, at, f"{editor.indent_at(start)}{local} = {model.text(first.node)}{editor.newline}")
    editor.replace(first.node, local)
    editor.replace(second.node, local)
    return editor.draft("Call it once", Applicability.UNSAFE)
