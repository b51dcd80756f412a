"""Write the generated parts of the documentation, or check that they are fresh.

    python tools/docs.py            write them
    python tools/docs.py --check    exit with 1 if one is stale

They are rules/README.md and the table in README.md, from the docstrings of the rules, and what the
command that README.md shows first prints.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from kerasvae_lint.core import Rule
from kerasvae_lint.run.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "rules" / "README.md"
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- rules: made by tools/docs.py -->\n).*?(?=<!-- end of rules -->)", re.S)
COMMAND = re.compile(r"^python3 -m venv .* && \.venv/bin/kvlint (?P<arguments>.*)$", re.M)
OUTPUT = re.compile(r"(?<=^It prints\n\n```text\n).*?(?=^```$)", re.M | re.S)
FIXES = {"safe": "safe", "unsafe": "unsafe", "sometimes": "sometimes", "no": "—"}

HEAD = """\
<!-- Made by tools/docs.py from the docstrings of the rules: change those, then run it. -->
# Rules

One file per rule, its documentation at its top; `kvlint rule KV101` prints the same. A *safe* fix
is applied by `--fix`, an *unsafe* one only by `--fix --unsafe-fixes`; *sometimes* means that it
depends on the code. A preview rule speaks only with `--preview`.

"""


def built_in_rules() -> list[type[Rule]]:
    """The rules of the built-in pack, by code; those of other installed packs are left out."""
    rules = all_rules().values()
    return [rule for rule in rules if rule.__module__.startswith("kerasvae_lint.rules.")]


def table(rules: list[type[Rule]], page: str) -> str:
    """One line for each rule, with links into ``page``."""
    text = "| code | name | finds | fix | |\n|---|---|---|---|---|\n"
    for rule in rules:
        stage = "preview" if rule.preview else "stable"
        code = f"[{rule.code}]({page}#{rule.code.lower()}-{rule.name})"
        summary = rule.summary().replace("|", r"\|")
        text += f"| {code} | {rule.name} | {summary} | {FIXES[rule.fixable]} | {stage} |\n"
    return text


def section(rule: type[Rule]) -> str:
    """The rule's documentation, its headings one level down, with a link to its file."""
    file = rule.__module__.rpartition(".")[2] + ".py"
    # Every second part is a code block, where a hash begins a comment.
    parts = re.split(r"(^```.*?^```)", rule.documentation(), flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [re.sub(r"^#", "##", part, flags=re.MULTILINE) for part in parts[::2]]
    text = "".join(parts)
    probes = ", ".join(rule.probes)
    proof = f"shown at run time by `kvlint verify`: {probes}" if probes else "shown by its programs in `fixtures/`"
    recipe = f"; what to write instead: `kvlint recipe {rule.recipe}`" if rule.recipe else ""
    shown = f"[{file}]({file}); {proof}{recipe}"
    return f"\n## {rule.code} {rule.name}\n{shown}\n\n{text}\n"


def output(arguments: str) -> str:
    """What ``kvlint ARGUMENTS`` prints in a terminal of the usual width."""
    done = subprocess.run(
        [sys.executable, "-m", "kerasvae_lint", *shlex.split(arguments), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 1:
        raise SystemExit(f"kvlint {arguments}: exit status {done.returncode}, 1 was expected")
    return done.stdout


def replaced(pattern: re.Pattern[str], new: str, text: str) -> str:
    """``text`` with the one part that ``pattern`` matches replaced."""
    changed, count = pattern.subn(lambda _: new, text, count=1)
    if count != 1:
        raise SystemExit(f"README.md has no part that matches {pattern.pattern}")
    return changed


def pages() -> dict[Path, str]:
    """What each page should hold."""
    rules = built_in_rules()
    readme = README.read_text(encoding="utf-8")
    command = COMMAND.search(readme)
    if command is None:
        raise SystemExit("README.md shows no command that lints")
    readme = replaced(TABLE, table(rules, "rules/README.md"), readme)
    readme = replaced(OUTPUT, output(command["arguments"]), readme)
    return {PAGE: HEAD + table(rules, "") + "".join(map(section, rules)), README: readme}


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether they are fresh")
    check: bool = parser.parse_args().check
    status = 0
    for path, text in pages().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            name = path.relative_to(ROOT)
            print(f"{name} is stale: run python tools/docs.py", file=sys.stderr)
            status = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
