"""Write rules/README.md from the docstrings of the built-in rules, or check that it is fresh.

python tools/rules_readme.py            write it
python tools/rules_readme.py --check    exit with 1 if it is stale
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from kerasvae_lint.core import Rule
from kerasvae_lint.run.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "rules" / "README.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- rules: made by tools/rules_readme.py -->\n", "<!-- end of rules -->\n"
FIXES = {"safe": "safe", "unsafe": "unsafe", "sometimes": "sometimes", "no": "—"}

HEAD = """\
<!-- Made by tools/rules_readme.py from the docstrings of the rules: change those, then run it. -->
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
    return f"\n## {rule.code} {rule.name}\n[{file}]({file})\n\n{text}\n"


def pages() -> dict[Path, str]:
    """What each page should hold."""
    rules = built_in_rules()
    readme = README.read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    if END not in rest:
        raise SystemExit(f"README.md has no lines {BEGIN.strip()} and {END.strip()}")
    return {
        PAGE: HEAD + table(rules, "") + "".join(map(section, rules)),
        README: before + BEGIN + table(rules, "rules/README.md") + END + after,
    }


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
            print(f"{name} is stale: run python tools/rules_readme.py", file=sys.stderr)
            status = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
