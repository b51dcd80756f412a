"""Layer functions over options that may be unknown: every possibility is tried, and what all agree on is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from functools import wraps

from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.dims import UNKNOWN, MismatchError, Output, UnknownType, join

UNKNOWN_RESULT = Result(None, UNKNOWN, UNKNOWN)
"""Nothing is known of what a layer gives, nor of what it holds."""

FLAG: tuple[object, ...] = (False, True)
"""What a switch can be."""

_KERAS_RELEASES = (2, 3)


def settled(**choices: tuple[object, ...]) -> Callable[[LayerFunction], LayerFunction]:
    """A layer function that never sees the named options unknown.

    Where one is unknown, the function is asked for each of its choices; choices that can't be are left out.

    Args:
        choices: what each option can be.
    """

    def decorate(function: LayerFunction) -> LayerFunction:
        @wraps(function)
        def ask(call: Call, options: Options) -> Result:
            open_names = [name for name in choices if isinstance(options.get(name), UnknownType)]
            if not open_names:
                return function(call, options)
            combinations = itertools.product(*(choices[name] for name in open_names))
            return _agreed(
                function, call, (replaced(options, **dict(zip(open_names, c, strict=True))) for c in combinations)
            )

        return ask

    return decorate


def by_release(function: LayerFunction) -> LayerFunction:
    """A layer function that is always told which Keras it is: where nobody knows, it is asked for both."""

    @wraps(function)
    def ask(call: Call, options: Options) -> Result:
        if options.keras is not None:
            return function(call, options)
        return _agreed(function, call, (Options(options, release) for release in _KERAS_RELEASES))

    return ask


def replaced(options: Options, **values: object) -> Options:
    """Options with some of them changed."""
    return Options({**options, **values}, options.keras)


def agreement(results: Iterable[Result]) -> Result:
    """What all of several results say; there is at least one."""
    first, *others = results
    for other in others:
        first = Result(
            _joined(first.output, other.output),
            _same_count(first.params, other.params),
            _same_count(first.fixed, other.fixed),
        )
    return first


def _agreed(function: LayerFunction, call: Call, alternatives: Iterable[Options]) -> Result:
    results: list[Result] = []
    mistake: MismatchError | None = None
    for options in alternatives:
        try:
            results.append(function(call, options))
        except MismatchError as error:
            mistake = mistake or error
    if not results and mistake is not None:
        raise mistake
    return agreement(results)


def _joined(one: Output, other: Output) -> Output:
    if isinstance(one, list) and isinstance(other, list):
        return [join(a, b) for a, b in zip(one, other, strict=True)] if len(one) == len(other) else None
    if isinstance(one, list) or isinstance(other, list):
        return None
    return join(one, other)


def _same_count(one: int | UnknownType, other: int | UnknownType) -> int | UnknownType:
    return one if isinstance(one, int) and isinstance(other, int) and one == other else UNKNOWN
