"""In the child: from a job to the models that it trains, and from those to the answers."""

from __future__ import annotations

import functools
import importlib
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kerasvae_lint.runtime import candidates, check, guard, old, probes, script, setting, standins
from kerasvae_lint.runtime.capture import Capture
from kerasvae_lint.runtime.framework import Framework, is_own
from kerasvae_lint.runtime.later import Later, has_occasion
from kerasvae_lint.runtime.options import Job, Options
from kerasvae_lint.runtime.results import FAIL, SKIP, ModelResult, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import first_line

Done = Callable[..., None]
Failed = Callable[..., None]


class CannotRunError(Exception):
    """Something that the user has to change first."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job with the folder to run in and somebody to tell how far it is."""

    job: Job
    options: Options
    folder: str
    elsewhere: list[str]
    progress: Callable[[str], None]


def perform(task: Task, done: Done, failed: Failed) -> None:
    """Run the job; ``done`` and ``failed`` do not return."""
    guard.guard(os.environ["TMPDIR"])
    seed_everything(task.options)
    try:
        _device(task.options)
    except CannotRunError as error:
        failed(str(error))

    def ready(subjects: list[Subject]) -> None:
        begun = time.monotonic()
        state: dict[str, Any] = {}
        models: list[ModelResult] = []
        for subject in subjects:
            so_far = functools.partial(_so_far, done, [*models], task.options, subject)
            models.append(probes.examine(subject, task.progress, task.job.probes, so_far))
            state = environment(task.options, subject)
        if task.job.text is not None and _runs_on(task, subjects):
            done(models, state, leave=False)
            capture.later = Later(
                subjects[0], task.job.text, task.job.path, lambda answer: done(_with(models, answer), state)
            )
            capture.later.begin(time.monotonic() - begun)
            return
        done(models, state)

    if task.job.text is None:
        _factory(task, ready, failed)
        return
    capture = Capture(task.options, ready)
    capture.install()
    if task.options.keras or task.options.backend:
        held = [
            name for name, given in zip(setting.NAMES, (task.options.keras, task.options.backend), strict=True) if given
        ]
        setting.hold(held, "the command line")
    if task.options.keras == "2":
        from kerasvae_lint.runtime import legacy

        legacy.install()
    old.install(task.job.text)
    standins.install(task.options.synthetic)
    if task.options.synthetic:
        from kerasvae_lint.runtime import synthetic

        synthetic.install(task.options.seed, task.job.text)
    if task.job.target.endswith(".ipynb"):
        from kerasvae_lint.runtime import notebook

        notebook.prepare()
    _script(task, capture, failed, done)


def _so_far(done: Done, before: list[ModelResult], options: Options, subject: Subject, model: ModelResult) -> None:
    done([*before, model], environment(options, subject), leave=False)


def _runs_on(task: Task, subjects: list[Subject]) -> bool:
    """True where what follows the first ``fit`` may say more."""
    asked = not task.job.probes or "learning" in task.job.probes
    fits = len(subjects) == 1 and bool(subjects[0].notes.get("fit"))
    return asked and fits and has_occasion(task.job.text or "", task.job.path)


def _with(models: list[ModelResult], answer: tuple[str, list[str]] | None) -> list[ModelResult]:
    """The answer in the place of a `learning` that found nothing."""
    for index, probe in enumerate(models[0].probes if answer is not None else []):
        if answer is not None and probe.probe == "learning" and not probe.failed:
            models[0].probes[index] = ProbeResult("learning", FAIL, *answer, probe.figures)
    return models


def _script(task: Task, capture: Capture, failed: Failed, done: Done) -> None:
    namespace: dict[str, Any] = {}
    try:
        namespace = script.run(
            task.job.path, task.job.text or "", task.options.arguments, task.elsewhere, task.options.synthetic
        )
    except script.ScriptError as error:
        if capture.later is not None:
            capture.later.script_ended()
        if capture.busy or not (capture.tapes or capture.by_batch):
            failed(str(error), "" if capture.busy else error.place, error.rows)
        capture.stopped = error.cause
    if capture.later is not None:
        capture.later.script_ended()
    taped, by_batch = capture.taped(), list(capture.by_batch.values())
    if taped or by_batch:
        capture.finish(by_batch or taped)
    capture.busy = True
    _plain_functions()
    found, reasons = candidates.subjects(namespace, capture.first_calls, task.options)
    if not found:
        why = "; ".join(f"{name} can't be built from guesses: {reason}" for name, reason in reasons.items())
        failed(why or "it never trains anything, and holds no layer or model that could be probed")
    models = [probes.examine(subject, task.progress, task.job.probes) for subject in found]
    models += [ModelResult(name, [], [ProbeResult("build", SKIP, reason)]) for name, reason in reasons.items()]
    done(models, environment(task.options, found[0]))


def _plain_functions() -> None:
    tf = sys.modules.get("tensorflow")
    if tf is not None and hasattr(tf, "config"):
        tf.config.run_functions_eagerly(False)


def _factory(task: Task, ready: Callable[[list[Subject]], None], failed: Failed) -> None:
    sys.path[0:0] = task.elsewhere
    try:
        made = load(task.job.target)()
        data = load(task.options.data)() if task.options.data else None
        subject = from_factory(made, data, task.options)
    except (CannotRunError, TypeError, ValueError, ImportError, AttributeError) as error:
        failed(str(error) if isinstance(error, CannotRunError) else first_line(error))
        return
    ready([subject])


def load(name: str) -> Any:
    """``package.module:callable`` → the callable.

    Raises:
        CannotRunError: no such module or name.
    """
    module_name, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise CannotRunError(f"there is no module {error.name}") from None
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise CannotRunError(f"{module_name} has no {attribute}")
        found = getattr(found, part)
    return found


def from_factory(made: Any, data: Any, options: Options) -> Subject:
    """A model, or model and batch, as a subject; batches and objective are made up where none is given.

    Raises:
        CannotRunError: no Keras model, or no input shape to be known.
    """
    model, batch = made if isinstance(made, tuple) else (made, None)
    batch = data if data is not None else batch
    framework = Framework.of(model)
    if framework is None or not hasattr(model, "fit"):
        raise CannotRunError(f"the factory gives {type(model).__name__}, not a Keras model")
    check.prepare(framework)
    x, y, weight = _parts(batch) if batch is not None else (_inputs(model, options), None, None)
    if getattr(model, "optimizer", None) is None:
        model.compile(optimizer="adam", loss="mse")
        made_up = True
    else:
        made_up = batch is None
    if y is None and not any("train_step" in vars(cls) for cls in type(model).__mro__ if is_own(cls)):
        y = _targets(framework, model, x)
    subject = check.subject_of(model, x, y, sample_weight=weight, options=options)
    subject.synthetic = made_up
    return subject


def _parts(batch: Any) -> tuple[Any, Any, Any]:
    if isinstance(batch, tuple):
        return (*batch, None, None, None)[:3]
    return batch, None, None


def _inputs(model: Any, options: Options) -> Any:
    if options.input_shape:
        made = [candidates.made(shape) for shape in options.input_shape]
    else:
        specified = candidates.specified(model)
        if specified is None:
            raise CannotRunError("the model's input shape is not known: give --input-shape or --data")
        return specified
    return made[0] if len(made) == 1 else made


def _targets(framework: Framework, model: Any, x: Any) -> Any:
    """Targets that suit the compiled loss: the input itself where the shapes agree (an autoencoder's)."""
    import numpy as np

    from kerasvae_lint.runtime.subject import Unit, arrays, call

    outputs = arrays(call(framework, Unit(model, (x,)), False))
    loss = str(getattr(model.loss, "name", model.loss) if not callable(model.loss) else model.loss.__name__)
    generator = np.random.default_rng(101)
    found = []
    for output in outputs:
        if getattr(x, "shape", None) == output.shape and "crossentropy" not in loss:
            found.append(x)
        elif "sparse" in loss:
            found.append(generator.integers(0, output.shape[-1], size=output.shape[:-1]))
        elif "crossentropy" in loss:
            found.append((generator.random(output.shape) > 0.5).astype("float32"))
        else:
            found.append(generator.normal(size=output.shape).astype("float32"))
    return found[0] if len(found) == 1 else found


def seed_everything(options: Options) -> None:
    """Python and NumPy; Keras is seeded when it is there."""
    import random

    import numpy as np

    random.seed(options.seed)
    np.random.seed(options.seed)


def _device(options: Options) -> None:
    if not (options.require_gpu or options.device == "gpu"):
        return
    if not gpus(options.backend):
        raise CannotRunError(f"no GPU is to be seen by {options.backend or 'tensorflow'}")


def gpus(backend: str | None) -> list[str]:
    """The GPUs that the backend sees."""
    if backend == "jax":
        import jax

        return [str(device) for device in jax.devices() if device.platform == "gpu"]
    if backend == "torch":
        import torch

        return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    for gpu in found:
        tf.config.experimental.set_memory_growth(gpu, True)
    return [str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)) for gpu in found]


def environment(options: Options, subject: Subject | None = None) -> dict[str, Any]:
    """What the run really ran on."""
    found: dict[str, Any] = {"python": platform.python_version(), "seed": options.seed}
    for name in ("tensorflow", "jax", "torch", "tensorflow_probability"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version:
            found[name] = str(version)
    if subject is None:
        legacy = os.environ.get("TF_USE_LEGACY_KERAS", "").lower() in {"1", "true"}
        keras = sys.modules.get("tf_keras" if legacy else "keras")
        if keras is not None:
            found["keras"] = str(keras.__version__)
            found["backend"] = "tensorflow" if legacy else keras.backend.backend()
    else:
        framework = subject.framework
        found["keras"] = framework.full_version
        found["backend"] = framework.backend
        variables = subject.variables()
        if variables:
            found["device"] = framework.device_of(variables[0].raw)
        step = subject.notes.get("step_device")
        if step:
            found["step_device"] = step
    return found
