"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasvae_lint import __version__
from kerasvae_lint.cli.adoption_options import adoption_options, task_of
from kerasvae_lint.cli.choices import Choices
from kerasvae_lint.cli.completion import SHELLS, code_lists, recipe_names, rule_names
from kerasvae_lint.cli.formats import FORMATS
from kerasvae_lint.cli.helping import Group, color_option
from kerasvae_lint.cli.nearest import Refusal
from kerasvae_lint.core import PROBES, TargetKeras

if TYPE_CHECKING:
    from kerasvae_lint.cli.check import Request

_TARGETS = click.Choice([target.value for target in TargetKeras])


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`kvlint PATH` is short for `kvlint check PATH`.",
)
@click.version_option(__version__, "-V", "--version", message="kvlint %(version)s")
def kvlint() -> None:
    """Find, explain and fix the silent mistakes of Keras code."""


@kvlint.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Count and apply the unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Write no file: print what --fix would change.")
@click.option(
    "--select", multiple=True, metavar="CODES", shell_complete=code_lists, help="Rules to run: KV101, KV3, ALL."
)
@click.option("--ignore", multiple=True, metavar="CODES", shell_complete=code_lists, help="Rules not to run.")
@click.option("--preview/--no-preview", default=None, help="Run the preview rules too.")
@click.option("--target-keras", type=_TARGETS, help="The Keras that the code is for.")
@click.option("--exclude", multiple=True, metavar="PATTERNS", help="Files not to look at.")
@adoption_options
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the settings from this pyproject.toml.",
)
@click.option(
    "--output-format",
    "format",
    type=click.Choice(FORMATS),
    default="text",
    help="How findings are printed.",
)
@click.option(
    "--output-file",
    "outputs",
    multiple=True,
    metavar="[FORMAT=]PATH",
    help="Write a report to a file, as often as given; without FORMAT it is the one that else is printed.",
)
@color_option
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--exit-zero", "-e", is_flag=True, help="Exit with 0 even if something is found.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what `-` reads.")
@click.option("--watch", "-w", is_flag=True, help="Lint again after each change, until Ctrl-C.")
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
    from kerasvae_lint.cli.outputs import read_outputs

    if STDIN in paths and len(paths) > 1:
        raise click.UsageError("`-` can't be mixed with other paths")
    if options["stdin_filename"] and not paths:
        paths = (STDIN,)
    cache, watched = not options.pop("no_cache"), options.pop("watch")
    try:
        options["outputs"] = read_outputs(
            options["outputs"],
            output_format=options["format"],
            diff=options["diff"],
            statistics=options["statistics"],
        )
        choices = Choices.taken_from(options)
        task = task_of(options, stdin=STDIN in paths)
        request = Request(paths or (".",), choices, cache=cache, **options)
        choices.check()
        if task:
            from kerasvae_lint.cli.adoption import do

            status = do(task, request)
        else:
            status = _watch(request) if watched else check(request)
    except Exception as error:
        raise _as_usage_error(error) from None
    ctx.exit(status)


def _watch(request: Request) -> int:
    from kerasvae_lint.cli.watch import CantWatchError, watch

    try:
        return watch(request)
    except CantWatchError as error:
        raise click.UsageError(str(error)) from None


def _as_usage_error(error: Exception) -> Exception:
    """What the user can put right as a line; the rest as it is. Imports late, for a fast start."""
    from kerasvae_lint.cli.outputs import OutputError
    from kerasvae_lint.run.baseline import BaselineError
    from kerasvae_lint.run.config import ConfigError
    from kerasvae_lint.run.packs import RulePackError

    if isinstance(error, BaselineError):
        return Refusal(str(error))
    known = (ConfigError, OutputError, RulePackError)
    return click.UsageError(str(error)) if isinstance(error, known) else error


@kvlint.command()
@click.argument("names", nargs=-1, metavar="[CODE]...", shell_complete=rule_names)
@click.option("--all", "every", is_flag=True, help="Print all rules.")
@click.option(
    "--output-format", "format", type=click.Choice(["text", "json"]), default="text", help="How rules are printed."
)
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
@click.argument("name", required=False, shell_complete=recipe_names)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write it to this file, or into this folder; a file that exists is kept.",
)
@click.option("--force", is_flag=True, help="With --output: overwrite the file.")
def recipe(name: str | None, output: Path | None, force: bool) -> None:
    """Print a program to copy, what to write instead of the broken code; without NAME, list them.

    Each is one file for Keras 2 and Keras 3 on TensorFlow, which needs nothing else and runs as it is.
    """
    from kerasvae_lint.cli.recipes import RecipeError, find, listing, write

    if force and output is None:
        raise click.UsageError("--force needs --output")
    if name is None:
        if output is not None:
            raise click.UsageError("--output needs the name of a recipe")
        click.echo(listing(), nl=False)
        return
    try:
        found = find(name)
        if output is None:
            click.echo(found.text, nl=False)
        else:
            click.echo(f"wrote {write(found, output, force=force)}", err=True)
    except RecipeError as error:
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


@kvlint.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="PATH...", required=True)
@click.option("--target-keras", type=_TARGETS, help="The Keras that the code is for.")
@click.option("--select", "names", multiple=True, metavar="NAME", help="Show only models of this name; repeatable.")
@click.option(
    "--output-format",
    "format",
    type=click.Choice(["text", "json", "svg", "mermaid", "dot"]),
    default="text",
    help="A table, data for programs, a picture, or what Mermaid or Graphviz draws.",
)
@click.option("--output-file", "-o", type=click.Path(path_type=Path), help="Write it to this file.")
@color_option
@click.pass_context
def show(
    ctx: click.Context,
    paths: tuple[str, ...],
    target_keras: str | None,
    names: tuple[str, ...],
    format: str,  # noqa: A002
    output_file: Path | None,
) -> None:
    """Print the models of files, notebooks and folders, as tables or drawn; nothing is run.

    Exits with 0, also if there is no model, and with 2 if something could not be read.
    """
    from kerasvae_lint.cli.showing import show

    target = TargetKeras(target_keras) if target_keras else None
    try:
        status = show(paths, format, output_file, target=target, names=names)
    except Exception as error:
        raise _as_usage_error(error) from None
    ctx.exit(status)


@kvlint.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="PATH...", required=True)
@click.option(
    "--to",
    type=click.Choice(["tensorflow", "any"]),
    default="tensorflow",
    show_default=True,
    help="Keras 3 on TensorFlow, or on any of its backends.",
)
@click.option("--diff", is_flag=True, help="Print what --write would change.")
@click.option("--write", is_flag=True, help="Change the files.")
@click.option("--verify", is_flag=True, help="Run the programs before and after, and compare what they compute.")
@click.option("--synthetic", is_flag=True, help="With --verify: answer data sets and downloads with made arrays.")
@click.option(
    "--timeout", type=click.FloatRange(1.0), default=300.0, show_default=True, help="With --verify: seconds for a run."
)
@click.option("--exclude", multiple=True, metavar="PATTERNS", help="Files not to look at.")
@click.option(
    "--output-format", "format", type=click.Choice(["text", "json"]), default="text", help="How the report is printed."
)
@color_option
@click.option("--quiet", "-q", is_flag=True, help="Print what is left and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Print every change with its reason.")
@click.pass_context
def migrate(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Turn code for Keras 1 and 2 into code for Keras 3: scripts, notebooks, folders.

    Without --write nothing is changed: the report says what is done, what is left for you, and
    where Keras 3 computes something else. With --verify, programs are run under Keras 2 as they
    are and under Keras 3 as they would be; --write then needs all of them to be equal. Exits with
    0 if nothing is left to do, 1 if something is, 2 if something could not be done.
    """
    from kerasvae_lint.cli.migration import Request, migrate

    if options["diff"] and options["format"] == "json":
        raise click.UsageError("--diff can't be mixed with --output-format json")
    if options["synthetic"] and not options["verify"]:
        raise click.UsageError("--synthetic needs --verify")
    try:
        status = migrate(Request(paths, **options))
    except Exception as error:
        raise _as_usage_error(error) from None
    ctx.exit(status)


@kvlint.command()
@click.argument("targets", nargs=-1, type=click.Path(), metavar="TARGET...", required=True)
@click.option("--fix", is_flag=True, help="Run the source with the safe fixes too, in memory.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="With --fix: the unsafe fixes too.")
@click.option("--write", is_flag=True, help="With --fix: change a file whose fixed source passes.")
@click.option("--synthetic", is_flag=True, help="Answer data sets and downloads with made arrays.")
@click.option("--input-shape", metavar="SHAPE", help="Of one sample, for a factory: 28,28,1 or 8;4,4.")
@click.option("--data", metavar="MODULE:CALL", help="What gives the batch for a factory's model.")
@click.option("--probe", "probes", multiple=True, type=click.Choice(PROBES), help="Ask this probe only; repeatable.")
@click.option("--epochs", type=click.IntRange(1), default=12, show_default=True, help="Epochs to watch, at most.")
@click.option("--steps", type=click.IntRange(2), default=5, show_default=True, help="Batches to watch.")
@click.option("--fit", type=click.IntRange(1), default=1, show_default=True, help="Which fit of a script to probe.")
@click.option("--timeout", type=click.FloatRange(1.0), default=300.0, show_default=True, help="Seconds for a run.")
@click.option("--memory-limit", metavar="SIZE", help="Memory for a run: 4G, 512M.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of all randomness.")
@click.option("--keras", type=click.Choice(["2", "3"]), help="The Keras to run with.")
@click.option("--backend", type=click.Choice(["tensorflow", "jax", "torch"]), help="The backend of Keras 3.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "gpu"]), default="auto", show_default=True, help="What to run on."
)
@click.option("--require-gpu", is_flag=True, help="Refuse to run without a GPU.")
@click.option("--arg", "arguments", multiple=True, metavar="TEXT", help="Arguments for the script, one each.")
@click.option(
    "--output-format", "format", type=click.Choice(["text", "json"]), default="text", help="How results are printed."
)
@color_option
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with pictures.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
@click.option("--verbose", "-v", is_flag=True, help="Every variable, and every target in full.")
@click.pass_context
def verify(ctx: click.Context, /, targets: tuple[str, ...], **values: Any) -> None:
    """Run models and probe them: scripts, notebooks, folders, module:factory.

    A script runs in a child process, in a temporary copy of its folder, until it first trains;
    the model is probed there and then. Exits with 0 if all probes pass, 1 if one fails (with
    --fix: of the fixed source), 2 if something could not run.
    """
    from kerasvae_lint.cli.verify import Request, options_from, verify

    if values["write"] and not values["fix"]:
        raise click.UsageError("--write needs --fix")
    if values["unsafe"] and not values["fix"]:
        raise click.UsageError("--unsafe-fixes needs --fix")
    request = Request(
        targets,
        options_from(values),
        fix=values["fix"],
        unsafe=values["unsafe"],
        write=values["write"],
        format=values["format"],
        probes=values["probes"],
        html=values["html"],
        quiet=values["quiet"],
        verbose=values["verbose"],
    )
    ctx.exit(verify(request))


@kvlint.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what a shell has to read to complete commands, options, rules and files."""
    from kerasvae_lint.cli.completion import script

    click.echo(script(kvlint, shell), nl=False)


@kvlint.command()
@click.option("--stdio", is_flag=True, hidden=True, expose_value=False, help="Some clients add it; no other way.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="How much to write to standard error.",
)
@click.pass_context
def server(ctx: click.Context, log_level: str) -> None:
    """Run the language server for editors, over standard input and output.

    Ends with 0 if the editor ends it, 1 if the connection breaks off.
    """
    try:
        from kerasvae_lint.lsp.main import serve
    except ImportError as error:
        hint = 'kvlint server needs pygls 2: pip install "kerasvae-lint[server]"'
        raise click.ClickException(f"{hint} ({error})") from None
    ctx.exit(serve(log_level))
