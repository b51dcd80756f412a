"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kerasvae_lint import __version__
from kerasvae_lint.cli.choices import Choices, codes, patterns
from kerasvae_lint.core import TargetKeras

_OWN = {"--help", "-h", "--version", "-V"}
_TARGETS = click.Choice([target.value for target in TargetKeras])


class _DefaultsToCheck(click.Group):
    """``kvlint PATH`` is ``kvlint check PATH``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            args = ["--help"]
        elif args[0] not in self.commands and args[0] not in _OWN:
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_DefaultsToCheck,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`kvlint PATH` is short for `kvlint check PATH`.",
)
@click.version_option(__version__, "-V", "--version", message="kvlint %(version)s")
def kvlint() -> None:
    """Find, explain and fix the silent mistakes of Keras code."""


@kvlint.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Count and apply the unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Write no file: print what --fix would change.")
@click.option("--select", multiple=True, metavar="CODES", help="Rules to run: KV101, KV3, ALL.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Rules not to run.")
@click.option("--preview/--no-preview", default=None, help="Run the preview rules too.")
@click.option("--target-keras", type=_TARGETS, help="The Keras that the code is for.")
@click.option("--exclude", multiple=True, metavar="PATTERNS", help="Files not to look at.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the settings from this pyproject.toml.",
)
@click.option("--output-format", "format", type=click.Choice(["text", "concise", "json"]), default="text")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--exit-zero", "-e", is_flag=True, help="Exit with 0 even if something is found.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what `-` reads.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="How many processes to use.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Say how much was done.")
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Lint files and folders (the current one by default); `-` reads standard input.

    Exits with 0 if nothing is found, 1 if something is, 2 if something could not be done.
    """
    from kerasvae_lint.cli.check import STDIN, Request, check

    if STDIN in paths and len(paths) > 1:
        raise click.UsageError("`-` can't be mixed with other paths")
    if options["stdin_filename"] and not paths:
        paths = (STDIN,)
    target = options.pop("target_keras")
    choices = Choices(
        select=codes(options.pop("select")),
        ignore=codes(options.pop("ignore")),
        exclude=patterns(options.pop("exclude")),
        target_keras=TargetKeras(target) if target else None,
        preview=options.pop("preview"),
        config=options.pop("config"),
    )
    cache = not options.pop("no_cache")
    try:
        choices.check()
        status = check(Request(paths or (".",), choices, cache=cache, **options))
    except Exception as error:
        raise _as_usage_error(error) from None
    ctx.exit(status)


def _as_usage_error(error: Exception) -> Exception:
    """What the user can put right as a line; the rest as it is. Imports late, for a fast start."""
    from kerasvae_lint.run.config import ConfigError
    from kerasvae_lint.run.packs import RulePackError

    return click.UsageError(str(error)) if isinstance(error, (ConfigError, RulePackError)) else error


@kvlint.command()
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="Print all rules.")
@click.option("--output-format", "format", type=click.Choice(["text", "json"]), default="text")
def rule(names: tuple[str, ...], every: bool, format: str) -> None:  # noqa: A002
    """Print what a rule finds, why it bites and how to fix it; by code or by name."""
    from kerasvae_lint.cli.rules import UnknownRuleError, explain
    from kerasvae_lint.run.packs import RulePackError

    if bool(names) is every:
        raise click.UsageError("give the code of a rule, or --all")
    try:
        click.echo(explain(names, format), nl=False)
    except (UnknownRuleError, RulePackError) as error:
        raise click.UsageError(str(error)) from None


@kvlint.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--target-keras", type=_TARGETS, help="The Keras that the code is for.")
@click.pass_context
def inspect(ctx: click.Context, file: str, target_keras: str | None) -> None:
    """Print what kvlint sees in a file: classes, phases, and where values come from."""
    from kerasvae_lint.cli.inspection import inspected

    text, problem = inspected(file, TargetKeras(target_keras) if target_keras else None)
    if text:
        click.echo(text, nl=False)
    if problem:
        click.echo(problem, err=True)
        ctx.exit(2)
