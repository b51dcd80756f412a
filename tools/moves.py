"""Write the table of Keras's public names anew, from the packages that are installed.

    python tools/moves.py             write it
    python tools/moves.py --check     exit with 1 if it is stale

``kvlint migrate`` and KV605 ask it: which public names Keras 3 has, which only its TensorFlow door (``tf.keras``) has,
and what became of those of Keras 2. What no installed package can say stands beside it, in ``library/moves/twins.py``.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

TABLE = Path(__file__).resolve().parent.parent / "kerasvae_lint" / "library" / "moves" / "names.py"
KERAS3 = "keras"
DOOR = "keras._tf_keras.keras"
KERAS2 = ("tf_keras.api._v2.keras", "tf_keras.api._v1.keras")
WIDTH = 120

HEAD = '''\
"""Public names of Keras, written by ``python tools/moves.py`` from the installed packages: change nothing here."""

from __future__ import annotations

'''


def public(home: str) -> dict[str, object]:
    """What a package offers, by its path as ``keras.…``; names of its insides are left out."""
    found: dict[str, object] = {}
    seen: set[int] = set()
    top = home.partition(".")[0]

    def walk(module: ModuleType, path: str) -> None:
        if id(module) in seen:
            return
        seen.add(id(module))
        for name in dir(module):
            value = None if name.startswith("_") else getattr(module, name, None)
            if not inspect.ismodule(value):
                if value is not None:
                    found[f"{path}.{name}"] = value
            elif value.__name__.startswith(top) and ".src" not in value.__name__:
                found[f"{path}.{name}"] = value
                walk(value, f"{path}.{name}")

    walk(importlib.import_module(home), "keras")
    return found


def moves(old: dict[str, object], new: dict[str, object], door: dict[str, object]) -> dict[str, str]:
    """What became of each name of Keras 2 that Keras 3 does not have under it: its new name, the door, or nothing."""
    found: dict[str, str] = {}
    for name in sorted(set(old) - set(new)):
        if inspect.ismodule(old[name]):
            continue
        parts = name.split(".")
        last, room = parts[-1], ".".join(parts[:2])
        near = [place for place in (f"{room}.{last}", f"keras.optimizers.schedules.{last}") if place in new]
        if not near and name in door:  # the door's short name for the same function
            near = [place for place in new if place.rpartition(".")[0] == room and new[place] is door[name]]
        found[name] = near[0] if near else "tf.keras" if name in door else ""
    return found


def _grouped(names: set[str]) -> Iterator[str]:
    homes: dict[str, list[str]] = {}
    for name in names:
        home, _, last = name.rpartition(".")
        homes.setdefault(home, []).append(last)
    for home in sorted(homes):
        lines = textwrap.wrap(" ".join(sorted(homes[home])), WIDTH - len('        " "'))
        if len(lines) == 1 and len(home) + len(lines[0]) + len('    "": "",') <= WIDTH:
            yield f'    "{home}": "{lines[0]}",'
            continue
        yield f'    "{home}": ('
        yield from (f'        "{line} "' for line in lines[:-1])
        yield f'        "{lines[-1]}"'
        yield "    ),"


def written() -> str:
    """What the table should hold."""
    new, door = public(KERAS3), public(DOOR)
    old = {name: value for home in reversed(KERAS2) for name, value in public(home).items()}
    lines = [
        f'KERAS = "{importlib.import_module("keras").__version__}"',
        f'TF_KERAS = "{importlib.import_module("tf_keras").__version__}"',
        '"""The releases that this is read from."""',
        "",
        "NAMES: dict[str, str] = {",
        *_grouped(set(new)),
        "}",
        '"""The names that Keras 3 has, by module."""',
        "",
        "DOOR: dict[str, str] = {",
        *_grouped(set(door) - set(new)),
        "}",
        '"""The names that Keras 3 has as ``tf.keras.…`` only."""',
        "",
        "GONE: dict[str, str] = {",
        *(f'    "{name}": "{today}",' for name, today in moves(old, new, door).items()),
        "}",
        '"""The names of Keras 2 that Keras 3 lacks: what they are now, ``tf.keras`` for the door, or nothing."""',
    ]
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is fresh")
    check: bool = parser.parse_args().check
    text = written()
    if TABLE.exists() and TABLE.read_text(encoding="utf-8") == text:
        return 0
    if check:
        print(f"{TABLE.name} is stale: run python tools/moves.py", file=sys.stderr)
        return 1
    TABLE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
