"""kvlint: finds, explains and fixes the silent mistakes of Keras code."""

__version__ = "0.1.0"
