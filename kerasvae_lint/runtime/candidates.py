"""Layers and models of a program that never trains: the ones that it made, else those that can be made of guesses."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasvae_lint.runtime import check
from kerasvae_lint.runtime.feed import ARRAYS, Batch, Feed
from kerasvae_lint.runtime.framework import Framework, is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.subject import Subject, Unit, arrays, call, drawn, is_distribution
from kerasvae_lint.runtime.trees import leaves, map_tree
from kerasvae_lint.runtime.words import first_line

SAMPLES = 16
Reasons = dict[str, str]

_SIZES = r"units|.*_dim|dim|.*size|filters|channels|latent.*|hidden.*|n_.*|num_.*|features|depth|.*units|k|n"
_GUESSES: tuple[tuple[str, Any], ...] = (
    (r".*kernel_size|.*heads?", 2),
    (_SIZES, 4),
    (r".*rate|dropout|alpha|beta|gamma|tau|epsilon|eps|.*weight|momentum|temperature", 0.5),
    (r".*activation", None),
    (r".*shape", (4,)),
)
_SHAPES: tuple[Any, ...] = ((4,), ((4,), (4,)), (8, 8, 3), (6, 4), ((4,), (4,), (4,)))


def subjects(
    namespace: dict[str, Any], first_calls: dict[int, Unit], options: Options
) -> tuple[list[Subject], Reasons]:
    """What can be probed, and for each class that can't be the reason."""
    found: list[Subject] = []
    reasons: Reasons = {}
    instances = _instances(namespace)
    for layer in instances:
        subject = _of_instance(layer, first_calls.get(id(layer)), options)
        if subject is not None:
            found.append(subject)
    done = {type(layer) for layer in instances} | _inner_classes(found)
    for cls in _classes(namespace):
        if cls in done:
            continue
        built = build(cls, options)
        if isinstance(built, Subject):
            found.append(built)
        else:
            reasons[cls.__name__] = built
    return found, reasons


def _instances(namespace: dict[str, Any]) -> list[Any]:
    """Layers and models that the program holds, without those that are a part of another."""
    held = [value for name, value in namespace.items() if not name.startswith("_") and _is_layer(value)]
    held = list({id(value): value for value in held}.values())
    inner: set[int] = set()
    for value in held:
        framework = Framework.of(value)
        inner |= {id(layer) for layer in framework.layers_of(value)[1:]} if framework else set()
    return [value for value in held if id(value) not in inner]


def _inner_classes(found: list[Subject]) -> set[type]:
    return {type(layer) for subject in found for layer in subject.layers}


def _is_layer(value: Any) -> bool:
    framework = None if isinstance(value, type) else Framework.of(value)
    return framework is not None and isinstance(value, framework.keras.layers.Layer)


def _classes(namespace: dict[str, Any]) -> Iterator[type]:
    for value in list(namespace.values()):
        if isinstance(value, type) and value.__module__ == "__main__":
            framework = Framework.of(value)
            if framework is not None and issubclass(value, framework.keras.layers.Layer):
                yield value


def _of_instance(layer: Any, seen: Unit | None, options: Options) -> Subject | None:
    """A layer with the inputs that the program gave it, or with made ones."""
    framework = Framework.of(layer)
    if framework is None or not (is_own(type(layer)) or hasattr(layer, "fit")):
        return None
    check.prepare(framework)
    if seen is not None:
        return wrapped(framework, layer, seen, options)
    batch = specified(layer)
    if batch is not None:
        return wrapped(framework, layer, Unit(layer, (batch,)), options)
    return None


def specified(layer: Any) -> Any:
    """A made batch for a functional or Sequential model, from its own input shapes; None where it has none."""
    inputs = getattr(layer, "inputs", None)
    if not inputs:
        return None
    batches = [made(tuple(4 if n is None else int(n) for n in leaf.shape[1:]), str(leaf.dtype)) for leaf in inputs]
    return batches[0] if len(batches) == 1 else batches


def made(shape: tuple[int, ...], dtype: str = "float32") -> Any:
    """A made batch of samples of this shape."""
    generator = np.random.default_rng(0)
    if "int" in dtype:
        return generator.integers(0, 4, size=(SAMPLES, *shape)).astype("int32")
    return generator.normal(size=(SAMPLES, *shape)).astype("float32")


def build(cls: type, options: Options) -> Subject | str:
    """A layer class made from its defaults or plain guesses, or why that does not work."""
    framework = Framework.of(cls)
    assert framework is not None
    check.prepare(framework)
    why = "no input of a usual shape fits"
    for shape in _SHAPES:
        try:
            layer = cls(**_arguments(cls, framework))
        except Exception as error:  # its arguments can't be guessed
            return first_line(error)
        batch = [made(s) for s in shape] if isinstance(shape[0], tuple) else made(shape)
        try:
            output = call(framework, Unit(layer, (batch,)), False)
        except Exception as error:  # another shape, then
            why = first_line(error) if shape == _SHAPES[0] else why
            continue
        if arrays(output):
            return wrapped(framework, layer, Unit(layer, (batch,)), options) or why
        why = "its call gives no float tensor"
    return why


def _arguments(cls: type, framework: Framework) -> dict[str, Any]:
    """Guesses for the parameters that have no default."""
    found: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(cls).parameters.items()):
        if (
            parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}
            or parameter.default is not inspect._empty
        ):
            continue
        if "tied" in name or name in {"dense", "layer"}:
            found[name] = _dense(framework)
            continue
        for pattern, guess in _GUESSES:
            if re.fullmatch(pattern, name):
                found[name] = guess
                break
        else:
            raise TypeError(f"nothing is known of its argument `{name}`")
    return found


def _dense(framework: Framework) -> Any:
    layer = framework.keras.layers.Dense(4)
    layer.build((None, 4))
    return layer


def wrapped(framework: Framework, layer: Any, unit: Unit, options: Options) -> Subject | None:
    """A compiled model around a layer, with random targets of its output's shape as objective."""
    inputs = [to_numpy(leaf) for leaf in leaves(unit.args) if is_tensor(leaf)]
    if len(inputs) != len(list(leaves(unit.args))) or not inputs:
        return None
    sizes = {array.shape[0] for array in inputs if array.ndim}
    if len(sizes) != 1 or not all(array.ndim for array in inputs):
        return None
    framework.reseed(options.seed)
    model = _around(framework, layer, unit)
    x = [np.asarray(array) for array in inputs]
    given = x[0] if len(x) == 1 else x
    outputs = arrays(model(map_tree(framework.tensor, given)))
    outputs = [output for output in outputs if output.ndim]
    if not outputs or any(output.shape[0] not in sizes for output in outputs):
        return None
    generator = np.random.default_rng(options.seed + 101)  # not the stream that made the inputs
    y = [generator.normal(size=output.shape).astype("float32") for output in outputs]
    model.compile(optimizer=framework.keras.optimizers.SGD(0.01), loss=["mse"] * len(y) if len(y) > 1 else "mse")
    batch = Batch(given, y[0] if len(y) == 1 else y)
    feed = Feed(ARRAYS, [batch])
    name = type(layer).__name__ if is_own(type(layer)) else str(layer.name)
    subject = Subject(model, framework, options, name, feed, synthetic=True)
    subject.notes["wrapped"] = True
    subject.classes = check.own_classes(framework)
    return subject


def _around(framework: Framework, layer: Any, unit: Unit) -> Any:
    class Around(framework.keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.inner = layer

        def call(self, inputs: Any, training: Any = None) -> Any:
            given = iter([inputs] if not isinstance(inputs, list | tuple) else inputs)
            arguments = tuple(map_tree(lambda _: next(given), argument) for argument in unit.args)
            output = call(framework, Unit(layer, arguments, unit.kwargs), bool(training))
            flat = [drawn(leaf) if is_distribution(leaf) else leaf for leaf in leaves(output)]
            return flat[0] if len(flat) == 1 else flat

    Around.__module__ = __name__
    return Around()
