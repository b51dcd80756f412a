"""KLs that one loss function holds which a ``compile`` applies to several outputs: they enter once for each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.objective.losses import Part
from kerasvae_lint.keras.objective.training import Loss
from kerasvae_lint.keras.training import CompiledLoss, compiled_losses_of, runs
from kerasvae_lint.model.objective import Objective
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import FunctionValue, Site, constant, held, is_none


@dataclass(frozen=True, eq=False, slots=True)
class RepeatedKL:
    """A KL that is in the loss several times.

    Attributes:
        use: the ``compile``.
        count: how many outputs get the function.
        function: its name.
        part: the KL as a term of the loss.
        loss: the loss of one of the outputs.
    """

    use: Site
    count: int
    function: str
    part: Part
    loss: Loss


def repeated_kls(machine: Interpreter, objective: Objective) -> Iterator[RepeatedKL]:
    """The KLs of compiled functions that several outputs get, one for each ``compile``."""
    groups: dict[tuple[r.Record, r.Function], list[CompiledLoss]] = {}
    for compiled in compiled_losses_of(machine):
        if isinstance(compiled.given, FunctionValue):
            groups.setdefault((compiled.use.record, compiled.given.function), []).append(compiled)
    for (_, function), group in groups.items():
        losses = [loss for loss in objective.losses if any(loss.value is one.value for one in group)]
        use = group[0].use
        if len(group) < 2 or len(losses) != len(group) or not _weighs_alike(machine, use):
            continue
        parts = [_kls(loss) for loss in losses]
        for key, part in parts[0].items():
            if all(key in other for other in parts) and abs(part.coefficient * len(group) - 1.0) > 0.01:
                yield RepeatedKL(use, len(group), function.name, part, losses[0])
                break


def _kls(loss: Loss) -> dict[Hashable, Part]:
    """The KLs that are in a loss whichever way its code goes."""
    found = [{part.kl.key: part for part in variant if part.kl is not None} for variant in loss.variants]
    return {key: part for key, part in found[0].items() if all(key in one for one in found)} if found else {}


def _weighs_alike(machine: Interpreter, use: Site) -> bool:
    """True for a ``compile`` that weighs no output otherwise than another: who does may have thought of the KL."""
    given = [run for run in runs(machine) if run.method == "compile" and run.site.record is use.record]
    weights = [run.arguments["loss_weights"] for run in given if "loss_weights" in run.arguments]
    return all(run.complete for run in given) and all(
        is_none(value) or all(constant(part) == 1 for part in held(value)) for value in weights
    )


__all__ = ["RepeatedKL", "repeated_kls"]
