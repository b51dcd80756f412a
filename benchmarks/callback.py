"""What :class:`ProbeCallback` and :class:`Watch` cost a training run: the same ``fit`` with and without, in turn.

    python benchmarks/callback.py [--rounds 5] [--epochs 5] [--output benchmarks/callback.md]

A convolutional autoencoder on made images, batches of 64; a look at the variables every 20 batches. The first round
warms up. Wall-clock times of two fits differ by far more than a look takes where the machine does other things too: so
processor seconds, of all threads, are taken, and the share that the callback itself counts of the time of its own fit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    """Measure and report ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    import keras
    import numpy as np

    from kerasvae_lint.runtime import ProbeCallback, Watch

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
    x = np.random.default_rng(0).random((64 * given.batches, 28, 28, 1), dtype="float32")
    makers: dict[str, Any] = {"": None, "ProbeCallback": ProbeCallback, "Watch": Watch}
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    looking: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(given.rounds + 1):
        for name, make in makers.items():
            callbacks = [make(every=20)] if make is not None else []
            begun, clock = time.process_time(), time.perf_counter()
            model.fit(x, x, batch_size=64, epochs=given.epochs, verbose=0, callbacks=callbacks)
            seconds[name].append(time.process_time() - begun)
            spent = sum(callback.seconds + getattr(callback, "asking", 0.0) for callback in callbacks)
            looking[name].append(spent / (time.perf_counter() - clock))
    steps = given.batches * given.epochs
    plain = statistics.median(seconds[""][1:])
    lines = [
        "# What the callbacks cost",
        "",
        f"Keras {keras.__version__} on {keras.backend.backend()}, {os.cpu_count()} cores, {given.rounds} rounds in "
        f"turn (`python benchmarks/callback.py`): a convolutional autoencoder, {given.epochs} epochs of "
        f"{given.batches} batches of 64, a look at the variables every 20 batches. Without a callback a step takes "
        f"{1000 * plain / steps:.1f} ms of processor time (median).",
        "",
        "| | minimum | median | maximum |",
        "|---|---|---|---|",
    ]
    for name in ("ProbeCallback", "Watch"):
        ratios = [a / b for a, b in zip(seconds[name][1:], seconds[""][1:], strict=True)]
        lines.append(_row(f"`{name}`: processor time with it / without", ratios, ".3f"))
        lines.append(_row(f"`{name}`: share of the fit's time spent looking", looking[name][1:], ".4f"))
    lines += [
        "",
        "`Watch` asks its probes once, at the first epoch's end: that is a fixed cost, whatever the length of the run."
        " Its share is of the whole run of that many steps.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if given.output:
        given.output.write_text(text, encoding="utf-8")


def _row(name: str, values: list[float], form: str) -> str:
    cells = [f"{value:{form}}" for value in (min(values), statistics.median(values), max(values))]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
