"""The old reading's way to :mod:`kerasvae_lint.keras.objective.losses`."""

from kerasvae_lint.keras.objective.losses import *  # noqa: F403
