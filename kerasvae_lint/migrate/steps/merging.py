"""``merge(…, mode=…)`` and the layer ``Merge`` of Keras 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import keras_calls
from kerasvae_lint.migrate.helpers import model_spelled
from kerasvae_lint.migrate.step import Remark, Step, done, left
from kerasvae_lint.model import Call, Editor, Module, constant, is_model
from kerasvae_lint.model.editing import suite_of
from kerasvae_lint.model.spelling import is_bound, keras_spelled
from kerasvae_lint.values.lattice import LibraryName, LibraryObject

_MODES = {
    "sum": "add",
    "concat": "concatenate",
    "mul": "multiply",
    "ave": "average",
    "max": "maximum",
    "dot": "dot",
    "cos": "dot",
}


class Merging(Step):
    """``merge([a, b], mode="concat", concat_axis=1)`` → ``concatenate([a, b], axis=1)``."""

    name = "merging"
    triggers = ("merge", "Merge")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call."""
        for call, callee, place in keras_calls(module):
            if callee.spelling.rpartition(".")[2] == "merge" and place.name.endswith(".merge"):
                yield _remark(module, call)
            elif place.name == "keras.layers.Merge":
                yield merged_branches(module, call)


def _remark(module: Module, call: Call) -> Remark:
    record = call.record
    inputs = given_as(record, "inputs", 0)
    editor = module.editor()
    written = merged(module, editor, record, module.text(inputs.value)) if inputs is not None else None
    if written is None:
        return left(record, "`merge` is gone: a `keras.layers.Lambda` of the function, called on the list, does it.")
    text, today = written
    editor.replace(record, text)
    if today == "Lambda":
        return done(record, "`merge` with a function is a `keras.layers.Lambda`", editor)
    return done(record, f"`merge` is `keras.layers.{today}`", editor)


def given_as(call: r.Call, name: str, at: int) -> r.Argument | None:
    """An argument by its name or its place; None where it is not given."""
    plain = [a for a in call.arguments if a.name is None and not a.star]
    named = next((a for a in call.arguments if a.name == name), None)
    return named or (plain[at] if len(plain) > at else None)


def merged(module: Module, editor: Editor, call: r.Call, inputs: str) -> tuple[str, str] | None:
    """What ``merge`` or ``Merge`` with these arguments makes of a list of tensors, and the layer that does it now."""
    given = {a.name: a for a in call.arguments if a.name is not None}
    mode = given_as(call, "mode", 1)
    word = constant(module.value(mode.value)) if mode is not None else "sum"
    today = _MODES.get(word) if isinstance(word, str) else None
    if mode is not None and isinstance(mode.value, r.Lambda):
        given_shape = f", output_shape={module.text(given['output_shape'].value)}" if "output_shape" in given else ""
        layer = function_of_layers(module, editor, "Lambda")
        return f"{layer}({module.text(mode.value)}{given_shape})({inputs})", "Lambda"
    if today is None:
        return None
    arguments = [inputs]
    axis = given.get("concat_axis" if word == "concat" else "dot_axes")
    if axis is not None and word in {"concat", "dot", "cos"}:
        arguments.append(f"{'axis' if word == 'concat' else 'axes'}={module.text(axis.value)}")
    elif word in {"dot", "cos"}:
        arguments.append("axes=-1")
    if word == "cos":
        arguments.append("normalize=True")
    if "name" in given:
        arguments.append(f"name={module.text(given['name'].value)}")
    return f"{function_of_layers(module, editor, today)}({', '.join(arguments)})", today


# Merge in a Sequential ----------------------------------------------------------------------------
_BRANCHES = (
    "`Merge` is gone: `x = keras.layers.{today}([a.outputs[0], b.outputs[0]])`, each later layer called on `x`, and"
    " `keras.Model([*a.inputs, *b.inputs], x)` in place of the Sequential."
)
_INPUTS = frozenset({"input_shape", "batch_input_shape", "batch_shape", "input_length"})


def merged_branches(module: Module, call: Call) -> Remark:
    """A Sequential that begins with ``Merge([a, b])`` as a functional model of the branches and what follows."""
    record = call.record
    mode = given_as(record, "mode", 1)
    word = constant(module.value(mode.value)) if mode is not None else "sum"
    today = _MODES.get(word, "Lambda(function)") if isinstance(word, str) else "Lambda(function)"
    for_a_person = left(record, _BRANCHES.format(today=today))
    outer = record.parent
    if isinstance(outer, r.Call) and outer.func is record:
        return _called(module, record, outer) or for_a_person
    branches = given_as(record, "layers", 0)
    chain = _chain(module, record)
    if chain is None or branches is None or not isinstance(branches.value, r.Display):
        return for_a_person
    names = [item.id for item in branches.value.items if isinstance(item, r.Name)]
    if len(names) < len(branches.value.items) or len(set(names)) < len(names):
        return for_a_person
    if not all(_has_inputs(module, item) for item in branches.value.items):
        return for_a_person
    tensor = f"{chain.name}_output"
    if is_bound(module, tensor):
        return for_a_person
    editor = module.editor()
    written = merged(module, editor, record, f"[{', '.join(f'{name}.outputs[0]' for name in names)}]")
    if written is None:
        return for_a_person
    editor.delete_statement(chain.made, frozenset(chain.gone))
    for statement in chain.gone:
        editor.delete_statement(statement, frozenset({chain.made, *chain.gone}))
    first, *rest = chain.adds
    editor.replace(first, f"{tensor} = {written[0]}")
    for statement in rest:
        layer = _added(statement, chain.name)
        assert layer is not None
        start, end = editor.span(layer)
        editor.edit(statement.start, start, f"{tensor} = ")
        editor.edit(end, statement.end, f"({tensor})")
    inputs = ", ".join(f"*{name}.inputs" for name in names)
    last = f"{chain.name} = {model_spelled(module, editor)}([{inputs}], {tensor}{chain.label})"
    editor.insert_after_statement(chain.adds[-1], [last])
    said = f"a Sequential of `Merge` is a Model of its branches, joined by `keras.layers.{written[1]}`"
    return done(record, said, editor)


def _called(module: Module, merge: r.Call, outer: r.Call) -> Remark | None:
    """``Merge(mode="concat")([a, b])``."""
    if len(outer.arguments) != 1 or outer.arguments[0].star or given_as(merge, "layers", 0) is not None:
        return None
    editor = module.editor()
    written = merged(module, editor, merge, module.text(outer.arguments[0].value))
    if written is None:
        return None
    editor.replace(outer, written[0])
    return done(merge, f"`Merge` is `keras.layers.{written[1]}`", editor)


@dataclass(frozen=True, eq=False)
class _Chain:
    """A Sequential that is made layer by layer in one suite.

    Attributes:
        name: the model's.
        made: the statement that makes it empty.
        adds: those that add to it, the ``Merge`` first.
        gone: another statement that has nothing to do afterwards: the one that makes the ``Merge``.
        label: the argument with the model's name, as text behind a comma; or nothing.
    """

    name: str
    made: r.Statement
    adds: list[r.Statement]
    gone: list[r.Statement]
    label: str


def _chain(module: Module, merge: r.Call) -> _Chain | None:
    """The Sequential that a ``Merge`` is added to first; None where more is done with it than adding layers."""
    gone: list[r.Statement] = []
    added: r.Expression = merge
    parent = merge.parent
    if isinstance(parent, r.Assign):
        target = parent.targets[0]
        reads = _reads(module, target.id) if len(parent.targets) == 1 and isinstance(target, r.Name) else []
        if len(reads) != 1:
            return None
        gone, added, parent = [parent], reads[0], reads[0].parent
    outer = parent.parent if isinstance(parent, r.Argument) else None
    first = outer.parent if isinstance(outer, r.Call) else None
    owner = outer.func.value if isinstance(outer, r.Call) and isinstance(outer.func, r.Attribute) else None
    if not isinstance(first, r.ExpressionStatement) or not isinstance(owner, r.Name):
        return None
    if _added(first, owner.id) is not added:
        return None
    suite = suite_of(first)
    makers = [s for s in suite if isinstance(s, r.Assign) and _assigns(s, owner.id)]
    before = [s for s in makers if s.start < first.start]
    later = [s for s in makers if s.start > first.start]
    if not before or any(statement not in suite for statement in gone):
        return None
    made, end = before[-1], later[0].start if later else suite[-1].end + 1
    adds = [s for s in suite if first.start <= s.start < end and _added(s, owner.id) is not None]
    label = _label(module, made.value)
    if label is None or any(_drops_comment(module, s, owner.id) for s in adds[1:]):
        return None
    allowed = {id(s) for s in (made, *adds)}
    for name in module.code.walk():
        if not isinstance(name, r.Name) or name.id != owner.id or not made.start <= name.start < end:
            continue
        statement = _statement(name)
        after = name.start > adds[-1].end
        changed = isinstance(name.parent, r.Attribute) and name.parent.attr in {"add", "pop", "layers"}
        if id(statement) not in allowed and (not after or changed):
            return None
    return _Chain(owner.id, made, list(adds), gone, label)


def _reads(module: Module, word: str) -> list[r.Name]:
    found = [record for record in module.code.walk() if isinstance(record, r.Name) and record.id == word]
    return [name for name in found if not (isinstance(name.parent, r.Assign) and name in name.parent.targets)]


def _statement(record: r.Record) -> r.Record:
    at = record
    while not isinstance(at, r.Statement) and at.parent is not None:
        at = at.parent
    return at


def _assigns(statement: r.Assign, word: str) -> bool:
    return any(isinstance(target, r.Name) and target.id == word for target in statement.targets)


def _added(statement: r.Record, word: str) -> r.Expression | None:
    """What ``word.add(…)`` adds; None for any other statement."""
    call = statement.value if isinstance(statement, r.ExpressionStatement) else None
    func = call.func if isinstance(call, r.Call) else None
    if not isinstance(call, r.Call) or not isinstance(func, r.Attribute) or func.attr != "add":
        return None
    if not isinstance(func.value, r.Name) or func.value.id != word or len(call.arguments) != 1:
        return None
    return call.arguments[0].value if not call.arguments[0].star else None


def _drops_comment(module: Module, statement: r.Statement, word: str) -> bool:
    layer = _added(statement, word)
    text = module.source.text
    return layer is None or "#" in text[statement.start : layer.start] + text[layer.end : statement.end]


def _label(module: Module, made: r.Expression) -> str | None:
    """The name that an empty Sequential is given, as an argument; None for anything else."""
    value = module.value(made.func) if isinstance(made, r.Call) else None
    if not isinstance(made, r.Call) or not isinstance(value, LibraryName) or not value.name.endswith(".Sequential"):
        return None
    if any(a.name != "name" for a in made.arguments):
        return None
    return "".join(f", {module.text(a)}" for a in made.arguments)


def _has_inputs(module: Module, branch: r.Expression) -> bool:
    """True for a model that knows its inputs before anything is called."""
    value = module.value(branch)
    network = module.network_of(value) if is_model(value) else None
    if network is None or network.kind == "subclassed":
        return False
    if network.kind == "functional" or network.inputs:
        return True
    first = network.members[0].layer.site if network.members else None
    written = first.record.arguments if first is not None and isinstance(first.record, r.Call) else ()
    names = {a.name for a in written}
    is_embedding = isinstance(value := network.members[0].layer, LibraryObject) and value.name.endswith(".Embedding")
    return bool(names & _INPUTS) or ("input_dim" in names and not is_embedding)


def function_of_layers(module: Module, editor: Editor, name: str) -> str:
    """How the file writes a name of ``keras.layers``."""
    for statement in module.code.imports:
        for alias in statement.aliases:
            if (
                alias.bound == name
                and alias.target.startswith(("keras.", "tensorflow."))
                and r.function_of(alias) is None
            ):
                return name
    layers = editor.module_alias(("keras.layers", "tensorflow.keras.layers"))
    if layers is not None:
        return f"{layers}.{name}"
    homes = {statement.module for statement in module.code.imports if statement.module is not None}
    home = next((one for one in ("keras.layers", "tensorflow.keras.layers") if one in homes), None)
    if home is not None and not is_bound(module, name):
        return editor.add_import(name, f"from {home} import {name}")
    if module.keras_prefix is not None:
        return keras_spelled(module, editor, f"keras.layers.{name}")
    if not is_bound(module, name):
        return editor.add_import(name, f"from keras.layers import {name}")
    return keras_spelled(module, editor, f"keras.layers.{name}")
