"""Metrics of a model with several outputs: a list is for each output now, and its results come sorted by name."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.networks import Names, Network, snake_case
from kerasvae_lint.migrate.asking import is_for_keras3
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done
from kerasvae_lint.model import Call, Editor, Module, is_model
from kerasvae_lint.values.lattice import FunctionValue, LibraryName, Value

_ASKED = frozenset({"evaluate", "test_on_batch", "train_on_batch", "evaluate_generator"})
_METRICS = ("metrics", "weighted_metrics")
_PLACE = 2


class SeveralOutputs(Step):
    """``metrics=["accuracy"]`` of two outputs → ``metrics=[["accuracy"], ["accuracy"]]``."""

    name = "several-outputs"
    triggers = ("metrics",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each list that is not spread over the outputs, and for each list of results."""
        if is_for_keras3(module):
            return
        names = Names(module.program.machine, 3)
        sorted_anew: dict[int, int] = {}
        for call in module.method_calls("compile"):
            network = _network(module, call)
            if network is None:
                continue
            order: list[str] = []
            for argument in _given(call):
                editor = module.editor()
                each = _spread(module, argument.value, editor, len(network.outputs))
                if each:
                    count = len(network.outputs)
                    message = (
                        f"a list of metrics is for each of the {count} outputs in Keras 2, and for them in turn now"
                    )
                    fits = len(each) == count
                    draft = done(argument.value, message, editor)
                    yield Remark(Kind.DONE, draft.at, message, draft.draft, along=fits)
                order += _order(names, network, argument.value, each)
            if order != sorted(order):
                sorted_anew |= {id(owner): len(network.outputs) for owner in call.receivers}
        yield from _asked(module, sorted_anew)


def _network(module: Module, call: Call) -> Network | None:
    """The network with several outputs that is compiled; None for another, or where it can't be told."""
    owners = call.receivers
    found = [module.network_of(owner) if is_model(owner) else None for owner in owners]
    first = found[0] if found else None
    if first is None or first.kind == "sequential" or len(first.outputs) < 2:
        return None
    same = all(other is not None and len(other.outputs) == len(first.outputs) for other in found)
    return first if same else None


def _given(call: Call) -> Iterator[r.Argument]:
    for index, argument in enumerate(call.record.arguments):
        if argument.star:
            return
        if argument.name in _METRICS or (argument.name is None and index == _PLACE):
            yield argument


def _spread(module: Module, value: r.Expression, editor: Editor, outputs: int) -> list[r.Expression]:
    """The metrics of a list that names each only once; it is written once for each output."""
    if not isinstance(value, r.Display) or value.kind == "set" or not value.items:
        return []
    if not all(_is_metric(module, item) for item in value.items):
        return []
    text = module.text(value)
    editor.replace(value, f"[{', '.join([text] * outputs)}]")
    return list(value.items)


def _is_metric(module: Module, item: r.Expression) -> bool:
    """A word, a function, or an object made on the spot: what can be written several times."""
    if isinstance(item, r.Constant):
        return isinstance(item.value, str)
    known: Value = module.value(item.func if isinstance(item, r.Call) else item)
    if isinstance(item, r.Call):
        return isinstance(known, LibraryName) and known.name.startswith("keras.metrics.")
    return isinstance(known, (LibraryName, FunctionValue))


def _order(names: Names, network: Network, value: r.Expression, spread: list[r.Expression]) -> list[str]:
    """What the results are called, in Keras 2's order, as far as it can be told."""
    makers = [
        next((member.layer for member in network.members if member.output is output), None)
        for output in network.outputs
    ]
    if any(maker is None for maker in makers):
        return []
    called = [names.of(maker) for maker in makers if maker is not None]
    if spread:
        lists = [spread] * len(called)
    elif isinstance(value, r.Display) and len(value.items) == len(called):
        lists = [list(item.items) if isinstance(item, r.Display) else [item] for item in value.items]
    else:
        return []
    words = [(name, _word(item)) for name, some in zip(called, lists, strict=True) for item in some]
    return [f"{name}_{word}" for name, word in words] if all(word for _, word in words) else []


def _word(item: r.Expression) -> str:
    """What a metric is called in the results; empty where it can't be told."""
    if isinstance(item, r.Constant):
        return str(item.value)
    if isinstance(item, r.Call):
        given = next((a.value for a in item.arguments if a.name == "name"), None)
        if given is not None:
            return _word(given) if isinstance(given, r.Constant) else ""
        return snake_case(_word(item.func))
    if isinstance(item, r.Attribute):
        return item.attr
    return item.id if isinstance(item, r.Name) else ""


def _asked(module: Module, models: dict[int, int]) -> Iterator[Remark]:
    """The lists of results that are used; ``models`` holds how many outputs each has."""
    for call in module.method_calls(*_ASKED):
        named = any(argument.name == "return_dict" for argument in call.record.arguments)
        parent = call.record.parent
        counts = [models[id(owner)] for owner in call.receivers if id(owner) in models]
        if not counts or named or isinstance(parent, r.ExpressionStatement) or _is_loss(parent, min(counts)):
            continue
        yield differs(
            call.record,
            f"after the losses, the list of `{call.method}` has the metrics of several outputs sorted by name"
            " (Keras 2: output by output): `return_dict=True` gives them by name",
        )


def _is_loss(parent: r.Record | None, outputs: int) -> bool:
    """``[0]``, and as many more as there are outputs: the losses stand first."""
    index = parent.index if isinstance(parent, r.Subscript) else None
    return isinstance(index, r.Constant) and index.value in range(outputs + 1)
