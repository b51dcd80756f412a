"""Methods of models: ``fit_generator``, ``predict_classes``, and arguments of ``fit``, ``compile`` and their like."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.networks import Network
from kerasvae_lint.library import lookup
from kerasvae_lint.library.moves.twins import STRINGS
from kerasvae_lint.migrate.asking import assigned, quoted
from kerasvae_lint.migrate.step import Kind, Remark, Step, done, left
from kerasvae_lint.model import Call, Editor, Module, is_model
from kerasvae_lint.model.spelling import keras_spelled
from kerasvae_lint.values.lattice import Instance, LibraryObject, Unknown

_GENERATORS = {"fit_generator": "fit", "evaluate_generator": "evaluate", "predict_generator": "predict"}
_TODAY = {**_GENERATORS, **{name: name for name in ("fit", "evaluate", "predict", "compile", "train_on_batch")}}
_OWN = frozenset({*_GENERATORS, "predict_classes", "predict_proba", "to_yaml"})
"""Names that nothing but a model has."""
_RENAMED = {
    "nb_epoch": "epochs",
    "nb_val_samples": "validation_steps",
    "val_samples": "steps",
    "samples_per_epoch": "steps_per_epoch",
    "generator": "x",
}
_QUEUE = ("workers", "max_queue_size", "use_multiprocessing", "nb_worker", "max_q_size", "pickle_safe", "wait_time")
_GONE = {
    "sample_weight_mode": "weights with a number for each step are taken as they are",
    "experimental_run_tf_function": "it has no meaning any more",
    "class_mode": "it has no meaning any more",
    "show_accuracy": "the accuracy is among the `metrics` of `compile`",
    "pss_evaluation_shards": "it has no meaning any more",
    "from_serialized": "it has no meaning any more",
}
_ORDER = {
    "fit_generator": ("x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps"),
    "evaluate_generator": ("x", "steps"),
    "predict_generator": ("x", "steps"),
}
_COUNTS = {"samples_per_epoch": "x", "nb_val_samples": "validation_data", "val_samples": "x"}
"""Counts of samples that are counts of steps now, with the argument whose batches are counted."""


class Methods(Step):
    """``model.fit_generator(g, samples_per_epoch=…, nb_epoch=…)`` → ``model.fit(g, …)``."""

    name = "methods"

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call that is written otherwise now."""
        for call in module.method_calls(*_TODAY, "predict_classes", "predict_proba", "to_yaml"):
            if not _may_be_model(call):
                continue
            if call.method == "predict_classes":
                yield _classes(module, call)
            elif call.method == "predict_proba":
                editor = module.editor()
                _rename_method(editor, call, "predict")
                yield done(call.record, "`predict_proba` is `predict`", editor)
            elif call.method == "to_yaml":
                yield left(call.record, "`to_yaml` is gone: use `to_json`, and `model_from_json` where it is read.")
            else:
                yield from _called(module, call)


def _may_be_model(call: Call) -> bool:
    """True for what may be a model of Keras's."""
    found = call.receivers
    if any(is_model(owner) for owner in found):
        return True
    if call.method in _OWN:
        return not any(isinstance(owner, (Instance, LibraryObject)) for owner in found)
    names = {a.name for a in call.record.arguments}
    plain = all(isinstance(owner, Unknown) for owner in found)
    said = names & {*_RENAMED, *_QUEUE, *_GONE, "loss", "metrics", "epochs", "steps_per_epoch", "validation_data"}
    return plain and bool(said)


def _rename_method(editor: Editor, call: Call, new: str) -> None:
    func = call.record.func
    assert isinstance(func, r.Attribute)
    editor.edit(func.end - len(func.attr), func.end, new)


def _called(module: Module, call: Call) -> Iterator[Remark]:
    method, today = call.method, _TODAY[call.method]
    editor = module.editor()
    said: list[str] = []
    also: list[Remark] = []
    record = call.record
    if method != today:
        _rename_method(editor, call, today)
        said.append(f"`{method}` is `{today}`")
    order = _ORDER.get(method) or _order_of(today)
    new_order = _order_of(today, 3)
    for index, argument in enumerate(record.arguments):
        if argument.star:
            break
        if argument.name is None:
            if _counts_samples(call, index):
                unclear = _steps(module, call, editor, argument, "samples_per_epoch")
                also += unclear
                if not unclear:
                    said.append("the second argument counted samples, and counts steps")
                name = "samples_per_epoch" if unclear else "steps_per_epoch"
                start = editor.span(argument.value)[0]
                editor.edit(start, start, f"{name}=")
                said.append(f"`{name}` gets its name")
            elif index >= len(order):
                also.append(
                    left(argument, f"This argument of `{method}` has another place in Keras 3: give it by its name.")
                )
            elif index >= len(new_order) or new_order[index] != order[index]:
                _move(call, editor, argument, order[index], said)
            continue
        if argument.name in _QUEUE:
            editor.remove_argument(record, argument)
            said.append(f"`{argument.name}=` is an argument of the data set's (a PyDataset takes it)")
        elif argument.name in _GONE:
            editor.remove_argument(record, argument)
            said.append(f"`{argument.name}=` is gone: {_GONE[argument.name]}")
        elif argument.name == "target_tensors":
            if isinstance(argument.value, r.Constant) and argument.value.value is None:
                editor.remove_argument(record, argument)
                said.append("`target_tensors=` is gone: it has no meaning any more")
            else:
                also.append(left(argument, "`target_tensors=` is gone: give the targets to `fit`."))
        elif argument.name == "class_weight" and getattr(argument.value, "value", None) == "auto":
            editor.remove_argument(record, argument)
            said.append("`class_weight='auto'` is gone: it had no effect in Keras 2")
        elif argument.name in _RENAMED and (argument.name != "generator" or method in _GENERATORS):
            new = _RENAMED[argument.name]
            unclear = _steps(module, call, editor, argument, argument.name) if argument.name in _COUNTS else []
            also += unclear
            if not unclear:
                editor.edit(argument.start, argument.start + len(argument.name), new)
                said.append(f"`{argument.name}=` is `{new}=`")
    if today == "compile":
        said += _words(module, call, editor)
    if said:
        needless = all("is an argument of" in one or "is gone" in one for one in said)
        yield done(record, "; ".join(said), editor, Kind.NEEDLESS if needless else Kind.DONE)
    yield from also


def _order_of(method: str, keras: int = 2) -> tuple[str, ...]:
    entry = lookup(f"keras.Model.{method}")
    signature = entry.signature(keras) if entry is not None else None
    return tuple(p.name for p in signature.parameters if p.kind == "positional") if signature is not None else ()


def _move(call: Call, editor: Editor, argument: r.Argument, name: str, said: list[str]) -> None:
    if name in _QUEUE:
        editor.remove_argument(call.record, argument)
        return
    start = editor.span(argument.value)[0]
    editor.edit(start, start, f"{name}=")
    said.append(f"`{name}` stands elsewhere, so it gets its name")


def _counts_samples(call: Call, index: int) -> bool:
    """True for the second argument of ``fit_generator`` in a call that speaks Keras 1."""
    names = {a.name for a in call.record.arguments}
    return call.method == "fit_generator" and index == 1 and bool(names & {"nb_epoch", "nb_val_samples"})


def _steps(module: Module, call: Call, editor: Editor, argument: r.Argument, count: str) -> list[Remark]:
    """A count of samples as a count of batches, where the size of a batch can be told."""
    name = _COUNTS[count]
    source = next((a for a in call.record.arguments if a.name in ({"generator", "x"} if name == "x" else {name})), None)
    if source is None and name == "x":
        source = call.record.arguments[0]
    size = _batch_size(module, source.value) if source is not None else None
    if size is None:
        what = f"`{count}=` counted samples: write `{_RENAMED[count]}=`, which counts batches: divided by their size."
        return [left(argument, what)]
    start, end = editor.span(argument.value)
    text = editor.text[start:end]
    plain = isinstance(argument.value, (r.Name, r.Attribute, r.Call, r.Constant, r.Subscript)) or text.startswith("(")
    editor.edit(start, end, f"{text} // {size}" if plain else f"({text}) // {size}")
    return []


def _batch_size(module: Module, source: r.Expression) -> str | None:
    """How a generator says its batch size: of ``flow(…, batch_size=…)``, 32 where it is not given."""
    made = source
    if isinstance(source, r.Name):
        found = assigned(module, source)
        if len(found) != 1:
            return None
        made = found[0]
    if not isinstance(made, r.Call) or not isinstance(made.func, r.Attribute) or not made.func.attr.startswith("flow"):
        return None
    given = next((a for a in made.arguments if a.name == "batch_size"), None)
    if given is not None:
        text = module.text(given.value)
        return text if isinstance(given.value, (r.Name, r.Constant, r.Attribute)) else f"({text})"
    return "32"


def _classes(module: Module, call: Call) -> Remark:
    """``predict_classes`` by the size of the model's output."""
    sizes = {network.outputs and module.outputs.size(network.outputs[0], -1) for network in _networks(module, call)}
    size = next(iter(sizes)) if len(sizes) == 1 else None
    if not isinstance(size, int):
        return left(
            call.record,
            "`predict_classes` is gone: `numpy.argmax(model.predict(x), axis=-1)` for several outputs,"
            " `(model.predict(x) > 0.5).astype('int32')` for one.",
        )
    editor = module.editor()
    _rename_method(editor, call, "predict")
    start, end = editor.span(call.record)
    if size > 1:
        alias = editor.module_alias(("numpy",)) or editor.add_import("np", "import numpy as np")
        editor.edit(start, start, f"{alias}.argmax(")
        editor.edit(end, end, ", axis=-1)")
        return done(call.record, "`predict_classes` is the `argmax` of `predict`", editor)
    editor.edit(start, start, "(")
    editor.edit(end, end, ' > 0.5).astype("int32")')
    return done(call.record, "`predict_classes` is `predict` with a threshold", editor)


def _networks(module: Module, call: Call) -> list[Network]:
    found = [module.network_of(owner) for owner in call.receivers if is_model(owner)]
    return [network for network in found if network is not None]


def _words(module: Module, call: Call, editor: Editor) -> list[str]:
    """Words for losses and metrics that Keras 3 does not take."""
    said = []
    for kind, names in (("loss", ("loss",)), ("metric", ("metrics", "weighted_metrics"))):
        for argument in call.record.arguments:
            if argument.name not in names and not (kind == "loss" and argument is _second(call)):
                continue
            for record in argument.value.walk():
                if isinstance(record, r.Constant) and record.value in STRINGS[kind] and _is_item(record, argument):
                    new = STRINGS[kind][str(record.value)]
                    if "{word}" in new:
                        new = new.format(word=module.text(record))
                        name, _, rest = new.partition("(")
                        editor.replace(record, f"{keras_spelled(module, editor, name)}({rest}")
                    else:
                        editor.replace(record, quoted(module, record, new))
                    said.append(f"`{record.value}` is called `{new}`")
    return said


def _second(call: Call) -> r.Argument | None:
    given = call.record.arguments
    return given[1] if len(given) > 1 and given[1].name is None and given[0].name is None else None


def _is_item(record: r.Constant, argument: r.Argument) -> bool:
    """True for a word that is the argument, or a member of a list or dictionary of it; not for a dictionary's key."""
    at: r.Record | None = record
    while at is not None and at is not argument:
        parent = at.parent
        if isinstance(parent, r.Dictionary) and at in parent.keys:
            return False
        if not isinstance(parent, (r.Argument, r.Display, r.Dictionary)):
            return False
        at = parent
    return True
