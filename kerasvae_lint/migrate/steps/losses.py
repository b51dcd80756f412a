"""Losses and metrics that a functional model is given as tensors: a layer of the model adds them in Keras 3."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.methods import name_of
from kerasvae_lint.keras.networks import class_name
from kerasvae_lint.migrate.helpers import define, model_spelled
from kerasvae_lint.migrate.step import Remark, Step, differs, done, left
from kerasvae_lint.model import Call, Instance, Module, constant, is_model
from kerasvae_lint.model.spelling import keras_spelled
from kerasvae_lint.values.lattice import LibraryObject, Unknown

_LOSS = [
    "class AddLoss({base}):",
    '    """Adds its last input to the losses of the model, and passes the others on."""',
    "",
    "    def call(self, inputs):",
    "        *outputs, loss = inputs",
    "        self.add_loss(loss)",
    "        return outputs[0] if len(outputs) == 1 else outputs",
    "",
    "    def compute_output_shape(self, input_shape):",
    "        *shapes, _ = input_shape",
    "        return shapes[0] if len(shapes) == 1 else shapes",
]
_METRIC = [
    "class AddMetric({base}):",
    '    """Shows the mean of its last input among the metrics of the model, and passes the others on."""',
    "",
    "    def __init__(self, label, **kwargs):",
    "        super().__init__(**kwargs)",
    "        self.shown = {metric}(name=label)",
    "",
    "    def call(self, inputs):",
    "        *outputs, value = inputs",
    "        self.shown.update_state(value)",
    "        return outputs[0] if len(outputs) == 1 else outputs",
    "",
    "    def compute_output_shape(self, input_shape):",
    "        *shapes, _ = input_shape",
    "        return shapes[0] if len(shapes) == 1 else shapes",
]


class SymbolicLosses(Step):
    """``vae.add_loss(kl)`` → ``vae = keras.Model(vae.inputs, AddLoss()([*vae.outputs, kl]))``."""

    name = "losses"
    triggers = ("add_loss", "add_metric")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each tensor that a model is given."""
        calls = [call for call in module.method_calls("add_loss", "add_metric") if _is_functional(call)]
        for call in calls:
            uses = [one.record for one in calls if one.method == call.method]
            remark = _remark(module, call, uses)
            yield remark
            if remark.draft is not None and call.method == "add_loss" and (inner := _taken_apart(module, call)):
                yield differs(
                    call.record,
                    f"the loss takes tensors from inside `{inner}`, so the model has these layers twice: Keras 3"
                    " can't load it once it is saved (its weights it can); take what the call of that model gives",
                )


def _is_functional(call: Call) -> bool:
    func = call.record.func
    if not isinstance(func, r.Attribute) or not isinstance(call.record.parent, r.ExpressionStatement):
        return False
    if isinstance(func.value, r.Name) and func.value.id in {"self", "cls"}:
        return False
    if isinstance(func.value, r.Call):
        return False
    found = call.receivers
    if any(isinstance(owner, Instance) for owner in found):
        return False
    return any(isinstance(owner, LibraryObject) and is_model(owner) for owner in found) or (
        bool(found) and all(isinstance(owner, Unknown) for owner in found)
    )


def _taken_apart(module: Module, call: Call) -> str:
    """What holds a model whose layers the loss is made of, while the compiled model calls it as a whole."""
    for owner in call.receivers:
        network = module.network_of(owner) if is_model(owner) else None
        members = [member.layer for member in network.members] if network is not None else []
        for inner in (member for member in members if is_model(member)):
            parts = module.network_of(inner)
            if parts is not None and any(part.layer is member for part in parts.members for member in members):
                return name_of(inner) or class_name(inner)
    return ""


def _remark(module: Module, call: Call, uses: list[r.Call]) -> Remark:
    func = call.record.func
    assert isinstance(func, r.Attribute)
    model = module.text(func.value)
    given = {a.name: a for a in call.record.arguments if a.name is not None}
    plain = [a for a in call.record.arguments if a.name is None and not a.star]
    value = given.get("losses" if call.method == "add_loss" else "value") or (plain[0] if plain else None)
    if value is None or isinstance(value.value, (r.Lambda, r.Display)):
        return left(call.record, f"`{call.method}` takes no function in Keras 3: add the loss in a layer's `call`.")
    editor = module.editor()
    base = keras_spelled(module, editor, "keras.layers.Layer")
    if call.method == "add_loss":
        made = "AddLoss()"
        lines = [line.format(base=base) for line in _LOSS]
        message = "a tensor is added to the losses by a layer of the model"
    else:
        label = given.get("name") or (plain[1] if len(plain) > 1 else None)
        mode = given.get("aggregation") or (plain[2] if len(plain) > 2 else None)
        if label is None or (mode is not None and constant(module.value(mode.value)) not in ("mean", None)):
            return left(
                call.record, "`add_metric` is gone: hold a `keras.metrics.Mean` in a layer, and update it in `call`."
            )
        made = f"AddMetric({module.text(label.value)})"
        metric = keras_spelled(module, editor, "keras.metrics.Mean")
        lines = [line.format(base=base, metric=metric) for line in _METRIC]
        message = "a tensor is shown among the metrics by a layer of the model"
    if not define(module, editor, made.partition("(")[0], lines, uses):
        return left(call.record, f"`{call.method}` of a model takes no tensor in Keras 3: add it in a layer's `call`.")
    kind = model_spelled(module, editor)
    tensor = module.text(value.value)
    text = f"{model} = {kind}({model}.inputs, {made}([*{model}.outputs, {tensor}]), name={model}.name)"
    editor.replace(call.record, text)
    return done(call.record, message, editor)
