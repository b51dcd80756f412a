"""Trainable variables that the training step reads and that nobody trains: in a Lambda, a loss, an object of tfp."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import Variable, unique
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.subject import Subject

MOST = 16


def of(subject: Subject) -> list[Variable]:
    """What is read though no layer of the model holds it; only TensorFlow tells what is read."""
    if subject.framework.tf is None or not subject.trains or subject.feed is None or subject.synthetic:
        return []
    known = {i for v, _ in subject.state() for i in v.ids} | set(subject.notes.get("written", ()))
    found = [*_read_by_step(subject, known), *_of_hidden_layers(subject, known)]
    return unique(found)[:MOST]


def _read_by_step(subject: Subject, known: set[int]) -> list[Variable]:
    """Variables that no layer has, not even one outside of the model, such as a network that a loss looks through."""
    assert subject.feed is not None
    called: list[Any] = []
    with subject.undone(), watch.idle(), watch.listening(calls=lambda call: called.append(call.layer)):
        with subject.framework.tf.GradientTape() as tape:
            subject.train(subject.feed.only(0), eager=True)
        read = [Variable(raw, _name(raw)) for raw in tape.watched_variables()]
    owned = {
        i for layer in _once(called) for raw in layer.variables if hasattr(raw, "assign") for i in Variable(raw).ids
    }
    loose = [v for v in read if v.is_float and not v.ids & (known | owned)]
    return [variable for variable in loose if _is_meant_to_learn(subject, variable)]


def _of_hidden_layers(subject: Subject, known: set[int]) -> list[Variable]:
    """Variables of layers that the forward pass calls and the model does not know."""
    if subject.units:
        return []
    called: list[Any] = []
    with subject.undone(), watch.listening(calls=lambda call: called.append(call.layer)):
        subject.pass_on(training=True)
    inside = {id(layer) for layer in subject.layers}
    hidden = [layer for layer in _once(called) if id(layer) not in inside]
    raws = [raw for layer in hidden for raw in layer.trainable_variables if hasattr(raw, "assign")]
    return [v for v in map(Variable, raws) if v.is_float and not v.ids & known]


def _name(raw: Any) -> str | None:
    """The script's own name for a variable that was given none."""
    script = vars(sys.modules["__main__"])
    return next((name for name, value in list(script.items()) if value is raw and not name.startswith("_")), None)


def _once(layers: list[Any]) -> list[Any]:
    return list({id(layer): layer for layer in layers}.values())


def _is_meant_to_learn(subject: Subject, variable: Variable) -> bool:
    """False for what the loss does not depend on, for what the step itself assigns, and for a weight of a term.

    The loss is a straight line in a term's weight: to learn it would only drive it out of bounds.
    """
    value = variable.read()
    try:
        losses = []
        for shift in (0.0, 0.25, 0.5):
            variable.write(value + shift)
            losses.append(optimised(subject))
            if not np.array_equal(variable.read(), np.asarray(value + shift, value.dtype)):
                return False
    except Exception:  # it can't be assigned
        return False
    finally:
        variable.write(value)
    if any(loss is None or not np.isfinite(loss) for loss in losses):
        return False
    first, middle, last = (float(loss) for loss in losses if loss is not None)
    scale = max(abs(first), abs(last), 1e-12)
    least = max(1e-6, subject.grain)
    if max(abs(middle - first), abs(last - first)) <= least * scale:
        return False
    straight = abs(last - 2 * middle + first) <= 1e-4 * max(abs(last - first), abs(middle - first)) + least * scale
    return value.size > 1 or not straight
