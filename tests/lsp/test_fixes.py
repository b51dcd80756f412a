"""Every fix and suppression that is offered for the fixtures, made as an editor makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from kerasvae_lint import fix_source
from kerasvae_lint.core import Applicability, Finding
from kerasvae_lint.lsp import actions
from kerasvae_lint.lsp.analysis import Analyst, Outcome
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.diagnostics import identity
from kerasvae_lint.lsp.options import Options
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import script
from tests.lsp.editor import made

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PROGRAMS = sorted(FIXTURES.glob("*/bad*.py"))
ALL = types.Range(types.Position(0, 0), types.Position(9999, 0))


def _analyst() -> Analyst:
    configuration = Configuration()
    configuration.options = Options(preview=True, unsafe=True)
    return Analyst(configuration)


ANALYST = _analyst()


def lint(path: Path, text: str) -> Outcome:
    return ANALYST(script(path.as_uri(), str(path), 1, Lines(text)))


def _like(finding: Finding, outcome: Outcome) -> int:
    """How many findings say the same."""
    return sum((one.code, one.message) == (finding.code, finding.message) for one in outcome.findings)


def edited(outcome: Outcome, data: dict[str, object]) -> str | None:
    spans = actions.made(outcome, data)
    if spans is None:
        return None
    edit = actions.workspace_edit(outcome.snapshot, spans, versioned=False)
    assert edit.changes is not None
    part = outcome.snapshot.parts[0]
    return made(part.lines.text, edit.changes[part.uri], "utf-16")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_offers_for_a_fixture(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    outcome = lint(path, text)
    assert outcome.findings
    settings = outcome.settings
    safe = fix_source(text, str(path), settings)
    assert (edited(outcome, {"do": "all"}) or text) == safe.text
    for finding in outcome.findings:
        one = {"finding": identity(finding)}
        if finding.fix is not None:
            fixed = edited(outcome, {"do": "fix", **one})
            assert fixed is not None
            assert _like(finding, lint(path, fixed)) < _like(finding, outcome)
        silenced = edited(outcome, {"do": "suppress", **one})
        assert silenced is not None
        left = lint(path, silenced)
        assert len(left.findings) < len(outcome.findings)
        assert "KV001" not in {one.code for one in left.findings}
        assert not left.problems
    for code in {finding.code for finding in outcome.findings if finding.fix is not None}:
        chosen = [finding for finding in outcome.findings if finding.code == code]
        rule = edited(outcome, {"do": "rule", "code": code, "unsafe": True})
        assert rule is not None
        assert sum(one.code == code for one in lint(path, rule).findings) < len(chosen)


def test_some_fixtures_have_unsafe_fixes_and_some_have_safe_ones() -> None:
    found = {f.fix.applicability for path in PROGRAMS for f in lint(path, path.read_text()).findings if f.fix}
    assert found == set(Applicability)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "  # kvlint: ignore[KV601]"),
        ("   ", "  # kvlint: ignore[KV601]"),
        ("  # the weight", "  # the weight  # kvlint: ignore[KV601]"),
        ("  # noqa: E501", "  # noqa: E501  # kvlint: ignore[KV601]"),
        ("  # noqa: E501, KV101", "  # noqa: E501, KV101, KV601"),
        ("  # kvlint: ignore[KV101]", "  # kvlint: ignore[KV101, KV601]"),
        ("  # kvlint: ignore[KV101,]  # why", "  # kvlint: ignore[KV101, KV601]  # why"),
    ],
)
def test_a_suppression_keeps_the_comments_that_are_there(before: str, after: str) -> None:
    line = '        self.w = self.add_weight("w", shape=(3,))'
    text = f"import keras\n\n\nclass A(keras.layers.Layer):\n    def build(self, shape):\n{line}{before}\n"
    path = FIXTURES / "KV601-add-weight-positional-name" / "made.py"
    outcome = lint(path, text)
    finding = next(finding for finding in outcome.findings if finding.code == "KV601")
    silenced = edited(outcome, {"do": "suppress", "finding": identity(finding)})
    assert silenced == text.replace(line + before, line + after)
    assert "KV601" not in {one.code for one in lint(path, silenced).findings}


@pytest.mark.parametrize(
    ("call", "silenced"),
    [
        ('add_weight(\n            "w",\n            shape=(3,),\n        )', '"w",  # kvlint: ignore[KV601]\n'),
        ('add_weight("w", initializer="""\nzeros""")', 'zeros""")  # kvlint: ignore[KV601]\n'),
        ('add_weight("w", \\\n            shape=(3,))', "shape=(3,))  # kvlint: ignore[KV601]\n"),
    ],
)
def test_a_suppression_stands_where_a_comment_can(call: str, silenced: str) -> None:
    text = (
        f"import keras\n\n\nclass A(keras.layers.Layer):\n    def build(self, shape):\n        self.w = self.{call}\n"
    )
    path = FIXTURES / "KV601-add-weight-positional-name" / "made.py"
    outcome = lint(path, text)
    finding = next(finding for finding in outcome.findings if finding.code == "KV601")
    after = edited(outcome, {"do": "suppress", "finding": identity(finding)})
    assert after is not None
    assert silenced in after
    assert not [one for one in lint(path, after).findings if one.code in {"KV601", "KV001"}]
