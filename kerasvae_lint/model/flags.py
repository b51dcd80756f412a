"""The modes that a program asks of its layers, and that a functional model of Keras 3 replaces by its own."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flags import (
    ASKS,
    NORMALIZATIONS,
    RATES,
    GivenFlag,
    data_calls,
    draws,
    flag_of,
    given_flags,
    heeding,
    is_normalization,
    normalizations,
    outer_models,
    runs_of,
    trainings_of,
)
from kerasvae_lint.keras.kinds import is_application, is_model, library_class
from kerasvae_lint.keras.layers import nodes_of
from kerasvae_lint.keras.thawing import Thawing
from kerasvae_lint.keras.training import TRAINS, Run, runs
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.module import Module
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Access, Instance, LibraryObject

_OWN_STEPS = frozenset({"train_step", "make_train_function", "fit", "__call__"})


@dataclass(frozen=True, eq=False, slots=True)
class ReplacedFlag:
    """A ``training`` that a call names and that does not hold.

    Attributes:
        call: the call.
        training: what it asks for.
        layer: what is called.
        thawed: what made the layer's BatchNormalization trainable, for ``training=False``; None if it always was.
        is_flat: True if that BatchNormalization is among the layer's own ``layers``.
    """

    call: r.Call
    training: bool
    layer: LibraryObject | Instance
    thawed: Access | None = None
    is_flat: bool = False

    @property
    def is_simple(self) -> bool:
        """True for a layer of Keras itself that drops, adds noise or normalises: a subclass can take its place."""
        return isinstance(self.layer, LibraryObject) and self.layer.name in {*RATES, *NORMALIZATIONS}

    @property
    def is_normalization(self) -> bool:
        """True for BatchNormalization itself."""
        return library_class(self.layer) in NORMALIZATIONS


def replaced_flags(module: Module) -> list[ReplacedFlag]:
    """The flags of a file that matter and that ``fit``, ``evaluate`` or ``predict`` replace, in source order."""
    machine = module.program.machine
    flags = given_flags(machine, module.unit)
    asked = next(module.method_calls(*ASKS), None) is not None
    judged: dict[r.Call, list[tuple[ReplacedFlag, bool | None]]] = {}
    for flag in flags:
        if isinstance(flag.node.site.record, r.Call):
            verdict = _in_asking(machine, flag, flags, asked) if flag.training else _in_training(machine, flag, flags)
            judged.setdefault(flag.node.site.record, []).append(verdict)
    found = []
    for verdicts in judged.values():
        sure = [flag for flag, is_replaced in verdicts if is_replaced]
        unused = [flag for flag, is_replaced in verdicts if is_replaced is None]
        if not all(flag.training for flag, _ in verdicts):
            sure = sure if len(sure) == len(verdicts) else []
        elif len(unused) == len(verdicts):
            sure = unused
        found += sure[:1]
    return sorted(found, key=lambda one: one.call.start)


def _in_asking(
    machine: Interpreter, flag: GivenFlag, flags: list[GivenFlag], asked: bool
) -> tuple[ReplacedFlag, bool | None]:
    """``training=True``: gone wherever the model is evaluated or predicts, and in no call that leaves the mode open.

    None where nobody can see what is done with the model.
    """
    assert isinstance(flag.node.site.record, r.Call)
    made = ReplacedFlag(flag.node.site.record, True, flag.layer)
    if not draws(machine, flag.layer) and not made.is_normalization:
        return made, False  # a base that is asked to train means that in `fit`, where it does
    models = outer_models(machine, flag.models)
    done = runs_of(machine, models)
    used = data_calls(machine, models, flags)
    if any(flag_of(node) is False for node in used):
        return made, True
    methods = {run.method for run in done} - {"compile"}
    if methods == {"train_on_batch"}:
        return made, False  # half of a GAN: it only ever trains
    if used and not asked and not any("validation_data" in run.arguments for run in done):
        return made, False
    return made, True if methods else None


def _in_training(machine: Interpreter, flag: GivenFlag, flags: list[GivenFlag]) -> tuple[ReplacedFlag, bool | None]:
    """``training=False``: gone in ``fit``, where it would keep the statistics of what is trainable then."""
    assert isinstance(flag.node.site.record, r.Call)
    call, models = flag.node.site.record, outer_models(machine, flag.models)
    moments = list(trainings_of(machine, models))
    moments += [(n.order, n.site.record) for n in data_calls(machine, models, flags) if flag_of(n)]
    paths = normalizations(machine, flag.layer) if moments else []
    is_flat = is_model(flag.layer) and all(len(one) <= (1 if is_application(flag.layer) else 2) for one in paths)
    for path in paths:
        thawing = Thawing(machine, path, models)
        for order, place in moments:
            thawed = thawing.trained_at(order, place)
            if thawed:
                return ReplacedFlag(
                    call, False, flag.layer, thawed if isinstance(thawed, Access) else None, is_flat
                ), True
    return ReplacedFlag(call, False, flag.layer), False


# a flag that never comes ------------------------------------------------------------------------
@dataclass(frozen=True, eq=False, slots=True)
class LostFlag:
    """A ``call`` that Keras 3's step does not tell that it trains.

    Attributes:
        cls: the model's class.
        call: its ``call``.
        layer: the first layer below that does something else in training.
        trained: the training.
    """

    cls: Class
    call: r.Function
    layer: LibraryObject | Instance
    trained: Run


def lost_flags(module: Module) -> list[LostFlag]:
    """The models of a file that are trained by Keras's own step and whose ``call`` has no ``training``."""
    found: list[LostFlag] = []
    for cls in module.classes:
        method = cls.method("call") if "model" in cls.kinds and not cls.value.is_open else None
        if method is None or method.unit is not module.unit:
            continue
        if any(parameter.name == "training" for parameter in method.function.parameters):
            continue
        if any(_OWN_STEPS & base.slots.keys() for base in cls.value.classes()):
            continue
        lost = _first_lost(module, cls, method.function)
        if lost is not None and all(lost.call is not other.call for other in found):
            found.append(lost)
    return found


def _first_lost(module: Module, cls: Class, call: r.Function) -> LostFlag | None:
    machine = module.program.machine
    for run, model in _trainings(machine, cls):
        paths = [path for node in nodes_of(machine, model) for path in heeding(machine, node)]
        for path in paths:
            layer = path[-1]
            if is_normalization(layer) and not Thawing(machine, path, [model]).trained_at(run.order, run.site.record):
                continue
            return LostFlag(cls, call, layer, run)
    return None


def _trainings(machine: Interpreter, cls: Class) -> list[tuple[Run, Instance]]:
    """The trainings of a class's objects, not of those that are parts of other models then."""
    return [
        (run, model)
        for run in runs(machine)
        if run.method in TRAINS
        for model in run.model.alternatives()
        if isinstance(model, Instance) and model.cls.cls is cls.record
    ]


__all__ = ["LostFlag", "ReplacedFlag", "lost_flags", "replaced_flags"]
