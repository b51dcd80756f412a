"""What a training is given and what its callbacks set, as a rule sees it."""

from __future__ import annotations

import re
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.settings import Setting, number_of, readers, settings, words_of
from kerasvae_lint.keras.training import FITS, Run, runs
from kerasvae_lint.values.lattice import Access, Computed, Site, Value, constant
from kerasvae_lint.values.unit import Unit

_RATE = re.compile(r"(^|_)(lr|learning_rate|optimizer)($|_)", re.I)
_WARM_UP = re.compile(r"warm|anneal|ramp|kl|beta|rampup|burn", re.I)
_TEMPERATURE = re.compile(r"temp|tau", re.I)
_EAGER_FUNCTIONS = frozenset({"tf.config.run_functions_eagerly", "tf.config.experimental_run_functions_eagerly"})


class Fit:
    """One ``fit`` of a model.

    Attributes:
        run: what the interpreter knows of it.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def site(self) -> Site:
        """Where."""
        return self.run.site

    @property
    def epochs(self) -> Value | None:
        """What it is given for ``epochs``; None if nothing."""
        return self.run.arguments.get("epochs", self.run.arguments.get("nb_epoch"))

    @property
    def is_one_epoch(self) -> bool:
        """True if it trains for one epoch only, as ``fit`` does when nobody says anything."""
        given = self.epochs
        return self.run.complete if given is None else number_of(given) == 1

    @property
    def epochs_words(self) -> list[str]:
        """The names by which ``epochs`` is given, the last one first."""
        call = self.run.site.record
        arguments = call.arguments if isinstance(call, r.Call) else ()
        given = next((a.value for a in arguments if a.name in {"epochs", "nb_epoch"}), None)
        return words_of(given) if given is not None else []


class Schedules:
    """The trainings of a program and what the callbacks of one file set in them."""

    def __init__(self, program: Program, unit: Unit) -> None:
        self._program = program
        self._unit = unit

    @cached_property
    def fits(self) -> list[Fit]:
        """The ``fit`` calls of the file, in order of time."""
        every = runs(self._program.machine)
        return [Fit(run) for run in every if run.method in FITS and run.site.unit is self._unit]

    @cached_property
    def settings(self) -> list[Setting]:
        """What hooks of the file's callbacks set, in source order: one for each run of a place."""
        return settings(self._program.machine, self._unit)

    def readers(self, setting: Setting) -> list[Access]:
        """Where traced code reads the attribute or global that a hook sets."""
        return readers(self._program.machine, setting)

    def is_read(self, setting: Setting) -> bool:
        """True for variables, and for attributes and globals that traced code reads."""
        return setting.access is None or bool(self.readers(setting))

    def fits_of(self, count: Value) -> list[Fit]:
        """The trainings whose epoch a count is; every one of the file where nobody in sight passes the callback."""
        site = count.site if isinstance(count, Computed) else None
        own = [fit for fit in self.fits if site is not None and fit.site.record is site.record]
        return own or self.fits

    def is_eager(self, unit: Unit | None = None) -> bool:
        """True if a file asks Keras or TensorFlow not to compile: this one, or another that the program includes."""
        at = unit or self._unit
        machine = self._program.machine
        for run in runs(machine):
            given = run.arguments.get("run_eagerly")
            if run.site.unit is at and given is not None and constant(given) is True:
                return True
        for event in machine.events:
            if event.site.unit is at and getattr(event.callee, "name", "") in _EAGER_FUNCTIONS:
                given = event.arguments.get(0, "run_eagerly")
                if given is None or constant(given) is True:
                    return True
        owners = [*((obj, obj.writes) for obj in machine.objects)]
        written = [access for _, writes in owners for access in writes.get("run_eagerly", ())]
        written += [access for _, name, access in machine.loose_writes if name == "run_eagerly"]
        return any(access.site.unit is at and constant(access.value) is True for access in written)


def is_learning_rate(setting: Setting) -> bool:
    """True for ``optimizer.learning_rate`` and the like."""
    return any(_RATE.search(word) for word in words_of(setting.target))


def is_warm_up(*names: str) -> bool:
    """True if one of the names says that the value is a warm-up's."""
    return any(_WARM_UP.search(name) for name in names)


def is_temperature(name: str) -> bool:
    """True for names of temperatures, which enter no loss."""
    return _TEMPERATURE.search(name) is not None
