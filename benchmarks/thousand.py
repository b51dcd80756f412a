"""Keras files of a thousand lines, to time an editor's server on.

One is put together from programs of this repository: some of `fixtures/` with mistakes in them, and recipes without;
the other from variants of one program with several models. What a program defines at its top level gets the program's
number as a suffix, as if one author had written it all.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES = 1000
WITH_MISTAKES = ("KV101", "KV103", "KV105", "KV107", "KV201", "KV301", "KV303", "KV402", "KV406", "KV412", "KV601")


def thousand_lines() -> str:
    """The file's text."""
    programs = [next((ROOT / "fixtures").glob(f"{code}-*")) / "bad.py" for code in WITH_MISTAKES]
    recipes = sorted((ROOT / "kerasvae_lint" / "recipes").glob("[!_]*.py"))
    text = ""
    for number, path in enumerate((*programs, *recipes)):
        text += _renamed(path.read_text(encoding="utf-8"), f"_{number}") + "\n\n"
        if text.count("\n") >= LINES:
            break
    lines = [line for line in text.splitlines() if not line.startswith("from __future__")]
    return "\n".join(lines[: _end_of_statement(lines)]) + "\n"


def thousand_models() -> str:
    """A file of models and their training, to time inlay hints on: `models.txt` as one author's variants of it."""
    program = (ROOT / "benchmarks" / "models.txt").read_text(encoding="utf-8")
    text = ""
    number = 0
    while text.count("\n") < LINES:
        text += _renamed(program, f"_{number}") + "\n\n"
        number += 1
    lines = text.splitlines()
    return "\n".join(lines[: _end_of_statement(lines)]) + "\n"


def first_thousand(text: str) -> str:
    """The first lines of a program, up to the end of a statement."""
    lines = text.splitlines()
    return "\n".join(lines[: _end_of_statement(lines)] if len(lines) > LINES else lines) + "\n"


def _renamed(text: str, suffix: str) -> str:
    """The program with a suffix to each name that it defines at its top level; told findings are not marked."""
    text = re.sub(r"[ \t]*# expect:.*", "", text)
    names = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.splitlines(keepends=True)
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        is_own = token.type == tokenize.NAME and token.string in names and tokens[at - 1].string != "."
        if is_own and (tokens[at + 1].string != "=" or token.start[1] == 0):
            row, column = token.end
            lines[row - 1] = lines[row - 1][:column] + suffix + lines[row - 1][column:]
    return "".join(lines)


def _end_of_statement(lines: list[str]) -> int:
    """Where to cut: before the last top-level statement that would go beyond the length."""
    starts = [row for row in _starts(ast.parse("\n".join(lines))) if row <= LINES + 1]
    return starts[-1] - 1


def _starts(module: ast.Module) -> list[int]:
    """The rows in which the statements of the module and of its classes begin, with their decorators."""
    nodes = [at for node in module.body for at in (node, *(node.body if isinstance(node, ast.ClassDef) else ()))]
    return [min([at.lineno, *(mark.lineno for mark in getattr(at, "decorator_list", ()))]) for at in nodes]
