"""What :class:`ProbeCallback` costs a training run: the same ``fit`` with and without it, in turn.

    python benchmarks/callback.py [--rounds 5] [--output benchmarks/callback.md]

A convolutional autoencoder on made images, batches of 64; a look every 20 batches. The first round warms up.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    """Measure and report ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    import keras
    import numpy as np

    from kerasvae_lint.runtime import ProbeCallback

    layers = keras.layers
    stack = [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(64, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(32),
        layers.Dense(7 * 7 * 32, activation="relu"),
        layers.Reshape((7, 7, 32)),
        layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
    ]
    model = keras.Sequential(stack)
    model.compile("adam", "binary_crossentropy")
    x = np.random.default_rng(0).random((64 * 100, 28, 28, 1), dtype="float32")
    seconds: dict[bool, list[float]] = {False: [], True: []}
    looking = []
    for _ in range(given.rounds + 1):
        for watched in (False, True):
            callback = ProbeCallback(every=20)
            begun = time.perf_counter()
            model.fit(x, x, batch_size=64, epochs=1, verbose=0, callbacks=[callback] if watched else [])
            seconds[watched].append(time.perf_counter() - begun)
            if watched:
                looking.append(callback.seconds / seconds[True][-1])
    ratios = [with_it / without for without, with_it in zip(seconds[False][1:], seconds[True][1:], strict=True)]
    text = (
        "# What the probe callback costs\n\n"
        f"Keras {keras.__version__} on {keras.backend.backend()}, {os.cpu_count()} cores, {given.rounds} rounds "
        "in turn (`python benchmarks/callback.py`): a convolutional autoencoder, 100 batches of 64, a look every "
        "20 batches.\n\n"
        "| | minimum | median | maximum |\n|---|---|---|---|\n"
        f"| time with it / without | {min(ratios):.3f} | {statistics.median(ratios):.3f} | {max(ratios):.3f} |\n"
        f"| share of the time spent looking | {min(looking[1:]):.4f} | {statistics.median(looking[1:]):.4f} "
        f"| {max(looking[1:]):.4f} |\n"
    )
    print(text)
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
