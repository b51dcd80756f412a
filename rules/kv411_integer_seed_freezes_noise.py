"""KV411 integer-seed-freezes-noise."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import CallFacts, Function
from kerasvae_lint.semantics.phases import is_super_call


class IntegerSeedFreezesNoise(Rule):
    """An integer seed given to `keras.random` in traced code: the same numbers at every step.

    ## What it finds
    `keras.random.normal(…, seed=42)` and its like in `call`, a train step, a Lambda's or a loss's function. Not:
    a `SeedGenerator`, no seed, seeds of layers and initializers, `tf.random`.

    ## Why it bites
    Keras 3 draws without a state: an integer names the draw itself. Each call gives the same numbers, and two draws of
    one seed are equal; a VAE's noise becomes a constant.

    ## Bad
    ```python
    epsilon = keras.random.normal(ops.shape(mean), seed=42)
    ```

    ## Good
    ```python
    self.seed_generator = keras.random.SeedGenerator(42)  # in __init__
    epsilon = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
    ```

    ## Fix
    Safe where a layer or model owns the call: a `SeedGenerator` made in `__init__`.

    ## Keras 2 and Keras 3
    Keras 3 only: Keras 2 has no `keras.random`, and its `K.random_normal(seed=42)` draws anew.

    ## References
    - keras-team/keras issue 20569
    - keras-team/keras-core pull request 704
    """

    code = "KV411"
    name = "integer-seed-freezes-noise"
    triggers = ("seed",)
    companions = ("random",)
    fixable = "sometimes"
    probes = ("noise",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per seed."""
        if model.flavour.only2:
            return
        calls = [
            (call, seed)
            for call in model.facts.calls
            if (model.name(call.node.func) or "").startswith("keras.random.")
            and (seed := _seed(model, call.node)) is not None
        ]
        traced = model.schedules.tracing.functions if calls else set()
        taken: set[tuple[ClassInfo, str]] = set()
        for call, seed in calls:
            if call.function not in traced:
                continue
            yield Report(
                seed,
                "In Keras 3 an integer seed names the draw itself: this code gets the same numbers at every step. Give"
                " it a `keras.random.SeedGenerator` made in `__init__`.",
                fix=_fix(model, call, seed, taken),
            )


def _seed(model: SemanticModel, call: cst.Call) -> cst.BaseExpression | None:
    last = (model.name(call.func) or "").rpartition(".")[2]
    if last[:1].isupper():
        return None
    for given in call.args:
        if given.keyword is not None and given.keyword.value == "seed":
            values = model.values(given.value)
            whole = [getattr(value, "value", None) for value in values if value.kind == "constant"]
            if whole and len(whole) == len(values) and all(type(number) is int for number in whole):
                return given.value
    return None


def _fix(
    model: SemanticModel, call: CallFacts, seed: cst.BaseExpression, taken: set[tuple[ClassInfo, str]]
) -> Draft | None:
    method = call.function.method
    cls = model.class_at(call.node)
    func = call.node.func
    if method is None or cls is None or not cls.is_layer or not isinstance(func, cst.Attribute):
        return None
    receiver = call.function.receiver
    if receiver is None or not isinstance(seed, cst.Integer):
        return None
    attribute, number = "seed_generator", 1
    while (cls, attribute) in taken or cls.stores(attribute):
        number += 1
        attribute = f"seed_generator_{number}"
    editor = Editor(model)
    line = f"{attribute} = {model.text(func.value)}.SeedGenerator({model.text(seed)})"
    if not _in_init(model, cls, editor, line):
        return None
    taken.add((cls, attribute))
    editor.replace(seed, f"{receiver}.{attribute}")
    return editor.draft("Make a `SeedGenerator` in `__init__`")


def _in_init(model: SemanticModel, cls: ClassInfo, editor: Editor, line: str) -> bool:
    """Put ``self.line`` behind ``super().__init__``, in an ``__init__`` of its own where there is none."""
    init = cls.facts.methods.get("__init__")
    if init is None:
        first = next(iter(cls.facts.methods.values()), None)
        if first is None or not isinstance(first.node, cst.FunctionDef) or cls.bases:
            return False
        body = ["def __init__(self, **kwargs):", "    super().__init__(**kwargs)", f"    self.{line}"]
        editor.insert_before_function(first.node, body)
        return True
    statement = _super_statement(model, init)
    if statement is None or init.receiver is None:
        return False
    end = model.span(statement)[1]
    indent = editor.indent_at(model.span(statement)[0])
    at = editor.line_end(end)
    lead = "" if at == 0 or editor.text[at - 1] in "\r\n" else editor.newline
    editor.edit(at, at, f"{lead}{indent}{init.receiver}.{line}{editor.newline}")
    return True


def _super_statement(model: SemanticModel, init: Function) -> cst.CSTNode | None:
    for call in init.calls:
        func = call.node.func
        if isinstance(func, cst.Attribute) and func.attr.value == "__init__" and is_super_call(func.value):
            return model.statement_of(call.node)
    return None
