"""The old reading's way to :mod:`kerasvae_lint.keras.objective.forms`."""

from kerasvae_lint.keras.objective.forms import *  # noqa: F403
