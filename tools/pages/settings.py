"""The configuration reference, from the class of the settings: whatever fields it has are on the page."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from dataclasses import dataclass
from enum import Enum

import click

from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.core import Settings

HEAD = """\
# Settings

kvlint reads `[tool.kvlint]` in the nearest `pyproject.toml`, looking upwards from each file that it lints, so
the folders of one repository can differ. `--config FILE` names one for everything. What the command line says goes on
top. An unknown setting or code is an error that names the nearest right one.

```toml
[tool.kvlint]
"""


@dataclass(frozen=True)
class Setting:
    """One setting: its name in ``pyproject.toml``, what it takes, its default, and what its docstring says."""

    name: str
    takes: str
    default: str
    text: str
    example: str


def settings() -> list[Setting]:
    """All fields of the class, in order."""
    found = _docstrings(Settings)
    made = []
    for field in dataclasses.fields(Settings):
        text, _, example = found.get(field.name, "").partition("Example:")
        name = field.name.replace("_", "-")
        made.append(Setting(name, _takes(str(field.type)), _toml(field), text.strip(), example.strip().strip("`")))
    return made


def pages() -> dict[str, str]:
    """``settings.md``, as a text."""
    known = settings()
    examples = "".join(f"{setting.example}\n" for setting in known if setting.example)
    return {"settings.md": f"{HEAD}{examples}```\n" + "".join(map(_section, known))}


def _section(setting: Setting) -> str:
    option = _options().get(setting.name)
    lines = [f"\n## {setting.name}\n", f"{setting.text}\n"]
    lines += [f"- takes: {setting.takes}", f"- default: {setting.default}"]
    if option:
        lines.append(f"- on the command line: {', '.join(f'`{name}`' for name in option)}")
    if setting.example:
        lines.append(f"\n```toml\n[tool.kvlint]\n{setting.example}\n```")
    return "\n".join(lines) + "\n"


def _docstrings(cls: type) -> dict[str, str]:
    """The strings that stand below the fields of a class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            if isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
                found[before.target.id] = inspect.cleandoc(after.value.value)
    return found


def _takes(annotation: str) -> str:
    """A type in TOML's words."""
    for part, words in (
        ("tuple[tuple[str, tuple[str, ...]], ...]", "a table of lists of strings"),
        ("tuple[str, ...]", "a list of strings"),
        ("bool", "`true` or `false`"),
        ("int", "a whole number"),
        ("float", "a number"),
    ):
        if part in annotation:
            return words
    names = {enum.__name__: enum for enum in vars(inspect.getmodule(Settings)).values() if inspect.isclass(enum)}
    for name, enum in names.items():
        if name in annotation and issubclass(enum, Enum):
            return ", ".join(f'`"{member.value}"`' for member in enum)
    return "a string"


def _toml(field: dataclasses.Field[object]) -> str:
    value = field.default
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`{}`" if "tuple[tuple" in str(field.type) else f"`[{', '.join(map(repr, value))}]`"
    if isinstance(value, Enum):
        return f'`"{value.value}"`'
    return f"`{value!r}`"


def _options() -> dict[str, list[str]]:
    """The options of ``kvlint check``, by the name of the setting that they stand for."""
    check = kvlint.commands["check"]
    return {
        str(option.name).replace("_", "-"): [*option.opts, *option.secondary_opts]
        for option in check.params
        if isinstance(option, click.Option)
    }
