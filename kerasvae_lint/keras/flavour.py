"""Which Keras a file is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from kerasvae_lint.binding.records import Attribute, Call, Module
from kerasvae_lint.core import TargetKeras


@dataclass(frozen=True, slots=True)
class Flavour:
    """Which Keras the code can meet; both True where nothing tells.

    Attributes:
        keras2: True where it can meet Keras 2.
        keras3: True where it can meet Keras 3.
        why: what says so, for people.
        graph: True for code of TensorFlow 1: what is computed from a variable is an operation, and stays live.
        old: True for Keras before 2.3, whose layers don't track the variables among their attributes.
        since: the oldest Keras 3 that the project's pins allow; ``(0, 0)`` where they say none.
    """

    keras2: bool = True
    keras3: bool = True
    why: str = "nothing in the file or the project says which Keras it is for"
    graph: bool = False
    old: bool = False
    since: tuple[int, int] = (0, 0)

    @property
    def only2(self) -> bool:
        """True where the code never meets Keras 3."""
        return self.keras2 and not self.keras3

    @property
    def only3(self) -> bool:
        """True where the code never meets Keras 2."""
        return self.keras3 and not self.keras2


_LEGACY = re.compile(
    r"""environ(?:\.setdefault\(|\[)\s*["']TF_USE_LEGACY_KERAS["']\s*(?:\]\s*=|,)\s*["'](?:1|[Tt]rue)["']"""
)
KERAS, TF_KERAS, DOOR, COPY = "keras", "tf_keras", "tf.keras", "tensorflow.python.keras"
"""The Kerases that one program can hold side by side; ``tf.keras`` where nothing says which of the first two it is."""
_HOMES = (
    ("tensorflow.python.keras.api", None),  # its path before Keras became a package of its own
    ("tensorflow.python.keras", COPY),
    ("tensorflow_probability.python.internal.tf_keras", TF_KERAS),
    ("tf_keras", TF_KERAS),
    ("keras._tf_keras.keras", KERAS),
    ("keras.api._v1", None),
    ("keras.api._v2", None),
    ("keras.engine", None),
    ("keras", KERAS),
    ("tensorflow.keras", DOOR),
    ("tensorflow.compat.v1.keras", DOOR),
    ("tensorflow.compat.v2.keras", DOOR),
    ("tensorflow._api.v2.keras", DOOR),
)
_KERAS2_IMPORTS = (
    "tf_keras",
    "tensorflow_probability.python.internal.tf_keras",
    "tensorflow.python.keras",
    "theano",  # a backend that Keras 3 has no more
)
_KERAS3_IMPORTS = (
    *("keras.ops", "keras.random", "keras.distribution", "keras_hub"),
    *(f"keras.src.{part}" for part in ("ops", "random", "distribution", "testing", "tree", "trainers", "api_export")),
)
_V1 = "tensorflow.compat.v1"


@lru_cache
def _graph_words(names: frozenset[str], v1: frozenset[str]) -> re.Pattern[str]:
    """What only graphs have, under the names that a file has for TensorFlow and for its ``compat.v1``.

    A ``ConfigProto`` of ``compat.v1``, or a session made with one, may be there to set up a GPU.
    """
    switches = "disable_eager_execution|disable_v2_behavior|placeholder"
    found = (
        rf"(?:{'|'.join(sorted(map(re.escape, names)))})\.(?:Session|InteractiveSession|ConfigProto|get_default_graph"
        rf"|global_variables_initializer|reset_default_graph|contrib|{switches}|compat\.v1\.(?:{switches}))\b"
    )
    if v1:
        found += rf"|(?:{'|'.join(sorted(map(re.escape, v1)))})\.(?:{switches}|(?P<session>Session))\b"
    return re.compile(rf"\b(?:{found})")


_SWITCHES = (".disable_eager_execution", ".disable_v2_behavior")
"""The end of what is imported to build graphs with TensorFlow 2."""


_KERAS1_ARGUMENTS = frozenset({"nb_epoch", "samples_per_epoch", "nb_val_samples"})


def _is_keras1(module: Module) -> bool:
    """True if a call still passes an argument of Keras 1, which Keras 2 took under its old name until 2.3."""
    return any(argument.name in _KERAS1_ARGUMENTS for call in module.calls for argument in call.arguments)


def _builds_graphs(module: Module, text: str) -> bool:
    """True if the code itself, no comment or text in it, says what only graphs of TensorFlow 1 have, or Theano."""
    if any(name.endswith(_SWITCHES) or _starts(name, ("theano",)) for name in imported_names(module)):
        return True
    bound = {alias.bound: alias.target for line in module.imports for alias in line.aliases if alias.whole}
    names = frozenset({"tf", "tensorflow"} | {name for name, target in bound.items() if target == "tensorflow"})
    v1 = frozenset(name for name, target in bound.items() if target == _V1 and name not in names)
    words = _graph_words(names, v1)
    if not words.search(text):
        return False
    if any(_starts(name, ("tensorflow.contrib",)) for name in imported_names(module)):
        return True
    return any(isinstance(record, Attribute) and _says_graph(record, words, text) for record in module.walk())


def _says_graph(record: Attribute, words: re.Pattern[str], text: str) -> bool:
    found = words.match(text, record.start)
    if found is None or not found.groupdict().get("session"):
        return found is not None
    made = record.parent
    return isinstance(made, Call) and not any(argument.name == "config" for argument in made.arguments)


def imported_names(module: Module) -> list[str]:
    """Every imported name of a module, star imports by their module."""
    aliases = [alias for statement in module.imports for alias in statement.aliases]
    return [alias.target.removesuffix("*").rstrip(".") if alias.bound == "*" else alias.target for alias in aliases]


def imports_keras(module: Module) -> bool:
    """True if a file imports Keras, TensorFlow or what stands on them, under whatever name."""
    homes = {name.partition(".")[0] for name in imported_names(module)}
    return any(home in {"keras", "tf_keras"} or home.startswith(("tensorflow", "keras_")) for home in homes)


def _starts(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def flavour_of(module: Module, text: str, target: TargetKeras | None, pinned: Flavour | None) -> Flavour:
    """Judge one module: the setting, then what the file says, then the project's pins.

    Old imports (``keras.engine``) and functions that Keras 3 dropped (``keras.backend.exp``) decide nothing: that code
    is waiting to be moved to Keras 3.
    """
    found = _flavour_of(module, text, target, pinned)
    if pinned is not None and target is None:
        found = replace(found, graph=pinned.graph, old=pinned.old, since=pinned.since)
    elif target is None and found.keras2 and _is_keras1(module):
        found = replace(found, old=True)
    return replace(found, graph=True) if target is None and _builds_graphs(module, text) else found


def _flavour_of(module: Module, text: str, target: TargetKeras | None, pinned: Flavour | None) -> Flavour:
    if target is not None and target is not TargetKeras.BOTH:
        two = target is TargetKeras.KERAS2
        return Flavour(two, not two, f"target-keras is {target.value}")
    if target is TargetKeras.BOTH:
        return Flavour(True, True, "target-keras is both")
    if _LEGACY.search(text):
        return Flavour(True, False, "the file sets TF_USE_LEGACY_KERAS")
    imported = imported_names(module)
    for name in imported:
        if _starts(name, _KERAS3_IMPORTS):
            return Flavour(False, True, f"it imports {name}, which only Keras 3 has")
    for name in imported:
        if _starts(name, _KERAS2_IMPORTS):
            return Flavour(True, False, f"it imports {name}, which is Keras 2")
    if pinned is not None:
        return pinned
    return Flavour()


def home_of(spelling: str, door: str) -> str | None:
    """The Keras that a name is of, as the code's imports spell it; None for another library, and a path long gone.

    Args:
        spelling: the dotted name.
        door: what ``tf.keras`` stands for.
    """
    for prefix, home in _HOMES:
        if spelling == prefix or spelling.startswith(prefix + "."):
            return door if home == DOOR else home
    return None


def door_of(module: Module, text: str, target: TargetKeras | None, pinned: Flavour | None) -> str | None:
    """What ``tf.keras`` stands for in a file; None where Keras 2 itself is all that there is.

    From TensorFlow 2.16 on it is Keras 3, and ``tf_keras`` where TF_USE_LEGACY_KERAS is set, which the environment may
    do as well. So it is told only by a file that sets it, or that needs Keras 3.
    """
    if (pinned is not None and pinned.only2) or _builds_graphs(module, text):
        return None
    if _LEGACY.search(text):
        return TF_KERAS
    if target is TargetKeras.KERAS2:
        return None
    if target is TargetKeras.KERAS3 or any(_starts(name, _KERAS3_IMPORTS) for name in imported_names(module)):
        return KERAS
    return DOOR


_PIN = re.compile(
    r"""(?im)^\s*[-"']*\s*(tensorflow(?:[-_](?:gpu|cpu|macos))?|keras|tf[-_]keras)(?:\[[^\]]*\])?\s*["']?\s*"""
    r"""((?:[=<>!~^]=?=?\s*["']?[\d.*]+\s*,?\s*)+)"""
)
_CLAUSE = re.compile(r"([=<>!~^]=?=?)\s*[\"']?(\d+)(?:\.(\d+))?")


def flavour_of_pins(text: str, filename: str) -> Flavour | None:
    """What the dependency pins in ``text`` (requirements, environment or setup files) say, or None.

    TensorFlow below 2.16 or Keras below 3 mean Keras 2; Keras from 3 on means Keras 3.
    """
    verdict: Flavour | None = None
    for match in _PIN.finditer(text):
        package = match[1].lower().replace("_", "-")
        last2 = (2, 15) if package.startswith("tensorflow") else (2, 99)
        if package == "tf-keras":
            continue
        for operator, major, minor in _CLAUSE.findall(match[2]):
            version = (int(major), int(minor or 0))
            below = (operator == "<" and version <= (last2[0], last2[1] + 1)) or (operator == "<=" and version <= last2)
            exact = operator in {"==", "=", "~=", "^"} and version <= last2
            if package == "keras" and operator == "<" and version == (3, 0):
                below = True
            if below or exact:
                old = package == "keras" and (version < (2, 3) or (below and operator == "<" and version == (2, 3)))
                graph = old or (package != "keras" and (version < (2, 0) or (operator == "<" and version == (2, 0))))
                return Flavour(True, False, f"{filename} pins {match[0].strip()}", graph, old)
            if package == "keras" and operator in {"==", ">=", "~=", "=", "^", ">"} and version >= (3, 0):
                verdict = Flavour(False, True, f"{filename} pins {match[0].strip()}", since=version)
    return verdict


_OWN_NAME = re.compile(r"""(?im)^(?:\s*setup\()?\s*name\s*=\s*["']?(?:keras|tf[-_]keras)["']?\s*,?\s*$""")
_OWN_VERSION = re.compile(r"""(?m)^(?:\s*setup\()?\s*version\s*=\s*["']?(\d+)\.(\d+)""")


def flavour_of_itself(text: str, filename: str) -> Flavour | None:
    """What a setup file says whose project is Keras itself, under its own name and with a version; else None."""
    version = _OWN_VERSION.search(text) if _OWN_NAME.search(text) else None
    if version is None:
        return None
    major, minor = int(version[1]), int(version[2])
    why = f"{filename} is that of Keras {major}.{minor}"
    if major >= 3:
        return Flavour(False, True, why, since=(major, minor))
    old = (major, minor) < (2, 3)
    return Flavour(True, False, why, graph=old, old=old)
