"""KV106 variable-in-config."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.scalars import is_scalar_variable
from kerasvae_lint.semantics.values import Value, Variable


class VariableInConfig(Rule):
    """`get_config` hands out a variable, which can't be serialised.

    ## What it finds
    A value in the dictionary of `get_config` that is a variable: made by the class, or handed to its constructor.

    ## Why it bites
    `model.to_json()` and `model.save()` need plain values: they raise on a variable, or store its text.

    ## Bad
    ```python
    def get_config(self):
        return {**super().get_config(), "beta": self.beta}  # self.beta is a variable
    ```

    ## Good
    ```python
    def get_config(self):
        return {**super().get_config(), "beta": float(self.beta)}
    ```

    ## Fix
    Unsafe, for a scalar: `float(…)`, which holds for a number as well. A layer made anew from the config then holds a
    number, and has to make its own variable of it.

    ## Keras 2 and Keras 3
    Not serialisable in both.
    """

    code = "KV106"
    name = "variable-in-config"
    triggers = ("get_config",)
    fixable = "unsafe"
    probes = ("save",)
    recipe = "kl-layer"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per entry of a config that is a variable."""
        for cls in model.classes:
            method = cls.facts.methods.get("get_config")
            if method is None or not cls.kinds:
                continue
            for key, node in _entries(model, method):
                variable = _variable(model, cls, node)
                if variable is None:
                    continue
                notes = ((variable.node, "the variable is made here"),) if model.owns(variable.node) else ()
                yield Report(
                    node,
                    f"`get_config` gives a variable for {model.text(key)}: it can't be serialised, so saving the model"
                    " fails or stores its text, in Keras 2 and 3. Give its value.",
                    notes,
                    _fix(model, node, variable),
                )


def _entries(model: SemanticModel, method: Function) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
    """Keys and values of every dictionary that the method makes or updates."""
    for call in method.calls:
        func = call.node.func
        if (isinstance(func, cst.Name) and func.value == "dict") or (
            isinstance(func, cst.Attribute) and func.attr.value == "update"
        ):
            for argument in call.node.args:
                if argument.keyword is not None:
                    yield argument.keyword, argument.value
    for node in model.nodes_in(method, cst.DictElement):
        assert isinstance(node, cst.DictElement)
        yield node.key, node.value
    for store in model.nodes_in(method, cst.Assign):
        assert isinstance(store, cst.Assign)
        target = store.targets[0].target
        if isinstance(target, cst.Subscript):
            yield target.slice[0], store.value


def _variable(model: SemanticModel, cls: ClassInfo, node: cst.BaseExpression) -> Variable | None:
    if not isinstance(node, (cst.Attribute, cst.Name)):
        return None
    values: list[Value] = list(model.values(node, cls))
    for value in list(values):
        name = getattr(value, "name", "")
        if value.kind == "parameter" and name:
            values += _given(model, cls, name)
    found = [value for value in values if isinstance(value, Variable) and value.maker != "attribute"]
    return found[0] if found else None


def _given(model: SemanticModel, cls: ClassInfo, parameter: str) -> Iterator[Value]:
    """What the calls in this module hand to the constructor of ``cls``."""
    init = cls.method("__init__")
    if init is None:
        return
    for call in model.facts.calls:
        if cls in model.constructed(call.node):
            given = bind_arguments(init[1], call.node, 1).get(parameter)
            if given is not None:
                yield from model.values(given)


def _fix(model: SemanticModel, node: cst.BaseExpression, variable: Variable) -> Draft | None:
    if not is_scalar_variable(variable):
        return None
    editor = Editor(model)
    editor.replace(node, f"float({model.text(node)})")
    return editor.draft("Give the variable's value", Applicability.UNSAFE)
