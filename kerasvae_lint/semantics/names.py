"""One canonical spelling for every name of Keras, TensorFlow and TensorFlow Probability: see ``library.names``."""

from __future__ import annotations

from kerasvae_lint.library.names import canonical

__all__ = ["canonical"]
