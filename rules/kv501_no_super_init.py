"""KV501 no-super-init."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Class, Module, name_of, records

_OWN = frozenset({"layer", "model"})


class NoSuperInit(Rule):
    """A layer or model whose `__init__` never calls `super().__init__()` can't be used.

    ## What it finds
    A class of a Keras layer or model with an `__init__` that sets attributes and calls no base's `__init__`, neither
    itself nor in a method of the class. Not: attributes set before a `super().__init__()` further down, bases that
    can't be seen or are not Keras's (TensorFlow 1's cells), abstract classes whose `__init__` raises,
    classes with a `__call__` of their own, `keras_tuner.HyperModel`, callbacks, whose base sets nothing that
    `fit` needs.

    ## Why it bites
    Keras keeps its books in what the base's `__init__` makes: which layers and weights there are, the dtype, the name.
    Without it the first layer that is set, or the first call, raises.

    ## Bad
    ```python
    class Encoder(keras.Model):
        def __init__(self, units):
            self.dense = layers.Dense(units)
    ```

    ## Good
    ```python
    class Encoder(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(units)
    ```

    ## Fix
    Unsafe: `super().__init__()` as the first statement; none where the base is the project's own, which may want
    arguments.

    ## Keras 2 and Keras 3
    Both raise. Measured for a model: Keras 2 raises RuntimeError and says what is missing, Keras 3 AttributeError
    (`object has no attribute '_dtype_policy'`).

    ## References
    - Keras's guide to making new layers and models via subclassing
    """

    code = "KV501"
    name = "no-super-init"
    triggers = ("def __init__",)
    companions = ("Layer", "Model", "layers", "models")
    fixable = "sometimes"
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per ``__init__`` that leaves out its base's."""
        for cls in module.classes:
            init = cls.record.methods.get("__init__")
            if init is None or not cls.kinds & _OWN or not _sets_something(init) or cls.method("__call__"):
                continue
            if not all(base.name.startswith("keras.") for base in cls.value.library_bases()) or cls.value.is_open:
                continue
            if any(_calls_base(part) for part in cls.record.methods.values()):
                continue
            yield Report(
                name_of(init),
                f"`{cls.name}` never calls its base's `__init__`: Keras 2 and 3 raise when it is made or called. Begin"
                " with `super().__init__()`.",
                fix=_fix(module, cls, init),
            )


def _sets_something(init: records.Function) -> bool:
    """True for an ``__init__`` that is more than a refusal or nothing at all."""
    body = [record for statement in init.body for record in statement.walk()]
    return any(isinstance(record, records.Assign) for record in body) and not any(
        isinstance(statement, records.Raise) for statement in init.body
    )


def _calls_base(method: records.Function) -> bool:
    """True for code that calls any ``__init__``, or asks for its base in some other way."""
    for record in method.walk():
        if isinstance(record, records.Attribute) and record.attr in {"__init__", "__dict__"}:
            return True
        if method.name == "__init__" and isinstance(record, records.Name) and record.id == "super":
            return True
    return False


def _fix(module: Module, cls: Class, init: records.Function) -> Draft | None:
    editor = module.editor()
    if cls.has_project_base or not editor.insert_at_top(init, ["super().__init__()"]):
        return None
    return editor.draft("Call `super().__init__()` first", Applicability.UNSAFE)
