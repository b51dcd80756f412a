"""KV305 untracked-variable."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Store
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.phases import CONSTRUCTION, TRACING, is_super_call
from kerasvae_lint.semantics.values import Container, Value, Variable

_SHAPED = {
    "tf.zeros": '"zeros"',
    "tf.ones": '"ones"',
}


class UntrackedVariable(Rule):
    """A `tf.Variable` held by a Keras 3 layer is no weight of it.

    ## What it finds
    A trainable `tf.Variable` that a layer or model keeps as an attribute (or in a list or dict) from its construction
    and reads when called.

    ## Why it bites
    Keras 3 tracks `keras.Variable` only, which `add_weight` makes. A bare `tf.Variable` is in no `trainable_weights`:
    never trained, never saved, and nothing warns.

    ## Bad
    ```python
    self.scale = tf.Variable(1.0)
    ```

    ## Good
    ```python
    self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
    ```

    ## Fix
    Safe for a number and for `tf.zeros`/`tf.ones` of a shape, after `super().__init__()`: `add_weight`.

    ## Keras 2 and Keras 3
    Tracked and trained in Keras 2 (silent where the code is for Keras 2 only); untracked in Keras 3.

    ## References
    - keras-team/keras issue 16797
    - tensorflow/tensorflow issues 38211, 26792
    """

    code = "KV305"
    name = "untracked-variable"
    triggers = ("Variable(",)
    fixable = "sometimes"
    probes = ("gradients", "save")

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per attribute that holds a trainable tf.Variable as a weight."""
        if model.flavour.only2:
            return
        seen: set[cst.CSTNode] = set()
        for cls in model.classes:
            if not cls.is_layer:
                continue
            for store in cls.own_stores():
                if store.value is None or store.kind in {"aug", "other"}:
                    continue
                if CONSTRUCTION not in model.phases(cls, store.function):
                    continue
                for variable in _variables(
                    model.evaluator.part(store.node, model.values(store.value, cls), store.path)
                ):
                    if variable.node not in seen and _is_weight(model, cls, store, variable):
                        seen.add(variable.node)
                        yield Report(
                            variable.node if model.owns(variable.node) else store.node,
                            f"Keras 3 does not track a bare `tf.Variable`: `{store.attribute}` is never trained and"
                            " never saved there (Keras 2 trains it). `add_weight` is right in both.",
                            fix=_fix(model, store, variable),
                        )


def _variables(values: tuple[Value, ...]) -> Iterator[Variable]:
    for value in values:
        if isinstance(value, Variable):
            yield value
        elif isinstance(value, Container):
            for item in value.items:
                yield from _variables(item)


def _is_weight(model: SemanticModel, cls: ClassInfo, store: Store, variable: Variable) -> bool:
    if variable.maker != "tf.Variable" or variable.trainable is not True or variable.foreign:
        return False
    if _is_integer(variable) or (model.owns(variable.node) and model.class_at(variable.node) is None):
        return False
    if any(v.node is variable.node for write in model.writes for v in model.values(write.target)):
        return False
    if _trained_by_hand(model, store.attribute):
        return False
    family = [c for c in model.classes if cls in c.mro()]
    return any(
        TRACING in model.phases(member, load.function)
        for member in family
        for _, load in model.self_loads(member, store.attribute)
    )


def _trained_by_hand(model: SemanticModel, attribute: str) -> bool:
    """True for ``tape.gradient(loss, [model.w])``: a loop that names the variable trains it in Keras 3 too."""
    for load in model.facts.loads.get(attribute, ()):
        at = model.parent(load.node)
        while at is not None and not isinstance(at, cst.BaseSmallStatement):
            if isinstance(at, cst.Call) and isinstance(at.func, cst.Attribute):
                if at.func.attr.value in {"gradient", "minimize", "apply_gradients"}:
                    return True
            at = model.parent(at)
    return False


def _is_integer(variable: Variable) -> bool:
    """True for counters and flags: no gradient goes to an integer, a bool or a string."""
    if not isinstance(variable.node, cst.Call):
        return False
    for argument in variable.node.args:
        name = argument.keyword.value if argument.keyword is not None else ""
        if name == "dtype" and isinstance(argument.value, cst.Attribute):
            return argument.value.attr.value.startswith(("int", "uint", "bool", "string"))
    first = variable.node.args[0].value if variable.node.args else None
    if first is None or (isinstance(first, cst.Name) and first.value in {"True", "False"}):
        return True
    number = literal(first)
    return isinstance(number, (int, str)) and not isinstance(number, float)


def _fix(model: SemanticModel, store: Store, variable: Variable) -> Draft | None:
    call = variable.node
    if store.value is not call or not isinstance(call, cst.Call) or store.kind not in {"assign", "annotated"}:
        return None
    if not _after_super(store) or store.function.receiver is None:
        return None
    given = {a.keyword.value: a.value for a in call.args if a.keyword is not None}
    positional = [a.value for a in call.args if a.keyword is None and not a.star]
    if (
        any(a.star for a in call.args)
        or len(positional) > 1
        or set(given) - {"initial_value", "name", "dtype", "trainable"}
    ):
        return None
    first = given.get("initial_value") or (positional[0] if positional else None)
    shape_and_start = _start(model, first) if first is not None else None
    if shape_and_start is None or "#" in model.text(call):
        return None
    shape, start, dtype = shape_and_start
    name = model.text(given["name"]) if "name" in given else f'"{store.attribute}"'
    parts = [f"name={name}", f"shape={shape}", f"initializer={start}"]
    if "dtype" in given:
        parts.append(f"dtype={model.text(given['dtype'])}")
    elif dtype:
        parts.append(f"dtype={dtype}")
    editor = Editor(model)
    editor.replace(call, f"{store.function.receiver}.add_weight({', '.join(parts)})")
    return editor.draft("Make the weight with `add_weight`")


def _start(model: SemanticModel, node: cst.BaseExpression) -> tuple[str, str, str] | None:
    """Shape, initializer and dtype (or an empty string) that stand for an initial value."""
    number = literal(node)
    if isinstance(number, float):
        if number in (0.0, 1.0):
            return "()", '"ones"' if number else '"zeros"', ""
        keras = model.keras_prefix
        return ("()", f"{keras}.initializers.Constant({model.text(node)})", "") if keras else None
    if not isinstance(node, cst.Call):
        return None
    name = model.name(node.func) or ""
    if name not in {"tf.zeros", "tf.ones"} or not node.args or any(a.star for a in node.args):
        return None
    keywords = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
    positional = [a.value for a in node.args if a.keyword is None]
    if len(positional) > 2 or set(keywords) - {"shape", "dtype"}:
        return None
    shape = positional[0] if positional else keywords.get("shape")
    if not isinstance(shape, (cst.Tuple, cst.List)):
        return None
    dtype = positional[1] if len(positional) > 1 else keywords.get("dtype")
    return model.text(shape), _SHAPED[name], model.text(dtype) if dtype is not None else ""


def _after_super(store: Store) -> bool:
    """True outside ``__init__``, or behind the call of ``super().__init__``."""
    if store.function.name != "__init__":
        return True
    for call in store.function.calls:
        func = call.node.func
        if isinstance(func, cst.Attribute) and func.attr.value == "__init__" and call.order < store.order:
            if is_super_call(func.value) or isinstance(func.value, (cst.Name, cst.Attribute)):
                return True
    return False
