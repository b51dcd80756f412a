"""KV204 borrowed-bias."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Function, Load
from kerasvae_lint.semantics.phases import TRACING
from kerasvae_lint.semantics.signatures import dotted_name

_ADDERS = frozenset({"keras.backend.bias_add", "tf.nn.bias_add", "tf.add", "keras.ops.add"})
_TRANSPOSES = frozenset({"keras.backend.transpose", "tf.transpose", "keras.ops.transpose", "tf.matrix_transpose"})
_UNITS = ("units", "output_dim")


class BorrowedBias(Rule):
    """A tied decoder adds its encoder's bias, which has another shape.

    ## What it finds
    In a layer that multiplies by the transpose of another layer's kernel: that layer's `bias` added to the output.

    ## Why it bites
    The encoder's bias has one entry per code dimension, the decoder's output one per input dimension. The addition
    raises, or, where one of them is 1, is broadcast silently: one number for all outputs.

    ## Bad
    ```python
    output = tf.matmul(inputs, tf.transpose(self.tied_to.kernel))
    output = output + self.tied_to.bias
    ```

    ## Good
    ```python
    output = output + self.bias  # made by this layer's build
    ```

    ## Fix
    Unsafe, where the layer knows its number of units and has a `build`: a bias of its own.

    ## Keras 2 and Keras 3
    The same in both. Subtracting the bias from the code before the product fits, and is not reported.
    """

    code = "KV204"
    name = "borrowed-bias"
    triggers = (".bias",)
    fixable = "unsafe"
    probes = ("build",)
    recipe = "tied-dense"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per addition of another layer's bias beside its transposed kernel."""
        for cls in model.classes:
            if not cls.is_layer:
                continue
            tied = _transposed_owners(model, cls) - {""}
            if not tied:
                continue
            for load in model.facts.loads.get("bias", ()):
                if load.function.class_facts is not cls.facts or TRACING not in model.phases(cls, load.function):
                    continue
                owner = load.node.value
                if model.is_self(owner, load.function) or dotted_name(owner) not in tied:
                    continue
                if not _is_added(model, load):
                    continue
                yield Report(
                    load.node,
                    f"`{model.text(load.node)}` has the shape of that layer's output, not of this one's: adding it to"
                    " the transposed product raises, or is broadcast silently, in Keras 2 and 3. Give this layer a bias"
                    " of its own.",
                    fix=_fix(model, cls, load),
                )


def _transposed_owners(model: SemanticModel, cls: ClassInfo) -> set[str]:
    """Texts of the objects whose kernel the class transposes: ``self.tied_to``."""
    found = set()
    for attribute in ("kernel", "weights", "trainable_weights", "variables"):
        for load in model.facts.loads.get(attribute, ()):
            if load.function.class_facts is cls.facts and not model.is_self(load.node.value, load.function):
                if _is_transposed(model, load.node) or _is_transposed_by_flag(model, load.node):
                    found.add(dotted_name(load.node.value))
    return found


def _is_transposed(model: SemanticModel, node: cst.CSTNode) -> bool:
    at: cst.CSTNode | None = node
    for _ in range(4):
        at = model.parent(at) if at is not None else None
        if isinstance(at, cst.Attribute) and at.attr.value == "T":
            return True
        if isinstance(at, cst.Call) and (model.name(at.func) or "") in _TRANSPOSES:
            return True
    return False


def _is_transposed_by_flag(model: SemanticModel, node: cst.CSTNode) -> bool:
    """True for ``tf.matmul(x, kernel, transpose_b=True)``."""
    argument = model.parent(node)
    call = model.parent(argument) if isinstance(argument, cst.Arg) else None
    return isinstance(call, cst.Call) and any(
        a.keyword is not None
        and a.keyword.value == "transpose_b"
        and isinstance(a.value, cst.Name)
        and a.value.value == "True"
        for a in call.args
    )


def _is_added(model: SemanticModel, load: Load) -> bool:
    parent = model.parent(load.node)
    if isinstance(parent, cst.BinaryOperation):
        return isinstance(parent.operator, cst.Add)
    if isinstance(parent, cst.AugAssign):
        return isinstance(parent.operator, cst.AddAssign)
    if isinstance(parent, cst.Arg):
        call = model.parent(parent)
        return isinstance(call, cst.Call) and (model.name(call.func) or "") in _ADDERS
    return False


def _fix(model: SemanticModel, cls: ClassInfo, load: Load) -> Draft | None:
    build = cls.facts.methods.get("build")
    if build is None or not isinstance(build.node, cst.FunctionDef) or cls.stores("bias"):
        return None
    units = next((name for name in _UNITS if cls.stores(name)), None)
    if units is None or build.receiver != "self" or load.function.receiver != "self":
        return None
    editor = Editor(model)
    made = f'self.bias = self.add_weight(name="bias", shape=(self.{units},), initializer="zeros")'
    if not editor.insert_at_top(build.node, [made]):
        return None
    for other in _same_reads(model, cls, load):
        editor.replace(other, "self.bias")
    return editor.draft("Give the layer a bias of its own", Applicability.UNSAFE)


def _same_reads(model: SemanticModel, cls: ClassInfo, load: Load) -> list[cst.CSTNode]:
    text = model.text(load.node)
    functions: set[Function] = {function for _, function in cls.functions()}
    return [
        other.node
        for other in model.facts.loads["bias"]
        if other.function in functions and model.text(other.node) == text
    ]
