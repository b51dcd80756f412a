"""KV108 python-counter-in-traced-code."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    TRACING,
    Access,
    Attribute,
    Class,
    Editor,
    Module,
    is_python,
    records,
)

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
    triggers = ("+", "-=")
    companions = ("def call", "_step", "def compute_loss", "def forward", "def _call", "def __call__")
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per counting statement."""
        seen: set[records.Record] = set()
        for cls in module.classes:
            if not cls.is_layer or "callback" in cls.kinds:
                continue
            for attribute in cls.attributes.values():
                for write in attribute.written_in(TRACING):
                    if write.site.record in seen or not module.owns(write.site) or _step(write) is None:
                        continue
                    found = _found(module, cls, attribute, write)
                    if found is not None:
                        seen.add(write.site.record)
                        yield found


def _found(module: Module, cls: Class, attribute: Attribute, write: Access) -> Report | None:
    reads = [read for read in attribute.read_in(TRACING) if _statement(read) is not _statement(write)]
    if not reads or not _is_number(attribute) or not _is_own(write):
        return None
    method = records.method_of(write.site.record)
    is_step = method is not None and method.name in _KERAS_STEPS
    if not is_step and not module.schedules.is_compiled(cls):
        return None
    if module.schedules.runs_eagerly(cls):
        return None
    return Report(
        write.site.record,
        f"`{attribute.name}` is a Python number: traced code counts it once, while it is traced, and every step goes"
        " on with that, in Keras 2 and 3. Count in a variable, or read `optimizer.iterations`.",
        module.notes("the count is read here", reads[0]),
        _fix(module, cls, attribute),
    )


def _statement(access: Access) -> records.Statement | None:
    return records.statement_of(access.site.record)


def _is_own(write: Access) -> bool:
    """True for ``self.n``: the method's own object."""
    method, record = records.method_of(write.site.record), write.site.record
    if method is None or not method.parameters or not isinstance(record, records.Attribute):
        return False
    return isinstance(record.value, records.Name) and record.value.id == method.parameters[0].name


def _is_number(attribute: Attribute) -> bool:
    """True if the attribute starts as a plain Python number, wherever it is set without counting."""
    starts = [write for write in attribute.writes if _step(write) is None]
    return bool(starts) and all(is_python(write.value) for write in starts)


def _step(write: Access) -> int | float | None:
    """The number that a statement counts by: ``self.n += 1``, ``self.n = self.n + 1``."""
    statement, target = _statement(write), write.site.record
    by: records.Expression | None = None
    if isinstance(statement, records.Augmented) and statement.target is target and statement.operator in {"+", "-"}:
        by = statement.value
    elif isinstance(statement, records.Assign) and isinstance(statement.value, records.Binary):
        sum_, same = statement.value, statement.value.left
        if sum_.operator == "+" and isinstance(same, records.Attribute) and isinstance(target, records.Attribute):
            inner, outer = same.value, target.value
            if same.attr == target.attr and isinstance(inner, records.Name) and isinstance(outer, records.Name):
                by = sum_.right if inner.id == outer.id else None
    found = by.value if isinstance(by, records.Constant) else None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _fix(module: Module, cls: Class, attribute: Attribute) -> Draft | None:
    init = cls.record.methods.get("__init__")
    made = [write for write in attribute.writes if write.function is init and _step(write) is None]
    if init is None or len(made) != 1 or any(not module.owns(write.site) for write in attribute.writes):
        return None
    start = _statement(made[0])
    if not isinstance(start, records.Assign) or not isinstance(start.value, records.Constant):
        return None
    number = start.value.value
    if not isinstance(number, (int, float)) or isinstance(number, bool):
        return None
    editor = module.editor()
    counted = {_statement(write): write for write in attribute.writes if write is not made[0]}
    for read in attribute.reads:
        if _statement(read) not in counted and not (module.owns(read.site) and _is_computed_with(editor, read)):
            return None
    editor.replace(start.value, f"{editor.tensorflow()}.Variable({float(number)}, trainable=False)")
    for statement, write in counted.items():
        step = _step(write)
        minus = isinstance(statement, records.Augmented) and statement.operator != "+"
        if statement is None or step is None or minus:
            return None
        editor.replace(statement, f"{module.text(write.site.record)}.assign_add({float(step)})")
    return editor.draft("Count in a variable", Applicability.UNSAFE)


def _is_computed_with(editor: Editor, read: Access) -> bool:
    """True if the read is part of arithmetic; ``min`` and ``max`` around it become TensorFlow's."""
    below: records.Record = read.site.record
    at = below.parent
    while isinstance(at, (records.Expression, records.Argument)):
        if isinstance(at, (records.Comparison, records.Boolean, records.Formatted, records.Subscript)):
            return False
        if isinstance(at, records.Conditional) and at.test is below:
            return False
        if isinstance(at, records.Call) and isinstance(at.func, records.Name):
            twin = {"min": "minimum", "max": "maximum"}.get(at.func.id)
            if twin is None or len(at.arguments) != 2 or read.phase != TRACING:
                return False
            editor.replace(at.func, f"{editor.tensorflow()}.{twin}")
        below, at = at, at.parent
    return isinstance(at, (records.ExpressionStatement, records.Assign, records.Augmented, records.Return))
