"""The old reading's way to :mod:`kerasvae_lint.keras.objective.gaussian`."""

from kerasvae_lint.keras.objective.gaussian import *  # noqa: F403
