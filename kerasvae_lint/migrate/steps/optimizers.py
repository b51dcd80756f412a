"""Optimizers: ``lr``, ``decay``, and what TensorFlow 1 had."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library import NO_DEFAULT, lookup
from kerasvae_lint.library.moves import root_of
from kerasvae_lint.migrate.asking import keras_calls
from kerasvae_lint.migrate.step import Remark, Step, differs, done
from kerasvae_lint.model import Call, Editor, Module, constant, constants
from kerasvae_lint.model.spelling import keras_spelled

_RATES = {"Adadelta": (1.0, 0.001), "Adagrad": (0.01, 0.001), "Nadam": (0.002, 0.001), "Adamax": (0.002, 0.001)}
"""Rates that were others before Keras 2.4: then and now."""
_ORDER = {
    "SGD": ("learning_rate", "momentum", "decay", "nesterov"),
    "RMSprop": ("learning_rate", "rho", "epsilon", "decay"),
}
_SETTERS = ("LearningRateScheduler", "ReduceLROnPlateau", ".lr", "set_value", ".learning_rate")
_SCHEDULE = "keras.optimizers.schedules.InverseTimeDecay"


class Optimizers(Step):
    """``SGD(lr=0.1, decay=1e-6)`` → ``SGD(learning_rate=InverseTimeDecay(0.1, decay_steps=1, decay_rate=1e-6))``."""

    name = "optimizers"
    triggers = ("optimizers", "Adam", "SGD", "RMSprop", "Optimizer", "Ada", "Nadam")

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each optimizer that is made otherwise now; one for all of a kind whose rate is another."""
        others: dict[str, list[Call]] = {}
        for call, callee, place in keras_calls(module):
            root = root_of(place.today or place.name)
            today = f"keras.{root[1]}" if root is not None else ""
            entry = lookup(today)
            if entry is not None and entry.makes == "optimizer" and entry.keras3 is not None:
                kind, is_standalone = today.rpartition(".")[2], (root_of(callee.spelling) or ("",))[0] == "keras"
                yield from _made(module, call, kind, is_standalone)
                if is_standalone and kind in _RATES and not _says_rate(call):
                    others.setdefault(kind, []).append(call)
        for kind, calls in others.items():
            then, now = _RATES[kind]
            more = f" (and {len(calls) - 1} more)" if len(calls) > 1 else ""
            yield differs(
                calls[0].record, f"`{kind}()`{more} starts at a rate of {now}; in Keras before 2.4 it was {then}"
            )


def _says_rate(call: Call) -> bool:
    named = {a.name for a in call.record.arguments}
    return bool(named & {"lr", "learning_rate"}) or any(a.name is None and not a.star for a in call.record.arguments)


def _made(module: Module, call: Call, kind: str, is_standalone: bool) -> Iterator[Remark]:
    editor = module.editor()
    said: list[str] = []
    named = {a.name: a for a in call.record.arguments if a.name is not None}
    plain = [a for a in call.record.arguments if a.name is None]
    rate = named.get("lr") or named.get("learning_rate") or (plain[0] if plain and not plain[0].star else None)
    decay = named.get("decay")
    order = _ORDER.get(kind, ())
    if is_standalone and len(plain) > 2 and len(plain) <= len(order) and not any(a.star for a in plain):
        for name, argument in list(zip(order, plain, strict=False))[2:]:
            start = editor.span(argument.value)[0]
            if name == "decay":
                decay = argument
            else:
                editor.edit(start, start, f"{name}=")
        said.append("arguments that stand elsewhere get their names")
    if "lr" in named:
        _rename(editor, named["lr"], "learning_rate")
        said.append("`lr=` is `learning_rate=`")
    if "epsilon" in named and constants(module.value(named["epsilon"].value)) == (None,):
        editor.remove_argument(call.record, named["epsilon"])
        said.append("`epsilon=None` is the default")
    if "schedule_decay" in named:
        editor.remove_argument(call.record, named["schedule_decay"])
        said.append("`schedule_decay=` is gone")
        yield differs(named["schedule_decay"], "`schedule_decay=` is gone: Keras 3 uses 0.004 always")
    if decay is not None:
        if constant(module.value(decay.value)) in (0, 0.0):
            editor.remove_argument(call.record, decay)
            said.append("`decay=0` is the default")
        elif any(word in module.source.text for word in _SETTERS):
            editor.remove_argument(call.record, decay)
            said.append("`decay=` is gone")
            yield differs(
                decay,
                "`decay=` is gone, and this program sets the rate itself, which a schedule would forbid: multiply what"
                f" it sets by `1 / (1 + {module.text(decay.value)} * iterations)` to have the same values",
            )
        else:
            _schedule(module, editor, call, kind, rate, decay)
            said.append("`decay=` is a schedule with the same values")
    if said:
        yield done(call.record, f"`{kind}`: {', '.join(said)}", editor)


def _rename(editor: Editor, argument: r.Argument, new: str) -> None:
    assert argument.name is not None
    editor.edit(argument.start, argument.start + len(argument.name), new)


def _schedule(
    module: Module, editor: Editor, call: Call, kind: str, rate: r.Argument | None, decay: r.Argument
) -> None:
    alias = editor.module_alias(("keras.optimizers", "tensorflow.keras.optimizers"))
    name = f"{alias}.schedules.InverseTimeDecay" if alias else keras_spelled(module, editor, _SCHEDULE)
    rest = f"decay_steps=1, decay_rate={module.text(decay.value)}"
    editor.remove_argument(call.record, decay)
    if rate is not None:
        start, end = editor.span(rate.value)
        editor.edit(start, start, f"{name}(")
        editor.edit(end, end, f", {rest})")
        return
    entry = lookup(f"keras.optimizers.{kind}")
    default = entry.default("learning_rate", 3) if entry is not None else NO_DEFAULT
    others = [a for a in call.record.arguments if a is not decay]
    text = f"learning_rate={name}({default}, {rest})"
    if others:
        editor.edit(others[0].start, others[0].start, f"{text}, ")
    else:
        close = call.record.end - 1
        editor.edit(close, close, text)
