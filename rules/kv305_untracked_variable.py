"""KV305 untracked-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import (
    CONSTRUCTION,
    TRACING,
    Access,
    Call,
    Class,
    Computed,
    LibraryName,
    LibraryObject,
    Module,
    Value,
    constant,
    held,
    is_variable,
    records,
    trainable,
)

_MAKERS = ("tf.Variable", "tfp.util.TransformedVariable")
_TFP = frozenset({"distribution", "bijector"})
_NORMALS = ("tf.random.normal", "tf.random_normal")
_WHOLE = ("int", "uint", "bool", "string")


class UntrackedVariable(Rule):
    """A `tf.Variable` held by a Keras 3 layer is no weight of it.

    ## What it finds
    A trainable `tf.Variable` (or `tfp.util.TransformedVariable`) that a layer or model keeps as an attribute (or in a
    list or dict, or in a distribution of its own) from its construction and reads when called.

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
    Safe for a number and for `tf.zeros`, `tf.ones` and `tf.random.normal` of a shape, after `super().__init__()`:
    `add_weight`. Only where all of a layer's variables can be mended so.

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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per attribute that holds a trainable tf.Variable as a weight."""
        if module.flavour.only2:
            return
        seen: set[records.Record] = set()
        for cls in module.classes:
            found = [
                (name, write, variable)
                for name, write, variable in _weights(module, cls)
                if variable.site is not None and variable.site.record not in seen
            ]
            seen |= {variable.site.record for _, _, variable in found if variable.site is not None}
            fixes = [_fix(module, write, variable) for _, write, variable in found]
            for (name, write, variable), fix in zip(found, fixes, strict=True):
                site = variable.site if module.owns(variable.site) else write.site
                assert site is not None
                yield Report(
                    site.record,
                    f"Keras 3 does not track a bare `{variable.name}`: `{name}` is never trained and"
                    " never saved there (Keras 2 trains it). `add_weight` is right in both.",
                    fix=fix if all(fixes) else None,  # a layer that is mended by half still loses weights
                )


def _weights(module: Module, cls: Class) -> Iterator[tuple[str, Access, LibraryObject]]:
    """The attributes that a class sets to variables nobody tracks, and that its traced code reads."""
    if not cls.is_layer:
        return
    for name, attribute in cls.attributes.items():
        if not attribute.read_in(TRACING):
            continue
        for write in attribute.written_in(CONSTRUCTION):
            if not module.owns(write.site) or module.class_of(write.site.record) is not cls:
                continue
            for holder in held(write.value):
                for value in _variables(holder):
                    if _is_weight(module, name, value, holder):
                        yield name, write, value


def _variables(holder: Value, depth: int = 3) -> Iterator[LibraryObject]:
    """A variable itself, or those that a distribution or bijector is made of: that one object tracks them, no layer."""
    if not isinstance(holder, LibraryObject):
        return
    if is_variable(holder):
        yield holder
    elif holder.kind in _TFP and depth:
        for given in (*holder.arguments.values(), *holder.positional):
            for part in held(given):
                yield from _variables(part, depth - 1)


def _is_weight(module: Module, attribute: str, variable: LibraryObject, holder: Value) -> bool:
    if variable.name not in _MAKERS or trainable(variable) is not True or _is_whole(variable):
        return False
    if variable.site is None or records.class_of(variable.site.record) is None or variable.writes.get("value"):
        return False
    return not any(
        _names(value, attribute, variable, holder)
        for call in module.method_calls("gradient", "minimize", "apply_gradients")
        for event in call.events
        for argument in event.arguments.all()
        for value in held(argument)
    )


def _names(value: Value, attribute: str, variable: LibraryObject, holder: Value) -> bool:
    """True for ``tape.gradient(loss, [model.w])``: a loop that names the variable trains it in Keras 3 too."""
    if isinstance(value, Computed) and value.op == "weights" and holder in value.operands:
        return True  # the distribution's own list
    return value is variable or getattr(value, "name", None) == attribute


def _is_whole(variable: LibraryObject) -> bool:
    """True for counters and flags: no gradient goes to an integer, a bool or a string."""
    given = variable.arguments.get("dtype")
    if given is not None:
        return _is_whole_type(given)
    first = variable.arguments.get("initial_value")
    if first is None:
        return True
    if isinstance(first, Computed):
        return any(_is_whole_type(value) for value in (*first.options.values(), *first.operands[1:]))
    return isinstance(constant(first), (int, str))


def _is_whole_type(value: Value) -> bool:
    name = value.name.rpartition(".")[2] if isinstance(value, LibraryName) else constant(value)
    return isinstance(name, str) and name.startswith(_WHOLE)


def _fix(module: Module, write: Access, variable: LibraryObject) -> Draft | None:
    made = module.call_at(variable.site.record) if variable.site is not None else None
    target, function = write.site.record, write.function
    if made is None or made.name != "tf.Variable" or not isinstance(target, records.Attribute) or function is None:
        return None
    statement = records.statement_of(target)
    if not isinstance(statement, records.Assign) or statement.targets != (target,):
        return None
    if statement.value is not made.record or not _is_after_super(function, target):
        return None
    if any(
        a.star or a.name not in {None, "initial_value", "name", "dtype", "trainable"} for a in made.record.arguments
    ):
        return None
    first = made.written("initial_value", at=0)
    start = _start(module, first.value) if first is not None else None
    if start is None or sum(1 for a in made.record.arguments if a.name is None) > 1 or "#" in module.text(made.record):
        return None
    given = {argument.name: module.text(argument.value) for argument in made.record.arguments}
    shape, initializer, dtype = start
    parts = [f"name={given.get('name', chr(34) + target.attr + chr(34))}", f"shape={shape}"]
    parts.append(f"initializer={initializer}")
    if "dtype" in given or dtype:
        parts.append(f"dtype={given.get('dtype', dtype)}")
    editor = module.editor()
    editor.replace(made.record, editor.call_text(made.record, f"{module.text(target.value)}.add_weight", parts))
    return editor.draft("Make the weight with `add_weight`")


def _start(module: Module, initial: records.Expression) -> tuple[str, str, str] | None:
    """Shape, initializer and dtype (or an empty string) that stand for an initial value."""
    number = constant(module.value(initial))
    if isinstance(number, float):
        if number in (0.0, 1.0):
            return "()", '"ones"' if number else '"zeros"', ""
        keras = module.keras_prefix
        return ("()", f"{keras}.initializers.Constant({module.text(initial)})", "") if keras else None
    call = module.call_at(initial)
    if call is None or call.name not in {"tf.zeros", "tf.ones", *_NORMALS}:
        return None
    return _normal(module, call) if call.name in _NORMALS else _filled(module, call)


def _normal(module: Module, call: Call) -> tuple[str, str, str] | None:
    """The same for ``tf.random.normal(shape, mean, stddev)``: other numbers of the same distribution."""
    shape, keras = call.written("shape"), module.keras_prefix
    mean, stddev = call.written("mean"), call.written("stddev")
    known = 1 + (mean is not None) + (stddev is not None)
    if shape is None or keras is None or not isinstance(shape.value, records.Display):
        return None
    if len(call.record.arguments) != known:
        return None
    center = module.text(mean.value) if mean is not None else "0.0"
    width = module.text(stddev.value) if stddev is not None else "1.0"
    return module.text(shape.value), f"{keras}.initializers.RandomNormal({center}, {width})", ""


def _filled(module: Module, call: Call) -> tuple[str, str, str] | None:
    """The same for ``tf.zeros(shape, dtype)`` and ``tf.ones``."""
    shape, dtype = call.written("shape"), call.written("dtype")
    if (
        shape is None
        or not isinstance(shape.value, records.Display)
        or len(call.record.arguments) > 1 + (dtype is not None)
    ):
        return None
    word = '"zeros"' if call.name == "tf.zeros" else '"ones"'
    return module.text(shape.value), word, module.text(dtype.value) if dtype is not None else ""


def _is_after_super(function: records.Function, target: records.Record) -> bool:
    """True outside ``__init__``, or behind the call of ``super().__init__``."""
    if function.name != "__init__":
        return True
    calls = (record for record in function.walk() if isinstance(record, records.Call) and record.end < target.start)
    return any(isinstance(call.func, records.Attribute) and call.func.attr == "__init__" for call in calls)
