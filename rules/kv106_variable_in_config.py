"""KV106 variable-in-config."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Class, LibraryObject, Module, is_scalar_variable, is_variable, records


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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per entry of a config that is a variable."""
        for cls in module.classes:
            method = cls.record.methods.get("get_config")
            if method is None or not cls.kinds:
                continue
            for key, expression in _entries(module, method):
                variable = _variable(module, cls, expression)
                if variable is None:
                    continue
                notes: tuple[tuple[records.Record, str], ...] = ()
                if variable.site is not None and module.owns(variable.site):
                    notes = ((variable.site.record, "the variable is made here"),)
                yield Report(
                    expression,
                    f"`get_config` gives a variable for {key}: it can't be serialised, so saving the model"
                    " fails or stores its text, in Keras 2 and 3. Give its value.",
                    notes,
                    _fix(module, expression, variable),
                )


def _entries(module: Module, method: records.Function) -> Iterator[tuple[str, records.Expression]]:
    """Keys, as they are written, and values of every dictionary that the method makes or updates."""
    for record in method.walk():
        if isinstance(record, records.Call) and _takes_entries(record.func):
            yield from ((given.name, given.value) for given in record.arguments if given.name is not None)
        elif isinstance(record, records.Dictionary):
            pairs = zip(record.keys, record.values, strict=True)
            yield from ((module.text(key), value) for key, value in pairs if key is not None)
        elif isinstance(record, records.Assign) and isinstance(record.targets[0], records.Subscript):
            yield module.text(record.targets[0].index), record.value


def _takes_entries(func: records.Expression) -> bool:
    """True for ``dict`` and ``config.update``."""
    return (isinstance(func, records.Name) and func.id == "dict") or (
        isinstance(func, records.Attribute) and func.attr == "update"
    )


def _variable(module: Module, cls: Class, expression: records.Expression) -> LibraryObject | None:
    """The variable that is handed out: what the name holds, or an attribute of some object of the class."""
    if not isinstance(expression, (records.Attribute, records.Name)):
        return None
    values = [module.value(expression)]
    if isinstance(expression, records.Attribute) and expression.attr in cls.attributes:
        if any(owner.key in cls.keys for owner in module.value(expression.value).alternatives()):
            held = cls.attributes[expression.attr].value
            values += [held] if held is not None else []
    for value in values:
        for member in value.alternatives():
            if isinstance(member, LibraryObject) and is_variable(member):
                if member.owner is None or member.owner.key in cls.keys:
                    return member
    return None


def _fix(module: Module, expression: records.Expression, variable: LibraryObject) -> Draft | None:
    if not is_scalar_variable(variable):
        return None
    editor = module.editor()
    editor.replace(expression, f"float({module.text(expression)})")
    return editor.draft("Give the variable's value", Applicability.UNSAFE)
