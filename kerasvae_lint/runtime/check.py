"""The Python API: probes over a model in this process."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from kerasvae_lint.runtime import draws, probes, watch
from kerasvae_lint.runtime.feed import feed_of
from kerasvae_lint.runtime.framework import Framework, is_own, is_tensor
from kerasvae_lint.runtime.options import PROBES, Options
from kerasvae_lint.runtime.probes import gradients
from kerasvae_lint.runtime.results import FAIL, ModelResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves


def subject_of(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    batch_size: int | None = None,
    callbacks: Sequence[Any] = (),
    epochs: int = 1,
    options: Options | None = None,
) -> Subject:
    """A compiled model with its first batches.

    Raises:
        TypeError: not a Keras model.
        ValueError: not compiled, or no data.
    """
    framework = Framework.of(model)
    if framework is None or not hasattr(model, "fit"):
        raise TypeError(f"{type(model).__name__} is not a Keras model")
    options = options or Options()
    prepare(framework)
    feed = feed_of(x, y, sample_weight, batch_size, count=max(options.steps, 3) + 1)
    if getattr(model, "optimizer", None) is None and not getattr(model, "compiled", False):
        raise ValueError("the model is not compiled: call compile() first")
    name = type(model).__name__ if is_own(type(model)) else str(model.name)
    subject = Subject(model, framework, options, name, feed, list(callbacks), epochs)
    subject.given = {"x": x, "y": y, "sample_weight": sample_weight, "batch_size": batch_size}
    subject.notes["compiled_before"] = getattr(model, "train_function", None) is not None
    subject.classes = own_classes(framework)
    _build(subject)
    return subject


def prepare(framework: Framework) -> None:
    """Lay the watch over the framework's classes."""
    watch.watch_keras(framework.keras)
    draws.watch_backend(framework.backend)
    if framework.tf is not None:
        watch.watch_tensorflow(framework.tf)


def own_classes(framework: Framework) -> dict[str, type]:
    """The user's Keras classes, for loading what was saved."""
    keras = framework.keras
    found: dict[str, type] = {}
    roots = [keras.layers.Layer, keras.losses.Loss, keras.regularizers.Regularizer, keras.initializers.Initializer]
    todo: list[type] = [*roots, keras.constraints.Constraint, keras.metrics.Metric]
    seen: set[type] = set()
    while todo:
        cls = todo.pop()
        if cls in seen:
            continue
        seen.add(cls)
        todo += cls.__subclasses__()
        if is_own(cls):
            found.setdefault(cls.__name__, cls)
    return found


def _build(subject: Subject) -> None:
    """Call an unbuilt model once; one without ``call`` is known by the layers that its step calls."""
    subject.framework.reseed(subject.options.seed)
    try:
        subject.pass_on(training=False)
    except Exception:  # no `call` of its own, or one that fits other inputs than its train_step's
        subject.units = _units_of_step(subject)
    else:
        _run_idle(subject)
    framework = subject.framework
    if framework.version == "3" and subject.model.optimizer is not None and not subject.model.optimizer.built:
        if subject.model.trainable_variables and len(subject.optimizers()) == 1 and subject.model.built:
            subject.model.optimizer.build(subject.model.trainable_variables)


def _run_idle(subject: Subject) -> None:
    """Build the layers that a ``train_step`` of one's own calls and ``call`` does not, before the optimizer is."""
    own = any("train_step" in vars(cls) for cls in type(subject.model).__mro__ if is_own(cls))
    if not own or subject.framework.backend == "jax":
        return
    with suppress(Exception), subject.undone(), watch.idle():  # a step that raises is the gradients probe's to tell
        subject.train(subject.feed.only(0) if subject.feed is not None else None, eager=True)


def _units_of_step(subject: Subject) -> list[Any]:
    from kerasvae_lint.runtime.subject import Unit

    seen: dict[int, Unit] = {}

    def called(call: watch.Call) -> None:
        if call.depth == 0 or (call.depth == 1 and watch.LISTENERS.stack[0][0] is subject.model):
            if call.layer is not subject.model and all(is_tensor(leaf) for leaf in leaves(call.args)):
                seen.setdefault(id(call.layer), Unit(call.layer, call.args, call.kwargs))

    assert subject.feed is not None
    subject.framework.reseed(subject.options.seed)
    with watch.listening(calls=called):
        try:
            subject.train(subject.feed.only(0), eager=True)
        except Exception:  # a step that raises is the gradients probe's to tell
            return list(seen.values())
    return list(seen.values())


def check_model(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    batch_size: int | None = None,
    callbacks: Sequence[Any] = (),
    epochs: int = 1,
    steps: int = 5,
    seed: int = 0,
    names: Collection[str] = (),
) -> ModelResult:
    """Ask the probes of a compiled Keras 2 or Keras 3 model; its weights are as before when this returns.

    Args:
        x, y, sample_weight, batch_size, callbacks, epochs: as for ``fit``.
        steps: batches to watch, at most.
        seed: of Python, NumPy and Keras.
        names: of the probes to ask; all if empty.

    Raises:
        TypeError: not a Keras model.
        ValueError: the model is not compiled, or there is no data; no such probe.
    """
    unknown = sorted(set(names) - set(PROBES))
    if unknown:
        raise ValueError(f"no such probe: {', '.join(unknown)} (there are {', '.join(PROBES)})")
    subject = subject_of(
        model,
        x,
        y,
        sample_weight=sample_weight,
        batch_size=batch_size,
        callbacks=callbacks,
        epochs=epochs,
        options=Options(steps=steps, seed=seed),
    )
    state = subject.state()
    try:
        return probes.examine(subject, names=names)
    finally:
        subject.restore(state)
        model.train_function = None


def assert_gradients_flow(model: Any, x: Any, y: Any = None, *, batch_size: int | None = None, steps: int = 3) -> None:
    """For test suites: every trainable variable gets a finite gradient that is not always zero.

    Judged from the second step on, where the optimizer gets them. The weights are as before when this returns.

    Raises:
        AssertionError: naming the variables that get none.
        TypeError: not a Keras model.
        ValueError: the model is not compiled, or there is no data.
    """
    subject = subject_of(model, x, y, batch_size=batch_size, options=Options(steps=max(steps, 2)))
    with subject.undone():
        seen = gradients.watch_steps(subject, max(steps, 2))
    with subject.undone():
        answer, _ = gradients.ask(subject, seen)
    model.train_function = None
    if seen.error is not None and "No gradients" not in str(seen.error):
        raise seen.error
    if answer.verdict == FAIL:
        raise AssertionError(answer.message)
