"""Several weight layers that are one affine map: what does it cost that nothing stands between them?"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.probes.constant import best_constant
from kerasvae_lint.runtime.probes.trial import Trial, activation_of
from kerasvae_lint.runtime.subject import Subject, Unit, call, quiet
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import names

_WEIGHTS = ("Dense", "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D")
STEPS = 300
SECONDS = 20.0
"""Of all processors together, for each training; one that takes longer says nothing. Not by the clock on the wall, on
which a machine's other work shows."""
ROWS = 1024
FEW = 16
"""Fewer different samples can't be halved: then the samples themselves must be fitted."""
GAIN = 0.75
"""What is left of the loss with an activation, at most, where the want of one is called a fault."""
UNEXPLAINED = 0.2
"""What the affine map leaves of the best constant's loss, at least: what is nearly linear may be modelled so."""
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, trial: Trial, figures: dict[str, Any]) -> Answer:
    """Linear hidden layers, no narrower than what they join: the same model with relu in them, trained alike."""
    hidden, last = _linear_hidden(subject, trial)
    if not hidden or not _is_affine(subject, trial, last):
        return None
    shown = names([layer.name for layer in hidden])
    verb = "has" if len(hidden) == 1 else "have"
    fact = f"{shown} {verb} no activation: all layers together are one affine map of the input"
    losses = _with_and_without(subject, trial, [layer.name for layer in hidden])
    if losses is None:
        figures.setdefault("notes", []).append(fact)
        return None
    linear, bent = losses
    figures["affine"] = {"layers": [layer.name for layer in hidden], "loss": linear, "with relu": bent}
    constant = best_constant(subject, trial)
    nearly = constant is None or linear < UNEXPLAINED * constant
    if not np.isfinite(bent) or nearly or bent > GAIN * linear:
        figures.setdefault("notes", []).append(f"{fact}; relu in between gains nothing here")
        return None
    return f"{fact}. Trained alike, its loss ends at {linear:.3g}; with relu in between, at {bent:.3g}", ["KV712"]


def _linear_hidden(subject: Subject, trial: Trial) -> tuple[list[Any], Any]:
    """The weight layers before the last one, if none has an activation or is a bottleneck; and the last one."""
    calls: list[watch.Call] = []
    with subject.undone(), quiet(), subject.framework.eagerly(), watch.listening(calls=calls.append):
        call(subject.framework, Unit(subject.model, (trial.batches[0].x,)), False)
    weights = [made for made in calls if type(made.layer).__name__ in _WEIGHTS and not is_own(type(made.layer))]
    hidden = [made.layer for made in weights[:-1]]
    if not hidden or len({id(made.layer) for made in weights}) < len(weights):
        return [], None
    if any(activation_of(layer) not in {"", "linear"} for layer in hidden):
        return [], None
    widths = [_width(made.args) for made in weights] + [_width(weights[-1].output)]
    inner = list(zip(widths, widths[1:], widths[2:], strict=False))
    if any(not all(three) or three[1] < min(three[0], three[2]) for three in inner):  # a bottleneck is a choice
        return [], None
    return hidden, weights[-1].layer


def _width(tree: Any) -> int:
    """Numbers for each sample."""
    first = next((leaf for leaf in leaves(tree) if is_tensor(leaf)), None)
    return int(np.prod(first.shape[1:])) if first is not None and len(first.shape) > 1 else 0


def _is_affine(subject: Subject, trial: Trial, layer: Any) -> bool:
    """f(a) + f(b) = f(a + b) + f(0) for what the last weight layer is given."""
    inputs = list(leaves(trial.batches[0].x))
    if len(inputs) != 1 or not is_tensor(inputs[0]) or len(inputs[0]) < 2:
        return False
    x = to_numpy(inputs[0])
    if x.dtype.kind not in "fiu" or _takes_indices(subject):
        return False
    a = x.astype("float32") / (float(np.abs(x).max()) or 1.0)
    b = a[::-1] + np.random.default_rng(0).normal(size=a.shape).astype("float32")
    parts = [_given(subject, layer, value) for value in (a, b, a + b, np.zeros_like(a))]
    if any(part is None for part in parts):
        return False
    left, right = parts[0] + parts[1], parts[2] + parts[3]
    scale = float(max(np.abs(left).max(), np.abs(right).max())) or 1.0
    return bool(np.abs(left - right).max() <= 1e-4 * scale and np.ptp(left, axis=0).max() > 1e-6 * scale)


def _takes_indices(subject: Subject) -> bool:
    return any("Embedding" in type(layer).__name__ for layer in subject.layers)


def _given(subject: Subject, layer: Any, x: Any) -> Any:
    seen: list[Any] = []

    def called(made: watch.Call) -> None:
        if made.layer is layer:
            seen.extend(to_numpy(leaf).astype("float64") for leaf in leaves(made.args) if is_tensor(leaf))

    with subject.undone(), quiet(), subject.framework.eagerly(), watch.listening(calls=called):
        call(subject.framework, Unit(subject.model, (x,)), False)
    return seen[0] if len(seen) == 1 else None


def _with_and_without(subject: Subject, trial: Trial, hidden: list[str]) -> tuple[float, float] | None:
    """The loss on unseen samples after the same training, of the model as it is and with relu in its hidden layers."""
    keras, model = subject.framework.keras, subject.model
    if is_own(type(model)) or getattr(model, "loss", None) is None or trial.batches[0].y is None:
        return None
    x = np.concatenate([to_numpy(next(leaves(batch.x))) for batch in trial.feed.batches])[:ROWS]
    targets = [list(leaves(batch.y)) for batch in trial.feed.batches]
    if any(len(parts) != 1 or not is_tensor(parts[0]) for parts in targets):
        return None
    y = np.concatenate([to_numpy(parts[0]) for parts in targets])[:ROWS]
    few = len(np.unique(x.reshape(len(x), -1), axis=0)) < FEW
    half = len(x) if few else len(x) // 2
    unseen = slice(None) if few else slice(half, None)
    found = []
    for activation in (None, keras.activations.relu):
        try:
            with subject.undone(), quiet():
                twin = keras.models.clone_model(model)
                twin.set_weights(model.get_weights())
                for layer in twin.layers:
                    if layer.name in hidden and activation is not None:
                        layer.activation = activation
                twin.compile(optimizer=keras.optimizers.Adam(0.01), loss=model.loss)
                if not _train(subject, twin, x[:half], y[:half]):
                    return None
                found.append(float(np.ravel(twin.evaluate(x[unseen], y[unseen], verbose=0))[0]))
        except (AttributeError, TypeError, ValueError):  # a model that can't be copied
            return None
    return found[0], found[1]


def _train(subject: Subject, twin: Any, x: Any, y: Any) -> bool:
    """One long pass, in another order each time round; False if it took too long."""
    begun, late = time.process_time(), False

    def ends(_: int) -> None:
        nonlocal late
        late = time.process_time() - begun > SECONDS
        twin.stop_training = late

    size = min(32, len(x))
    generator = np.random.default_rng(subject.options.seed)
    rows = np.concatenate([generator.permutation(len(x)) for _ in range(-(-STEPS * size // len(x)))])
    fit = watch.ORIGINALS.get("fit:" + subject.framework.version) or type(twin).fit
    callbacks = [subject.callback(on_train_batch_end=ends)]
    fit(twin, x[rows], y[rows], batch_size=size, shuffle=False, verbose=0, callbacks=callbacks)
    return not late
