"""One page for each rule, from its docstring and its fixtures, and the index of all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from kerasvae_lint.cli.rules import Page
from kerasvae_lint.cli.rules import pages as rule_pages
from kerasvae_lint.run.registry import all_rules

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "KV0": "kvlint's own",
    "KV1": "Schedules",
    "KV2": "Tied weights",
    "KV3": "Variables and distributions",
    "KV4": "The objective of a VAE",
    "KV5": "Layers and training steps",
    "KV6": "From Keras 2 to Keras 3",
    "KV7": "Outputs, losses and data",
}
FIXES = {
    "safe": "safe: `--fix` applies it",
    "unsafe": "unsafe: only `--fix --unsafe-fixes` applies it",
    "sometimes": "sometimes: *Fix* below says where there is one, and how safe it is",
    "no": "none",
}
SHORT = {"safe": "safe", "unsafe": "unsafe", "sometimes": "sometimes", "no": "—"}
_CODE_BLOCK = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`[^`\n]+`)")
_MENTION = re.compile(r"\bKV\d{3}\b")
_THREADS = re.compile(r"\b([\w.-]+/[\w.-]+) (issue|pull request)s? (\d+(?:(?:, | and )\d+)*)")
_PAPER = re.compile(r"\barXiv (\d{4}\.\d{4,5})\b")
_MARKS = re.compile(r"^# (?:keras|fix|runs): .*\n|  # expect: KV\d+(?:, KV\d+)*", re.MULTILINE)

HEAD = """\
# Rules

A *safe* fix is applied by `--fix`, an *unsafe* one only by `--fix --unsafe-fixes`; *sometimes* means that it
depends on the code. A rule marked *preview* speaks only with `--preview`. `kvlint rule KV101` prints what a
rule's page says in the terminal, and takes its name too.

"""


def pages() -> dict[str, str]:
    """``rules/index.md`` and ``rules/CODE.md`` of the built-in rules, as texts."""
    built_in = [page for page in rule_pages() if page.page]
    made = {f"rules/{page.code}.md": rule_page(page) for page in built_in}
    return {"rules/index.md": index(built_in), **made}


def navigation() -> list[tuple[str, list[tuple[str, str]]]]:
    """The families that have rules, with title and path of each page."""
    found: dict[str, list[tuple[str, str]]] = {}
    for page in rule_pages():
        if page.page:
            found.setdefault(family(page.code), []).append((f"{page.code} {page.name}", f"rules/{page.code}.md"))
    return list(found.items())


def family(code: str) -> str:
    """The title of a rule's family, with its beginning: ``KV2 Tied weights``."""
    return f"{code[:3]} {FAMILIES.get(code[:3], '')}".strip()


def index(built_in: list[Page]) -> str:
    """A table for each family."""
    text = HEAD
    at = ""
    for page in built_in:
        if family(page.code) != at:
            at = family(page.code)
            text += f"\n## {at}\n\n| rule | finds | fix |\n|---|---|---|\n"
        stage = "<br>*preview*" if page.preview else ""
        summary = page.summary.replace("|", r"\|")
        text += f"| [{page.code}]({page.code}.md)<br>{page.name}{stage} | {summary} | {SHORT[page.fixable]} |\n"
    return text


def rule_page(page: Page) -> str:
    """Facts, the docstring, what was measured, and a whole program with its fix."""
    summary, _, rest = page.explanation.partition("\n")
    parts = [f"# {page.code} {page.name}\n", f"{linked(summary, page.code)}\n", "\n".join(_facts(page)), ""]
    parts += [linked(rest.strip(), page.code), *_measured(page), *_program(page)]
    return "\n".join(parts) + "\n"


def _facts(page: Page) -> Iterator[str]:
    yield f"| code | `{page.code}` |"
    yield "|---|---|"
    yield f"| name | `{page.name}` |"
    yield f"| stage | {'preview: runs only with `--preview`' if page.preview else 'stable'} |"
    yield f"| fix | {FIXES[page.fixable]} |"
    rule = all_rules().get(page.code)
    if rule is not None:
        probes = ", ".join(f"[{probe}](../verify/index.md#{probe})" for probe in rule.probes)
        yield f"| shown at run time by [`kvlint verify`](../verify/index.md) | {probes or '—'} |"
        file = rule.__module__.rpartition(".")[2]
        yield f"| source | `rules/{file}.py` |"
    if page.recipe:
        yield f"| what to write instead | [recipe {page.recipe}](../recipes/{page.recipe}.md) |"


def linked(text: str, own: str = "") -> str:
    """Mentions of other rules, threads and papers as links; code is left alone."""
    known = {page.code for page in rule_pages() if page.page}

    def mention(match: re.Match[str]) -> str:
        code = match[0]
        return f"[{code}]({code}.md)" if code in known and code != own else code

    def threads(match: re.Match[str]) -> str:
        repository, kind, numbers = match.groups()
        where = f"https://github.com/{repository}/{'issues' if kind == 'issue' else 'pull'}"
        plural = "s" if not numbers.isdigit() else ""
        return f"{repository} {kind}{plural} " + re.sub(r"\d+", lambda n: f"[{n[0]}]({where}/{n[0]})", numbers)

    blocks = _CODE_BLOCK.split(text)
    for at in range(0, len(blocks), 2):
        words = _INLINE.split(blocks[at])
        for where in range(0, len(words), 2):
            part = _MENTION.sub(mention, words[where])
            part = _THREADS.sub(threads, part)
            words[where] = _PAPER.sub(r"[arXiv \1](https://arxiv.org/abs/\1)", part)
        blocks[at] = "".join(words)
    return "".join(blocks)


def _folder(page: Page) -> Path:
    return ROOT / "fixtures" / f"{page.code}-{page.name}"


def _measured(page: Page) -> Iterator[str]:
    """What `kvlint verify` said of the rule's fixtures, from the table in benchmarks/proof.md."""
    proof = ROOT / "benchmarks" / "proof.md"
    start = f"| {page.code}-{page.name}/"
    lines = proof.read_text(encoding="utf-8").splitlines() if proof.is_file() else []
    rows = [f"| {line.removeprefix(start)}" for line in lines if line.startswith(start)]
    if rows:
        yield "\n## Measured\n"
        yield "What `kvlint verify` says of the rule's own programs ([how it was measured](../benchmarks/proof.md)):\n"
        yield "\n".join(["| program | Keras 2 | Keras 3 |", "|---|---|---|", *rows])


def _program(page: Page) -> Iterator[str]:
    """The rule's first bad program, and what the fix makes of it."""
    bad, fixed = _folder(page) / "bad.py", _folder(page) / "fixed.py"
    if not bad.is_file():
        return
    text = bad.read_text(encoding="utf-8")
    keras = re.search(r"^# keras: (.*)$", text, re.MULTILINE)
    before = _MARKS.sub("", text)
    yield "\n## A program that has it\n"
    if keras is not None:
        fails = " and ".join(f"Keras {version.strip()}" for version in keras[1].split(","))
        yield f"It ends in a check of its own, which fails in {fails}: tests run it to see that it does.\n"
    yield f'??? example "{bad.relative_to(ROOT).as_posix()}"\n'
    yield _indented(f"```python\n{before.rstrip()}\n```") + "\n"
    if fixed.is_file():
        after = _MARKS.sub("", fixed.read_text(encoding="utf-8"))
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "bad.py", "fixed.py", lineterm="")
        yield '??? example "What the fix makes of it"\n'
        yield _indented("\n".join(["```diff", *lines, "```"]))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
