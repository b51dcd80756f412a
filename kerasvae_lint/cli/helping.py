"""How ``--help`` reads: options in groups, examples, 80 columns at most, and legible in 40."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from kerasvae_lint.cli.examples import EXAMPLES
from kerasvae_lint.cli.nearest import teach

NARROW = 60
NEAR = 0.7
MANY = 16
WIDEST = 27
WIDTHS = (38, 78)

# Command -> heading -> options, in the order in which they are shown. What stands in no group comes under "Options".
GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "check": {
        "Fixes": ("--fix", "--unsafe-fixes", "--diff"),
        "Rules": ("--select", "--extend-select", "--ignore", "--extend-ignore", "--preview", "--target-keras"),
        "Files": (
            "--exclude",
            "--extend-exclude",
            "--per-file-ignores",
            "--extend-per-file-ignores",
            "--config",
            "--stdin-filename",
            "--show-files",
            "--show-settings",
        ),
        "Old code": ("--add-noqa", "--baseline", "--update-baseline"),
        "Output": ("--output-format", "--output-file", "--statistics", "--color", "--quiet", "--verbose"),
        "Running": ("--watch", "--exit-zero", "--no-cache", "--jobs", "--help"),
    },
    "show": {
        "Models": ("--select", "--target-keras"),
        "Output": ("--output-format", "--output-file", "--color"),
        "Running": ("--help",),
    },
    "migrate": {
        "Changes": ("--to", "--diff", "--write"),
        "Proof": ("--verify", "--synthetic", "--timeout"),
        "Files": ("--exclude",),
        "Output": ("--output-format", "--color", "--quiet", "--verbose"),
        "Running": ("--help",),
    },
    "verify": {
        "Fixes": ("--fix", "--unsafe-fixes", "--write"),
        "Input": ("--input-shape", "--data", "--synthetic", "--arg"),
        "What is watched": ("--probe", "--fit", "--epochs", "--steps", "--seed"),
        "Where it runs": ("--keras", "--backend", "--device", "--require-gpu", "--timeout", "--memory-limit"),
        "Output": ("--output-format", "--html", "--color", "--quiet", "--verbose"),
        "Running": ("--help",),
    },
}


def _colour(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    ctx.color = {"always": True, "never": False}.get(value)


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    expose_value=False,
    callback=_colour,
    help="Whether to use colours.",
)


class Formatter(click.HelpFormatter):
    """Two columns where there is room; else each explanation under what it explains."""

    def __init__(self, *_: object, **__: object) -> None:
        columns = shutil.get_terminal_size().columns or 80
        super().__init__(width=min(max(columns - 2, WIDTHS[0]), WIDTHS[1]))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms and what they mean."""
        if self.width >= NARROW:
            super().write_dl(list(rows), col_max, col_spacing)
            return
        for term, meaning in rows:
            self.write_text(term.rstrip())
            self.indent()
            self.indent()
            if meaning:
                self.write_text(meaning)
            self.dedent()
            self.dedent()


class Context(click.Context):
    """Makes the help with :class:`Formatter`."""

    formatter_class = Formatter


class _Helpful(click.Command):
    context_class = Context

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, whole."""
        return super().get_short_help_str(max(limit, 200))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, by group."""
        left = {}
        for param in (p for p in self.get_params(ctx) if isinstance(p, click.Option)):
            record = param.get_help_record(ctx)
            if record is not None:
                left[max(param.opts, key=len)] = _spread(*record)
        longest = max((len(term) for term, _ in left.values()), default=0)
        column = min(longest, WIDEST)
        groups = []
        for heading, names in GROUPS.get(self.name or "", {}).items():
            groups.append((heading, [left.pop(name) for name in names if name in left]))
        groups.insert(len(groups) - 1, ("Options", list(left.values())))
        for heading, rows in groups:
            if rows:
                with formatter.section(heading):
                    formatter.write_dl([(f"{term:{column}}", text) for term, text in rows], col_max=column)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, then what the command says at its end."""
        examples = EXAMPLES.get(self.name or "", ())
        if examples:
            with formatter.section("Examples"):
                for command, meaning in examples:
                    formatter.write(f"{'':{formatter.current_indent}}{command}\n")
                    formatter.indent()
                    formatter.write_text(meaning)
                    formatter.dedent()
        super().format_epilog(ctx, formatter)


def _spread(term: str, meaning: str) -> tuple[str, str]:
    """Many choices are named in the explanation, where lines may break."""
    name, bracket, choices = term.partition(" [")
    if not bracket or len(choices) < MANY:
        return term, meaning
    return f"{name} NAME", f"{meaning} One of {', '.join(choices.rstrip(']').split('|'))}.".strip()


class Command(_Helpful):
    """A command of kvlint."""


class Group(_Helpful, click.Group):
    """``kvlint PATH`` is ``kvlint check PATH``."""

    command_class = Command
    default = "check"

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Every command names the nearest right value for a wrong one."""
        teach(cmd)
        super().add_command(cmd, name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts ``check`` before what is no command."""
        own = {*ctx.help_option_names, *(name for param in self.params for name in param.opts)}
        if not args and not ctx.resilient_parsing:
            args = ["--help"]
        elif args and args[0] not in self.commands and args[0] not in own:
            self._misspelt(ctx, args[0])
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def _misspelt(self, ctx: click.Context, word: str) -> None:
        """A word that is no file, but nearly a command."""
        from difflib import get_close_matches

        near = get_close_matches(word, self.commands, n=1, cutoff=NEAR)
        if near and not ctx.resilient_parsing and not os.path.lexists(word):
            ctx.fail(f"there is no file or command {word!r}; did you mean the command {near[0]!r}?")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options and the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What may come first: commands, the options of ``check``, files."""
        items = super().shell_complete(ctx, incomplete)
        own = {item.value for item in items}
        check = self.commands[self.default]
        with check.make_context(self.default, [], parent=ctx, resilient_parsing=True) as inner:
            items += [item for item in check.shell_complete(inner, incomplete) if item.value not in own]
        if not incomplete.startswith("-"):
            items.append(CompletionItem(incomplete, type="file"))
        return items
