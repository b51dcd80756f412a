"""KV109 loss-weights-not-live."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.facts import CallFacts, Store
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.phases import is_super_call
from kerasvae_lint.semantics.schedules.fits import keyword
from kerasvae_lint.semantics.schedules.tracing import classes_in
from kerasvae_lint.semantics.sites import kept_arguments
from kerasvae_lint.semantics.writes import place_of

Element = tuple[cst.CSTNode, cst.BaseExpression, cst.BaseExpression]  # statement, index, value


class LossWeightsNotLive(Rule):
    """`loss_weights` that weigh nothing: with `loss=None`, or as a list that changes after `compile`.

    ## What it finds
    `compile(loss=None, loss_weights=…)` (a missing `loss` too) of a model that has no `compile` of its own, and a list
    or dict given as `loss_weights` whose elements a callback, a LambdaCallback or a training loop sets later.

    ## Why it bites
    `loss_weights` belong to the losses of `compile`. With none of these they are ignored, and `add_loss` terms are not
    weighted at all: measured, the loss is 0.96 for weights 5 and none. And `compile` takes the numbers out of a list
    once: setting an element later changes no loss, eager or compiled.

    ## Bad
    ```python
    weights = [1.0, 0.0]
    model.compile("adam", ["mse", "mse"], loss_weights=weights)
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: weights.__setitem__(1, epoch / 10))
    ```

    ## Good
    ```python
    weights = [1.0, tf.Variable(0.0, trainable=False)]
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: weights[1].assign(epoch / 10))
    ```

    ## Fix
    Unsafe, for a list in one file: a non-trainable variable as the element, and `.assign`. With `loss=None`: multiply
    inside `add_loss`, by a non-trainable variable.

    ## Keras 2 and Keras 3
    The same in both. A variable as a loss weight works in Keras 2 and from Keras 3.8 on.

    ## References
    - keras-team/keras issues 2595, 6446 and 20294
    """

    code = "KV109"
    name = "loss-weights-not-live"
    triggers = ("loss_weights",)
    fixable = "sometimes"
    probes = ("schedule",)
    recipe = "kl-layer"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per `compile` without a loss, and per element that is set too late."""
        for call in model.method_calls("compile"):
            weights = keyword(call.node, "loss_weights")
            if weights is None or _is_none(weights) or any(a.star for a in call.node.args):
                continue
            if _has_own_compile(model, call):
                continue
            if _has_no_loss(call.node):
                yield Report(
                    call.node.func,
                    "`loss_weights` weigh the losses of `compile`, and here is none: they are ignored, and `add_loss`"
                    " is"
                    " not weighted, in Keras 2 and 3. Multiply inside `add_loss`, by a non-trainable variable.",
                    ((weights, "these weights have no effect"),),
                )
            elif isinstance(weights, cst.Name):
                yield from _mutated(model, weights)


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _has_no_loss(call: cst.Call) -> bool:
    loss = keyword(call, "loss")
    if loss is not None:
        return _is_none(loss)
    plain = [argument for argument in call.args if argument.keyword is None]
    return len(plain) < 2 or _is_none(plain[1].value)


def _has_own_compile(model: SemanticModel, call: CallFacts) -> bool:
    """True where ``compile`` is the project's own, which may do anything with the weights."""
    func = call.node.func
    assert isinstance(func, cst.Attribute)
    if is_super_call(func.value):
        return True
    return any(cls.method("compile") is not None for cls in classes_in(model.values(func.value)))


def _mutated(model: SemanticModel, weights: cst.Name) -> Iterator[Report]:
    displays = [b.value for b in model.resolver.bindings(weights)]
    if len(displays) != 1 or not isinstance(displays[0], (cst.List, cst.Dict)):
        return
    changed = [*_elements_set(model, weights), *_set_by_callbacks(model, weights)]
    for node, _, _ in changed:
        yield Report(
            node,
            f"`compile` has taken the numbers out of `{weights.value}`: setting an element during training changes no"
            " loss,"
            " in Keras 2 and 3. Make it a non-trainable variable, and assign it.",
            ((weights, "`compile` reads it here"),),
            _fix(model, displays[0], changed) if node is changed[0][0] else None,
        )


def _elements_set(model: SemanticModel, weights: cst.Name) -> Iterator[Element]:
    """``weights[i] = v`` and ``weights.__setitem__(i, v)`` where they happen again and again during training."""
    scope = model.resolver.scope_at(weights).lookup(weights.value)
    for use in model.facts.names.get(weights.value, ()):
        there = model.resolver.scope_at(use).lookup(weights.value)
        if scope is None or there is None or there[0] is not scope[0]:
            continue
        statement = model.statement_of(use)
        around = model.parent(use)
        if isinstance(statement, cst.Assign) and isinstance(around, cst.Subscript):
            yield from _assigned(model, statement, around)
        elif isinstance(around, cst.Attribute) and around.attr.value == "__setitem__":
            call = model.parent(around)
            if isinstance(call, cst.Call) and len(call.args) == 2 and _is_scheduled(model, call):
                yield call, call.args[0].value, call.args[1].value


def _assigned(model: SemanticModel, statement: cst.Assign, element: cst.Subscript) -> Iterator[Element]:
    index = element.slice[0].slice
    alone = len(statement.targets) == 1 and statement.targets[0].target is element
    if alone and isinstance(index, cst.Index) and _is_scheduled(model, element):
        yield statement, index.value, statement.value


def _set_by_callbacks(model: SemanticModel, weights: cst.Name) -> Iterator[Element]:
    """``self.w[i] = v`` in a callback of this module whose constructor is given the weights."""
    bound = model.resolver.bindings(weights)
    kept = [
        (cls, attribute)
        for call in model.facts.calls
        if call.node.args
        for cls in model.constructed(call.node)
        if cls.model is model and "callback" in cls.kinds
        for attribute, given in kept_arguments(cls, call.node)
        if isinstance(given, cst.Name) and model.resolver.bindings(given) == bound
    ]
    for owner, load in (found for cls, attribute in kept for found in model.self_loads(cls, attribute)):
        statement, around = model.statement_of(load.node), model.parent(load.node)
        if owner.model is model and isinstance(statement, cst.Assign) and isinstance(around, cst.Subscript):
            yield from _assigned(model, statement, around)


def _is_scheduled(model: SemanticModel, node: cst.BaseExpression) -> bool:
    order, block = model.resolver.place_of(node)
    if block is None:
        return False
    statement = model.statement_of(node)
    here = Store("", node, node, model.function_at(node), statement, order, block, None, (), "element")
    return place_of(model, here) in {"callback", "lambda", "loop"}


def _fix(model: SemanticModel, display: cst.List | cst.Dict, changed: list[Element]) -> Draft | None:
    editor = Editor(model)
    done: set[cst.CSTNode] = set()
    for node, index, value in changed:
        start = _start(display, literal(index))
        if start is None:
            return None
        if start not in done:
            number = literal(start)
            if not isinstance(number, (int, float)) or isinstance(number, bool):
                return None
            editor.replace(start, f"{editor.tensorflow()}.Variable({float(number)}, trainable=False)")
            done.add(start)
        target = node.targets[0].target if isinstance(node, cst.Assign) else None
        if target is None and isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            text = f"{model.text(node.func.value)}[{model.text(index)}]"
        elif target is not None:
            text = model.text(target)
        else:
            return None
        editor.replace(node, f"{text}.assign({model.text(value)})")
    return editor.draft("Make the weight a variable and assign it", Applicability.UNSAFE)


def _start(display: cst.List | cst.Dict, index: object) -> cst.BaseExpression | None:
    if isinstance(display, cst.Dict):
        for item in display.elements:
            if isinstance(item, cst.DictElement) and literal(item.key) == index and index is not None:
                return item.value
        return None
    if isinstance(index, int) and -len(display.elements) <= index < len(display.elements):
        return display.elements[index].value
    return None
