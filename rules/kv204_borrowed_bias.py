"""KV204 borrowed-bias."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import TRACING, Class, Computed, Module, Value, constant, owner_of, records

_ADDERS = frozenset({"add", "bias_add"})
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
    outranks = ("KV801",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per addition of another layer's bias beside its transposed kernel."""
        for cls in module.classes:
            tied = _transposed_owners(module, cls) if cls.is_layer else set()
            for bias in _added(module, cls) if tied else ():
                if not any(key in tied for key in _owners(module.value(bias), "bias")):
                    continue
                yield Report(
                    bias,
                    f"`{module.text(bias)}` has the shape of that layer's output, not of this one's: adding it to"
                    " the transposed product raises, or is broadcast silently, in Keras 2 and 3. Give this layer a bias"
                    " of its own.",
                    fix=_fix(module, cls, bias),
                    about=(bias.parent,) if bias.parent is not None else (),
                )


def _transposed_owners(module: Module, cls: Class) -> set[Hashable]:
    """The other layers whose kernel a class transposes, by their keys."""
    found: set[Hashable] = set()
    for record in cls.record.walk():
        for value in module.value(record).alternatives() if isinstance(record, records.Expression) else ():
            if isinstance(value, Computed):
                for operand in _transposed(value):
                    found |= _owners(operand, "kernel") - cls.keys
    return found


def _transposed(value: Computed) -> tuple[Value, ...]:
    """What an operation transposes."""
    if value.op == "transpose":
        return value.operands[:1]
    flag = value.options.get("transpose_b")
    return value.operands[1:2] if flag is not None and constant(flag) is True else ()


def _owners(value: Value, weight: str) -> set[Hashable]:
    """The layers whose kernel or bias a value is, by their keys; one that nobody knows counts by its attribute."""
    found = (owner_of(member, weight) for member in value.alternatives())
    return {owner.key for owner in found if owner is not None}


def _added(module: Module, cls: Class) -> Iterator[records.Expression]:
    """What the traced code of a class adds to something."""
    for record in cls.record.walk():
        if isinstance(record, records.Binary) and record.operator == "+":
            terms: tuple[records.Expression, ...] = (record.left, record.right)
        elif isinstance(record, records.Augmented) and record.operator == "+":
            terms = (record.value,)
        elif isinstance(record, records.Call) and _op(module, record) in _ADDERS:
            terms = tuple(argument.value for argument in record.arguments)
        else:
            continue
        function = records.function_of(record)
        if function is not None and TRACING in module.phases(function):
            yield from terms


def _op(module: Module, record: records.Expression) -> str:
    value = module.value(record)
    return value.op if isinstance(value, Computed) else ""


def _fix(module: Module, cls: Class, bias: records.Expression) -> Draft | None:
    build = cls.record.methods.get("build")
    units = next((name for name in _UNITS if name in cls.attributes and cls.attributes[name].writes), None)
    own = cls.attributes.get("bias")
    if build is None or units is None or (own is not None and own.writes) or not isinstance(bias, records.Attribute):
        return None
    same = [
        record
        for record in cls.record.walk()
        if isinstance(record, records.Attribute) and module.text(record) == module.text(bias)
    ]
    methods = [build, *(method for record in same if (method := records.method_of(record)) is not None)]
    if any(not method.parameters or method.parameters[0].name != "self" for method in methods):
        return None
    editor = module.editor()
    made = f'self.bias = self.add_weight(name="bias", shape=(self.{units},), initializer="zeros")'
    if not editor.insert_at_top(build, [made]):
        return None
    for record in same:
        editor.replace(record, "self.bias")
    return editor.draft("Give the layer a bias of its own", Applicability.UNSAFE)
