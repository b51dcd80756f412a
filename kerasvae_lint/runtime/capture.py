"""Takes the model from a running script at its first training step, and goes no further."""

from __future__ import annotations

import functools
import inspect
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import check, choices, draws, early, watch
from kerasvae_lint.runtime.feed import named_for
from kerasvae_lint.runtime.framework import Framework, Variable, is_tensor, to_numpy, unique
from kerasvae_lint.runtime.later import Later, passes
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.probes import as_called
from kerasvae_lint.runtime.probes.astray import Astray
from kerasvae_lint.runtime.probes.broadcast import Watcher
from kerasvae_lint.runtime.probes.gradients import norm
from kerasvae_lint.runtime.probes.inline import Pass
from kerasvae_lint.runtime.probes.outputs import Watch
from kerasvae_lint.runtime.subject import Subject, TapeStep, Unit
from kerasvae_lint.runtime.trees import leaves, places

PATIENCE = 40.0
MOST_CALLS = 2_000
Ready = Callable[[list[Subject]], None]


class Capture:
    """Hooks over ``fit``, ``train_on_batch`` and ``GradientTape.gradient``.

    ``ready`` is called with the models that were about to be trained; it returns only where the script is to run on,
    under the eyes of ``later``.
    """

    def __init__(self, options: Options, ready: Ready) -> None:
        self.options = options
        self.later: Later | None = None
        self.ready = ready
        self.busy = False
        self.fits = 0
        self.by_batch: dict[int, Subject] = {}
        self.calls: dict[int, Unit] = {}
        self.first_calls: dict[int, Unit] = {}
        self.tapes: dict[int, list[TapeStep]] = {}
        self.sources: dict[int, Variable] = {}
        self.units: dict[int, Unit] = {}
        self.stopped: BaseException | None = None
        self.losses = Watch()
        self.shapes = Watcher()
        self.astray = Astray()
        self.seen = Pass()
        self.last: dict[int, Pass] = {}
        self.started = time.monotonic()

    def install(self) -> None:
        """Hook whatever Keras the script imports, when it does."""
        import wrapt

        for name in ("keras", "tf_keras"):
            wrapt.register_post_import_hook(self.hook_keras, name)
        wrapt.register_post_import_hook(self.hook_tensorflow, "tensorflow")
        early.watch(np.random, "random")
        choices.watch(np)
        watch.LISTENERS.calls += [self._called, self._followed]
        watch.LISTENERS.tapes += [self._paired, self._taped]
        watch.LISTENERS.gradients.append(self._given)
        watch.LISTENERS.criteria.append(self._judged)
        watch.LISTENERS.draws.append(self._drawn)

    def hook_tensorflow(self, tf: Any) -> None:
        """Functions of a loop of one's own run as plain Python, so that every number can be seen."""
        watch.watch_tensorflow(tf)
        draws.watch_tensorflow()
        early.watch(tf.random, "random")
        choices.watch(tf)
        choices.watch(tf.math)
        passes.watch(tf)
        tf.config.run_functions_eagerly(True)

    def hook_keras(self, keras: Any) -> None:
        """Lay the hooks over one Keras."""
        watch.watch_keras(keras)
        if hasattr(keras, "random"):
            early.watch(keras.random, "random")
        early.watch(keras.backend, "backend")
        version = Framework(keras).version
        for name in ("fit", "fit_generator", "train_on_batch"):
            owner = next((base for base in keras.Model.__mro__ if name in base.__dict__), None)
            if owner is None:
                continue
            original = owner.__dict__[name]
            watch.ORIGINALS[f"{name}:{version}"] = original
            hook = self._hook_batch(original) if name == "train_on_batch" else self._hook_fit(original)
            setattr(keras.Model, name, hook)

    def _hook_fit(self, original: Any) -> Any:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
            if self.later is not None:
                return self.later.fit(original, model, signature.bind(model, *args, **kwargs).arguments)
            if self.busy:
                return original(model, *args, **kwargs)
            given = signature.bind(model, *args, **kwargs).arguments
            try:
                subject = self._subject(model, given)
            except Exception:  # fit itself will say what it lacks
                self._refused(original, model, given)
                raise
            if original.__name__ == "fit":
                subject.notes["fit"] = True
            self.fits += 1
            if self.fits < self.options.fit:
                return self._one_batch(original, subject, given)
            self.finish([subject])
            return self.later.fit(original, model, given) if self.later is not None else None

        return fit

    def _refused(self, original: Any, model: Any, given: dict[str, Any]) -> None:
        """Raise what a call of ``fit`` that can't be probed raises by itself, if it does."""
        framework = Framework.of(model)
        if framework is None or original.__name__ != "fit":
            return
        self.busy = True
        try:
            original(model, **as_called.shortened(given, None))
        except Exception as error:
            error.kvlint_model = str(getattr(model, "name", "model"))  # type: ignore[attr-defined]
            raise
        finally:
            self.busy = False

    def _one_batch(self, original: Any, subject: Subject, given: dict[str, Any]) -> Any:
        """A ``fit`` that is not the one to probe: one batch, so that what follows has a trained model."""
        assert subject.feed is not None
        arguments = subject.feed.only(0).fit_arguments(subject.framework)
        if (given.get("validation_data") is not None or given.get("validation_split")) and "y" in arguments:
            arguments["validation_data"] = (arguments["x"], arguments["y"])
        self.busy = True
        try:
            return original(subject.model, **named_for(original, arguments), verbose=0)
        finally:
            self.busy = False

    def _hook_batch(self, original: Any) -> Any:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def train_on_batch(model: Any, *args: Any, **kwargs: Any) -> Any:
            if id(model) in self.by_batch and not self.busy and self.later is None:
                self.finish(list(self.by_batch.values()))
            if self.busy or self.later is not None:
                return original(model, *args, **kwargs)
            given = signature.bind(model, *args, **kwargs).arguments
            self.by_batch[id(model)] = subject = self._subject(model, given)
            subject.notes["flags"] = [(layer, bool(layer.trainable)) for layer in subject.layers]
            self.by_batch[id(model)].notes["one_batch"] = True  # of many, of which the others are not seen
            self.busy = True
            try:
                return original(model, *args, **kwargs)
            finally:
                self.busy = False

        return train_on_batch

    def _subject(self, model: Any, given: dict[str, Any]) -> Subject:
        self.busy = True
        framework = Framework.of(model)
        if framework is None:
            raise TypeError(f"{type(model).__name__} is not made of a Keras that kvlint knows")
        if framework.tf is not None:
            framework.tf.config.run_functions_eagerly(False)
        x = given.get("x", given.get("generator"))
        subject = check.subject_of(
            model,
            x,
            given.get("y"),
            sample_weight=given.get("sample_weight"),
            batch_size=given.get("batch_size"),
            callbacks=_as_list(given.get("callbacks")),
            epochs=int(given.get("epochs") or 1),
            options=self.options,
        )
        subject.given |= {name: value for name, value in given.items() if name != "self"}
        self.busy = False
        return subject

    def finish(self, subjects: list[Subject]) -> None:
        """The training has begun: hand over."""
        self.busy = True
        for called in (self._called, self._followed):
            watch.LISTENERS.calls.remove(called)
        for taped in (self._paired, self._taped):
            watch.LISTENERS.tapes.remove(taped)
        watch.LISTENERS.gradients.remove(self._given)
        watch.LISTENERS.criteria.remove(self._judged)
        self.shapes.stop()
        watch.LISTENERS.draws.remove(self._drawn)
        for subject in subjects:
            subject.notes["last"] = True  # the script goes no further: what can be read once may be read
        self.ready(subjects)

    def _drawn(self, draw: draws.Draw) -> None:
        if not self.busy:
            self._note(self.seen.draws, draw)

    def _note(self, to: list[Any], what: Any) -> None:
        """Only what one step shows is kept; a long loop without a tape is none."""
        if len(to) >= MOST_CALLS:
            self.seen.calls.clear()
            self.seen.draws.clear()
        to.append(what)

    def _called(self, call: watch.Call) -> None:
        if not self.busy:
            self._note(self.seen.calls, call)
        if self.busy or call.depth or not all(is_tensor(leaf) or _is_plain(leaf) for leaf in leaves(call.args)):
            return
        unit = Unit(call.layer, call.args, call.kwargs)
        self.calls[id(call.layer)] = unit
        self.first_calls.setdefault(id(call.layer), unit)

    def _followed(self, call: watch.Call) -> None:
        """In a loop of one's own: which layer made what, for the losses and differences that follow."""
        if self.busy or not any(hasattr(leaf, "numpy") and is_tensor(leaf) for leaf in leaves(call.output)):
            return
        self.losses.called(call)
        self.shapes.start()
        self.shapes.called(call)

    def _judged(self, loss: Any, y: Any, output: Any) -> None:
        if not self.busy and hasattr(output, "numpy"):
            self.losses.judged(loss, y, output)

    def _paired(self, target: Any, sources: Any, gradients: Any) -> None:
        if not self.busy:
            self.astray.taken(target, sources, gradients)

    def _given(self, pairs: list[tuple[Any, Any]], optimizer: Any) -> None:
        if not self.busy:
            self.astray.given(pairs, optimizer)

    def _taped(self, target: Any, sources: Any, gradients: Any) -> None:
        if self.busy:
            return
        pairs = list(zip(places(sources), places(gradients), strict=False))
        held = [(source, gradient) for source, gradient in pairs if hasattr(source, "assign")]
        if not held:
            return
        step = TapeStep(_loss(target), {})
        for source, gradient in held:
            if gradient is not None and not is_tensor(gradient) and type(gradient).__name__ != "IndexedSlices":
                continue
            try:
                step.gradients[id(source)] = norm(gradient)
            except (AttributeError, NotImplementedError):  # symbolic: a loop that TensorFlow compiles itself
                continue
            self.sources[id(source)] = Variable(source)
        self.losses.forget()
        line = _line_of_user()
        steps = self.tapes.setdefault(line, [])
        steps.append(step)
        self.last[line], self.seen = self.seen, Pass()
        self.units.update(self.calls)
        self.calls.clear()
        late = time.monotonic() - self.started > PATIENCE and len(steps) >= 2
        if len(steps) > self.options.steps or late:
            self.finish(self.taped())

    def taped(self) -> list[Subject]:
        """What was seen of a loop of one's own; nothing if there was none."""
        if not self.tapes:
            return []
        units = list(self.units.values())
        keras = [framework for unit in units if (framework := Framework.of(unit.layer))]
        framework = keras[0] if keras else _any_framework()
        if framework is None:
            return []
        name = ", ".join(dict.fromkeys(type(unit.layer).__name__ for unit in units)) or "training loop"
        steps = _merged(list(self.tapes.values()))
        subject = Subject(None, framework, self.options, name, trains=False, units=units, tape=steps)
        subject.notes["judged"] = [head for _, head in self.losses.heads]
        subject.notes["broadcasts"] = self.shapes.found
        subject.notes["astray"] = self.astray.found
        held = [raw for unit in units for raw in unit.layer.variables if hasattr(raw, "assign")]
        known = {i for raw in held for i in Variable(raw).ids}
        subject.extra = unique(v for v in self.sources.values() if not v.ids & known)
        subject.classes = check.own_classes(framework)
        subject.notes["last_steps"] = list(self.last.values())
        if (
            self.stopped is not None
            and not self.options.synthetic
            and not isinstance(self.stopped, OSError | ImportError | EOFError | MemoryError)
        ):
            subject.notes["stopped"] = self.stopped
        return [subject]


def _merged(loops: list[list[TapeStep]]) -> list[TapeStep]:
    """Several tapes of one step (a generator's and a discriminator's) as one step."""
    count = max(len(steps) for steps in loops)
    merged = []
    for number in range(count):
        gradients: dict[int, float | None] = {}
        loss = None
        for steps in loops:
            if number < len(steps):
                gradients |= steps[number].gradients
                loss = steps[number].loss if loss is None else loss
        merged.append(TapeStep(loss, gradients))
    return merged


def _any_framework() -> Framework | None:
    for name in ("keras", "tf_keras"):
        if name in sys.modules:
            return Framework(sys.modules[name])
    try:
        import keras
    except ImportError:
        return None
    return Framework(keras)


def _line_of_user() -> int:
    """A number for the place in the user's code that took the gradient."""
    frame = sys._getframe(2)
    while frame.f_back is not None and ("site-packages" in frame.f_code.co_filename or _is_ours(frame)):
        frame = frame.f_back
    return hash((frame.f_code.co_filename, frame.f_lineno))


def _is_ours(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("kerasvae_lint.runtime")


def _loss(target: Any) -> float | None:
    try:
        values = [to_numpy(leaf) for leaf in leaves(target)]
        return float(sum(value.sum() for value in values))
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None


def _is_plain(leaf: Any) -> bool:
    return isinstance(leaf, int | float | bool | str)


def _as_list(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    found = getattr(callbacks, "callbacks", callbacks)
    return list(found) if isinstance(found, list | tuple) else [found]
