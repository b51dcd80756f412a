"""Shell completion, on Click's protocol: what it offers is worked out without importing a rule or LibCST."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    _Complete = Callable[[list[str], str], list[CompletionItem]]

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "kvlint"
VARIABLE = "_KVLINT_COMPLETE"

_BASH = """\
# kvlint's completion for bash 4.4 and later.
%(complete_func)s() {
    local IFS=$'\\n' answer line kind
    answer=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" \\
        %(complete_var)s=bash_complete "$1" 2> /dev/null)
    COMPREPLY=()
    for line in $answer; do
        kind=${line%%%%,*}
        line=${line#*,}
        case $kind in
            plain) COMPREPLY+=("$line") ;;
            dir) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$line")) ;;
            file) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$line")) ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


def register() -> None:
    """Put kvlint's own completers for bash and fish in the place of Click's; only where completion is asked for."""
    if VARIABLE in os.environ:
        _register()


def _register() -> None:
    from click import shell_completion as click_own

    class Bash(click_own.BashComplete):
        """Offers files beside words, and values after ``--option=``, which bash makes three words of."""

        source_template = _BASH

        def source(self) -> str:
            return click_own.ShellComplete.source(self)

        def get_completion_args(self) -> tuple[list[str], str]:
            args, incomplete = super().get_completion_args()
            return [arg for arg in args if arg != "="], "" if incomplete == "=" else incomplete

    class Zsh(click_own.ZshComplete):
        """Completes ``--option=value``, which is one word in zsh."""

        def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
            return _joined(super().get_completions, args, incomplete)

    class Fish(click_own.FishComplete):
        """The same for fish, and values with commas in them."""

        source_template = click_own.FishComplete.source_template.replace('split "," ', 'split -m 1 "," ')

        def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
            return _joined(super().get_completions, args, incomplete)

    for made in (Bash, Zsh, Fish):
        click_own.add_completion_class(made)


def _joined(complete: _Complete, args: list[str], incomplete: str) -> list[CompletionItem]:
    name, equals, value = incomplete.partition("=")
    if not (equals and name.startswith("--")):
        return complete(args, incomplete)
    items = complete([*args, name], value)
    for item in items:
        if item.type == "plain":
            item.value = f"{name}={item.value}"
    return items


def script(command: click.Command, shell: str) -> str:
    """What a shell has to read to complete kvlint's commands."""
    from click.shell_completion import get_completion_class

    _register()
    made = get_completion_class(shell)
    assert made is not None
    return made(command, {}, PROGRAM, VARIABLE).source()


_FIELD = re.compile(r'^    (code|name) = "([^"]+)"', re.MULTILINE)
_SUMMARY = re.compile(r'^class \w+\(.*\):\n    """(.+?)(?:"""|$)', re.MULTILINE)


def known_rules() -> Iterator[tuple[str, str, str]]:
    """Code, name and first line of every rule, read from the sources of the installed packs."""
    from kerasvae_lint.run.packs import pack_names

    yield "KV001", "unused-suppression", "A suppression that suppresses nothing."
    for path in (path for pack in pack_names() for path in _sources(pack)):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found = dict(_FIELD.findall(text))
        if found.keys() == {"code", "name"}:
            summary = _SUMMARY.search(text)
            yield found["code"], found["name"], summary[1] if summary else ""


def _sources(pack: str) -> list[Path]:
    try:
        spec = importlib.util.find_spec(pack.partition(":")[0])
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    single = [Path(spec.origin)] if spec.origin is not None and not folders else []
    return [path for folder in folders for path in sorted(folder.glob("*.py"))] + single


def rule_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes, and names once something else than a code is begun."""
    from click.shell_completion import CompletionItem

    rules = sorted(known_rules())
    by_code = [(code, summary) for code, _, summary in rules if code.startswith(incomplete.upper())]
    by_name = [(name, summary) for _, name, summary in rules if name.startswith(incomplete.lower())]
    return [CompletionItem(word, help=summary) for word, summary in by_code or by_name]


def code_lists(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``ALL``, groups and codes; of a list with commas, the last part is completed."""
    from click.shell_completion import CompletionItem

    before, comma, last = incomplete.rpartition(",")
    rules = sorted(known_rules())
    groups = sorted({code[:3] for code, _, _ in rules if code != "KV001"})
    words = [("ALL", "Every rule."), *((group, f"All of {group}…") for group in groups)]
    words += [(code, summary) for code, _, summary in rules]
    given = set(before.upper().split(","))
    return [
        CompletionItem(f"{before}{comma}{word}", help=summary)
        for word, summary in words
        if word.startswith(last.upper()) and word not in given
    ]


def recipe_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names that ``kvlint recipe`` knows."""
    from click.shell_completion import CompletionItem

    names = (item.name for item in files("kerasvae_lint").joinpath("recipes").iterdir())
    known = sorted(n[:-3].replace("_", "-") for n in names if n.endswith(".py") and not n.startswith("_"))
    return [CompletionItem(name) for name in known if name.startswith(incomplete.lower().replace("_", "-"))]
