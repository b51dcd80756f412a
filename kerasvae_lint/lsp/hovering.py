"""What a rule is about, where its code or its finding stands; and a layer, where it is made or called."""

from __future__ import annotations

import re

from lsprotocol import types

from kerasvae_lint.lsp import layers
from kerasvae_lint.lsp.actions import Asked
from kerasvae_lint.lsp.analysis import Outcome
from kerasvae_lint.lsp.diagnostics import range_of
from kerasvae_lint.lsp.networks import Reading
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.run import documentation, registry

MAX_LAYERS = 3
"""So many layers are told of that one call makes or calls."""
_COMMENT = re.compile(r"#\s*(?:noqa\b|kvlint:\s*ignore\b)", re.IGNORECASE)
_CODE = re.compile(r"\b[A-Za-z]+\d+\b")
_UNUSED = """\
A suppression that suppresses nothing: no finding on its line has the code that it names, or no rule has it.

It would hide the next finding on the line, the one that nobody has looked at. The fix takes the comment away."""


def over_a_code(lines: Lines, place: types.Position) -> types.Hover | None:
    """The rule whose code is under the cursor in a suppression comment."""
    at = lines.offset(place)
    start = lines.starts[min(place.line, len(lines.starts) - 1)]
    text = lines.text[start : lines.end_of(min(place.line, len(lines.starts) - 1))]
    comment = _COMMENT.search(text)
    if comment is None:
        return None
    for found in _CODE.finditer(text, comment.end()):
        text_of = page(found[0].upper()) if start + found.start() <= at <= start + found.end() else None
        if text_of is not None:
            return _hover([text_of], lines.range(start + found.start(), start + found.end()))
    return None


def over_a_finding(outcome: Outcome, uri: str, place: types.Position) -> types.Hover | None:
    """The rules of the findings under the cursor."""
    part = outcome.snapshot.by_uri(uri)
    if part is None:
        return None
    asked = Asked(uri, types.Range(place, place))
    here: dict[str, types.Range] = {}
    for finding in outcome.findings:
        where = range_of(finding, part, outcome.snapshot)
        if finding.cell == part.number and asked.meets(where):
            here.setdefault(finding.code, where)
    pages = [text for code in here if (text := page(code)) is not None]
    return _hover(pages, next(iter(here.values()))) if pages else None


def over_a_layer(reading: Reading, uri: str, place: types.Position) -> types.Hover | None:
    """The layers of the innermost call under the cursor; beside all calls, those of the line's outermost."""
    part = reading.snapshot.by_uri(uri)
    if part is None:
        return None
    around: list[tuple[int, types.Range, str]] = []
    beside: list[tuple[int, types.Range, str]] = []
    for spot in reading.spots:
        where = reading.range_in(part, spot)
        if where is None or not where.start.line <= place.line <= where.end.line:
            continue
        told = layers.page(spot.layer, spot.network, spot.inputs, spot.outputs)
        if where.start <= place <= where.end:
            around.append((spot.end - spot.start, where, told))
        else:
            beside.append((spot.start - spot.end, where, told))
    found = around or beside
    if not found:
        return None
    size = min(found, key=lambda one: one[0])[0]
    chosen = [one for one in found if one[0] == size]
    pages = list(dict.fromkeys(told for _, _, told in chosen))
    more = [f"… and {len(pages) - MAX_LAYERS} more"] if len(pages) > MAX_LAYERS else []
    return _hover(pages[:MAX_LAYERS] + more, chosen[0][1])


def joined(*hovers: types.Hover | None) -> types.Hover | None:
    """What several have to say, one below the other, at the place of the first."""
    found = [hover for hover in hovers if hover is not None]
    texts = [hover.contents.value for hover in found if isinstance(hover.contents, types.MarkupContent)]
    where = found[0].range if found else None
    return _hover(texts, where) if where is not None else None


def page(code: str) -> str | None:
    """A rule's documentation as Markdown; None if there is no such rule."""
    address = documentation.address(code)
    more = f"\n\n[{address}]({address})" if address else ""
    if code == registry.UNUSED[0]:
        return f"**{code}** {registry.UNUSED[1]}\n\n{_UNUSED}{more}"
    rule = registry.all_rules().get(code)
    if rule is None:
        return None
    notes = ["preview"] if rule.preview else []
    notes += [f"what to write instead: `kvlint recipe {rule.recipe}`"] if rule.recipe else []
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"**{code}** {rule.name}{told}\n\n{rule.documentation()}{more}"


def _hover(pages: list[str], where: types.Range) -> types.Hover:
    text = "\n\n---\n\n".join(pages)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), where)
