"""What a word means where Keras takes a string: ``optimizer="adam"``, ``loss="mse"``, ``activation="relu"``."""

from __future__ import annotations

from functools import cache, lru_cache

from kerasvae_lint.library.entries import known_names, lookup

_HOMES = {
    "activation": "keras.activations.",
    "loss": "keras.losses.",
    "metric": "keras.metrics.",
    "optimizer": "keras.optimizers.",
    "initializer": "keras.initializers.",
    "regularizer": "keras.regularizers.",
    "constraint": "keras.constraints.",
}
_MAKES = {
    "activation": frozenset({"tensor"}),
    "loss": frozenset({"lossfunction", "loss"}),
    "metric": frozenset({"metric", "tensor", "lossfunction"}),
    "optimizer": frozenset({"optimizer"}),
    "initializer": frozenset({"initializer"}),
    "regularizer": frozenset({"regularizer"}),
    "constraint": frozenset({"constraint"}),
}
# Words that no name in the package is.
_WORDS = {
    ("metric", "accuracy"): "keras.metrics.Accuracy",
    ("metric", "acc"): "keras.metrics.Accuracy",
    ("metric", "ce"): "keras.metrics.categorical_crossentropy",
    ("metric", "crossentropy"): "keras.metrics.categorical_crossentropy",
    ("metric", "bce"): "keras.losses.binary_crossentropy",
    ("loss", "bce"): "keras.losses.binary_crossentropy",
    ("loss", "BCE"): "keras.losses.binary_crossentropy",
    ("loss", "cosine"): "keras.losses.cosine_similarity",
    ("loss", "cosine_proximity"): "keras.losses.cosine_similarity",
    ("initializer", "normal"): "keras.initializers.RandomNormal",
    ("initializer", "uniform"): "keras.initializers.RandomUniform",
    ("initializer", "zero"): "keras.initializers.Zeros",
    ("initializer", "one"): "keras.initializers.Ones",
    ("constraint", "maxnorm"): "keras.constraints.MaxNorm",
    ("constraint", "nonneg"): "keras.constraints.NonNeg",
    ("constraint", "unitnorm"): "keras.constraints.UnitNorm",
    ("regularizer", "l1l2"): "keras.regularizers.L1L2",
    ("activation", "LeakyReLU"): "keras.layers.LeakyReLU",
}


@cache
def _without_case(kind: str) -> dict[str, str]:
    home = _HOMES[kind]
    return {
        name[len(home) :].lower(): name
        for name in known_names()
        if name.startswith(home) and "." not in name[len(home) :] and name[len(home) :][:1].isupper()
    }


@lru_cache(maxsize=512)
def string_alias(kind: str, word: str) -> str | None:
    """The canonical name that ``word`` stands for as an ``activation``, ``loss``, ``metric``, ``optimizer``,
    ``initializer``, ``regularizer`` or ``constraint``; None if it is no word of Keras's.

    ``"accuracy"`` is :class:`keras.metrics.Accuracy` here; which accuracy Keras takes depends on the shapes.
    """
    if kind not in _HOMES:
        return None
    if (kind, word) in _WORDS:
        return _WORDS[kind, word]
    direct = lookup(_HOMES[kind] + word)
    if direct is not None and direct.makes in _MAKES[kind]:
        return direct.name
    # An optimizer's class is found whatever the case.
    if kind == "optimizer":
        return _without_case(kind).get(word.lower())
    return None
