"""Files that models and weights are saved in: Keras 3 goes by the ends of their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import assigned, keras_calls, quoted
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.migrate.steps.arguments import EPOCH_CHECKPOINT
from kerasvae_lint.model import Call, Module, constant, is_model
from kerasvae_lint.values.lattice import Unknown

_MODEL_ENDS = (".keras", ".h5", ".hdf5")
_CHECKPOINT_ENDS = (".keras", ".h5")
_WEIGHTS_END = ".weights.h5"
_READABLE = (".keras", ".h5", ".hdf5")
_END = re.compile(
    r"(?:\.weights)?\.(?:h5|hdf5|hd5|hdf|ckpt|tf|model|keras|weights|pb|wts|h5py|pkl|hdf5py|dat|cpkt)$", re.I
)


@dataclass(frozen=True, eq=False)
class _Tail:
    """How a path ends: its last literal part, where that ends in the text, and whether a name may begin before it."""

    text: str
    end: int
    goes_on: bool = False


class Saving(Step):
    """``model.save_weights("w.h5")`` → ``model.save_weights("w.weights.h5")``."""

    name = "saving"
    triggers = ("save", "ModelCheckpoint", "load_")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each path, with all places that name the same file."""
        renamed: dict[str, str] = {}
        edited: set[int] = set()
        for call, argument, kind in _writers(module):
            yield from _write(module, call, argument, kind, renamed, edited)
        for argument in _readers(module):
            yield from _read(module, argument, renamed, edited)
        yield from _by_name(module)
        if any(kind != "weights" and _is_hdf5(module, argument) for _, argument, kind in _writers(module)):
            yield from _loss_words(module)
        if _has_lambda(module):
            yield from _unsafe(module)


def _writers(module: Module) -> Iterator[tuple[r.Call, r.Argument, str]]:
    for call in module.method_calls("save", "save_weights"):
        if not _is_of_a_model(call):
            continue
        argument = _path(call.record, 0, "filepath")
        if argument is not None:
            yield call.record, argument, "model" if call.method == "save" else "weights"
    for call, _, place in keras_calls(module):
        if place.name.endswith(".save_model"):
            argument = _path(call.record, 1, "filepath")
            if argument is not None:
                yield call.record, argument, "model"
        elif place.name == "keras.callbacks.ModelCheckpoint":
            yield from _checkpoint(module, call.record)
    for record in module.code.calls:
        if isinstance(record.func, r.Name) and record.func.id == EPOCH_CHECKPOINT:
            yield from _checkpoint(module, record)


def _checkpoint(module: Module, call: r.Call) -> Iterator[tuple[r.Call, r.Argument, str]]:
    argument = _path(call, 0, "filepath")
    alone = next((a for a in call.arguments if a.name == "save_weights_only"), None)
    only = constant(module.value(alone.value)) if alone is not None else False
    if argument is not None and isinstance(only, (bool, int)):
        yield call, argument, "weights" if only else "checkpoint"


def _readers(module: Module) -> Iterator[r.Argument]:
    for call in module.method_calls("load_weights"):
        argument = _path(call.record, 0, "filepath")
        if argument is not None and _is_of_a_model(call):
            yield argument
    for call, _, place in keras_calls(module):
        if place.name in {"keras.models.load_model", "keras.saving.load_model"}:
            argument = _path(call.record, 0, "filepath")
            if argument is not None:
                yield argument


def _is_of_a_model(call: Call) -> bool:
    found = call.receivers
    if any(is_model(owner) for owner in found):
        return True
    func = call.record.func
    name = func.value if isinstance(func, r.Attribute) else None
    word = name.id if isinstance(name, r.Name) else name.attr if isinstance(name, r.Attribute) else ""
    says = call.method != "save" or any(part in word.lower() for part in ("model", "net", "encoder", "decoder", "vae"))
    return all(isinstance(owner, Unknown) for owner in found) and says


def _path(call: r.Call, at: int, name: str) -> r.Argument | None:
    for index, argument in enumerate(call.arguments):
        if argument.star:
            return None
        if argument.name == name or (argument.name is None and index == at):
            return argument
    return None


_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kl_divergence",
}
"""Words for losses with which Keras 3 writes a ``.h5`` that it can't read (measured, 3.15)."""


def _is_hdf5(module: Module, argument: r.Argument) -> bool:
    tail = _tail(module, argument.value)
    return tail is not None and tail.text.endswith((".h5", ".hdf5"))


def _loss_words(module: Module) -> Iterator[Remark]:
    """``loss="mse"`` of a model that is saved as ``.h5``, by its long name."""
    for call in module.method_calls("compile"):
        given = _path(call.record, 1, "loss")
        if given is None or not _is_of_a_model(call):
            continue
        for record in given.value.walk():
            if isinstance(record, r.Constant) and record.value in _SHORT and not _is_key(record):
                editor = module.editor()
                word = _SHORT[str(record.value)]
                editor.replace(record, quoted(module, record, word))
                what = f"Keras 3 can't load a `.h5` whose loss is called `{record.value}`, and can by `{word}`"
                yield Remark(Kind.DONE, record, what, editor.draft(what), along=True)


def _by_name(module: Module) -> Iterator[Remark]:
    """``load_weights(path, by_name=True)`` of a file that Keras 3 writes itself."""
    for call in module.method_calls("load_weights"):
        argument = _path(call.record, 0, "filepath")
        given = next((a for a in call.record.arguments if a.name == "by_name"), None)
        tail = _tail(module, argument.value) if argument is not None and given is not None else None
        if given is None or tail is None or not tail.text.endswith(_WEIGHTS_END):
            continue
        if constant(module.value(given.value)) is False:
            editor = module.editor()
            editor.remove_argument(call.record, given)
            yield done(given, "`by_name=False` is the default", editor)
            continue
        yield left(
            given,
            "`by_name=` is for `.h5` files of Keras 2: load the weights into a model like the one that was saved, and"
            " `model.get_layer(name).set_weights(…)` layer by layer.",
        )


def _is_key(record: r.Constant) -> bool:
    return isinstance(record.parent, r.Dictionary) and record in record.parent.keys


def _has_lambda(module: Module) -> bool:
    """True for a file with a ``Lambda(lambda x: …)``."""
    return any(
        place.name == "keras.layers.Lambda" and any(isinstance(a.value, r.Lambda) for a in call.record.arguments)
        for call, _, place in keras_calls(module)
    )


def _unsafe(module: Module) -> Iterator[Remark]:
    """What makes a model from its description: Keras 3 makes no ``lambda`` from a file unless it is told to."""
    for call, _, place in keras_calls(module):
        name = place.name.rpartition(".")[2]
        if name == "load_model" and not any(a.star or a.name == "safe_mode" for a in call.record.arguments):
            editor = module.editor()
            editor.add_argument(call.record, "safe_mode=False")
            what = "a `Lambda` of a `lambda` is loaded with `safe_mode=False` only"
            yield Remark(Kind.DONE, call.record, what, editor.draft(what), along=True)
        elif name in _MAKERS and "enable_unsafe_deserialization" not in module.source.text:
            yield left(
                call.record,
                f"`{name}` makes no `Lambda` of a `lambda` in Keras 3: call"
                " `keras.config.enable_unsafe_deserialization()` before it, or give the Lambda a function with a name.",
            )


_MAKERS = frozenset({"clone_model", "model_from_json"})


# the end of a path ------------------------------------------------------------------------------
def _tail(module: Module, expression: r.Expression, depth: int = 0) -> _Tail | None:
    """The last literal part of a path; None where it can't be seen."""
    if depth > 4:
        return None
    if isinstance(expression, r.Constant) and isinstance(expression.value, str):
        return _literal(module, expression, expression.value)
    if isinstance(expression, r.Formatted) and expression.values:
        last = expression.values[-1]
        text = last.value if isinstance(last, r.Constant) else None
        found = _literal(module, expression, text) if isinstance(text, str) else None
        return replace(found, goes_on=len(expression.values) > 1) if found is not None else None
    if isinstance(expression, r.Binary) and expression.operator in {"+", "/"}:
        found = _tail(module, expression.right, depth + 1)
        return replace(found, goes_on=expression.operator == "+") if found is not None else None
    if isinstance(expression, r.Binary) and expression.operator == "%":
        return _tail(module, expression.left, depth + 1)
    if isinstance(expression, r.Call):
        func = expression.func
        if isinstance(func, r.Attribute) and func.attr == "format":
            return _tail(module, func.value, depth + 1)
        word = func.attr if isinstance(func, r.Attribute) else func.id if isinstance(func, r.Name) else ""
        if word in {"join", "Path", "str", "abspath", "expanduser"} and expression.arguments:
            tail = expression.arguments[-1]
            return _tail(module, tail.value, depth + 1) if tail.name is None and not tail.star else None
    source = _source(module, expression)
    return _tail(module, source, depth + 1) if source is not None else None


def _source(module: Module, expression: r.Expression) -> r.Expression | None:
    """The one place where a name, an attribute or an item of a dictionary gets its value; a parameter's default."""
    if isinstance(expression, r.Name):
        found = assigned(module, expression)
        function = r.function_of(expression)
        if not found and function is not None:
            found = [p.default for p in function.parameters if p.name == expression.id and p.default is not None]
        return found[0] if len(found) == 1 else _just_before(expression, found)
    if isinstance(expression, r.Attribute):
        written = [
            record.value
            for record in module.code.walk()
            if isinstance(record, r.Assign)
            and any(isinstance(t, r.Attribute) and t.attr == expression.attr for t in record.targets)
        ]
        return written[0] if len(written) == 1 else None
    if isinstance(expression, r.Subscript) and isinstance(expression.index, r.Constant):
        items = _source(module, expression.value)
        if isinstance(items, r.Dictionary):
            for key, value in zip(items.keys, items.values, strict=True):
                if isinstance(key, r.Constant) and key.value == expression.index.value:
                    return value
    return None


def _just_before(name: r.Name, found: list[r.Expression]) -> r.Expression | None:
    """Of several values, the last one above the name, if it is given in the same block: no other one comes through."""
    use = r.statement_of(name)
    above = [value for value in found if value.start < name.start]
    last = max(above, key=lambda value: value.start, default=None)
    given = r.statement_of(last) if last is not None else None
    if use is None or given is None or given is use or use.parent is None or given.parent is not use.parent:
        return None
    blocks = [getattr(use.parent, part, ()) for part in ("body", "orelse", "final")]
    return last if any(use in block and given in block for block in blocks) else None


def _literal(module: Module, record: r.Expression, value: str) -> _Tail | None:
    written = module.text(record)
    close = len(written) - len(written.rstrip("'\""))
    close = 3 if written.endswith(('"""', "'''")) else min(close, 1)
    end = record.end - close
    return _Tail(value, end) if close and written[: len(written) - close].endswith(value[-4:]) else None


def _new_end(text: str, kind: str, goes_on: bool = False) -> str | None:
    """The path's last part as it should end; None where it is right."""
    if goes_on and _END.fullmatch(text):
        new = _new_end(f"model{text}", kind)
        return new.removeprefix("model") if new is not None else None
    if kind == "weights":
        if text.endswith(_WEIGHTS_END):
            return None
        stem = _END.sub("", text)
        return f"{stem}model{_WEIGHTS_END}" if stem.endswith("/") or not stem else f"{stem}{_WEIGHTS_END}"
    ends = _MODEL_ENDS if kind == "model" else _CHECKPOINT_ENDS
    if text.endswith(ends):
        return None
    stem = _END.sub("", text.rstrip("/"))
    return f"{stem or 'model'}.keras"


# writing and reading ----------------------------------------------------------------------------
def _write(
    module: Module, call: r.Call, argument: r.Argument, kind: str, renamed: dict[str, str], edited: set[int]
) -> Iterator[Remark]:
    editor = module.editor()
    said = []
    form = next((a for a in call.arguments if a.name == "save_format"), None)
    given = constant(module.value(form.value)) if form is not None else None
    if form is not None:
        editor.remove_argument(call, form)
        said.append("`save_format=` is gone: the end of the name says it")
    options = next((a for a in call.arguments if a.name in {"options", "include_optimizer", "signatures"}), None)
    if options is not None and options.name == "options":
        editor.remove_argument(call, options)
        said.append("`options=` is gone")
    tail = _tail(module, argument.value)
    ends = {"model": "`.keras`", "checkpoint": "`.keras`", "weights": f"`{_WEIGHTS_END}`"}[kind]
    if tail is None:
        known = constant(module.value(argument.value))
        if isinstance(known, str) and _new_end(known, kind) is None:
            tail = None
        elif not _is_file(argument):
            yield left(argument, f"The name of this file has to end in {ends} in Keras 3.")
    else:
        new = _new_end(tail.text, kind, tail.goes_on)
        if new is not None and given == "h5" and kind == "model":
            new = f"{tail.text}.h5"
        if new is not None and tail.end not in edited:
            common = _common(tail.text, new)
            editor.edit(tail.end - (len(tail.text) - common), tail.end, new[common:])
            edited.add(tail.end)
            renamed[tail.text] = new
            said.append(f"`{tail.text}` is `{new}`: the name has to end in {ends}")
    if said:
        yield done(argument, "; ".join(said), editor)


def _is_file(argument: r.Argument) -> bool:
    """True for an open file or a buffer."""
    return isinstance(argument.value, r.Name) and argument.value.id in {"f", "file", "fh", "buffer"}


def _common(old: str, new: str) -> int:
    at = 0
    while at < min(len(old), len(new)) and old[at] == new[at]:
        at += 1
    return at


def _read(module: Module, argument: r.Argument, renamed: dict[str, str], edited: set[int]) -> Iterator[Remark]:
    tail = _tail(module, argument.value)
    if tail is None or tail.end in edited:
        return
    new = renamed.get(tail.text)
    if new is not None:
        editor = module.editor()
        common = _common(tail.text, new)
        editor.edit(tail.end - (len(tail.text) - common), tail.end, new[common:])
        edited.add(tail.end)
        yield done(argument, f"`{tail.text}` is `{new}`, as it is saved", editor)
        return
    if not tail.text.endswith(_READABLE):
        what = (
            "Keras 3 reads no SavedModel and no TensorFlow checkpoint: save it once more with Keras 2 as `.h5`"
            ", or use `keras.layers.TFSMLayer(path, call_endpoint='serving_default')` for its predictions."
        )
        yield left(argument, what)
    elif tail.text.endswith((".h5", ".hdf5")) and not _saved_here(module):
        yield differs(
            argument, f"`{tail.text}` was written by Keras 2: its weights are read in the order of the layers"
        )


def _saved_here(module: Module) -> bool:
    return any(True for _ in _writers(module))
