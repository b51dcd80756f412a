"""KV109 loss-weights-not-live."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import ItemSetting, Module, Value, constant, is_none, records


class LossWeightsNotLive(Rule):
    """`loss_weights` that weigh nothing: with `loss=None`, or as a list that changes after `compile`.

    ## What it finds
    `compile(loss=None, loss_weights=…)` (a missing `loss` too) of a model that has no `compile` of its own, and a list
    or dict given as `loss_weights` whose elements a callback, a LambdaCallback or a training loop sets later.

    ## Why it bites
    `loss_weights` belong to the losses of `compile`. With none of these they are ignored, and `add_loss` terms are not
    weighted at all: measured, the loss is 0.96 for weights 5 and none. And `compile` takes the numbers out of a list
    once: setting an element later changes no loss, eager or compiled.

    ## Bad
    ```python
    weights = [1.0, 0.0]
    model.compile("adam", ["mse", "mse"], loss_weights=weights)
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: weights.__setitem__(1, epoch / 10))
    ```

    ## Good
    ```python
    weights = [1.0, tf.Variable(0.0, trainable=False)]
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: weights[1].assign(epoch / 10))
    ```

    ## Fix
    Unsafe, for a list in one file: a non-trainable variable as the element, and `.assign`. With `loss=None`: multiply
    inside `add_loss`, by a non-trainable variable.

    ## Keras 2 and Keras 3
    The same in both. A variable as a loss weight works in Keras 2 and from Keras 3.8 on.

    ## References
    - keras-team/keras issues 2595, 6446 and 20294
    """

    code = "KV109"
    name = "loss-weights-not-live"
    triggers = ("loss_weights",)
    fixable = "sometimes"
    probes = ("schedule",)
    recipe = "kl-layer"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per `compile` without a loss, and per element that is set too late."""
        for call in module.method_calls("compile"):
            weights = call.argument("loss_weights")
            if weights is None or is_none(weights) or any(argument.star for argument in call.record.arguments):
                continue
            written = call.written("loss_weights")
            if written is None or module.has_own_compile(call):
                continue
            loss, given = call.argument("loss", at=1), call.written("loss", at=1)
            if given is not None and isinstance(given.value, records.Attribute):
                continue  # set by whatever method ran before
            if loss is None or is_none(loss):
                yield Report(
                    call.record.func,
                    "`loss_weights` weigh the losses of `compile`, and here is none: they are ignored, and `add_loss`"
                    " is not weighted, in Keras 2 and 3. Multiply inside `add_loss`, by a non-trainable variable.",
                    ((written.value, "these weights have no effect"),),
                )
            elif len(weights.alternatives()) == 1:
                yield from _mutated(module, weights, written.value)


def _mutated(module: Module, weights: Value, written: records.Expression) -> Iterator[Report]:
    changed = module.schedules.items_set(weights)
    for setting in changed:
        yield Report(
            setting.record,
            f"`compile` has taken the numbers out of `{module.text(written)}`: setting an element during training"
            " changes no loss, in Keras 2 and 3. Make it a non-trainable variable, and assign it.",
            ((written, "`compile` reads it here"),),
            _fix(module, weights, changed) if setting is changed[0] else None,
        )


def _fix(module: Module, weights: Value, changed: list[ItemSetting]) -> Draft | None:
    if weights.site is None or not module.owns(weights.site):
        return None
    editor = module.editor()
    done: set[records.Record] = set()
    for setting in changed:
        start = _start(module, weights.site.record, constant(module.value(setting.index)))
        if start is None:
            return None
        if start not in done:
            number = constant(module.value(start)) if isinstance(start, records.Constant) else None
            if not isinstance(number, (int, float)) or isinstance(number, bool):
                return None
            editor.replace(start, f"{editor.tensorflow()}.Variable({float(number)}, trainable=False)")
            done.add(start)
        item = f"{module.text(setting.holder)}[{module.text(setting.index)}]"
        editor.replace(setting.record, f"{item}.assign({module.text(setting.value)})")
    return editor.draft("Make the weight a variable and assign it", Applicability.UNSAFE)


def _start(module: Module, display: records.Record, index: object) -> records.Expression | None:
    """The item of a written list or dictionary that an index means."""
    if isinstance(display, records.Dictionary):
        pairs = zip(display.keys, display.values, strict=True)
        found = [v for k, v in pairs if k is not None and index is not None and constant(module.value(k)) == index]
        return found[0] if len(found) == 1 else None
    if isinstance(display, records.Display) and isinstance(index, int):
        if -len(display.items) <= index < len(display.items):
            return display.items[index]
    return None
