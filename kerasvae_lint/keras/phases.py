"""Phases: what runs once (construction), what is traced, what stays on the host."""

from __future__ import annotations

from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.values.interpreter import CONSTRUCTION, HOST, TRACING
from kerasvae_lint.values.lattice import FunctionValue, Instance

CONSTRUCTION_METHODS = frozenset({"__init__", "build", "__new__", "__post_init__", "_build", "build_from_config"})
_STEPS = frozenset({"train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "compute_output"})
TRACED_OF_KIND = {
    "layer": frozenset({"call", "__call__", "_call", "forward"}) | _STEPS,
    "loss": frozenset({"call", "__call__"}),
    "metric": frozenset({"update_state", "result", "__call__"}),
    "regularizer": frozenset({"__call__"}),
    "constraint": frozenset({"__call__"}),
    "initializer": frozenset({"__call__"}),
    "distribution": frozenset({"_log_prob", "_prob", "_sample_n", "_mean", "_forward", "_inverse", "_entropy"}),
    "bijector": frozenset({"_forward", "_inverse", "_forward_log_det_jacobian", "_inverse_log_det_jacobian"}),
    "module": frozenset({"__call__", "call"}),
    "schedule": frozenset({"__call__"}),
}
_CONSTRUCTED = frozenset({"layer", "model", "module", "loss", "metric", "regularizer", "constraint", "distribution"})


def phase_of(function: FunctionValue, current: str) -> str:
    """In which phase the body of a function runs that is called in ``current``."""
    if "tf.function" in function.tags:
        return TRACING
    bound = function.bound
    if isinstance(bound, Instance) and function.owner is not None:
        kinds = kinds_of(bound.cls)
        name = function.function.name
        if kinds & _CONSTRUCTED and name in CONSTRUCTION_METHODS:
            return CONSTRUCTION
        if any(name in TRACED_OF_KIND.get(kind, ()) for kind in kinds) and is_keras_step(function):
            return TRACING
        if "callback" in kinds and name.startswith("on_"):
            return HOST
    return current


def is_keras_step(function: FunctionValue) -> bool:
    """False for a ``train_step`` that takes more than ``fit`` gives: an own loop calls that."""
    if not function.function.name.endswith("_step"):
        return True
    needed = [p for p in function.function.parameters[1:] if p.kind == "positional" and p.default is None]
    return len(needed) == 1
