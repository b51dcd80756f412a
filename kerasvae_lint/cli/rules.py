"""``kvlint rule``: the documentation of the rules."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

_UNUSED = """\
A suppression that suppresses nothing.

## What it finds
`# kvlint: ignore[...]`, `# kvlint: ignore` and `# noqa: KV...` comments that silence no finding, or
name a rule that does not exist. A bare `# noqa` is never reported.

## Why it bites
It hides the next finding on its line, the one that nobody has looked at.

## Fix
Safe: the comment is removed."""

_FIXES = {
    "safe": "Fix: safe.",
    "unsafe": "Fix: unsafe, needs --unsafe-fixes.",
    "sometimes": "Fix: sometimes.",
    "no": "No fix.",
}


class UnknownRuleError(Exception):
    """A code or name that no rule has; one line, with the nearest right one."""


@dataclass(frozen=True)
class Page:
    """What there is to know of a rule."""

    code: str
    name: str
    summary: str
    fixable: str
    preview: bool
    explanation: str
    recipe: str | None = None
    page: str | None = None
    url: str | None = None


def pages() -> Iterator[Page]:
    """All rules, by code."""
    from kerasvae_lint.run import documentation as site
    from kerasvae_lint.run.registry import UNUSED, all_rules

    summary = _UNUSED.partition("\n")[0]
    code, name = UNUSED
    yield Page(code, name, summary, "safe", False, _UNUSED, None, site.page(code), site.address(code))
    for code, rule in all_rules().items():
        text = rule.documentation()
        where = rule.recipe or None, site.page(code), site.address(code)
        yield Page(code, rule.name, rule.summary(), rule.fixable, rule.preview, text, *where)


def explain(names: tuple[str, ...], output_format: str) -> str:
    """The rules with these codes or names (all, if there are none) as text or JSON.

    Raises:
        UnknownRuleError: there is no such rule.
    """
    known = list(pages())
    chosen = [_find(name, known) for name in names] or known
    if output_format == "json":
        shown = [asdict(page) for page in chosen]
        return json.dumps(shown[0] if len(names) == 1 else shown, indent=2) + "\n"
    return "\n\n".join(map(_text, chosen))


def _find(name: str, known: list[Page]) -> Page:
    for page in known:
        if name.upper() == page.code or name.lower() == page.name:
            return page
    words = [word for page in known for word in (page.code, page.name)]
    near = difflib.get_close_matches(name, words, n=1, cutoff=0.5)
    near = near or difflib.get_close_matches(name.upper(), words, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise UnknownRuleError(f"unknown rule {name!r}{hint}")


def _text(page: Page) -> str:
    stage = " Preview: runs only with --preview." if page.preview else ""
    recipe = f" What to write instead: `kvlint recipe {page.recipe}`." if page.recipe else ""
    head = f"# {page.name} ({page.code})\n\n{_FIXES[page.fixable]}{stage}{recipe}\n"
    where = f"\nPage in the documentation: {page.url or page.page}\n" if page.page else ""
    return f"{head}\n{page.explanation}\n{where}"
