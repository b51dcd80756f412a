"""Scripts of Keras 1 and of earlier Keras 2, NumPy and TensorFlow run as they are: old names mean today's.

Whatever is answered in another way than today's libraries do by themselves is said in the report. What a rule of kvlint
speaks of (functions of ``keras.backend`` that Keras 3 has no more) is left as it is.
"""

from __future__ import annotations

from kerasvae_lint.runtime.old import arguments, calls, modules, names


def install(text: str) -> None:
    """Answer old names from here on, in whatever Keras the script imports; ``text`` is the program."""
    modules.install()
    arguments.install(text)
    calls.install()
    names.install()
