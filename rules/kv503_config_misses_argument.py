"""KV503 config-misses-argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Class,
    Computed,
    Config,
    Constant,
    Editor,
    Module,
    Parameter,
    Value,
    held,
    is_layer,
    is_none,
    is_variable,
    name_of,
    records,
)

_KINDS = frozenset({"layer", "model", "loss", "metric", "regularizer", "constraint", "initializer", "schedule"})
_ELSEWHERE = frozenset(
    {
        *("name", "weights", "initial_weights", "input_tensor"),
        *("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size"),
    }
)
"""Names, first weights, shapes of inputs: a loaded model has them from elsewhere."""
_FIRST = ("initial_", "_initial_")
_CHECKS = re.compile(r"get|int|float|str|bool|tuple|list|(?:normalize|standardize)_\w+")
_SERIALIZED = frozenset({"keras.activations", "keras.initializers", "keras.regularizers", "keras.constraints"})


class ConfigMissesArgument(Rule):
    """A `get_config` that forgets an argument of the constructor: the loaded model has another value, or can't be made.

    ## What it finds
    In a layer, model, loss, metric, regularizer, constraint, initializer or schedule:
    - an argument of `__init__` that has no key in what `get_config` gives, a misspelt key among them;
    - with `--preview`, a layer's `get_config` without `super().get_config()`, where `__init__` hands `**kwargs` to its
      base: name, dtype and `trainable` are forgotten.

    Not: a class with no `get_config` at all, for which Keras keeps plain arguments; arguments that the config of a
    rich base (Conv2D, GRU) has; a class with a `from_config` of its own; configs that can't be seen through; arguments
    that nobody uses, or that are kept where nobody reads them, and those for input shapes and first weights.

    ## Why it bites
    `load_model`, `clone_model` and wrappers make a layer anew from its config. Measured: `beta=5.0` is 1.0 after
    saving and loading, without a word, as that is the default. An argument without a default raises TypeError; a
    frozen layer whose config has no `trainable` comes back trainable.

    ## Bad
    ```python
    def __init__(self, units, beta=1.0, **kwargs):
        ...

    def get_config(self):
        return {**super().get_config(), "units": self.units}
    ```

    ## Good
    ```python
    def get_config(self):
        return {**super().get_config(), "units": self.units, "beta": self.beta}
    ```

    ## Fix
    The attribute that keeps the argument is added to the dictionary. Safe for plain values, unsafe where the value
    can't be told; none where it is not kept, or is a layer or a variable. Unsafe: `**super().get_config()`.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issue 42830
    - keras-team/keras issue 4596
    """

    code = "KV503"
    name = "config-misses-argument"
    triggers = ("def get_config",)
    fixable = "sometimes"
    probes = ("save",)
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per class whose config is not all of its arguments."""
        for cls in module.classes:
            config, init = cls.config, cls.method("__init__")
            if config is None or init is None or not cls.kinds & _KINDS or cls.reads_its_config or cls.is_functional:
                continue
            methods = cls.record.methods
            method = methods.get("get_config")
            if method is None and methods.get("__init__") is not init.function:
                continue  # both are a base's: told there
            place = name_of(method if method is not None else init.function)
            missing = _missing(module, cls, config, init.function)
            if missing and module.is_only_a_base(cls):
                continue
            if missing:
                yield Report(place, _message(config, missing), fix=_fix(module, cls, config, missing))
            elif method is not None and cls.method("call") is not None and _leaves_out_base(cls, config, init.function):
                yield Report(
                    place,
                    "Without `super().get_config()` a layer made from its config has another name, the default dtype,"
                    " and is trainable, in Keras 2 and 3. Put the base's config into it.",
                    fix=_fix_base(module, method),
                    preview=True,
                )


def _missing(module: Module, cls: Class, config: Config, init: records.Function) -> list[records.Parameter]:
    """The parameters that the config says nothing of."""
    return [
        parameter
        for parameter in init.parameters[1:]
        if parameter.kind not in {"*", "**"}
        and parameter.name not in config.keys
        and parameter.name not in _ELSEWHERE
        and _matters(config, init, parameter.name)
        and not _is_only_kept(module, cls, init, parameter.name)
    ]


def _matters(config: Config, init: records.Function, name: str) -> bool:
    """True for a parameter that is more than handed to a base of that word, or another way to give one that is kept.

    First values of weights don't matter: a loaded model has its own.
    """
    uses = [record for statement in init.body for record in statement.walk() if _says(record, name)]
    names = {parameter.name for parameter in init.parameters}
    kept = names & config.keys.keys() - {name}
    if any(_sets(use).startswith(_FIRST) for use in uses):
        return False
    return any(not _is_handed_on(use) and not _stands_in(use, kept, names) for use in uses)


def _is_only_kept(module: Module, cls: Class, init: records.Function, name: str) -> bool:
    """True for a parameter that becomes an attribute which nothing in the file reads, but classes that are no kin."""
    uses = [record for statement in init.body for record in statement.walk() if _says(record, name)]
    kept = {_sets(_checked(use)) for use in uses}
    if not kept or "" in kept:
        return False
    named = (record for record in module.code.walk() if isinstance(record, records.Attribute) and record.attr in kept)
    reads = (at for at in named if not isinstance(at.parent, records.Assign) or at not in at.parent.targets)
    return all(_is_of_stranger(module, cls, read) for read in reads)


def _is_of_stranger(module: Module, cls: Class, read: records.Attribute) -> bool:
    """True for ``self.name`` in a class whose objects are none of another class's."""
    method, other = records.method_of(read), module.class_of(read)
    if other is None or method is None or not method.parameters or not _says(read.value, method.parameters[0].name):
        return False
    return not any(heir.value.is_subclass(cls.value) and heir.value.is_subclass(other.value) for heir in module.classes)


def _checked(use: records.Record) -> records.Record:
    """The call that only checks a parameter or says it in another form, as ``tuple(use)`` does; else its own use."""
    call = use.parent.parent if isinstance(use.parent, records.Argument) else None
    if not isinstance(call, records.Call) or len(call.arguments) != 1:
        return use
    word = call.func.attr if isinstance(call.func, records.Attribute) else getattr(call.func, "id", "")
    return call if _CHECKS.fullmatch(word) else use


def _sets(use: records.Record) -> str:
    """The attribute that is set to a name as it is; empty for anything else."""
    statement = use.parent
    target = statement.targets[0] if isinstance(statement, records.Assign) and statement.value is use else None
    return target.attr if isinstance(target, records.Attribute) else ""


def _says(record: records.Record, name: str) -> bool:
    return isinstance(record, records.Name) and record.id == name


def _is_handed_on(use: records.Record) -> bool:
    """True for ``super().__init__(name=name)``, and for the like by position."""
    argument = use.parent
    call = argument.parent if isinstance(argument, records.Argument) else None
    if not isinstance(call, records.Call) or not isinstance(call.func, records.Attribute):
        return False
    assert isinstance(argument, records.Argument)
    return call.func.attr == "__init__" and (argument.name is None or _says(use, argument.name))


def _stands_in(use: records.Record, kept: set[str], names: set[str]) -> bool:
    """True where it is read in place of another: ``b = f(use)``, ``self.b = f(use) if b is None else b``.

    Args:
        use: the parameter where it is read.
        kept: other parameters that the config has.
        names: the names of all parameters.
    """
    at: records.Record | None = use
    while at is not None and not isinstance(at, records.Statement):
        asked = at.test if isinstance(at, records.Conditional) else None
        if isinstance(at, records.Boolean):
            asked = at.values[0]
        if asked is not None and any(_says(part, name) for part in asked.walk() for name in kept):
            return True
        at = at.parent
    return isinstance(at, records.Statement) and _only_prepares(at, names)


def _only_prepares(statement: records.Statement, names: set[str]) -> bool:
    """True for a statement that sets parameters, or refuses them, and does nothing else."""
    if isinstance(statement, records.If):
        return all(_only_prepares(inner, names) for inner in (*statement.body, *statement.orelse))
    if isinstance(statement, records.Assign):
        return all(any(_says(target, name) for name in names) for target in statement.targets)
    return isinstance(statement, (records.Raise, records.Assert))


def _message(config: Config, missing: list[records.Parameter]) -> str:
    names = [parameter.name for parameter in missing]
    own = [key for key in config.keys if key not in config.of_base]
    misspelt = ((name, near[0]) for name in names if (near := get_close_matches(name, own, 1, 0.8)))
    wrong = next(misspelt, None)
    hint = f" (`{wrong[1]}` is no argument of `__init__`)" if wrong is not None else ""
    if any(parameter.default is None for parameter in missing):
        what = "nothing can be made from it, by loading or cloning"
    else:
        what = "what is made from it, by loading or cloning, has the default again"
    listed = ", ".join(f"`{name}`" for name in names)
    return f"The config has no {listed}{hint}: {what}, in Keras 2 and 3. Give each argument a key."


def _leaves_out_base(cls: Class, config: Config, init: records.Function) -> bool:
    """True for a layer that takes name and dtype in ``**kwargs``, for its base, and gives none of them back."""
    if "model" in cls.kinds or "layer" not in cls.kinds or config.of_base or "name" in config.keys:
        return False
    rest = next((parameter.name for parameter in init.parameters if parameter.kind == "**"), None)
    return rest is not None and any(
        isinstance(record, records.Argument) and record.star == "**" and _says(record.value, rest)
        for record in init.walk()
    )


# fixes ------------------------------------------------------------------------------------------
def _fix(module: Module, cls: Class, config: Config, missing: list[records.Parameter]) -> Draft | None:
    init, method = cls.record.methods.get("__init__"), cls.record.methods.get("get_config")
    if method is None or init is None or not method.parameters:
        return None
    arguments = {parameter.name for parameter in init.parameters}
    if not config.of_base | arguments >= config.keys.keys():
        return None  # a key that is no argument: it can't be read back all the same
    entries: dict[str, str] = {}
    safe = True
    for parameter in missing:
        kept = _kept(module, cls, init, method.parameters[0].name, parameter.name)
        if kept is None:
            return None
        entries[parameter.name] = kept[0]
        safe = safe and kept[1]
    editor = module.editor()
    if not _add(module, editor, method, entries):
        return None
    words = ", ".join(f"`{name}`" for name in entries)
    return editor.draft(f"Put {words} into the config", Applicability.SAFE if safe else Applicability.UNSAFE)


def _kept(module: Module, cls: Class, init: records.Function, receiver: str, name: str) -> tuple[str, bool] | None:
    """What gives back a parameter that is kept as it came, and whether it is a plain value; None if it is not kept."""
    for record in init.walk():
        target = record.targets[0] if isinstance(record, records.Assign) and len(record.targets) == 1 else None
        if not isinstance(target, records.Attribute) or not isinstance(record, records.Assign):
            continue
        attribute = cls.attributes.get(target.attr)
        if attribute is None or len(attribute.writes) != 1 or attribute.writes[0].site.record is not target:
            continue
        text, kept = f"{receiver}.{target.attr}", record.value
        if isinstance(kept, records.Call) and len(kept.arguments) == 1:
            home, _, function = (module.call_at(kept) or kept).name.rpartition(".")  # type: ignore[union-attr]
            if function != "get" or home not in _SERIALIZED or not isinstance(kept.func, records.Attribute):
                continue
            text, kept = f"{module.text(kept.func.value)}.serialize({text})", kept.arguments[0].value
        if not _says(kept, name):
            continue
        values = list(held(module.value(kept)))
        if any(is_layer(value) or is_variable(value) for value in values):
            return None
        return text, all(_is_plain(value) for value in values)
    return None


def _is_plain(value: Value) -> bool:
    """True for a number, a string and the like, which any config can hold."""
    if isinstance(value, Parameter):
        return value.default is not None and not is_none(value.default) and _is_plain(value.default)
    return isinstance(value, Constant) or (isinstance(value, Computed) and value.kind in {"number", "string", "bool"})


def _add(module: Module, editor: Editor, method: records.Function, entries: dict[str, str]) -> bool:
    """Write entries where the method's own ones are written."""
    for record in method.walk():
        if isinstance(record, records.Dictionary) and not isinstance(record.parent, records.Dictionary):
            keys = [key for key in record.keys if key is not None]
            if keys and isinstance(keys[-1], records.Constant) and isinstance(keys[-1].value, str):
                quote = module.text(keys[-1])[:1]
                parts = [f"{quote}{name}{quote}: {value}" for name, value in entries.items()]
                _append(editor, keys[-1], record.values[-1], parts)
                return True
        if isinstance(record, records.Call) and record.arguments and record.arguments[-1].name is not None:
            func = record.func
            if module.text(func) == "dict" or (isinstance(func, records.Attribute) and func.attr == "update"):
                last = record.arguments[-1]
                _append(editor, last, last, [f"{name}={value}" for name, value in entries.items()])
                return True
    return _add_statements(module, editor, method, entries)


def _append(editor: Editor, item: records.Record, end: records.Record, parts: list[str]) -> None:
    """Put parts behind the last one of a dictionary or call, each on a line of its own where that one stands so."""
    start = editor.line_start(item.start)
    alone = not editor.text[start : item.start].strip()
    glue = f",{editor.newline}{editor.text[start : item.start]}" if alone else ", "
    editor.insert_after(end, "".join(f"{glue}{part}" for part in parts))


def _add_statements(module: Module, editor: Editor, method: records.Function, entries: dict[str, str]) -> bool:
    """``config["key"] = …`` behind the last such line, or behind ``config = super().get_config()``."""
    behind: tuple[records.Statement, str, str] | None = None
    for record in method.walk():
        if isinstance(record, records.Return) and _asks_base(record.value):
            inner = "".join(f', "{name}": {value}' for name, value in entries.items())
            editor.replace(record.value, f"{{**{module.text(record.value)}{inner}}}")  # type: ignore[arg-type]
            return True
        if not isinstance(record, records.Assign) or record.parent is not method or len(record.targets) != 1:
            continue
        target = record.targets[0]
        if isinstance(target, records.Subscript) and isinstance(target.index, records.Constant):
            behind = record, module.text(target.value), module.text(target.index)[:1]
        elif isinstance(target, records.Name) and _asks_base(record.value) and behind is None:
            behind = record, target.id, '"'
    if behind is None:
        return False
    statement, config, quote = behind
    lines = [f"{config}[{quote}{name}{quote}] = {value}" for name, value in entries.items()]
    editor.insert_after_statement(statement, lines)
    return True


def _asks_base(value: records.Expression | None) -> bool:
    """True for ``super().get_config()`` and its like."""
    return (
        isinstance(value, records.Call)
        and isinstance(value.func, records.Attribute)
        and (value.func.attr == "get_config")
    )


def _fix_base(module: Module, method: records.Function) -> Draft | None:
    editor = module.editor()
    for record in method.walk():
        if isinstance(record, records.Dictionary):
            first = next((key for key in record.keys if key is not None), None)
            if first is None:
                return None
            start = editor.line_start(first.start)
            indent = editor.text[start : first.start]
            glue = f"{editor.newline}{indent}" if not indent.strip() else " "
            editor.edit(first.start, first.start, f"**super().get_config(),{glue}")
            return editor.draft("Put the base's config into it", Applicability.UNSAFE)
    return None
