"""KV114 loss-weight-snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.fits import keyword
from kerasvae_lint.semantics.values import Snapshot, Variable

from ._schedules import place


class LossWeightSnapshot(Rule):
    """`loss_weights=[1.0, 0.5 * beta]`: the product is computed once, and the variable forgotten.

    ## What it finds
    An element of `loss_weights` that is computed from a variable (a product, a difference, a cast), where host code
    sets the variable during training. Not: the variable itself, which is live.

    ## Why it bites
    Outside of the graph `0.5 * beta` is a number by the time `compile` gets it. The callback sets the variable, and the
    loss keeps the weight that it started with; measured, the loss stays the same to the last digit.

    ## Bad
    ```python
    model.compile("adam", ["mse", "mse"], loss_weights=[1.0, 0.5 * beta])
    ```

    ## Good
    ```python
    model.compile("adam", ["mse", "mse"], loss_weights=[1.0, beta])  # and beta.assign(0.5 * …)
    ```

    ## Fix
    Unsafe, where the variable has no other use and is multiplied by a number: the variable itself, and the number at
    every write and at its start.

    ## Keras 2 and Keras 3
    The same in both. A variable as a loss weight works in Keras 2 and from Keras 3.8 on.
    """

    code = "KV114"
    name = "loss-weight-snapshot"
    triggers = ("loss_weights",)
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-layer"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per weight that is a copy."""
        for call in model.method_calls("compile"):
            weights = keyword(call.node, "loss_weights")
            for node in _elements(model, weights) if weights is not None else ():
                copied = [v for value in model.values(node) if isinstance(value, Snapshot) for v in value.of]
                writes = _writes(model, copied)
                where = (writes[0].model, writes[0].node) if writes else _elsewhere(model, copied)
                if where is None:
                    continue
                yield Report(
                    node,
                    f"`{model.text(node)}` is computed once, before `compile` gets it: setting the variable changes no"
                    " loss, in Keras 2 and 3. Give the variable itself, and scale what is assigned.",
                    ((place(model, *where), "host code sets the variable here"),),
                    _fix(model, node, copied, writes) if writes else None,
                )


def _elements(model: SemanticModel, weights: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(weights, cst.Name):
        bound = [b.value for b in model.resolver.bindings(weights) if b.value is not None and not b.path]
        return _elements(model, bound[0]) if len(bound) == 1 and not isinstance(bound[0], cst.Name) else []
    if isinstance(weights, (cst.List, cst.Tuple)):
        return [element.value for element in weights.elements]
    if isinstance(weights, cst.Dict):
        return [element.value for element in weights.elements if isinstance(element, cst.DictElement)]
    return []


def _writes(model: SemanticModel, copied: list[Variable]) -> list[Change]:
    nodes = {variable.node for variable in copied}
    return [
        write
        for write in model.schedules.writes
        if any(isinstance(value, Variable) and value.node in nodes for value in model.values(write.target))
    ]


def _elsewhere(model: SemanticModel, copied: list[Variable]) -> tuple[SemanticModel, cst.CSTNode] | None:
    """A write by a callback of another file that is given the variable."""
    nodes = {variable.node for variable in copied}
    for handed in model.schedules.handed:
        if any(value.node in nodes for value in model.values(handed.given)):
            return handed.write.model, handed.write.call.node
    return None


def _fix(model: SemanticModel, node: cst.BaseExpression, copied: list[Variable], writes: list[Change]) -> Draft | None:
    """``c * variable`` → the variable, with the factor at every write and at the start."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Multiply):
        return None
    sides = [(node.left, node.right), (node.right, node.left)]
    found = [(c, v) for c, v in sides if isinstance(literal(c), (int, float)) and isinstance(v, cst.Name)]
    if len(found) != 1 or len({variable.node for variable in copied}) != 1:
        return None
    factor, name = found[0]
    assert isinstance(name, cst.Name)
    call = copied[0].node
    if (
        not isinstance(call, cst.Call)
        or not call.args
        or call.args[0].star
        or not _has_no_other_use(model, name, writes)
    ):
        return None
    start = literal(call.args[0].value)
    scale = literal(factor)
    if not isinstance(start, (int, float)) or not isinstance(scale, (int, float)):
        return None
    if len(writes) != sum(1 for w in model.writes if _is_of(model, w.target, call)):
        return None
    editor = Editor(model)
    editor.replace(node, name.value)
    if start:
        editor.replace(call.args[0].value, repr(float(start * scale)))
    for write in writes:
        value = write.value
        if value is None:
            return None
        text = model.text(value)
        plain = isinstance(value, (cst.Name, cst.Attribute, cst.Call, cst.Integer, cst.Float))
        editor.replace(value, f"{model.text(factor)} * {text if plain else f'({text})'}")
    return editor.draft("Give the variable itself", Applicability.UNSAFE)


def _is_of(model: SemanticModel, target: cst.BaseExpression, made: cst.CSTNode) -> bool:
    return any(value.node is made for value in model.values(target))


def _has_no_other_use(model: SemanticModel, name: cst.Name, writes: list[Change]) -> bool:
    """True if the name stands in the weights, in writes and in constructors of callbacks only."""
    targets = {id(write.target) for write in writes}
    for use in model.facts.names.get(name.value, ()):
        if use is name or id(use) in targets:
            continue
        argument = model.parent(use)
        if isinstance(argument, cst.AssignTarget):
            continue
        call = model.parent(argument) if isinstance(argument, cst.Arg) else None
        if not isinstance(call, cst.Call):
            return False
        made = model.constructed(call)
        if not made or any("callback" not in cls.kinds for cls in made):
            return False
    return True
