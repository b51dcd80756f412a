"""Whether a loss depends on a variable at all, where the backend answers 0 for «no» and for «not here» alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import map_tree


def has_path(subject: Subject, variable: Variable) -> bool | None:
    """On JAX, read off the jaxpr of the gradient; None where that can't be told (and elsewhere needn't be)."""
    if subject.framework.backend != "jax":
        return None
    if "paths" not in subject.notes:
        try:
            subject.notes["paths"] = _connected(subject)
        except Exception:  # a train_step that is no function of its state
            subject.notes["paths"] = {}
    connected: dict[int, bool] = subject.notes["paths"]
    return next((connected[i] for i in variable.ids if i in connected), None)


def _connected(subject: Subject) -> dict[int, bool]:
    """For each trainable variable, by identity: does its gradient's jaxpr read anything?"""
    import jax

    model, feed = subject.model, subject.feed
    assert feed is not None
    batch = feed.batches[0]
    x, y, weight = (map_tree(subject.framework.tensor, part) for part in (batch.x, batch.y, batch.weight))
    rest = [v.value for v in model.non_trainable_variables]
    metrics = [v.value for v in model.metrics_variables]
    held = [v.value for v in model.optimizer.variables]

    def loss(trainable: list[Any]) -> Any:
        return model.compute_loss_and_updates(
            trainable, rest, metrics, x, y, weight, training=True, optimizer_variables=held
        )[0]

    closed = jax.make_jaxpr(jax.grad(loss))([v.value for v in model.trainable_variables])
    read = _reads(closed)
    return {id(v): flag for v, flag in zip(model.trainable_variables, read, strict=True)}


def _reads(closed: Any) -> list[bool]:
    jaxpr = closed.jaxpr
    constants = dict(zip(map(id, jaxpr.constvars), closed.consts, strict=True))
    made = {id(out): equation for equation in jaxpr.eqns for out in equation.outvars}
    inputs = {id(variable) for variable in jaxpr.invars}

    def reads(variable: Any, seen: set[int]) -> bool:
        if hasattr(variable, "val") or id(variable) in seen:
            return False
        seen.add(id(variable))
        if id(variable) in inputs:
            return True
        if id(variable) in constants:
            return bool(np.any(np.asarray(constants[id(variable)])))
        equation = made.get(id(variable))
        if equation is None:
            return True
        return any(reads(inner, seen) for inner in equation.invars)

    return [reads(out, set()) for out in jaxpr.outvars]
