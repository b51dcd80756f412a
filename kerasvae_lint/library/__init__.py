"""What the world's functions do, as tables: Keras, TensorFlow, tfp, NumPy, scikit-learn."""

from kerasvae_lint.library.entries import Entry, lookup
from kerasvae_lint.library.signatures import Signature

__all__ = ["Entry", "Signature", "kind_of", "lookup", "string_alias"]


def kind_of(name: str) -> str | None:
    from kerasvae_lint.semantics.classes import kind_of_name
    return kind_of_name(name)


def string_alias(kind: str, word: str) -> str | None:
    for home in {"loss": ("keras.losses.",), "activation": ("keras.activations.",)}.get(kind, ()):
        if lookup(home + word) is not None:
            return home + word
    return {"mse": "keras.losses.mean_squared_error", "mae": "keras.losses.mean_absolute_error"}.get(word)
