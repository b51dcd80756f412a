"""The command-line reference, from click's own commands: every argument and option, with its default."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

from kerasvae_lint.cli.commands import kvlint

HEAD = """\
# Command line

Every command explains itself with `--help`.

| exit status | means |
|---|---|
| 0 | nothing was found (`check`), all probes pass (`verify`), done (the others) |
| 1 | findings are left, a probe fails |
| 2 | part of the job could not be done |
| 130 | interrupted with Ctrl-C |

What can't be done is a wrong option, a missing path, a file that can't be read or parsed, a script that can't run;
a line on standard error says which, and all the rest is done all the same.
"""


def pages() -> dict[str, str]:
    """``command-line.md``, as a text."""
    context = click.Context(kvlint, info_name="kvlint", **kvlint.context_settings)
    return {"command-line.md": HEAD + "".join(_sections(kvlint, context))}


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    """A command's section, then those of the commands in it."""
    yield "\n".join(_section(command, context)) + "\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _sections(inner, click.Context(inner, info_name=name, parent=context))


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"\n## {context.command_path}\n"
    yield f"```text\n{usage}\n```\n"
    yield from _prose(command.help)
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield from _option(parameter)
    yield ""
    yield from _prose(command.epilog)


def _prose(text: str | None) -> Iterator[str]:
    """Paragraphs; those that click is told not to wrap (``\\b``) are shown as they are."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc((text or "").partition("\f")[0])):
        if paragraph.startswith("\b"):
            yield "```console\n" + inspect.cleandoc(paragraph.removeprefix("\b").strip("\n")) + "\n```\n"
        elif paragraph:
            yield paragraph + "\n"


def _option(parameter: click.Option) -> Iterator[str]:
    """One entry of the list of definitions: names and what they take, then help, choices and default."""
    option = parameter.to_info_dict()
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    takes = "" if option["is_flag"] or option["count"] else f" `{_takes(parameter, option['type'])}`"
    said = [parameter.help or "", _bounds(option["type"])]
    if parameter.multiple:
        said.append("Can be given several times.")
    if parameter.required:
        said.append("Required.")
    default = option["default"]
    if isinstance(default, str | int | float) and not isinstance(default, bool):
        said.append(f"Default: `{default}`.")
    yield f"{names}{takes}\n:   {' '.join(part for part in said if part)}\n"


def _takes(parameter: click.Option, kind: dict[str, Any]) -> str:
    if parameter.metavar:
        return parameter.metavar
    if kind.get("choices"):
        return "|".join(map(str, kind["choices"]))
    words = {"Path": "PATH", "File": "FILE", "IntRange": "NUMBER", "Int": "NUMBER", "FloatRange": "NUMBER"}
    return words.get(str(kind["param_type"]), "TEXT")


def _bounds(kind: dict[str, Any]) -> str:
    """The limits of a number, as a sentence."""
    least, most = kind.get("min"), kind.get("max")
    parts = [f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else ""]
    said = " and ".join(part for part in parts if part)
    return f"{said[0].upper()}{said[1:]}." if said else ""
