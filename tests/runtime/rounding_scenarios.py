"""The scenarios that compare two passes, on a machine whose passes differ in their last bits.

``python rounding_scenarios.py 2|3 tensorflow``: each Dense gives its numbers times 1 ± 1e-6, anew in every call, as if
sums were taken in another order each time.
"""

from __future__ import annotations

import json
from typing import Any

import scenarios as probed
import tensorflow as tf
from pieces import BACKEND, keras, layers
from registry import HEALTHY, SICK

SIZE = 1e-6
UNSEEDED = tf.random.Generator.from_seed(1)
"""No seed that a probe restarts: its state goes on from pass to pass, compiled or not."""
ASKED = (
    "plain_vae",
    "tied_in_call",
    "forgotten_weight",
    "forgotten_weight_again",
    "blind_to_its_input",
    "decoder_ignores_its_code",
    "integer_seed",
    "one_draw_for_the_batch",
    "baked",
    "schedule_from_zero",
    "drawn_in_call",
    "drawn_in_call_with_the_kl_subtracted",
    "kl_averaged",
    "classifier_with_metrics",
)


def rounded() -> None:
    """From here on."""
    original = layers.Dense.call

    def call(self: Any, inputs: Any) -> Any:
        output = original(self, inputs)
        return output * (1.0 + SIZE * UNSEEDED.uniform(tf.shape(output), -1.0, 1.0))

    layers.Dense.call = call


def main() -> None:
    """Probe them and print as ``scenarios.py`` does."""
    assert BACKEND == "tensorflow"
    rounded()
    dense = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    one, two = (dense(probed.X).numpy() for _ in range(2))
    assert (one != two).any()
    for table in (HEALTHY, SICK):
        for name in [name for name in table if name not in ASKED]:
            del table[name]
    assert {*HEALTHY, *SICK} == set(ASKED), json.dumps(sorted({*HEALTHY, *SICK} ^ set(ASKED)))
    probed.main()


if __name__ == "__main__":
    main()
