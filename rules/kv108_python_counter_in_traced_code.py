"""KV108 python-counter-in-traced-code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Load, Store
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.owners import PYTHON, made_as
from kerasvae_lint.semantics.schedules.tracing import compiles, runs_eagerly_elsewhere

_KERAS_STEPS = frozenset({"train_step", "test_step", "predict_step"})


class PythonCounterInTracedCode(Rule):
    """`self.step += 1` in `train_step` runs once, when the step is traced.

    ## What it finds
    A plain Python attribute of a layer or model that traced code (`call`, `train_step` and what they call) counts up
    by a number and reads. Not: a variable with `assign_add`, a counter in a callback, `run_eagerly=True`, or a
    `train_step` of one's own that only an eager loop calls.

    ## Why it bites
    Python runs while the graph is traced, and never again: after 1,000 steps the counter is 1, and every step has
    computed with 1. A warm-up over it never leaves its start.

    ## Bad
    ```python
    def train_step(self, data):
        self.step += 1
        beta = tf.minimum(1.0, self.step / 1000)
    ```

    ## Good
    ```python
    beta = tf.minimum(1.0, tf.cast(self.optimizer.iterations, tf.float32) / 1000)
    ```

    ## Fix
    Unsafe, where the counter is only computed with: a non-trainable variable with `assign_add`. In a `train_step` the
    optimizer's `iterations` counts already.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - bayesflow-org/bayesflow issue 223
    """

    code = "KV108"
    name = "python-counter-in-traced-code"
    triggers = ("+= ", "+=", "-=")
    companions = ("def call", "_step", "def compute_loss", "def forward", "def _call", "def __call__")
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per counting statement."""
        for store in model.facts.stores:
            if literal_step(store) is None or store.function.class_facts is None:
                continue
            cls = model.class_info(store.function.class_facts)
            if not cls.is_layer or "callback" in cls.kinds or not model.is_self(store.obj, store.function):
                continue
            if store.function not in model.schedules.tracing.functions or model.schedules.eager:
                continue
            if made_as(cls, store.attribute)[0] != PYTHON or not _is_compiled(model, cls, store):
                continue
            reads = [
                load for load in model.schedules.tracing.reads(cls, store.attribute) if not _of(model, load, store)
            ]
            if not reads or runs_eagerly_elsewhere(model, cls.name):
                continue
            yield Report(
                store.node,
                f"`{store.attribute}` is a Python number: traced code counts it once, while it is traced, and every"
                " step"
                " goes on with that, in Keras 2 and 3. Count in a variable, or read `optimizer.iterations`.",
                ((reads[0].node, "the count is read here"),),
                _fix(model, cls, store),
            )


def literal_step(store: Store) -> int | float | None:
    """The number that a store counts by: ``self.n += 1``, ``self.n = self.n + 1``."""
    value = store.value
    if store.kind == "aug" and value is not None:
        found = literal(value)
    elif store.kind == "assign" and isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
        left = value.left
        same = isinstance(left, cst.Attribute) and left.attr.value == store.attribute
        same = same and isinstance(left, cst.Attribute) and left.value.deep_equals(store.obj)
        found = literal(value.right) if same else None
    else:
        return None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _of(model: SemanticModel, load: Load, store: Store) -> bool:
    return model.statement_of(load.node) is store.statement


def _is_compiled(model: SemanticModel, cls: ClassInfo, store: Store) -> bool:
    """True if something compiles the step: Keras's own hook does, and whatever fits the model."""
    method = store.function.method
    if method is not None and method.name in _KERAS_STEPS:
        return True
    if compiles(model):
        return True
    others = model.project.search(model, (cls.name, ".fit(")) if model.project is not None else []
    return any(compiles(other) for other in others)


def _fix(model: SemanticModel, cls: ClassInfo, counted: Store) -> Draft | None:
    stores = [store for _, store in cls.stores(counted.attribute)]
    made = [store for store in stores if store.function.name == "__init__"]
    if len(made) != 1 or cls.model is not model or made[0].value is None or made[0].kind != "assign":
        return None
    start = literal(made[0].value)
    if not isinstance(start, (int, float)) or isinstance(start, bool):
        return None
    editor = Editor(model)
    for load in model.facts.loads.get(counted.attribute, ()):
        if model.statement_of(load.node) in {store.statement for store in stores}:
            continue
        if not _computed_with(model, editor, load):
            return None
    editor.replace(made[0].value, f"{editor.tensorflow()}.Variable({float(start)}, trainable=False)")
    for store in stores:
        if store is made[0]:
            continue
        step = literal_step(store)
        statement = model.statement_of(store.node)
        if step is None or (isinstance(statement, cst.AugAssign) and not isinstance(statement.operator, cst.AddAssign)):
            return None
        editor.replace(statement, f"{model.text(store.node)}.assign_add({float(step)})")
    return editor.draft("Count in a variable", Applicability.UNSAFE)


def _computed_with(model: SemanticModel, editor: Editor, load: Load) -> bool:
    """True if the read is part of arithmetic; ``min`` and ``max`` around it become TensorFlow's."""
    at = model.parent(load.node)
    below: cst.CSTNode = load.node
    while at is not None and not isinstance(at, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
        if isinstance(at, (cst.Comparison, cst.BooleanOperation, cst.FormattedString, cst.Subscript)):
            return False
        if isinstance(at, cst.IfExp) and at.test is below:
            return False
        if isinstance(at, cst.Call) and isinstance(at.func, cst.Name):
            twin = {"min": "minimum", "max": "maximum"}.get(at.func.value)
            if twin is None or len(at.args) != 2 or model.function_at(at) not in model.schedules.tracing.functions:
                return False
            editor.replace(at.func, f"{editor.tensorflow()}.{twin}")
        below, at = at, model.parent(at)
    return isinstance(at, cst.BaseSmallStatement)
