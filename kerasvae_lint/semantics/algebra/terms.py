"""The old reading's way to :mod:`kerasvae_lint.keras.objective.terms`."""

from kerasvae_lint.keras.objective.terms import *  # noqa: F403
