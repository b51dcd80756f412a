"""Write the signatures in the library's tables anew, from the packages that are installed, or say what is missing.

    python tools/library.py             write the signatures anew
    python tools/library.py --check     exit with 1 if a signature is stale
    python tools/library.py --missing   list public names that have no row

What a row says beside its signatures (what a call makes, the operation, what a loss has reduced, what older releases
of Keras took) is written by hand and kept. Adding a name is a line ``"tf.math.name": "tensor operation",`` in its
table, and one run of this.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

TABLES = Path(__file__).resolve().parent.parent / "kerasvae_lint" / "library" / "tables"
ROW = re.compile(r'^    ("(?:[^"\\]|\\.)+"): ("(?:[^"\\]|\\.)*"),$')
# The installed packages' homes of each root; the first that has the name counts.
KERAS2 = ("tf_keras",)
KERAS3 = ("keras",)
KERAS3_DOOR = ("keras._tf_keras.keras",)
OTHERS = {
    "tf": ("tensorflow", "tensorflow.math", "tensorflow.linalg"),
    "tfp": ("tensorflow_probability",),
    "np": ("numpy",),
    "math": ("math",),
    "random": ("random",),
}
OLDER = {"tf": ("tensorflow.compat.v1", "tensorflow.compat.v1.math", "tensorflow.compat.v1.linalg")}
# The packages that say what each root's rows are.
PACKAGES = {
    "keras": ("keras", "tf_keras"),
    "tf": ("tensorflow",),
    "tfp": ("tensorflow-probability",),
    "np": ("numpy",),
}
VERSIONS = re.compile(r"(?<=^WRITTEN_FROM: dict\[str, str\] = \{\n).*?(?=^\}$)", re.M | re.S)
# Packages whose public names all have a row, for --missing.
WHOLE = (
    "keras.layers",
    "keras.losses",
    "keras.metrics",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.callbacks",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.activations",
    "keras.applications",
    "keras.backend",
    "keras.ops",
    "keras.random",
    "keras.utils",
    "tfp.distributions",
    "tfp.bijectors",
    "tfp.layers",
    "tfp.util",
)


class Nothing:
    """There is no such name."""


@cache
def _imported(home: str) -> ModuleType | None:
    try:
        return importlib.import_module(home)
    except ImportError:
        return None


def found_in(homes: tuple[str, ...], path: str) -> tuple[object, bool]:
    """What ``path`` (``layers.Dense``) is below the first home that has it; and whether it is a method."""
    for home in homes:
        at: object = _imported(home)
        if at is None:
            continue
        method = False
        walked = home
        for part in path.split("."):
            walked = f"{walked}.{part}"
            inside = inspect.isclass(at)
            plain = inspect.getattr_static(at, part, None)
            below = getattr(at, part, Nothing)
            if below is Nothing and isinstance(at, ModuleType):
                below = _imported(walked) or Nothing
            method = inside and not isinstance(plain, staticmethod | classmethod)
            at = below
            if at is Nothing:
                break
        if at is not Nothing:
            return at, method
    return Nothing, False


def literal(value: object) -> str:
    """A default as it is written in a row."""
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    if type(value) is float:
        return repr(value) if value - value == 0 else "…"
    if isinstance(value, tuple | list) and type(value) in (tuple, list):
        parts = [literal(item) for item in value]
        return repr(value) if "…" not in parts else "…"
    name = getattr(value, "name", None)
    if type(value).__name__ == "DType" and isinstance(name, str):
        return repr(name)
    if isinstance(value, type) and value.__module__ in {"numpy", "builtins"}:
        return repr(value.__name__)
    return "…"


def _given(parameter: inspect.Parameter) -> object:
    """A parameter's default; NumPy's mark for «not given» means what its documentation says."""
    if type(parameter.default).__name__ == "_NoValueType":
        return {"keepdims": False, "where": True}.get(parameter.name)
    return parameter.default


def written(function: object, *, method: bool) -> str:
    """The signature of ``function`` as a row says it; empty if Python does not know it."""
    if inspect.isclass(function):
        function, method = function.__init__, True
        if not inspect.isroutine(function) or isinstance(function, type(object.__init__)):
            return ""
    if not callable(function):
        return ""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return ""
    if method and parameters:
        parameters = parameters[1:]
    parts: list[str] = []
    kinds = inspect.Parameter
    for index, parameter in enumerate(parameters):
        if parameter.kind is kinds.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = "*" if parameter.kind is kinds.VAR_POSITIONAL else "**" if parameter.kind is kinds.VAR_KEYWORD else ""
        default = "" if parameter.default is kinds.empty else f"={literal(_given(parameter))}"
        parts.append(f"{star}{parameter.name}{default}")
        after = parameters[index + 1].kind if index + 1 < len(parameters) else None
        if parameter.kind is kinds.POSITIONAL_ONLY and after is not kinds.POSITIONAL_ONLY:
            parts.append("/")
    return f"({', '.join(parts)})"


def signatures(name: str) -> tuple[str, str] | None:
    """What stands behind the operation, and behind ``~``; None if no installed package knows the name."""
    root, _, path = name.partition(".")
    if not path or root not in ("keras", *OTHERS):
        return None
    if root == "keras":
        (two, method2), (three, method3) = found_in(KERAS2, path), found_in(KERAS3, path)
        door = ""
        if three is Nothing:
            three, method3 = found_in(KERAS3_DOOR, path)
            door = "" if three is Nothing else "tf.keras"
        if two is Nothing and three is Nothing:
            return None
        first = " -" if two is Nothing else written(two, method=method2)
        second = "-" if three is Nothing else written(three, method=method3)
        if first == second:
            second = ""
        behind = f"{door}{second}"
        return (f"{first} | {behind}" if behind else first), ""
    now, method = found_in(OTHERS[root], path)
    old, old_method = found_in(OLDER.get(root, ()), path)
    if now is Nothing and old is Nothing:
        return None
    main = " -" if now is Nothing else written(now, method=method)
    older = "" if old is Nothing else written(old, method=old_method)
    return main, "" if older == main else older


def refreshed(name: str, row: str) -> str:
    """The row with its signatures written anew."""
    if row.startswith("= "):
        return row
    body, *notes = row.split("; ")
    notes = [note for note in notes if note != "unchecked"]
    match = re.match(r"\w+ \w+", body)
    if match is None:
        raise ValueError(f"{name}: no row begins like {row!r}")
    kept = match.group()
    found = signatures(name)
    _, _, older = body.partition(" ~ ")
    if found is None or (found[0] == "" and body != kept):
        return "; ".join((body, *notes, "unchecked"))
    main, old = found
    old = old or (older if name.startswith("keras.") else "")
    return "; ".join((f"{kept}{main}" + (f" ~ {old}" if old else ""), *notes))


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match is None:
            yield line
            continue
        name, row = ast.literal_eval(match[1]), ast.literal_eval(match[2])
        if "." not in name:  # no row: a release
            yield line
            continue
        text = refreshed(name, row).replace("\\", "\\\\").replace('"', '\\"')
        yield f'    "{name}": "{text}",'


def installed() -> dict[str, str]:
    """The versions of the packages that the rows are read from."""
    found = {}
    for packages in PACKAGES.values():
        for package in packages:
            with contextlib.suppress(PackageNotFoundError):
                found[package] = version(package)
    return found


def missing() -> list[str]:
    """Public names of the packages in ``WHOLE`` that have no row."""
    from kerasvae_lint.library import known_names

    known = set(known_names())
    lacking = []
    for package in WHOLE:
        root, _, path = package.partition(".")
        homes = (KERAS2, KERAS3, KERAS3_DOOR) if root == "keras" else (OTHERS[root],)
        for home in homes:
            module, _ = found_in(home, path)
            public = [n for n in dir(module) if not n.startswith("_")] if isinstance(module, ModuleType) else []
            lacking += [
                f"{package}.{n}"
                for n in public
                if callable(getattr(module, n)) and not isinstance(getattr(module, n), ModuleType)
            ]
    return sorted(set(lacking) - known)


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something is stale")
    parser.add_argument("--missing", action="store_true", help="list public names without a row")
    options = parser.parse_args()
    if options.missing:
        lacking = missing()
        print("\n".join(lacking))
        return 1 if lacking else 0
    stale = 0
    for path in sorted(TABLES.glob("*.py")):
        before = path.read_text(encoding="utf-8")
        after = "\n".join(_lines(path)) + "\n"
        after = VERSIONS.sub("".join(f'    "{name}": "{number}",\n' for name, number in installed().items()), after)
        if before == after:
            continue
        stale += 1
        if options.check:
            print(f"{path.name} is stale: run python tools/library.py", file=sys.stderr)
        else:
            path.write_text(after, encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
