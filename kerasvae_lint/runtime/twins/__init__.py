"""One program in two Kerases: the old text under Keras 2 and the new one under Keras 3, put side by side by number.

:func:`kerasvae_lint.runtime.twins.prove.prove` runs both and says whether they are one model with one training.
"""

from __future__ import annotations
