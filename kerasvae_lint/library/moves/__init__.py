"""What became of Keras 2's (and Keras 1's) names in Keras 3: asked by dotted name, however old code spells it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from kerasvae_lint.library.moves.names import DOOR, GONE, NAMES
from kerasvae_lint.library.moves.twins import HINTS, HOMES, MODULES, RENAMED

_COPIES = (
    "tensorflow.python.keras.api._v1.keras",
    "tensorflow.python.keras.api._v2.keras",
    "tensorflow.python.keras",
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras.api.keras",
    "tensorflow.contrib.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow._api.v2.keras",
    "tensorflow_probability.python.internal.tf_keras",
)
"""Copies of Keras inside TensorFlow that today's Keras knows nothing of."""
_KERAS2 = ("tf_keras.api._v2.keras", "tf_keras.src", "tf_keras")
_INSIDES = ("keras.api._v1.keras", "keras.api._v2.keras", "keras.api", "keras.src")
_OTHERS = {"keras_preprocessing": "keras.preprocessing", "keras_applications": "keras.applications"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name of Keras is found now.

    Attributes:
        name: its canonical old name, ``keras.…``.
        today: its dotted name for an import; empty where there is nothing of the kind.
        hint: what to do where it is gone, as a sentence without its full stop.
    """

    name: str
    today: str
    hint: str = ""


@cache
def names() -> frozenset[str]:
    """The public names that Keras 3 has."""
    return frozenset(f"{home}.{name}" for home, held in NAMES.items() for name in held.split())


@cache
def door_names() -> frozenset[str]:
    """The names that Keras 3 has as ``tf.keras`` only, written ``keras.…``."""
    return frozenset(f"{home}.{name}" for home, held in DOOR.items() for name in held.split())


def root_of(dotted: str) -> tuple[str, str] | None:
    """``tensorflow.python.keras.layers.Dense`` → the Keras that it should be asked of, and the rest of the name."""
    for old, new in _OTHERS.items():
        if dotted == old or dotted.startswith(f"{old}."):
            dotted = new + dotted[len(old) :]
    for prefix in (*_COPIES, "tensorflow.keras", "keras._tf_keras.keras"):
        if dotted == prefix or dotted.startswith(f"{prefix}."):
            return "tensorflow.keras", dotted[len(prefix) + 1 :]
    for prefix in (*_KERAS2, *_INSIDES, "keras"):
        if dotted == prefix or dotted.startswith(f"{prefix}."):
            return "keras", dotted[len(prefix) + 1 :]
    return None


def place_of(dotted: str) -> Place | None:
    """Where what ``dotted`` means is found in Keras 3; None for what is no name of Keras, or none that is known."""
    found = root_of(dotted)
    if found is None:
        return None
    root, rest = found
    if not rest:
        return Place("keras", root)
    if rest == "__version__":
        return Place("keras.__version__", f"{root}.__version__")
    if root == "tensorflow.keras" and f"keras.{rest}" in door_names():
        return Place(f"keras.{rest}", f"{root}.{rest}")
    name, today, hint = _today(rest)
    if today == "tf.keras":
        return Place(name, f"tensorflow.{name}")
    if not today:
        return Place(name, "", hint) if hint else None
    return Place(name, root + today[len("keras") :])


@lru_cache(maxsize=2048)
def _today(rest: str) -> tuple[str, str, str]:
    """The old name, the new one (``tf.keras`` for the door, empty for nothing), and what to do where it is gone."""
    for name in (f"keras.{rest}", *_homes(rest)):
        if name in RENAMED:
            return name, RENAMED[name], ""
        if name in names() and not f"{name}.".startswith("keras.optimizers.legacy."):
            return name, name, ""
        if name in door_names() and not GONE.get(name, "").startswith("keras."):
            return name, "tf.keras", ""
        if name in GONE:
            hint = HINTS.get(name, "It is gone, and Keras 3 has nothing of the kind")
            return name, GONE[name], "" if GONE[name] else hint
        if name in HINTS:
            return name, "", HINTS[name]
    return f"keras.{rest}", "", ""


def _homes(rest: str) -> list[str]:
    """Where an old module, or a name of one, may be now."""
    if rest in MODULES:
        return [f"keras.{MODULES[rest]}"]
    module, _, last = rest.rpartition(".")
    while module:
        if module in MODULES:
            return [f"keras.{MODULES[module]}.{last}", *_below(rest)]
        module = module.rpartition(".")[0]
    return _below(rest)


def _below(rest: str) -> list[str]:
    room, _, behind = rest.partition(".")
    last = behind.rpartition(".")[2]
    if not last:
        return []
    return [f"keras.{home}.{last}".replace("..", ".") for home in HOMES.get(room, ())]


def is_known(dotted: str) -> bool:
    """True for a name of Keras 3, by the root that it is asked of."""
    found = root_of(dotted)
    return found is not None and (not found[1] or f"keras.{found[1]}" in names() | door_names())
