"""Write rules/README.md from the docstrings of the built-in rules, or check that it is fresh.

python tools/rules_readme.py            write it
python tools/rules_readme.py --check    exit with 1 if it is stale
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kerasvae_lint.core import Rule

README = Path(__file__).resolve().parent.parent / "rules" / "README.md"
FIXES = {"safe": "safe", "unsafe": "unsafe", "sometimes": "sometimes", "no": "—"}

HEAD = """\
<!-- Made by tools/rules_readme.py from the docstrings of the rules: change those, then run it. -->
# Rules

One file per rule, its documentation at its top; `kvlint rule KV101` prints the same. A *safe* fix
is applied by `--fix`, an *unsafe* one only by `--fix --unsafe-fixes`; *sometimes* means that it
depends on the code. A preview rule speaks only with `--preview`.

"""


def built_in_rules() -> Iterator[type[Rule]]:
    """The rules of the built-in pack, by code."""
    pack = importlib.import_module("kerasvae_lint.rules")
    modules = [
        importlib.import_module(f"{pack.__name__}.{found.name}")
        for found in pkgutil.iter_modules(pack.__path__)
        if not found.name.startswith("_")
    ]
    rules = {
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Rule) and member.__module__ == module.__name__
    }
    yield from sorted(rules, key=lambda rule: rule.code)


def table_row(rule: type[Rule]) -> str:
    """The rule's line of the table."""
    stage = "preview" if rule.preview else "stable"
    title = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
    summary = rule.summary().replace("|", r"\|")
    return f"| {title} | {rule.name} | {summary} | {FIXES[rule.fixable]} | {stage} |\n"


def section(rule: type[Rule]) -> str:
    """The rule's documentation, its headings one level down, with a link to its file."""
    file = rule.__module__.rpartition(".")[2] + ".py"
    # Every second part is a code block, where a hash begins a comment.
    parts = re.split(r"(^```.*?^```)", rule.documentation(), flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [re.sub(r"^#", "##", part, flags=re.MULTILINE) for part in parts[::2]]
    text = "".join(parts)
    return f"\n## {rule.code} {rule.name}\n[{file}]({file})\n\n{text}\n"


def render() -> str:
    """The whole page."""
    rules = list(built_in_rules())
    table = "| code | name | finds | fix | |\n|---|---|---|---|---|\n"
    return HEAD + table + "".join(map(table_row, rules)) + "".join(map(section, rules))


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is fresh")
    page = render()
    if parser.parse_args().check:
        fresh = README.exists() and README.read_text(encoding="utf-8") == page
        if not fresh:
            print("rules/README.md is stale: run python tools/rules_readme.py", file=sys.stderr)
        return 0 if fresh else 1
    README.write_text(page, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
