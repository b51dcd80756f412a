"""Code actions: one fix, all of a rule, all in the file, a suppression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from kerasvae_lint.core import Finding
from kerasvae_lint.lsp import edits
from kerasvae_lint.lsp.analysis import Outcome
from kerasvae_lint.lsp.diagnostics import diagnostics, identity, range_of
from kerasvae_lint.lsp.snapshot import Snapshot, Spans
from kerasvae_lint.lsp.suppressing import suppression
from kerasvae_lint.run import registry

FIX_ALL = "source.fixAll.kvlint"
FIX_ALL_CELLS = "notebook.source.fixAll.kvlint"
KINDS: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, FIX_ALL, FIX_ALL_CELLS]


@dataclass(frozen=True)
class Asked:
    """Where actions are asked for, and which."""

    uri: str
    range: types.Range
    only: Sequence[str] | None = None
    unsafe: bool = False

    def wants(self, kind: str) -> bool:
        """True if actions of this kind are asked for; a kind takes in those below it."""
        return self.only is None or any(kind == one or kind.startswith(f"{one}.") for one in self.only)

    def meets(self, place: types.Range) -> bool:
        """True if a range is touched."""
        return _order(place.start) <= _order(self.range.end) and _order(self.range.start) <= _order(place.end)


def _order(place: types.Position) -> tuple[int, int]:
    return place.line, place.character


def offered(outcome: Outcome, asked: Asked) -> list[types.CodeAction]:
    """The actions for a place, their edits still to be made by :func:`made`."""
    actions: list[types.CodeAction] = []
    if asked.wants(types.CodeActionKind.QuickFix.value):
        actions += _quick_fixes(outcome, asked)
    for kind in (FIX_ALL, FIX_ALL_CELLS):
        is_for = asked.wants(kind) and (kind == FIX_ALL or asked.only is not None)
        if is_for and any(edits.is_safe(finding) for finding in outcome.findings):
            actions.append(_action("kvlint: Fix all in this file", kind, outcome, {"do": "all"}))
    return actions


def _quick_fixes(outcome: Outcome, asked: Asked) -> Iterator[types.CodeAction]:
    part = outcome.snapshot.by_uri(asked.uri)
    if part is None:
        return
    here = [
        finding
        for finding in outcome.findings
        if finding.cell == part.number and asked.meets(range_of(finding, part, outcome.snapshot))
    ]
    shown = diagnostics(outcome)[part.uri]
    for finding in here:
        if finding.fix is not None:
            safe = edits.is_safe(finding)
            title = f"kvlint {finding.code}: {finding.fix.message}{'' if safe else ' (unsafe)'}"
            action = _action(title, types.CodeActionKind.QuickFix, outcome, {"do": "fix", "finding": identity(finding)})
            action.is_preferred = True if safe else None
            action.diagnostics = _matching(shown, finding)
            yield action
    for code in dict.fromkeys(finding.code for finding in here):
        fixable = [f for f in outcome.findings if f.code == code and f.fix and (asked.unsafe or edits.is_safe(f))]
        if len(fixable) > 1:
            mark = "" if all(map(edits.is_safe, fixable)) else " (unsafe)"
            title = f"kvlint: Fix all {code}{mark}"
            data = {"do": "rule", "code": code, "unsafe": asked.unsafe}
            yield _action(title, types.CodeActionKind.QuickFix, outcome, data)
    for code in dict.fromkeys(finding.code for finding in here if finding.code != registry.UNUSED[0]):
        finding = next(finding for finding in here if finding.code == code)
        data = {"do": "suppress", "finding": identity(finding)}
        action = _action(f"kvlint: Suppress {code} here", types.CodeActionKind.QuickFix, outcome, data)
        action.diagnostics = _matching(shown, finding)
        yield action


def _matching(shown: Sequence[types.Diagnostic], finding: Finding) -> list[types.Diagnostic]:
    wanted = identity(finding)
    return [one for one in shown if isinstance(one.data, dict) and wanted.items() <= one.data.items()]


def _action(title: str, kind: str, outcome: Outcome, data: dict[str, Any]) -> types.CodeAction:
    data = {**data, "uri": outcome.snapshot.uri, "versions": outcome.snapshot.versions}
    return types.CodeAction(title=title, kind=kind, data=data)


def made(outcome: Outcome, data: dict[str, Any]) -> Spans | None:
    """The edits of an action; None if there is nothing (any more) to do. Takes as long as linting does."""
    snapshot, do = outcome.snapshot, data.get("do")
    if do == "all":
        safe = [finding for finding in outcome.findings if edits.is_safe(finding)]
        return edits.many(snapshot, safe, edits.relint_with(snapshot, outcome.settings, None), unsafe=False)
    if do == "rule":
        code = str(data.get("code"))
        chosen = [finding for finding in outcome.findings if finding.code == code]
        relint = edits.relint_with(snapshot, outcome.settings, code)
        return edits.many(snapshot, chosen, relint, unsafe=bool(data.get("unsafe")))
    finding = next((f for f in outcome.findings if identity(f) == data.get("finding")), None)
    if finding is None:
        return None
    if do == "fix":
        return edits.one(snapshot, finding)
    if do == "suppress":
        edit = suppression(snapshot, finding)
        return snapshot.spans([edit]) if edit is not None else None
    return None


def workspace_edit(snapshot: Snapshot, spans: Spans, *, versioned: bool) -> types.WorkspaceEdit:
    """Edits as the protocol has them; with the version that they are for, where the client knows such."""
    changes: dict[str, list[types.TextEdit]] = {}
    documents: list[types.TextDocumentEdit] = []
    for uri, changed in spans.items():
        part = snapshot.by_uri(uri)
        assert part is not None
        ordered = sorted(changed, key=lambda edit: (edit.start, edit.end))
        texts = [types.TextEdit(part.lines.range(edit.start, edit.end), edit.content) for edit in ordered]
        changes[uri] = texts
        documents.append(
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, part.version), list(texts))
        )
    return types.WorkspaceEdit(document_changes=list(documents)) if versioned else types.WorkspaceEdit(changes=changes)
