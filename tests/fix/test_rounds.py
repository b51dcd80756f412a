"""Rounds of fixes, with a linter of a few words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from kerasvae_lint.core import Applicability, Edit, Finding, Fix, Position
from kerasvae_lint.fix import fix_text

HERE = Position(1, 1)


def finding(*edits: tuple[int, int, str], applicability: Applicability = Applicability.SAFE) -> Finding:
    """A finding with a fix; places do not matter here."""
    fix = Fix(applicability, "mend", tuple(Edit(c, HERE, HERE, s, e) for s, e, c in edits))
    return Finding("KV999", "word", "a word", "x.py", HERE, HERE, fix=fix)


def words(pattern: str, replacement: str, *more: tuple[int, int, str]) -> Callable[[str], list[Finding]]:
    """Finds each match of ``pattern``; the fix is its replacement."""
    return lambda text: [
        finding((m.start(), m.end(), m.expand(replacement)), *more) for m in re.finditer(pattern, text)
    ]


def test_nothing_to_do() -> None:
    result = fix_text("x = 1\n", lambda _: [])
    assert (result.text, result.fixed, result.remaining) == ("x = 1\n", (), ())


def test_nested_findings_are_both_fixed() -> None:
    def lint(text: str) -> list[Finding]:
        found = []
        for match in re.finditer(r"old\(", text):
            depth, end = 1, match.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            inner = text[match.end() : end - 1]
            found.append(finding((match.start(), end, f"new({inner})")))
        return found

    result = fix_text("x = old(old(1) + old(2))\n", lint)
    assert result.text == "x = new(new(1) + new(2))\n"
    assert len(result.fixed) == 3
    assert not result.remaining


def test_twenty_insertions_at_one_place() -> None:
    def lint(text: str) -> list[Finding]:
        return [finding((0, 0, f"{m[1]} = 1\n"), (m.start(), m.end(), m[1])) for m in re.finditer(r"todo_(\w+)", text)]

    text = "".join(f"print(todo_v{i})\n" for i in range(20))
    result = fix_text(text, lint)
    assert len(result.fixed) == 20
    assert not result.remaining
    assert sorted(result.text.splitlines()[:20]) == sorted(f"v{i} = 1" for i in range(20))


def test_what_does_not_parse_is_taken_back() -> None:
    def lint(text: str) -> list[Finding]:
        found = [finding((m.start(), m.end(), "new")) for m in re.finditer("old", text)]
        return found + [finding((m.start(), m.end(), "(")) for m in re.finditer("bad", text)]

    result = fix_text("old = 1\nbad = 2\nold = 3\n", lint)
    assert result.text == "new = 1\nbad = 2\nnew = 3\n"
    assert (len(result.fixed), len(result.remaining), result.refused) == (2, 1, 1)


def test_two_fixes_that_break_only_together() -> None:
    result = fix_text("if a:\n    drop1\n    drop2\n", words(r"    drop\d\n", ""))
    assert result.text == "if a:\n    drop2\n"
    assert (len(result.fixed), len(result.remaining), result.refused) == (1, 1, 1)


@pytest.mark.parametrize(("unsafe", "expected"), [(False, "old\n"), (True, "new\n")])
def test_unsafe_fixes_are_asked_for(unsafe: bool, expected: str) -> None:
    def lint(text: str) -> Sequence[Finding]:
        if "old" not in text:
            return []
        return [finding((0, 3, "new"), applicability=Applicability.UNSAFE)]

    result = fix_text("old\n", lint, unsafe=unsafe)
    assert result.text == expected
    assert bool(result.remaining) is not unsafe


def test_an_import_that_loses_its_reader_goes() -> None:
    result = fix_text("import os\nfrom k import K\n\nK.a\n", words(r"K\.a", "os.b"))
    assert result.text == "import os\n\nos.b\n"


def test_fixes_that_chase_each_other_end() -> None:
    def lint(text: str) -> list[Finding]:
        return [finding((0, 1, "b" if text[0] == "a" else "a"))]

    result = fix_text("a = 1\n", lint)
    assert result.text in {"a = 1\n", "b = 1\n"}
    assert result.remaining


def test_newlines_stay() -> None:
    result = fix_text("old\r\nold\rold\n", words("old", "new"))
    assert result.text == "new\r\nnew\rnew\n"


def test_a_fix_that_mends_nothing_is_given_up_and_leaves_the_text_alone() -> None:
    def lint(text: str) -> list[Finding]:
        place = Position(1, 1)
        vain = Fix(Applicability.SAFE, "", (Edit("x = 1\n", place, place, 0, 0),))
        at = text.find("bad")
        good = Fix(Applicability.SAFE, "", (Edit("good", place, place, at, at + 3),))
        found = [Finding("KV901", "a", "", "a.py", place, place, fix=vain)]
        return found + ([Finding("KV902", "b", "", "a.py", place, place, fix=good)] if at >= 0 else [])

    done = fix_text("y = bad\n", lint)
    assert done.text == "y = good\n"
    assert [finding.code for finding in done.fixed] == ["KV902"]
    assert [finding.code for finding in done.remaining] == ["KV901"]
    assert done.refused == 0
