"""The options of ``kvlint check`` for taking kvlint up in code that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kerasvae_lint.cli.completion import code_lists

_OPTIONS = (
    click.option(
        "--extend-select",
        multiple=True,
        metavar="CODES",
        shell_complete=code_lists,
        help="Rules to run beside those selected.",
    ),
    click.option(
        "--extend-ignore", multiple=True, metavar="CODES", shell_complete=code_lists, help="More rules not to run."
    ),
    click.option("--per-file-ignores", multiple=True, metavar="PATTERN:CODES", help="Rules not to run on some files."),
    click.option("--extend-per-file-ignores", multiple=True, metavar="PATTERN:CODES", help="More of the same."),
    click.option("--extend-exclude", multiple=True, metavar="PATTERNS", help="More files not to look at."),
    click.option(
        "--baseline",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help="Do not report the findings that this file holds.",
    ),
    click.option("--update-baseline", is_flag=True, help="Write what is found to the baseline."),
    click.option("--add-noqa", is_flag=True, help="Add a `# noqa` comment to each line with a finding."),
    click.option("--show-settings", is_flag=True, help="Print all settings, and where each comes from."),
    click.option("--show-files", is_flag=True, help="Print the files that would be linted."),
)
_TASKS = ("update_baseline", "add_noqa", "show_settings", "show_files")
_FIXING = ("fix", "diff")


def adoption_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def task_of(options: dict[str, Any], stdin: bool) -> str:
    """What is to be done in place of linting, taken out of ``options``; empty for nothing.

    Raises:
        click.UsageError: two things that can't be done at once.
    """
    asked = [name for name in _TASKS if options.pop(name)]
    clashing = [*asked, *(name for name in _FIXING if asked and options[name])]
    if len(clashing) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in clashing[:2])
        raise click.UsageError(f"{one} can't be used with {other}")
    if asked and stdin and asked[0] != "show_settings":
        raise click.UsageError(f"--{asked[0].replace('_', '-')} needs files, not standard input")
    return asked[0] if asked else ""
