"""Every rule is whole: named alike everywhere, documented in every section, with nothing left to write.

The messages are for whoever is writing one: each says what is missing, and where.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kerasvae_lint.cli.recipes import recipes
from kerasvae_lint.core import Rule
from kerasvae_lint.run.registry import all_rules
from kerasvae_lint.runtime.options import PROBES
from tests.fixtures.collect import UNSEEN

ROOT = Path(__file__).resolve().parents[2]
RULES = {code: rule for code, rule in all_rules().items() if rule.__module__.startswith("kerasvae_lint.rules.")}
SECTIONS = ["What it finds", "Why it bites", "Bad", "Good", "Fix", "Keras 2 and Keras 3"]
every_rule = pytest.mark.parametrize("code", sorted(RULES))


def module(rule: type[Rule]) -> Path:
    """The file that a rule stands in."""
    return ROOT / "rules" / f"{rule.__module__.rpartition('.')[2]}.py"


def sections(rule: type[Rule]) -> dict[str, str]:
    """The sections of a rule's documentation, by heading."""
    parts = re.split(r"^## (.*)$", rule.documentation(), flags=re.MULTILINE)
    return {heading.strip(): text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


@every_rule
def test_nothing_is_left_to_write(code: str) -> None:
    rule = RULES[code]
    left = []
    for path in [module(rule), *sorted((ROOT / "fixtures").glob(f"{code}-*/*.py"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "TODO" in line:
                left.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not left, "\n".join(["still to write:", *left])


@every_rule
def test_code_name_class_file_and_folder_agree(code: str) -> None:
    rule = RULES[code]
    assert rule.code == code
    assert module(rule).name == f"{code.lower()}_{rule.name.replace('-', '_')}.py"
    assert rule.__name__.lower() == rule.name.replace("-", "")
    assert (ROOT / "fixtures" / f"{code}-{rule.name}").is_dir()


@every_rule
def test_the_documentation_has_every_section(code: str) -> None:
    found = sections(RULES[code])
    assert [name for name in found if name != "References"] == SECTIONS, "the docstring's sections, in this order"
    assert [name for name, text in found.items() if not text] == [], "sections that say nothing"
    for name in ("Bad", "Good"):
        assert "```python" in found[name], f"{name} shows no code"


@every_rule
def test_the_first_line_is_a_sentence(code: str) -> None:
    rule = RULES[code]
    assert rule.summary().endswith("."), "the docstring's first line is the rule's line in every table"
    lines = rule.documentation().splitlines()
    assert lines[1:2] == [""], "one line, then an empty one"


@every_rule
def test_its_facts_are_facts(code: str) -> None:
    rule = RULES[code]
    assert all(rule.triggers or [""]), "without a trigger word, every file is parsed for it"
    assert rule.fixable in {"safe", "unsafe", "sometimes", "no"}
    assert rule.probes or rule.code in UNSEEN, "name the probes that see the fault"
    assert set(rule.probes) <= set(PROBES), f"probes are {', '.join(PROBES)}"
    assert not rule.recipe or rule.recipe in {recipe.name for recipe in recipes()}


@every_rule
def test_fixable_is_what_its_programs_show(code: str) -> None:
    rule = RULES[code]
    fixed = sorted((ROOT / "fixtures").glob(f"{code}-*/fixed*.py"))
    assert bool(fixed) is (rule.fixable != "no"), "fixed.py for a rule with a fix, and for no other"
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures").glob(f"{code}-*/bad*.py"))]
    unsafe = [bool(re.search(r"^# fix: unsafe", text, re.MULTILINE)) for text in texts]
    if rule.fixable == "safe":
        assert not any(unsafe), "a rule whose fix is always safe needs no --unsafe-fixes"
    if rule.fixable == "unsafe":
        assert any(unsafe), "write `# fix: unsafe` at the top of its bad programs"


def test_the_built_in_rules_are_tested() -> None:
    assert len(RULES) >= 46
