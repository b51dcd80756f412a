"""Gradients that move another variable than theirs are noted, those of copies and of clipped lists are not."""

from __future__ import annotations

from typing import Any

from tests.runtime.running import needs_runtime

pytestmark = needs_runtime


def _seen(applied: Any) -> dict[str, str]:
    """What is noted where ``applied`` says which variables the gradients of the first two are given to."""
    import tensorflow as tf

    from kerasvae_lint.runtime import watch
    from kerasvae_lint.runtime.probes.astray import Astray

    one, two, copy = (tf.Variable(1.0, name=name) for name in ("one", "two", "copy"))
    astray = Astray()
    watch.watch_tensorflow(tf)
    with watch.listening(tapes=astray.taken):
        with tf.GradientTape() as tape:
            loss = 3.0 * one + two
        gradients = tape.gradient(loss, [one, two])
    astray.given(applied(gradients, one, two, copy), None)
    return astray.found


def test_a_gradient_beside_its_own_variable_is_in_order() -> None:
    assert _seen(lambda g, one, two, _: [(g[0], one), (g[1], two)]) == {}


def test_swapped_gradients_are_noted_with_both_names() -> None:
    assert _seen(lambda g, one, two, _: [(g[0], two), (g[1], one)]) == {"two": "one", "one": "two"}


def test_a_copy_that_the_loss_does_not_read_may_have_the_gradient() -> None:
    assert _seen(lambda g, one, two, copy: [(g[0], copy), (g[1], two), (None, one)]) == {}
