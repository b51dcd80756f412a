"""``model.losses`` before the model is called with data: Keras 3 has less in it."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.step import Remark, Step, left
from kerasvae_lint.model import Call, LibraryObject, Module, is_layer, is_model
from kerasvae_lint.values.lattice import Value

_RUNS = ("fit", "predict", "evaluate", "train_on_batch", "test_on_batch", "predict_on_batch", "call", "__call__")


class Penalties(Step):
    """``model.losses`` of a functional model: Keras 2 holds a tensor for each call that built it, Keras 3 none."""

    name = "penalties"
    triggers = (".losses",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each reading that misses what its layers add when they are called."""
        for record in module.code.walk():
            if not isinstance(record, r.Attribute) or record.attr != "losses":
                continue
            owners = module.value(record.value).alternatives()
            if len(owners) != 1 or not isinstance(owners[0], LibraryObject) or not is_layer(owners[0]):
                continue
            owner = owners[0]
            if _adds_when_called(module, owner) and not _may_be_called(module, record, owner):
                yield left(
                    record,
                    "Before the first call on data, `losses` lacks what `activity_regularizer` and `add_loss` give"
                    " (Keras 2 had tensors for it). Read it after the call, or in the loss.",
                )


def _adds_when_called(module: Module, owner: LibraryObject) -> bool:
    """True if the owner, or a layer of it, adds a loss in its call."""
    if not is_model(owner):
        return _adds(module, owner)
    network = module.network_of(owner)
    if network is None or network.kind == "subclassed":
        return False
    return any(_adds(module, member.layer) for member in network.members)


def _adds(module: Module, layer: Value) -> bool:
    if not isinstance(layer, LibraryObject):
        return module.adds_loss(layer)
    record = layer.site.record if layer.site is not None else None
    if not isinstance(record, r.Call):
        return False
    given = next((a for a in record.arguments if a.name == "activity_regularizer"), None)
    if given is not None:
        return not (isinstance(given.value, r.Constant) and given.value.value is None)
    return layer.name.endswith(".ActivityRegularization")


def _may_be_called(module: Module, record: r.Attribute, owner: LibraryObject) -> bool:
    """True unless everything from the making of the owner to here can be seen, with no data in it."""
    made = owner.site
    if made is None or not module.owns(made):
        return True
    function, maker = r.function_of(record), r.function_of(made.record)
    begin = made.record if maker is function else _handed_over(module, record, owner)
    if begin is None:
        return True
    if maker is not function and any(
        _gives_data(module, call, owner) for call in module.all_calls if r.function_of(call.record) is maker
    ):
        return True
    at: r.Record | None = record
    loop = False
    while at is not None and not isinstance(at, r.Function):
        loop = loop or isinstance(at, (r.For, r.While, r.Comprehension))
        at = at.parent
    return any(
        _gives_data(module, call, owner)
        for call in module.all_calls
        if loop or (begin.start < call.record.start < record.start)
    )


def _handed_over(module: Module, record: r.Attribute, owner: LibraryObject) -> r.Call | None:
    """The last call above, in the same function, that gives the owner: of a function that makes it."""
    found = [
        call.record
        for call in module.all_calls
        if call.record.end <= record.start
        and r.function_of(call.record) is r.function_of(record)
        and call.result.alternatives() == (owner,)
    ]
    return max(found, key=lambda call: call.start, default=None)


def _gives_data(module: Module, call: Call, owner: LibraryObject) -> bool:
    """True for a call of the owner with data, and for one that is handed it."""
    func = call.record.func
    if _is(module, func, owner):
        return not module.symbolic.is_symbolic(call.result)
    if isinstance(func, r.Attribute) and func.attr.partition("_generator")[0] in _RUNS:
        return _is(module, func.value, owner)
    given = any(_is(module, argument.value, owner) for argument in call.record.arguments)
    return given and not any(isinstance(value, LibraryObject) for value in call.result.alternatives())


def _is(module: Module, expression: r.Expression, owner: LibraryObject) -> bool:
    return any(value is owner for value in module.value(expression).alternatives())
