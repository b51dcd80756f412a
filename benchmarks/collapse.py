"""Does the KL of a small text VAE vanish, and do the recipes keep it alive?

    python -m benchmarks.collapse [--seeds 3] [--epochs 30]     train, write collapse.json, collapse.md, collapse.svg
    python -m benchmarks.collapse --draw                        write the page and the picture anew from collapse.json

The sentences are made here: each has a topic, which prefers some tokens, and each token depends on the one before it.
The decoder is autoregressive: it sees every previous token as it was, none dropped. Everything about the KL comes from
the recipes, unchanged. Drawing needs matplotlib, which nothing else here does. CPU, one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.collapse_page import (
    ACTIVE,
    BATCH,
    FOLLOWS,
    HELD_OUT,
    HIDDEN,
    LATENT,
    LENGTH,
    MEASURES,
    METHODS,
    PREFERS,
    RATE,
    STEPS,
    TOPICS,
    VOCABULARY,
    draw,
    page,
)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

HERE = Path(__file__).resolve().parent


def sentences(seed: int, count: int) -> tuple[Any, Any]:
    """Tokens (count, LENGTH) and topics (count,); the language is the same for every seed."""
    import numpy as np

    language = np.random.default_rng(7)
    follows = language.normal(0.0, FOLLOWS, size=(VOCABULARY, VOCABULARY))
    prefers = language.normal(0.0, PREFERS, size=(TOPICS, VOCABULARY))
    rng = np.random.default_rng(seed)
    topics = rng.integers(TOPICS, size=count)
    tokens: Any = np.zeros((count, LENGTH), dtype="int32")
    before = rng.integers(VOCABULARY, size=count)
    for at in range(LENGTH):
        logits = follows[before] + prefers[topics] + rng.gumbel(size=(count, VOCABULARY))
        before = tokens[:, at] = logits.argmax(axis=1)
    return tokens, topics


def build(method: str, epochs: int) -> tuple[Any, Any, list[Any]]:
    """The model, its encoder (mean and variance) and the callbacks."""
    import tensorflow as tf
    from tensorflow import keras

    from kerasvae_lint.recipes import bn_vae, kl_annealing, vae_loss

    class Shift(keras.layers.Layer):
        def call(self, tokens: Any) -> Any:
            return tf.pad(tokens[:, :-1], [[0, 0], [1, 0]], constant_values=VOCABULARY)

    class Reconstruction(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(vae_loss.reconstruction_loss(inputs[0], inputs[1], "categorical"))
            return inputs[1]

    class Square(keras.layers.Layer):
        def call(self, std: Any) -> Any:
            return tf.square(std)

    class Exp(keras.layers.Layer):
        def call(self, log_var: Any) -> Any:
            return tf.exp(log_var)

    layers = keras.layers
    inputs = keras.Input((LENGTH,), dtype="int32")
    read = layers.GRU(HIDDEN, unroll=True)(layers.Embedding(VOCABULARY, 16)(inputs))
    callbacks = []
    if method == "BN-VAE":
        mean, std = bn_vae.posterior(read, LATENT)
        variance = Square()(std)
        code = bn_vae.Sampling()([mean, std])
    else:
        weighted = kl_annealing.WeightedKL()
        head = layers.Dense(LATENT)(read)
        if method.startswith("BN mean"):
            epsilon = 1e-3 if method.endswith("1e-3") else bn_vae.EPSILON
            normalized = layers.BatchNormalization(center=False, scale=False, epsilon=epsilon)
            head = layers.Rescaling(0.5**0.5)(normalized(head))
        mean, log_var = weighted([head, layers.Dense(LATENT)(read)])
        variance = Exp()(log_var)
        code = kl_annealing.Sampling()([mean, log_var])
        rise = epochs // 2 if method == "linear" else epochs // 8
        cyclical, disabled = method == "cyclical", method not in {"linear", "cyclical"}
        callbacks = [kl_annealing.KLAnnealing(weighted.beta, rise, cyclical=cyclical, disabled=disabled)]
    before = layers.Embedding(VOCABULARY + 1, 16)(Shift()(inputs))
    decoder = layers.GRU(HIDDEN, return_sequences=True, unroll=True)
    written = decoder(before, initial_state=layers.Dense(HIDDEN, "tanh")(code))
    model = keras.Model(inputs, Reconstruction()([inputs, layers.Dense(VOCABULARY)(written)]))
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, STEPS * epochs)))
    return model, keras.Model(inputs, [mean, variance]), callbacks


def measure(look: Any, tokens: Any, topics: Any) -> dict[str, float]:
    """KL, active units and reconstruction of held-out sentences, and how well the topic is read from the code."""
    import numpy as np
    import tensorflow as tf

    from kerasvae_lint.recipes.vae_loss import reconstruction_loss

    (mean, variance), logits = look(tf.constant(tokens))
    mean, variance = mean.numpy(), np.maximum(variance.numpy(), 1e-12)
    kl = 0.5 * (mean**2 + variance - np.log(variance) - 1.0).sum(axis=1).mean()
    half = len(tokens) // 2
    drawn = mean + np.sqrt(variance) * np.random.default_rng(0).normal(size=mean.shape)
    features = np.hstack([drawn, np.ones((len(mean), 1))])
    weights = np.linalg.lstsq(features[:half], np.eye(TOPICS)[topics[:half]], rcond=None)[0]
    right = (features[half:] @ weights).argmax(axis=1) == topics[half:]
    return {
        "kl": float(kl),
        "active": float((mean.var(axis=0) > ACTIVE).sum()),
        "reconstruction": float(reconstruction_loss(tf.constant(tokens), logits, "categorical")),
        "topic": float(right.mean()),
    }


def train(method: str, seed: int, epochs: int) -> dict[str, list[float]]:
    """One run: what was measured after each epoch."""
    import tensorflow as tf
    from tensorflow import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tokens, _ = sentences(1000 + seed, STEPS * BATCH * epochs)
    data = tf.data.Dataset.from_tensor_slices(tokens).batch(BATCH)
    held_out, topics = sentences(2000 + seed, HELD_OUT)
    model, encoder, callbacks = build(method, epochs)
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    look = tf.function(lambda given: (encoder(given, training=False), model(given, training=False)))

    def note(epoch: int, logs: Any) -> None:  # noqa: ARG001 - Keras names them
        for name, value in measure(look, held_out, topics).items():
            found[name].append(round(value, 4))

    callbacks.append(keras.callbacks.LambdaCallback(on_epoch_end=note))
    model.fit(data, steps_per_epoch=STEPS, epochs=epochs, verbose=0, callbacks=callbacks)
    return found


def run(seeds: int, epochs: int, methods: list[str]) -> Iterator[dict[str, Any]]:
    """All runs, one after the other: what there is after each seed."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    versions = f"Keras {tf.keras.__version__} on TensorFlow {tf.__version__}, Python {platform.python_version()}"
    begun = time.perf_counter()
    runs: dict[str, list[dict[str, list[float]]]] = {method: [] for method in methods}
    for seed in range(seeds):
        for method in methods:
            runs[method].append(train(method, seed, epochs))
            last = {name: values[-1] for name, values in runs[method][-1].items()}
            print(f"{time.perf_counter() - begun:6.0f} s  seed {seed}  {method:9} {last}", flush=True)
        yield {"versions": versions, "seconds": round(time.perf_counter() - begun), "epochs": epochs, "runs": runs}


def main() -> None:
    """Train unless told to draw only; write the page and the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--method", action="append", choices=METHODS, help="train only this, keep the rest as it is")
    parser.add_argument("--draw", action="store_true", help="train nothing: take collapse.json")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the files go")
    given = parser.parse_args()
    figures = given.folder / "collapse.json"
    if not given.draw:
        before: dict[str, Any] = {"runs": {}, "seconds": 0}
        if given.method:
            before = json.loads(figures.read_text(encoding="utf-8"))
        for done in run(given.seeds, given.epochs, given.method or list(METHODS)):
            merged = {**done, "runs": {**before["runs"], **done["runs"]}}
            merged["seconds"] += before["seconds"]
            figures.write_text(json.dumps(merged, separators=(",", ":")) + "\n", encoding="utf-8")
    found = json.loads(figures.read_text(encoding="utf-8"))
    (given.folder / "collapse.md").write_text(page(found), encoding="utf-8")
    draw(found, given.folder / "collapse.svg")


if __name__ == "__main__":
    main()
