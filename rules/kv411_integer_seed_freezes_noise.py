"""KV411 integer-seed-freezes-noise."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Call, Class, Editor, Module, constants, records


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
    Safe where a layer or model owns the call, and the seed is a number or an attribute that `__init__` sets: a
    `SeedGenerator` made in `__init__`.

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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per seed."""
        if module.flavour.only2:
            return
        taken: set[tuple[records.Class, str]] = set()
        for call in module.all_calls:
            home, _, function = call.name.rpartition(".")
            if home != "keras.random" or function[:1].isupper() or not call.traced:
                continue
            seed, written = call.argument("seed"), call.written("seed")
            if seed is None or written is None:
                continue
            numbers = constants(seed)
            if not numbers or not all(type(number) is int for number in numbers):
                continue
            yield Report(
                written.value,
                "In Keras 3 an integer seed names the draw itself: this code gets the same numbers at every step. Give"
                " it a `keras.random.SeedGenerator` made in `__init__`.",
                fix=_fix(module, call, written.value, taken),
            )


def _fix(module: Module, call: Call, seed: records.Expression, taken: set[tuple[records.Class, str]]) -> Draft | None:
    cls, method, func = module.class_of(call.record), records.method_of(call.record), call.record.func
    if cls is None or not cls.is_layer or method is None or not isinstance(func, records.Attribute):
        return None
    receiver = method.parameters[0].name if method.parameters else ""
    attribute, number = "seed_generator", 1
    while (cls.record, attribute) in taken or attribute in cls.attributes:
        number += 1
        attribute = f"seed_generator_{number}"
    editor = module.editor()
    line = f"{attribute} = {module.text(func.value)}.SeedGenerator({module.text(seed)})"
    behind = _where_set(cls, seed, receiver)
    if not isinstance(seed, records.Constant) and behind is None:
        return None
    if not _in_init(cls, editor, line, behind):
        return None
    taken.add((cls.record, attribute))
    editor.replace(seed, f"{receiver}.{attribute}")
    return editor.draft("Make a `SeedGenerator` in `__init__`")


def _where_set(cls: Class, seed: records.Expression, receiver: str) -> records.Statement | None:
    """The one statement of ``__init__`` that sets the attribute that a seed is; None if the seed is none."""
    if not isinstance(seed, records.Attribute) or not isinstance(seed.value, records.Name):
        return None
    attribute = cls.attributes.get(seed.attr)
    if seed.value.id != receiver or attribute is None or len(attribute.writes) != 1:
        return None
    write = attribute.writes[0]
    inside = write.function is cls.record.methods.get("__init__") and write.function is not None
    statement = records.statement_of(write.site.record)
    return statement if inside and statement is not None and statement.parent is write.function else None


def _in_init(cls: Class, editor: Editor, line: str, behind: records.Statement | None) -> bool:
    """Put ``self.line`` behind a statement of ``__init__``, in an ``__init__`` of its own where there is none."""
    init = cls.record.methods.get("__init__")
    if init is None:
        first = next(cls.functions(), None)
        if first is None or len(cls.value.bases) != 1 or cls.has_project_base:
            return False
        body = ["def __init__(self, **kwargs):", "    super().__init__(**kwargs)", f"    self.{line}"]
        editor.insert_before_function(first, body)
        return True
    statement = behind or cls.super_init
    if statement is None or not init.parameters:
        return False
    editor.insert_after_statement(statement, [f"{init.parameters[0].name}.{line}"])
    return True
