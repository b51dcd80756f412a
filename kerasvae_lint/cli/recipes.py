"""``kvlint recipe``: programs to copy, read as text from the package that holds them."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


class RecipeError(Exception):
    """What the user asked for can't be had; one line."""


@dataclass(frozen=True)
class Recipe:
    """A program: its name, its first line, and its text."""

    name: str
    summary: str
    text: str


def recipes() -> Iterator[Recipe]:
    """All there are, by name."""
    found = {item.name: item for item in files("kerasvae_lint").joinpath("recipes").iterdir()}
    for name in sorted(found):
        if name.endswith(".py") and not name.startswith("_"):
            text = found[name].read_text(encoding="utf-8")
            lines = (ast.get_docstring(ast.parse(text)) or "").splitlines()
            yield Recipe(name.removesuffix(".py").replace("_", "-"), lines[0], text)


def listing() -> str:
    """Names and first lines, in two columns."""
    known = list(recipes())
    width = max(len(recipe.name) for recipe in known)
    return "".join(f"{recipe.name:{width}}  {recipe.summary}\n" for recipe in known)


def find(name: str) -> Recipe:
    """The recipe with this name.

    Raises:
        RecipeError: there is none; names the nearest.
    """
    known = {recipe.name: recipe for recipe in recipes()}
    wanted = name.lower().replace("_", "-").removesuffix(".py")
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    raise RecipeError(f"unknown recipe {name!r}; {hint}")


def write(recipe: Recipe, target: Path, *, force: bool) -> Path:
    """Put the program into a new file, in a folder under its own name; the file's path.

    Raises:
        RecipeError: the file is there already, or can't be written.
    """
    if target.is_dir():
        target = target / f"{recipe.name.replace('-', '_')}.py"
    try:
        with open(target, "w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(recipe.text)
    except FileExistsError:
        raise RecipeError(f"{target} exists already; --force overwrites it") from None
    except OSError as error:
        raise RecipeError(f"{target} can't be written: {(error.strerror or str(error)).lower()}") from None
    return target
